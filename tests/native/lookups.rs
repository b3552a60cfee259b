//! The translator that waits on HTTP, before a real server: slow, refusing, away, and back again.

use std::sync::atomic::Ordering::SeqCst;

use crate::common::{Desk, stderr, wait_for};
use crate::desk;
use crate::server::{Server, Way};

fn translating(address: &std::net::SocketAddr) -> Desk {
    let stages = format!(
        "[[stage]]\ntype = \"enrich\"\n[[stage]]\ntype = \"translate_title\"\naddress = \"http://{address}/\"\n\
         at_once = 4\ntimeout = \"400ms\"\n"
    );
    desk("native_translate", &stages)
}

fn drop_titled(desk: &Desk, n: u64, title: &str) {
    let body = format!("The council of town {n} met on Monday, and spoke of the bridge until it was dark.");
    let page = format!(
        "<html><body><h1>{title} {n}</h1><p>{body}</p><p>{body} It will meet again.</p></body></html>"
    );
    desk.drop_file(&format!("{n:03}.html"), page);
}

fn translations(desk: &Desk) -> Vec<String> {
    let lines = desk.lines();
    let notes = lines.values().map(|record| record["notes"]["title_translated"].as_str().unwrap().to_owned());
    let mut notes: Vec<String> = notes.collect();
    notes.sort();
    notes
}

#[test]
fn every_title_is_translated_several_at_once_and_no_more() {
    let (server, address) = Server::start();
    let desk = translating(&address);
    for n in 0..24 {
        drop_titled(&desk, n, "Bridge report");
    }
    desk.drain(0);
    let expected: Vec<String> = (0..24).map(|n| format!("<Bridge report {n}>")).collect();
    let mut expected = expected;
    expected.sort();
    assert_eq!(translations(&desk), expected);
    let most_at_once = server.most_at_once.load(SeqCst);
    assert!((2..=4).contains(&most_at_once), "{most_at_once} at once");
    assert_eq!(server.n_asked.load(SeqCst), 24);
}

/// Fault: lookup_hang
#[test]
fn a_title_that_is_refused_or_never_answered_costs_its_article() {
    let (_server, address) = Server::start();
    let desk = translating(&address);
    for n in 0..12 {
        drop_titled(
            &desk,
            n,
            if n == 2 {
                "Refuse report"
            } else if n == 5 {
                "Hang report"
            } else {
                "Bridge report"
            },
        );
    }
    let output = desk.drain(3);
    assert_eq!(translations(&desk).len(), 10, "{}", stderr(&output));
    let entries = desk.quarantine();
    let mut reasons: Vec<String> = entries.iter().map(|entry| entry["reason"].to_string()).collect();
    reasons.sort();
    let mut codes: Vec<&str> = entries.iter().filter_map(|entry| entry["code"].as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["lookup_hung", "stage"]);
    assert!(reasons[0].contains("no answer within 400 ms, 3 times"), "{reasons:?}");
    assert!(reasons[1].contains("the translator refuses it: 400"), "{reasons:?}");
    assert_eq!(reasons.len(), 2);
}

/// Fault: lookup_down, lookup_garbage
#[test]
fn articles_wait_while_the_server_is_in_no_state_and_go_on_when_it_is() {
    let ways = [
        (Way::Broken, "500 Internal Server Error"),
        (Way::Away, "503 Service Unavailable"),
        (Way::Garbage, "the translator does not answer"),
        (Way::Half, "the translator does not answer"),
        (Way::Silent, "no answer within 400 ms"),
    ];
    let (server, address) = Server::start();
    let desk = translating(&address);
    let daemon = desk.daemon();
    for ((way, reason), round) in ways.into_iter().zip(0..) {
        server.set(way);
        for n in 0..8 {
            drop_titled(&desk, round * 8 + n, "Bridge report");
        }
        wait_for(&format!("the stage to be down ({way:?})"), || {
            let health = || desk.status()["health"].to_string();
            let health = if desk.count("pending") == 8 { health() } else { String::new() };
            health.contains("stage `translate_title`, which is down") && health.contains(reason)
        });
        assert_eq!((desk.count("delivered"), desk.count("quarantined")), (round * 8, 0), "{way:?}");
        server.set(Way::Well);
        wait_for("the articles", || desk.count("delivered") == (round + 1) * 8);
        wait_for("good health", || !desk.status().to_string().contains("which is down"));
    }
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(translations(&desk).len(), 8 * ways.len());
}

/// Fault: lookup_down
#[test]
fn a_run_that_drains_ends_though_the_server_never_answers_and_the_next_one_goes_on() {
    let (server, address) = Server::start();
    for way in [Way::Silent, Way::Broken] {
        let desk = translating(&address);
        for n in 0..8 {
            drop_titled(&desk, n, "Bridge report");
        }
        server.set(way);
        let said = stderr(&desk.drain(1));
        assert!(said.contains("articles wait for this stage") && said.contains("translate_title"), "{said}");
        assert!(said.contains("8 articles wait in the ledger: the next run goes on with them"), "{said}");
        assert_eq!((desk.count("pending"), desk.count("quarantined")), (8, 0), "{way:?}");
        server.set(Way::Well);
        desk.drain(0);
        assert_eq!(translations(&desk).len(), 8);
    }
}

/// Fault: lookup_down
#[test]
fn nobody_at_the_address_holds_articles_and_loses_none() {
    let (_server, address) = Server::start();
    // A port that is nobody's: it was, and is no more.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut there = translating(&nobody);
    drop_titled(&there, 1, "Bridge report");
    let output = there.drain(1);
    assert!(stderr(&output).contains("the translator does not answer"), "{}", stderr(&output));
    assert_eq!((there.count("pending"), there.count("quarantined")), (1, 0));
    let config = std::fs::read_to_string(there.path("copydesk.toml")).unwrap();
    std::fs::write(there.path("copydesk.toml"), config.replace(&nobody.to_string(), &address.to_string()))
        .unwrap();
    there.program = Some(crate::examples::example("native_translate"));
    there.drain(0);
    assert_eq!(translations(&there), ["<Bridge report 1>"]);
}
