//! Bad articles, and files that are gone.

use std::sync::Arc;
use std::time::Duration;

use copydesk_core::Outcome;
use tokio::sync::watch;

use super::world::*;
use crate::pipeline::*;
use crate::{Act, QuarantineEntry, RuntimeError, act, read_quarantine};

fn entries(world: &World) -> Vec<QuarantineEntry> {
    read_quarantine(world.state.path()).list()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_article_stops_only_itself() {
    let world = World::new();
    for n in 0..20 {
        world.folder.write(&format!("good{n:02}"), &format!("text {n}"));
    }
    world.folder.write("bad1", "a panic").write("bad2", "it does fail").write("bad3", "poison pill");
    world.folder.write("bad4", "").write("bad5", "panic in reader").write("out", "drop me please");
    world.folder.write("busy", "busy for a while");
    world.folder.refuse("link", "symlink");
    let report = world.run().await;
    assert_eq!(report.counts.quarantined, 6);
    assert_eq!(world.balance(), [28, 21, 0, 1, 6, 0, 0]);
    let entries = entries(&world);
    let told: Vec<_> = entries
        .iter()
        .map(|entry| (entry.path.as_str(), entry.stage.as_str(), entry.code.as_str(), entry.stored))
        .collect();
    assert_eq!(
        told,
        [
            ("bad1", "work", "panic", true),
            ("bad2", "work", "stage", true),
            ("bad3", "sink one", "refused", true),
            ("bad4", "read", "empty", true),
            ("bad5", "read", "panic", true),
            ("link", "read", "symlink", false),
        ]
    );
    let view = read_quarantine(world.state.path());
    assert_eq!(view.bytes(&entries[2]).unwrap().unwrap(), b"poison pill");
    let outcomes = world.folder.take_outcomes();
    assert!(outcomes.contains(&("bad1".into(), Outcome::Settled)));
    assert!(outcomes.contains(&("link".into(), Outcome::Referenced)));
    world.run().await;
    assert_eq!(world.balance()[0], 28, "nothing in quarantine is new work");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stage_with_state_remembers_across_a_panic_and_a_restart() {
    let mut world = World::new();
    world.stages = vec![("remember", Obedient::new(true))];
    world.folder.write("a", "word and more").write("b", "panic").write("c", "word again");
    world.run().await;
    world.folder.write("d", "word once more");
    world.run().await;
    let store = world.stores[0].lock();
    for text in ["word again", "word once more"] {
        let record = &store.rows[&id(text)].1;
        assert!(record.contains(&format!("\"echo\":\"{}\"", id("word and more"))), "{record}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_stage_saw_it_remembers_whatever_became_of_the_article() {
    let mut world = World::new();
    let remember = Obedient::new(true);
    *remember.healed.lock().unwrap() = true;
    world.stages = vec![("remember", remember), ("work", Obedient::new(false))];
    world.folder.write("a", "word that will fail").write("b", "word again");
    world.run().await;
    world.folder.write("c", "word once more");
    world.run().await;
    assert_eq!(world.balance(), [3, 2, 0, 0, 1, 0, 0]);
    let store = world.stores[0].lock();
    for text in ["word again", "word once more"] {
        let record = &store.rows[&id(text)].1;
        assert!(record.contains(&format!("\"echo\":\"{}\"", id("word that will fail"))), "{record}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stage_that_says_stop_ends_the_run_and_loses_nothing() {
    let world = World::new();
    world.folder.write("a", "good").write("b", "stop everything");
    let mut engine = world.engine();
    let source = world.folder.source(engine.known(), true);
    let (_stop, stopped) = watch::channel(StopMode::Run);
    let error = engine.run(world.pipeline(), source, stopped).await.err().unwrap();
    assert!(matches!(error, RuntimeError::Stage { name, .. } if name == "work"));
    assert_eq!(engine.counts().pending + engine.counts().delivered, 2);
    world.folder.write("b", "better");
    world.run_on(&mut engine).await;
    assert_eq!(world.stores[0].texts(), set(&["better", "good"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_file_that_cannot_be_read_is_offered_again() {
    let world = World::new();
    world.folder.write("a", "").write("b.jsonl", "one\ntorn\n");
    world.folder.mark_fresh("a");
    world.folder.mark_fresh("b.jsonl");
    world.run().await;
    let outcomes = world.folder.take_outcomes();
    assert!(outcomes.iter().any(|(path, outcome)| path == "a" && matches!(outcome, Outcome::Retry(_))));
    let report = world.run().await;
    assert_eq!(report.counts.pending, 0);
    assert_eq!(world.stores[0].texts(), set(&["one"]));
    assert_eq!(world.balance(), [3, 1, 0, 0, 2, 0, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retry_and_discard_without_a_daemon() {
    let world = World::new();
    world.folder.write("a", "this can fail").write("b.jsonl", "fine\nfail too\n").write("c", "panic");
    world.run().await;
    let before = entries(&world);
    assert_eq!(before.len(), 3);
    let keys: Vec<String> = before.iter().map(|entry| entry.key.clone()).collect();
    let answers = act(world.state.path(), Act::Retry, &keys[..2], Arc::new(FixedClock)).await.unwrap();
    assert!(answers.iter().all(|answer| answer.done), "{answers:?}");
    let answers = act(world.state.path(), Act::Discard, &keys[2..], Arc::new(FixedClock)).await.unwrap();
    assert!(answers[0].done);
    let none =
        act(world.state.path(), Act::Retry, &["ffff".into(), "../x".into()], Arc::new(FixedClock)).await;
    assert!(none.unwrap().iter().all(|answer| !answer.done));
    assert_eq!(world.balance(), [4, 1, 0, 1, 0, 0, 2]);
    // Their files are gone: what is stored is all there is.
    world.folder.remove("a");
    world.folder.remove("b.jsonl");
    world.run().await;
    assert_eq!(world.balance(), [4, 1, 0, 1, 2, 0, 0]);
    assert_eq!(entries(&world).iter().map(|entry| entry.attempts).collect::<Vec<_>>(), [2, 2]);
    world.heal();
    act(world.state.path(), Act::Retry, &keys[..2], Arc::new(FixedClock)).await.unwrap();
    world.run().await;
    assert_eq!(world.balance(), [4, 3, 0, 1, 0, 0, 0]);
    assert_eq!(world.stores[0].texts(), set(&["fail too", "fine", "this can fail"]));
    assert!(entries(&world).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_daemon_retries_and_discards_on_request() {
    let world = World::new();
    world.folder.write("a", "this can fail").write("b", "fail again");
    let mut engine = world.engine();
    let stats = engine.stats();
    let source = world.folder.source(engine.known(), false);
    let (stop, stopped) = watch::channel(StopMode::Run);
    let ask = async {
        while stats.view().counts.quarantined < 2 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        world.heal();
        let keys: Vec<String> = entries(&world).into_iter().map(|entry| entry.key).collect();
        let retried = act(world.state.path(), Act::Retry, &keys[..1], Arc::new(FixedClock)).await.unwrap();
        let discarded =
            act(world.state.path(), Act::Discard, &keys[1..], Arc::new(FixedClock)).await.unwrap();
        assert!(retried[0].done && discarded[0].done, "{retried:?} {discarded:?}");
        while stats.view().counts.delivered < 1 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        stop.send(StopMode::Drain).unwrap();
    };
    let (report, ()) = tokio::join!(engine.run(world.pipeline(), source, stopped), ask);
    assert!(!report.unwrap().cut_short);
    assert_eq!(world.balance(), [2, 1, 0, 1, 0, 0, 0]);
    assert!(entries(&world).is_empty());
    assert_eq!(std::fs::read_dir(world.state.path().join("requests")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_vanished_before_delivery_is_dropped_with_that_reason() {
    let world = World::new();
    let inbox = tempfile::tempdir().unwrap();
    let path = inbox.path().join("a b");
    std::fs::write(&path, "x").unwrap();
    let uri = format!("file://{}", path.to_str().unwrap().replace(' ', "%20"));
    assert!(!crate::pipeline::run::is_gone(&uri));
    std::fs::remove_file(&path).unwrap();
    assert!(crate::pipeline::run::is_gone(&uri));
    assert!(!crate::pipeline::run::is_gone("mem:a"));
    let engine = world.engine();
    let file = crate::ledger::PathKey::of(b"a b");
    let seen = crate::ledger::Entry::Seen {
        seq: copydesk_core::Seq(1),
        file,
        part: 0,
        id: id("x"),
        bytes: 1,
        replaces: vec![],
    };
    let begun = crate::ledger::Entry::File {
        path: b"a b".to_vec(),
        uri,
        stamp: copydesk_core::FileStamp::default(),
        hash: hash(b"x"),
    };
    engine.ledger.commit(vec![begun, seen]);
    drop(engine);
    world.run().await;
    assert_eq!(world.balance(), [1, 0, 0, 1, 0, 0, 0]);
    let view = crate::ledger::read_articles(world.state.path()).unwrap();
    let reason = view.articles().next().unwrap().reason.clone();
    assert_eq!(reason.as_deref(), Some("source file was removed before delivery"));
    world.folder.write("copy", "x");
    world.run().await;
    assert_eq!(world.balance(), [2, 1, 0, 1, 0, 0, 0], "the same bytes are welcome again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_spilled_is_delivered_though_its_file_is_gone() {
    let mut world = World::new();
    // On a slow machine the run must not give up before the most has been spilled.
    world.options.grace = Duration::from_secs(3);
    world.stores.push(Store::default());
    world.stores[1].lock().down = true;
    let inbox = tempfile::tempdir().unwrap();
    world.folder.root(inbox.path());
    for n in 0..60 {
        world.folder.write(&format!("{n:03}"), &format!("text {n}"));
    }
    let texts = world.folder.texts();
    world.run().await;
    assert_eq!(world.balance()[6], 60);
    assert!(std::fs::metadata(world.state.path().join("spill/two.log")).unwrap().len() > 0);
    world.stores[1].lock().down = false;
    for n in 0..60 {
        world.folder.remove(&format!("{n:03}"));
    }
    world.run().await;
    let [seen, delivered, _, dropped, ..] = world.balance();
    // What waited in memory for the sink is lost with its file, and said to be.
    assert_eq!((seen, delivered + dropped), (60, 60));
    assert!(delivered >= 30, "{delivered}");
    assert_eq!(world.stores[1].texts().len() as u64, delivered);
    assert_eq!(world.stores[0].texts(), texts);
}
