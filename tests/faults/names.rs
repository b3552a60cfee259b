//! Names, modes and bytes that are no article's, or hardly.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{BOTH_SINKS, Daemon, Desk, article, pause, scale, sha256, stderr, stdout, under};
use crate::watch::EVENTS_ALONE;
use crate::world::{eventually, is_there};

/// Names that file systems take and programs stumble over.
fn hostile_names() -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> = [
        &b"\xff\xfe.txt"[..],
        b"line\nbreak.txt",
        b"\x1b]0;title\x07\x1b[31m.txt",
        b" .txt",
        b"-rf.txt",
        b"%2e%2e%2f.txt",
        b"a\\..\\b.txt",
        b"'; DROP TABLE articles; --.txt",
        b"$(touch harm).txt",
        b"\xe2\x80\xaegnp.txt",
        b"*?[.txt",
    ]
    .map(<[u8]>::to_vec)
    .to_vec();
    names.push([b"n".repeat(251), b".txt".to_vec()].concat());
    names.push([b"\xff".repeat(251), b".txt".to_vec()].concat());
    names
}

fn below(folder: &Path, name: &[u8]) -> PathBuf {
    folder.join(OsStr::from_bytes(name))
}

/// Fault: hostile_names
#[test]
fn files_of_any_name_are_delivered_moved_and_shown_escaped() {
    let desk = Desk::new(&EVENTS_ALONE.replace("path = \"inbox\"", "path = \"inbox\"\nafter = \"move\""));
    let names = hostile_names();
    // The same name twice: the second needs a number, where there may be no room for one.
    for session in 0..2 {
        for (number, name) in names.iter().enumerate() {
            fs::write(below(&desk.path("inbox"), name), article((session * 100 + number) as u64)).unwrap();
        }
        // An empty one beside each, for the quarantine to show.
        for name in &names {
            fs::write(below(&desk.path("inbox"), &[b"E", name.get(1..).unwrap_or(b"")].concat()), "")
                .unwrap();
        }
        desk.drain(3);
    }
    // The second of a name is a revision of the first.
    assert_eq!(desk.n_rows(), names.len() as u64);
    assert_eq!(desk.balanced()["superseded"], names.len());
    for name in &names {
        assert!(below(&desk.inbox("done"), name).exists(), "{name:?}");
        assert!(!below(&desk.path("inbox"), name).exists(), "{name:?}");
    }
    // And the mark that says what the folder is.
    assert_eq!(fs::read_dir(desk.inbox("done")).unwrap().count(), 2 * names.len() + 1);
    assert!(!desk.inbox("harm").exists() && !desk.path("harm").exists());
    for record in desk.lines().values() {
        let uri = record["source"]["uri"].as_str().unwrap();
        assert!(
            uri.starts_with("file:///") && uri.bytes().all(|byte| (b'!'..=b'~').contains(&byte)),
            "{uri:?}"
        );
    }
    let list = desk.run(&["quarantine", "list"]);
    let shown = stdout(&list) + &stderr(&list);
    assert!(shown.lines().count() >= names.len());
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()) && !shown.contains('\u{202e}'), "{shown:?}");
}

/// Fault: hidden_or_temporary
#[test]
fn unfinished_names_are_passed_over_and_their_rename_is_taken() {
    let desk = Desk::new(EVENTS_ALONE);
    let unfinished =
        [".hidden", "a.tmp", "b.part", "c.partial", "d.crdownload", "e.txt~", ".f.swp", ".g.Xy12", ".git/h"];
    let put = |round: u64| {
        for (number, name) in (100 * round..).zip(unfinished) {
            fs::create_dir_all(desk.inbox(".git")).unwrap();
            fs::write(desk.inbox(name), article(number)).unwrap();
        }
    };
    put(0);
    let daemon = desk.daemon();
    desk.drop_file("first.txt", article(50));
    eventually("the first", || desk.n_rows() == 1);
    put(1);
    // Longer than any wait.
    pause(Duration::from_millis(900));
    assert_eq!(desk.n_rows(), 1);
    for (number, name) in unfinished.into_iter().enumerate() {
        fs::rename(desk.inbox(name), desk.inbox(&format!("final-{number}.txt"))).unwrap();
    }
    let n_files = 1 + unfinished.len() as u64;
    eventually("the final names", || desk.n_rows() == n_files);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(desk.balanced()["seen"], n_files);
}

/// Fault: hard_link
#[test]
fn a_hard_link_is_read_as_any_file_and_never_written_to() {
    for after in ["keep", "move", "delete"] {
        let desk = Desk::new(
            &EVENTS_ALONE.replace("path = \"inbox\"", &format!("path = \"inbox\"\nafter = \"{after}\"")),
        );
        let daemon = desk.daemon();
        let original = desk.path("original");
        for number in 0..3 {
            let path = original.with_extension(number.to_string());
            fs::write(&path, article(number)).unwrap();
            // The kernel tells no more of a link than that something was created.
            fs::hard_link(&path, desk.inbox(&format!("{number}.txt"))).unwrap();
        }
        eventually("the links", || desk.n_rows() == 3);
        eventually("the ledger", || desk.count("delivered") == 3);
        assert_eq!(daemon.stop(), Some(0));
        for number in 0..3 {
            let path = original.with_extension(number.to_string());
            assert_eq!(fs::read_to_string(&path).unwrap(), article(number));
            assert_eq!(fs::metadata(&path).unwrap().nlink(), if after == "delete" { 1 } else { 2 });
        }
    }
}

