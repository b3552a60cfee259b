//! The admin server of a running daemon: health, readiness and metrics, whoever asks and however badly.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use common::{BOTH_SINKS, Desk, article, stderr, wait_for};

/// An address that nobody listens at.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn config(address: SocketAddr) -> String {
    format!("{BOTH_SINKS}[admin]\nlisten = \"{address}\"\n")
}

/// Status, and the body; `None` if nobody listens.
fn ask(address: SocketAddr, method: &str, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

fn wait_ready(address: SocketAddr) {
    wait_for("the daemon to be ready", || {
        ask(address, "GET", "/readyz").is_some_and(|(status, _)| status == 200)
    });
}

/// The figures by name and labels. Every line is a comment or a sample, and every sample's metric was announced.
fn metrics(address: SocketAddr) -> BTreeMap<String, f64> {
    let (status, body) = ask(address, "GET", "/metrics").unwrap();
    assert_eq!(status, 200, "{body}");
    let mut announced = Vec::new();
    let mut samples = BTreeMap::new();
    for line in body.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            announced.push(rest.split(' ').next().unwrap().to_owned());
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line:?}"));
            let metric = name.split('{').next().unwrap();
            assert_eq!(announced.last().map(String::as_str), Some(metric), "{line:?}");
            assert!(samples.insert(name.to_owned(), value.parse().unwrap()).is_none(), "{line:?} twice");
        }
    }
    // What the reference page says there is.
    let page = std::fs::read_to_string("config/METRICS.md").unwrap();
    let listed: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(announced, listed);
    samples
}

#[test]
fn a_daemon_shows_its_health_and_its_figures() {
    let address = free_address();
    let desk = Desk::in_memory(&config(address));
    let daemon = desk.daemon();
    wait_ready(address);
    for number in 0..5 {
        let text = format!("{}\n\nAccept all cookies\n\nShare this article on Facebook\n", article(number));
        desk.drop_file(&format!("{number}.txt"), text);
    }
    desk.drop_file("bad.json", "{");
    wait_for("all to be settled", || desk.count("delivered") == 5 && desk.count("quarantined") == 1);
    let figures = metrics(address);
    let figure = |name: &str| *figures.get(name).unwrap_or_else(|| panic!("no {name} in {figures:#?}"));
    let whole = |name: &str| figure(name) as u64;
    assert_eq!(whole("copydesk_articles_seen_total"), 6);
    assert_eq!(whole("copydesk_articles{status=\"delivered\"}"), 5);
    assert_eq!(whole("copydesk_articles{status=\"quarantined\"}"), 1);
    assert_eq!(whole("copydesk_sink_acknowledged_total{sink=\"sqlite\"}"), 5);
    assert_eq!(whole("copydesk_sink_up{sink=\"jsonl\"}"), 1);
    assert_eq!(whole("copydesk_cuts_total{reason=\"consent\"}"), 5);
    assert_eq!(whole("copydesk_stage_articles_total{stage=\"enrich\"}"), 5);
    assert!(figure("copydesk_stage_seconds_total{stage=\"strip_boilerplate\"}") > 0.0);
    assert_eq!(whole("copydesk_health{state=\"ok\"}"), 1);
    assert!(figure("copydesk_start_time_seconds") > 1.7e9);
    assert_eq!(ask(address, "GET", "/healthz").unwrap(), (200, "ok, running\n".to_owned()));
    assert_eq!(ask(address, "HEAD", "/healthz").unwrap(), (200, String::new()));
    assert_eq!(ask(address, "POST", "/metrics").unwrap().0, 405);
    assert_eq!(ask(address, "GET", "/etc/passwd").unwrap().0, 404);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(ask(address, "GET", "/healthz"), None);
}

#[test]
fn clients_that_say_nothing_or_nonsense_hold_nobody_up() {
    let address = free_address();
    let desk = Desk::in_memory(&config(address));
    let daemon = desk.daemon();
    wait_ready(address);
    // More than are heard at a time.
    let silent: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(address).unwrap()).collect();
    let mut nonsense = TcpStream::connect(address).unwrap();
    let _refused = nonsense.write_all(&vec![b'x'; 1 << 20]);
    wait_ready(address);
    desk.drop_file("a.txt", article(1));
    wait_for("the article", || desk.count("delivered") == 1);
    drop(silent);
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn the_address_follows_a_reload_and_one_in_use_is_refused() {
    let (first, second) = (free_address(), free_address());
    let desk = Desk::in_memory(&config(first));
    let daemon = desk.daemon();
    wait_ready(first);
    std::fs::write(desk.path("copydesk.toml"), config(second)).unwrap();
    let reload = desk.run(&["reload"]);
    assert!(reload.status.success(), "{}", stderr(&reload));
    wait_ready(second);
    assert_eq!(ask(first, "GET", "/healthz"), None);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    std::fs::write(desk.path("copydesk.toml"), config(taken.local_addr().unwrap())).unwrap();
    let reload = desk.run(&["reload"]);
    assert!(!reload.status.success() && stderr(&reload).contains("cannot listen at"), "{}", stderr(&reload));
    wait_ready(second);
    desk.drop_file("a.txt", article(1));
    wait_for("the article", || desk.count("delivered") == 1);
    assert_eq!(daemon.stop(), Some(0));
    let output = desk.run(&["run"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("cannot listen at"), "{}", stderr(&output));
}
