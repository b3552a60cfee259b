//! The control socket, and clients that are slow, silent, many or wrong.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use serde_json::Value;

use crate::common::{BOTH_SINKS, Desk, article, exists, scale, stdout, wait_for};
use crate::rig::{is_health, spawn, status, wait_ready};

fn socket(desk: &Desk) -> PathBuf {
    desk.path("state/control.sock")
}

fn ask(stream: &mut UnixStream, line: &str) -> Value {
    stream.write_all(line.as_bytes()).unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    serde_json::from_str(&answer).unwrap()
}

#[test]
fn status_shows_the_health_of_the_daemon_and_that_there_is_none() {
    let desk = Desk::new(&BOTH_SINKS.replace("articles.jsonl", "blocked/articles.jsonl"));
    let daemon = desk.daemon();
    wait_ready(&desk);
    desk.drop_file("a.txt", article(1));
    wait_for("the store", || desk.n_rows() == 1);
    wait_for("good health", || is_health(&status(&desk), "ok", &[]));
    assert!(stdout(&desk.run(&["status"])).starts_with("health: ok (process "));
    let metadata = socket(&desk).symlink_metadata().unwrap();
    assert!(metadata.file_type().is_socket());
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    let view = status(&desk)["daemon"].clone();
    assert_eq!(view["pid"], daemon.child.id());
    assert_eq!(view["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(view["stats"]["sinks"]["jsonl"]["state"], "up");
    assert_eq!(daemon.stop(), Some(0));
    assert!(!exists(&socket(&desk)), "the socket goes with the daemon");
    std::fs::remove_dir_all(desk.path("blocked")).unwrap();
    std::fs::write(desk.path("blocked"), "in the way").unwrap();
    let mut daemon = desk.daemon();
    desk.drop_file("b.txt", article(2));
    wait_for("bad health", || is_health(&status(&desk), "degraded", &["sink `jsonl` is down"]));
    let said = stdout(&desk.run(&["status"]));
    assert!(said.starts_with("health: degraded (process ") && said.contains("blocked"), "{said}");
    daemon.kill();
    // A socket is left, and nobody answers there.
    assert!(exists(&socket(&desk)));
    assert_eq!(status(&desk)["daemon"], Value::Null);
    assert!(stdout(&desk.run(&["status"])).starts_with("no daemon is running"));
    std::fs::remove_file(desk.path("blocked")).unwrap();
    let daemon = desk.daemon();
    wait_for("both", || desk.count("delivered") == 2);
    assert!(is_health(&status(&desk), "ok", &[]));
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn clients_that_err_or_say_nothing_harm_nobody() {
    let desk = Desk::new(BOTH_SINKS);
    let daemon = desk.daemon();
    wait_ready(&desk);
    let connect = || UnixStream::connect(socket(&desk)).unwrap();
    let mut stream = connect();
    assert!(ask(&mut stream, "{\"ask\":\"status\"}\n")["status"]["pid"].is_number());
    assert!(ask(&mut stream, "{\"ask\":\"the moon\"}\n")["error"].is_string(), "and it may ask again");
    assert!(ask(&mut stream, "\u{0}\n")["error"].is_string());
    assert!(ask(&mut connect(), &"x".repeat(4096))["error"].is_string());
    // Many that say nothing, and one that takes nothing: they have their turn, and lose it.
    let silent: Vec<UnixStream> =
        (0..scale(60, 500)).map_while(|_| UnixStream::connect(socket(&desk)).ok()).collect();
    desk.drop_file("a.txt", article(1));
    wait_for("the article", || desk.n_rows() == 1);
    wait_for("an answer", || status(&desk)["health"]["state"] == "ok");
    drop(silent);
    wait_for("an answer", || status(&desk)["health"]["state"] == "ok");
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_state_folder_with_a_long_path_and_one_where_no_socket_can_be() {
    let desk = Desk::new(BOTH_SINKS);
    let long = format!("{}/state", "a-long-name-".repeat(15));
    let command = |args: &[&str]| {
        let mut command = crate::common::program();
        command.current_dir(desk.dir.path()).args(args).args(["--config", "copydesk.toml", "--state", &long]);
        command
    };
    let daemon = spawn(&desk, command(&["run"]));
    wait_for("an answer", || stdout(&command(&["status"]).output().unwrap()).starts_with("health: ok"));
    assert_eq!(daemon.stop(), Some(0));
    std::fs::create_dir_all(desk.path(&long).join("control.sock")).unwrap();
    let daemon = spawn(&desk, command(&["run"]));
    desk.drop_file("a.txt", article(1));
    wait_for("the article", || desk.n_rows() == 1);
    assert!(std::fs::read_to_string(desk.path("log")).unwrap().contains("cannot make the control socket"));
    assert_eq!(daemon.stop(), Some(0));
}
