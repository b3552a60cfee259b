//! Writers that take their time. No half file is ever delivered.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use crate::common::{Chance, Desk, article, pause, scale, sha256};
use crate::watch::{EVENTS_ALONE, tool};
use crate::world::{eventually, is_there};

/// Longer than any of the daemon's waits.
fn longer_than_any_wait(chance: &mut Chance) -> Duration {
    Duration::from_millis(650 + chance.below(500))
}

/// Writes `text` to `path` in one of the ways in which programs do.
fn write_in_some_way(kind: u64, inbox: &Path, name: &str, text: &str) {
    let path = inbox.join(name);
    let mut chance = Chance(kind + text.len() as u64);
    let (first, rest) = text.split_at(text.len() / 2);
    match kind {
        0 => {
            // Keeps it open and pauses for longer than anybody waits.
            let mut file = File::create(&path).unwrap();
            file.write_all(first.as_bytes()).unwrap();
            pause(longer_than_any_wait(&mut chance));
            file.write_all(rest.as_bytes()).unwrap();
            pause(longer_than_any_wait(&mut chance));
        }
        1 => {
            // Two writers; the first is done long before the second.
            let mut file = File::create(&path).unwrap();
            let mut second = OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all(first.as_bytes()).unwrap();
            drop(file);
            pause(longer_than_any_wait(&mut chance));
            second.write_all(rest.as_bytes()).unwrap();
        }
        2 => {
            // Makes the file and gets its content much later.
            let mut file = File::create(&path).unwrap();
            pause(longer_than_any_wait(&mut chance));
            file.write_all(text.as_bytes()).unwrap();
        }
        3 => {
            // Many small pieces.
            let mut file = File::create(&path).unwrap();
            for piece in text.as_bytes().chunks(1 + text.len() / 9) {
                file.write_all(piece).unwrap();
                pause(Duration::from_millis(20 + chance.below(250)));
            }
        }
        4 => {
            // Another tool, and a time of last change in the past.
            let beside = inbox.parent().unwrap().join(format!("{name}.beside"));
            std::fs::write(&beside, text).unwrap();
            tool(inbox, &["touch", "-d", "2001-01-01", beside.to_str().unwrap()]);
            tool(inbox, &["cp", "-p", beside.to_str().unwrap(), name]);
        }
        5 => {
            // Written with pauses, and set back to an old time while still open.
            let file = File::create(&path).unwrap();
            (&file).write_all(first.as_bytes()).unwrap();
            file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_000_000_000)).unwrap();
            pause(longer_than_any_wait(&mut chance));
            (&file).write_all(rest.as_bytes()).unwrap();
            file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(4_000_000_000)).unwrap();
        }
        6 => {
            // As rsync does it: hidden, slow, then renamed.
            let hidden = inbox.join(format!(".{name}.Ab3xY9"));
            std::fs::write(&hidden, first).unwrap();
            pause(longer_than_any_wait(&mut chance));
            OpenOptions::new().append(true).open(&hidden).unwrap().write_all(rest.as_bytes()).unwrap();
            std::fs::rename(hidden, path).unwrap();
        }
        7 => {
            // Gives it its final name before the last bytes are out.
            let hidden = inbox.join(format!(".{name}.tmp"));
            let mut file = File::create(&hidden).unwrap();
            file.write_all(first.as_bytes()).unwrap();
            std::fs::rename(hidden, path).unwrap();
            pause(longer_than_any_wait(&mut chance));
            file.write_all(rest.as_bytes()).unwrap();
        }
        _ => {
            // The output of a program that pauses.
            let (one, two) = (inbox.parent().unwrap().join(format!("{name}.1")), format!("{name}.2"));
            let two = inbox.parent().unwrap().join(two);
            std::fs::write(&one, first).unwrap();
            std::fs::write(&two, rest).unwrap();
            let script = format!(
                "{{ cat '{}'; timeout 0.8 tail -f /dev/null || :; cat '{}'; }} > '{name}'",
                one.display(),
                two.display()
            );
            tool(inbox, &["sh", "-c", &script]);
        }
    }
}

const N_KINDS: u64 = 9;

