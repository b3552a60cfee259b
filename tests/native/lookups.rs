//! The translator that waits on HTTP, before a real server: slow, refusing, away, and back again.

use std::sync::atomic::Ordering::SeqCst;

use crate::common::{Desk, stderr, wait_for};
use crate::desk;
use crate::server::Server;

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
    let mut reasons: Vec<String> =
        desk.quarantine().iter().map(|entry| entry["reason"].to_string()).collect();
    reasons.sort();
    assert!(reasons[0].contains("no answer within 400 ms, 3 times"), "{reasons:?}");
    assert!(reasons[1].contains("the translator refuses it: 400"), "{reasons:?}");
    assert_eq!(reasons.len(), 2);
}

#[test]
fn articles_wait_while_the_server_is_away_and_go_on_when_it_is_back() {
    let (server, address) = Server::start();
    server.is_away.store(true, SeqCst);
    let desk = translating(&address);
    for n in 0..8 {
        drop_titled(&desk, n, "Bridge report");
    }
    let daemon = desk.daemon();
    wait_for("the articles to be known", || desk.count("pending") == 8);
    wait_for("the stage to be down", || {
        let health = desk.status().to_string();
        health.contains("translate_title") && health.contains("which is down") && health.contains("503")
    });
    assert_eq!((desk.count("delivered"), desk.count("quarantined")), (0, 0));
    server.is_away.store(false, SeqCst);
    wait_for("the articles", || desk.count("delivered") == 8);
    wait_for("good health", || !desk.status().to_string().contains("which is down"));
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(translations(&desk).len(), 8);
}

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
