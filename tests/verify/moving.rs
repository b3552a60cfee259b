//! Beside a daemon, and killed half-way.

use crate::common::{BOTH_SINKS, Chance, Desk, article, at_full_length, stderr, under, wait_for};
use crate::scene::{assert_clean, assert_complete, change, drop_line, id, repair, scene, sql, verify};

#[test]
fn beside_a_daemon_a_check_finds_what_is_and_nothing_that_moves_and_a_repair_is_refused() {
    let desk = Desk::new(BOTH_SINKS);
    desk.drop_file("0.txt", article(0));
    desk.drain(0);
    let daemon = desk.daemon();
    let mut chance = Chance(7);
    for round in 0..6 {
        for _ in 0..20 {
            desk.drop_file(
                &format!("{}.txt", 1 + chance.below(40)),
                article(100 + round * 50 + chance.below(50)),
            );
        }
        let said = verify(&desk);
        assert_eq!(said.code, 0, "round {round}: {}", said.text);
    }
    wait_for("everything to be settled", || desk.count("pending") == 0);
    let refused = desk.run(&["verify", "--repair"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains(&format!("process {}", daemon.child.id())), "{}", stderr(&refused));
    sql(&desk, &format!("DELETE FROM articles WHERE id = '{}'", id(0)));
    let said = verify(&desk);
    assert!(said.code == 1 && said.has("missing", "sqlite"), "{}", said.text);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(repair(&desk).code, 0);
    assert_clean(&desk, "after the daemon");
}

/// Damage of every kind at once, that all can be mended.
fn damaged() -> Desk {
    let desk = scene("keep");
    drop_line(&desk, &id(5));
    crate::scene::edit_lines(&desk, |nth, line| match nth {
        1 => vec![line.to_owned(), line.to_owned()],
        2 => vec!["garbage".to_owned(), line.to_owned()],
        _ => vec![line.to_owned()],
    });
    sql(&desk, &format!("DELETE FROM articles WHERE id = '{}'", id(4)));
    sql(&desk, "UPDATE articles SET record = '{' WHERE doc = 2");
    std::fs::remove_file(crate::scene::entry(&desk).join("bytes")).unwrap();
    change(&desk.path("state/ledger.log"), |bytes| {
        let place = bytes.len() / 2;
        bytes[place] ^= 1;
    });
    desk
}

/// Fault: ledger_damage, write_error
#[test]
fn a_repair_goes_on_after_a_signal() {
    let desk = scene("keep");
    change(&desk.path("state/ledger.log"), |bytes| bytes[60] ^= 4);
    let (copied, read) =
        ("inject=copy_file_range:error=EINTR:when=1..2", "inject=pread64:error=EINTR:when=1..2");
    let ledger = desk.dir.path().canonicalize().unwrap().join("state/ledger.log").display().to_string();
    let tool = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=copy_file_range,pread64"];
    let tool = [&tool[..], &["-e", copied, "-e", read, "-P", &ledger]].concat();
    let output = under(&tool, &desk.command(&["verify", "--repair"])).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_clean(&desk, "a repair that was interrupted");
}

#[test]
fn a_repair_killed_anywhere_is_done_again() {
    for call in
        ["fsync,fdatasync", "?rename,?renameat,renameat2", "pwrite64,write", "?link,linkat,?unlink,unlinkat"]
    {
        let mut nth = 1;
        loop {
            let desk = damaged();
            let trace = format!("trace={call}");
            let inject = format!("inject={call}:signal=KILL:when={nth}");
            let tool = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
            let output = under(&tool, &desk.command(&["verify", "--repair"])).output().unwrap();
            let was_killed = output.status.code().is_none() || output.status.code() == Some(137);
            let said = repair(&desk);
            assert_eq!(said.code, 0, "{call} {nth}: {}", said.text);
            assert_complete(&desk, &format!("{call} {nth}"));
            if !was_killed {
                break;
            }
            nth += if at_full_length() { 1 } else { 11 };
        }
    }
}