/// Fault: half_written
#[test]
fn slow_writers_of_every_kind_deliver_whole_files_only() {
    let n_writers = scale(160, 1_000);
    for config in [
        EVENTS_ALONE.to_owned(),
        EVENTS_ALONE.replace("[source]", "[source]\nwatch = \"poll\"\npoll = \"100ms\""),
    ] {
        let desk = Desk::new(&config);
        let daemon = desk.daemon();
        std::thread::scope(|scope| {
            for number in 0..n_writers {
                let inbox = desk.path("inbox");
                scope.spawn(move || {
                    let name = format!("{number:04}.txt");
                    write_in_some_way(number % N_KINDS, &inbox, &name, &article(number));
                });
            }
        });
        eventually("every slow writer's file", || desk.n_rows() >= n_writers);
        assert_eq!(daemon.stop(), Some(0));
        let expected: BTreeMap<String, u64> =
            (0..n_writers).map(|number| (sha256(article(number)), number)).collect();
        assert_eq!(desk.rows().keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        let status = desk.balanced();
        assert_eq!((&status["seen"], &status["superseded"]), (&n_writers.into(), &0.into()), "{status}");
    }
}

/// Fault: half_written
#[test]
fn a_run_that_drains_waits_for_those_who_are_writing() {
    let desk = Desk::new(EVENTS_ALONE);
    desk.drop_file("a.txt", article(1));
    let mut file = File::create(desk.inbox("b.txt")).unwrap();
    let text = article(2);
    let (first, rest) = text.split_at(text.len() / 2);
    file.write_all(first.as_bytes()).unwrap();
    pause(Duration::from_millis(700));
    let mut run = desk.command(&["run", "--once", "-q"]).spawn().unwrap();
    eventually("what is whole", || desk.n_rows() == 1);
    pause(Duration::from_millis(300));
    file.write_all(rest.as_bytes()).unwrap();
    drop(file);
    assert!(run.wait().unwrap().success());
    let status = desk.balanced();
    assert_eq!((&status["seen"], &status["delivered"]), (&2.into(), &2.into()), "{status}");
    assert!(is_there(&desk, &sha256(text)));
}

/// Fault: half_written
#[test]
fn who_closes_and_comes_back_later_makes_a_revision() {
    // Closed and held still for longer than is waited: nobody can know that more will come. The first version is
    // superseded by the second, and nothing of it stays.
    let desk = Desk::new(EVENTS_ALONE);
    let daemon = desk.daemon();
    std::fs::write(desk.inbox("a.txt"), article(1)).unwrap();
    eventually("the first session", || desk.n_rows() == 1);
    let mut again = OpenOptions::new().append(true).open(desk.inbox("a.txt")).unwrap();
    again.write_all(article(2).as_bytes()).unwrap();
    drop(again);
    let id = sha256(article(1) + &article(2));
    eventually("the second session", || is_there(&desk, &id));
    // And an editor that writes beside and renames over.
    tool(&desk.path("inbox"), &["sed", "-i", "s/lighthouse/beacon/", "a.txt"]);
    let edited = sha256(std::fs::read(desk.inbox("a.txt")).unwrap());
    eventually("the edited one", || is_there(&desk, &edited));
    assert_eq!(daemon.stop(), Some(0));
    let rows = desk.rows();
    assert_eq!(rows.keys().collect::<Vec<_>>(), [&edited]);
    assert_eq!(desk.balanced()["delivered"], 1);
}

/// Writes one half through a mapping whose descriptor is closed, pauses, and writes the other.
const MAPPED: &str = r"
import mmap, os, select, sys
first, rest, path = sys.argv[1].encode(), sys.argv[2].encode(), sys.argv[3]
fd = os.open(path, os.O_RDWR | os.O_CREAT)
os.ftruncate(fd, len(first) + len(rest))
view = mmap.mmap(fd, 0)
os.close(fd)
view[: len(first)] = first
select.select([], [], [], 2)
view[len(first) :] = rest
view.close()
";

/// Fault: half_written
#[test]
fn a_mapped_file_is_not_taken_before_it_is_unmapped() {
    // No other tool of the base system writes by mapping.
    if !std::process::Command::new("python3").arg("-c").arg("import mmap").status().is_ok_and(|s| s.success())
    {
        return;
    }
    let desk = Desk::new(EVENTS_ALONE);
    let daemon = desk.daemon();
    desk.drop_file("first.txt", article(0));
    eventually("the first", || desk.n_rows() == 1);
    let text = article(3);
    let (first, rest) = text.split_at(text.len() / 2);
    tool(&desk.path("inbox"), &["python3", "-c", MAPPED, first, rest, "mapped.txt"]);
    eventually("the mapped one", || desk.n_rows() == 2);
    assert_eq!(daemon.stop(), Some(0));
    assert!(is_there(&desk, &sha256(text)));
    assert_eq!(desk.balanced()["seen"], 2, "a half was taken");
}
