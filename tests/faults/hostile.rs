//! Promise 5: one bad file stops only itself.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixListener;
use std::process::Command;

use crate::common::{BOTH_SINKS, Desk, article, exists, sha256, wait_for};

const SECRET: &str = "the secret word is plumbago";

/// Fault: symlink, not_a_file, empty, too_large, compression_bomb, bad_encoding, nul_bytes, hostile_names, deep_html
#[test]
fn bad_files_among_good_ones_are_named_and_the_good_ones_arrive() {
    let desk = Desk::new(BOTH_SINKS);
    let mut good = Vec::new();
    for number in 0..40 {
        desk.drop_file(&format!("good-{number:02}.txt"), article(number));
        good.push(sha256(article(number)));
    }
    for name in
        [&b"not-utf8-\xff\xfe.txt"[..], b"new\nline.txt", &[b"n".repeat(251), b".txt".to_vec()].concat()]
    {
        let text = format!("{}Found under a name of {} bytes.\n", article(500), name.len());
        std::fs::write(desk.path("inbox").join(OsStr::from_bytes(name)), &text).unwrap();
        good.push(sha256(&text));
    }
    let latin1: Vec<u8> =
        article(600).replace("keeper", "gardienne").bytes().chain(*b"Caf\xe9 ferm\xe9.\n").collect();
    desk.drop_file("latin1.txt", &latin1);
    good.push(sha256(&latin1));
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(article(601).encode_utf16().flat_map(u16::to_le_bytes)).collect();
    desk.drop_file("utf16.txt", &utf16);
    good.push(sha256(&utf16));
    let nested = format!("{}<p>{}</p>{}", "<div>".repeat(100_000), article(602), "</div>".repeat(100_000));
    desk.drop_file("nested.html", &nested);
    good.push(sha256(&nested));

    std::fs::write(desk.path("secret.txt"), SECRET).unwrap();
    std::os::unix::fs::symlink(desk.path("secret.txt"), desk.inbox("link.txt")).unwrap();
    std::os::unix::fs::symlink(desk.dir.path(), desk.inbox("folder-link")).unwrap();
    assert!(Command::new("mkfifo").arg(desk.inbox("fifo.txt")).status().unwrap().success());
    let _socket = UnixListener::bind(desk.inbox("s.txt")).unwrap();
    File::create(desk.inbox("empty.txt")).unwrap();
    File::create(desk.inbox("huge.txt")).unwrap().set_len(1 << 30).unwrap();
    desk.drop_file("binary.txt", [0u8; 5000]);
    let mut bomb = File::create(desk.inbox("bomb.txt.gz")).unwrap();
    let gzip = Command::new("sh").args(["-c", "head -c 300000000 /dev/zero | gzip -9"]).output().unwrap();
    bomb.write_all(&gzip.stdout).unwrap();
    drop(bomb);
    let bad = [
        "link.txt",
        "folder-link",
        "fifo.txt",
        "s.txt",
        "empty.txt",
        "huge.txt",
        "binary.txt",
        "bomb.txt.gz",
    ];

    let mut run = crate::common::Daemon { child: desk.command(&["run", "--once", "-q"]).spawn().unwrap() };
    let mut peak = 0;
    wait_for("the run to end", || {
        peak = peak.max(run.peak_kib().unwrap_or(0));
        run.child.try_wait().unwrap().is_some()
    });
    assert_eq!(run.child.wait().unwrap().code(), Some(3));
    assert!(peak > 0 && peak < 600 * 1024, "peak {peak} KiB");

    let rows = desk.rows();
    for id in &good {
        assert!(rows.contains_key(id), "{id} did not arrive");
    }
    assert_eq!(rows.len(), good.len());
    assert_eq!(desk.lines().len(), good.len());
    let entries = desk.quarantine();
    for name in bad {
        let entry = entries.iter().find(|entry| entry["uri"].as_str().unwrap().ends_with(name));
        let entry = entry.unwrap_or_else(|| panic!("{name} is not in quarantine: {entries:?}"));
        assert!(!entry["reason"].as_str().unwrap().is_empty(), "{entry}");
    }
    assert_eq!(entries.len(), bad.len(), "{entries:?}");
    assert_eq!(desk.balanced()["quarantined"], bad.len());
    // Nothing leaks: not the secret, and not a gigabyte.
    let grep = Command::new("grep").args(["-rl", "plumbago"]).arg(desk.path("state")).output().unwrap();
    assert_eq!(crate::common::stdout(&grep), "");
    assert!(rows.values().all(|record| !record["text"].as_str().unwrap().contains("plumbago")));
    let du = Command::new("du").args(["-sk"]).arg(desk.path("state")).output().unwrap();
    let kib: u64 = crate::common::stdout(&du).split_whitespace().next().unwrap().parse().unwrap();
    assert!(kib < 100 * 1024, "the state folder holds {kib} KiB");
    assert!(exists(&desk.inbox("huge.txt")));
    // Asking again makes nothing new.
    let again = desk.run(&["run", "--once", "-q"]);
    assert!(matches!(again.status.code(), Some(0 | 3)), "{}", crate::common::stderr(&again));
    assert_eq!(desk.balanced()["seen"], good.len() + bad.len());
}