/// The daemon without the superuser's right to read everything, if it has it.
fn as_anybody(desk: &Desk) -> Daemon {
    let probe = desk.path("probe");
    fs::write(&probe, "").unwrap();
    fs::set_permissions(&probe, Permissions::from_mode(0o000)).unwrap();
    let mut command = desk.command(&["run"]);
    if File::open(&probe).is_ok() {
        let drop_rights = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
        command = under(&drop_rights, &command);
    }
    let log = File::create(desk.path("log")).unwrap();
    Daemon { child: command.stdout(Stdio::null()).stderr(log).spawn().unwrap() }
}

/// Fault: unreadable
#[test]
fn a_file_without_permission_is_waited_for_and_healed_by_chmod_alone() {
    let desk = Desk::new(EVENTS_ALONE);
    let mode =
        |name: &str, mode: u32| fs::set_permissions(desk.inbox(name), Permissions::from_mode(mode)).unwrap();
    fs::create_dir(desk.inbox("folder")).unwrap();
    for (number, name) in (0..).zip(["file.txt", "folder/b.txt", "good.txt"]) {
        fs::write(desk.inbox(name), article(number)).unwrap();
    }
    mode("file.txt", 0);
    mode("folder", 0);
    let daemon = as_anybody(&desk);
    eventually("the good one", || desk.n_rows() == 1);
    eventually("the others to be given up", || desk.count("quarantined") == 2);
    for entry in desk.quarantine() {
        assert_eq!(entry["code"], "unreadable", "{entry}");
    }
    mode("file.txt", 0o600);
    eventually("the file that was healed", || is_there(&desk, &sha256(article(0))));
    mode("folder", 0o700);
    eventually("the folder that was healed", || is_there(&desk, &sha256(article(1))));
    // Within `grace`, it is not even given up.
    desk.drop_file("late.part", article(3));
    mode("late.part", 0);
    fs::rename(desk.inbox("late.part"), desk.inbox("late.txt")).unwrap();
    pause(Duration::from_millis(100));
    mode("late.txt", 0o600);
    eventually("the file that was healed in time", || is_there(&desk, &sha256(article(3))));
    assert!(matches!(daemon.stop(), Some(0 | 3)));
    assert_eq!(desk.balanced()["delivered"], 4);
}

/// Fault: empty
#[test]
fn an_empty_file_is_given_up_after_grace_unless_it_is_filled() {
    let desk = Desk::new(EVENTS_ALONE);
    let daemon = desk.daemon();
    File::create(desk.inbox("empty.txt")).unwrap();
    let filled = File::create(desk.inbox("filled.txt")).unwrap();
    eventually("the empty one to be given up", || desk.count("quarantined") == 1);
    assert_eq!(desk.quarantine()[0]["code"], "empty");
    // Somebody has it open still.
    std::io::Write::write_all(&mut &filled, article(1).as_bytes()).unwrap();
    drop(filled);
    fs::write(desk.inbox("empty.txt"), article(2)).unwrap();
    eventually("both", || desk.n_rows() == 2);
    assert!(matches!(daemon.stop(), Some(0 | 3)));
    assert_eq!(desk.balanced()["delivered"], 2);
}

/// Packs bytes with a tool that reads standard input.
fn packed(script: &str) -> Vec<u8> {
    let output = Command::new("sh").args(["-c", script]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    output.stdout
}

/// Fault: compression_bomb
#[test]
fn bombs_are_stopped_at_their_ratio_or_cap() {
    let desk = Desk::new(EVENTS_ALONE);
    let zeros = scale(200, 1_500);
    let bombs = [
        ("plain.txt.gz", format!("head -c {zeros}M /dev/zero | gzip -9")),
        ("nested.txt.gz", format!("head -c {zeros}M /dev/zero | gzip -9 | gzip -9")),
        (
            "members.txt.gz",
            format!("head -c {zeros}M /dev/zero | gzip -9; head -c {zeros}M /dev/zero | gzip -9"),
        ),
        ("lines.jsonl.gz", format!("yes '{{\"text\": \"a\"' | head -c {zeros}M | tr -d '\\n' | gzip -9")),
        ("crawl.warc.gz", format!("head -c {}M /dev/zero | gzip -9", zeros + 1)),
    ];
    for (name, script) in &bombs {
        fs::write(desk.inbox(name), packed(script)).unwrap();
    }
    // One that packs well, and is honest.
    let long = article(9).repeat(40);
    fs::write(desk.path("long"), &long).unwrap();
    fs::write(desk.inbox("honest.txt.gz"), packed(&format!("gzip -9 < '{}'", desk.path("long").display())))
        .unwrap();
    let mut run = Daemon { child: desk.command(&["run", "--once", "-q"]).spawn().unwrap() };
    let mut peak = 0;
    eventually("the run to end", || {
        peak = peak.max(run.peak_kib().unwrap_or(0));
        run.child.try_wait().unwrap().is_some()
    });
    assert_eq!(run.child.wait().unwrap().code(), Some(3));
    assert!(peak < 300 << 10, "{peak} KiB");
    let entries = desk.quarantine();
    for (name, _) in &bombs {
        assert!(entries.iter().any(|entry| entry["path"] == *name), "{name}: {entries:?}");
    }
    let rows = desk.rows();
    assert_eq!(rows.len(), 1);
    assert!(rows.values().all(|row| row["text"].as_str().unwrap().contains("Keeper number 9")));
    desk.balanced();
}

/// Fault: bad_encoding, nul_bytes
#[test]
fn any_encoding_is_decoded_or_flagged_and_nul_bytes_do_no_harm() {
    let desk = Desk::new(BOTH_SINKS);
    let accented = article(1).replace("Keeper", "Gardienne à Fécamp");
    let latin: Vec<u8> = accented.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let utf16 = |bytes: fn(u16) -> [u8; 2], mark: [u8; 2]| -> Vec<u8> {
        mark.into_iter().chain(article(2).encode_utf16().flat_map(bytes)).collect()
    };
    // Called UTF-8 by its mark, and with a letter cut in half.
    let broken =
        [b"\xef\xbb\xbf", article(3).as_bytes(), b"Half a letter: \xe2\x82 and more of it in the line.\n"]
            .concat();
    let nul = article(4).replace("ships", "sh\0ips");
    let files: [(&str, Vec<u8>); 6] = [
        ("latin.txt", latin),
        ("declared.html", [&b"<meta charset=windows-1252><p>"[..], accented.as_bytes()].concat()),
        ("little.txt", utf16(u16::to_le_bytes, [0xff, 0xfe])),
        ("big.txt", utf16(u16::to_be_bytes, [0xfe, 0xff])),
        ("broken.txt", broken),
        ("nul.txt", nul.into_bytes()),
    ];
    for (name, bytes) in &files {
        fs::write(desk.inbox(name), bytes).unwrap();
    }
    desk.drain(0);
    let (rows, lines) = (desk.rows(), desk.lines());
    assert_eq!(rows, lines);
    let of = |name: &str| &rows[&sha256(&files.iter().find(|file| file.0 == name).unwrap().1)];
    assert!(of("latin.txt")["text"].as_str().unwrap().contains("Gardienne à Fécamp"), "{}", of("latin.txt"));
    for name in ["little.txt", "big.txt"] {
        assert!(of(name)["text"].as_str().unwrap().contains("Keeper number 2"));
    }
    assert_ne!(of("broken.txt")["notes"]["lossy"], serde_json::Value::Null);
    assert!(of("broken.txt")["text"].as_str().unwrap().contains('\u{fffd}'));
    for row in rows.values() {
        assert!(!row["text"].as_str().unwrap().contains('\0'));
    }
    let verify = desk.run(&["verify"]);
    assert!(verify.status.success(), "{}{}", stdout(&verify), stderr(&verify));
}

/// Texts that make engines that go back again and again hang: nearly a match, many times over.
fn blowups(size: usize) -> [(&'static str, String); 5] {
    let of = |piece: &str| piece.repeat(size / piece.len());
    [
        ("a.txt", of("a")),
        ("b.txt", format!("{}!", of("Share this article on Facebook Twitter "))),
        ("c.txt", of("By John John John, , , , ")),
        ("d.txt", of("1/1/1/1 of January of January ")),
        ("e.html", format!("{}{}", "<p>".repeat(100), of("(((( read more &raquo; &lt;&lt; "))),
    ]
}

/// Fault: pattern_blowup
#[test]
fn texts_made_to_hang_pattern_engines_take_linear_time() {
    let took = |size: usize| {
        let desk = Desk::new(BOTH_SINKS);
        for (name, text) in blowups(size) {
            fs::write(desk.inbox(name), text).unwrap();
        }
        let begun = Instant::now();
        let run = desk.run(&["run", "--once", "-q"]);
        assert!(matches!(run.status.code(), Some(0 | 3)), "{}", stderr(&run));
        begun.elapsed()
    };
    let (small, large) = (took(20_000), took(160_000));
    // Eight times the text, and an eightfold of slack for a busy machine: what is quadratic takes 64 times.
    assert!(large < small.max(Duration::from_millis(700)) * 60, "{small:?}, then {large:?}");
    let tree = ["tree", "--offline", "--edges", "normal", "--prefix", "none", "--package", "copydesk"];
    let tree =
        Command::new(env!("CARGO")).args(tree).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let tree = stdout(&tree);
    assert!(tree.contains("\nregex v"), "{tree}");
    for engine in ["fancy-regex", "onig", "pcre2", "hyperscan"] {
        assert!(!tree.contains(&format!("\n{engine} v")), "{engine} can go back again and again");
    }
}
