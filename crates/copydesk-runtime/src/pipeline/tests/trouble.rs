//! Bad articles, bad disks, and processes that die.

use std::sync::Arc;
use std::time::Duration;

use copydesk_core::Outcome;
use proptest::prelude::*;
use tokio::sync::watch;

use super::world::*;
use crate::ledger::disk::Disk;
use crate::ledger::{LEDGER_FILE, Ledger, LedgerOptions};
use crate::lock::StateLock;
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

fn engine_on(disk: &Disk, world: &World) -> Engine {
    let options = LedgerOptions { compact_from: 4000 };
    let path = world.state.path().join(LEDGER_FILE);
    let ledger = Ledger::open_in(disk.storage(), disk.reopen(), &path, options).unwrap();
    let lock = StateLock::acquire(world.state.path()).unwrap();
    Engine::assemble(world.state.path(), Arc::new(FixedClock), lock, ledger).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_stops_intake_and_nothing_is_acknowledged_meanwhile() {
    let world = World::new();
    for n in 0..60 {
        world.folder.write(&format!("{n:03}"), &format!("text {n}"));
    }
    let disk = Disk::new();
    disk.limit(Some(3000));
    let mut engine = engine_on(&disk, &world);
    let stats = engine.stats();
    let source = world.folder.source(engine.known(), true);
    let (_stop, stopped) = watch::channel(StopMode::Run);
    let relieve = async {
        while !matches!(stats.health(), Health::Down(_)) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let Health::Down(reasons) = stats.health() else { panic!() };
        assert!(reasons[0].contains("cannot write the ledger"), "{reasons:?}");
        let n_settled = world.folder.take_outcomes().len();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(n_settled < 60);
        assert!(world.folder.take_outcomes().is_empty());
        disk.limit(None);
    };
    let (report, ()) = tokio::join!(engine.run(world.pipeline(), source, stopped), relieve);
    assert_eq!(report.unwrap().counts.delivered, 60);
    assert_eq!(stats.health(), Health::Ok);
    assert_eq!(world.stores[0].texts(), world.folder.texts());
}

/// What a process that may die at any moment does to the world.
#[derive(Debug, Clone)]
struct Life {
    /// Operations of the ledger's disk until the power fails; `None`: killed after so many deliveries.
    fuse: Option<u64>,
    kill_after: usize,
    flaky: u64,
    rewrites: Vec<(u8, u8)>,
    choices: Vec<u64>,
}

fn life() -> impl Strategy<Value = Life> {
    let rewrites = prop::collection::vec((0..12_u8, 0..10_u8), 0..8);
    (prop::option::of(1..80_u64), 0..20_usize, 0..4_u64, rewrites, prop::collection::vec(any::<u64>(), 20))
        .prop_map(|(fuse, kill_after, flaky, rewrites, choices)| Life {
            fuse,
            kill_after,
            flaky,
            rewrites,
            choices,
        })
}

/// False if the process came to its end before its disk did.
async fn live(world: &World, disk: &Disk, life: &Life) -> bool {
    for (path, text) in &life.rewrites {
        let (path, text) = (format!("f{path}"), format!("text {text}"));
        if path.ends_with('7') {
            world.folder.write(&format!("{path}.jsonl"), &format!("{text}\nline\n{text}\nend {path}"));
        } else {
            world.folder.write(&path, &text);
        }
    }
    for store in &world.stores {
        store.lock().flaky = if life.flaky == 1 { 2 } else { life.flaky };
    }
    let mut engine = engine_on(disk, world);
    if let Some(fuse) = life.fuse {
        disk.lose_power_after(fuse);
    }
    let source = world.folder.source(engine.known(), true);
    let (stop, stopped) = watch::channel(StopMode::Run);
    let store = world.stores[0].clone();
    let n_before = store.lock().log.len();
    let killer = async {
        loop {
            let n_delivered = store.lock().log.len() - n_before;
            if disk.is_off() || (life.fuse.is_none() && n_delivered >= life.kill_after) {
                stop.send_replace(StopMode::Now);
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    {
        let run = engine.run(world.pipeline(), source, stopped);
        tokio::pin!(run);
        let report = tokio::select! {
            report = &mut run => report,
            () = killer => run.await,
        };
        assert!(report.is_ok() || disk.is_off(), "{report:?}");
    }
    drop(engine);
    let is_off = disk.is_off();
    let mut choices = life.choices.iter().copied().cycle();
    disk.restart(|| choices.next().unwrap());
    is_off
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whenever the process dies, and whatever part of its last writes is lost: after a drain every file's
    /// content is in every sink, nothing else is, and the ledger says so.
    #[test]
    fn nothing_is_lost_and_nothing_is_doubled(lives in prop::collection::vec(life(), 1..5)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new();
            world.stores.push(Store::default());
            world.options.replay_wait = Duration::from_millis(20);
            let disk = Disk::new();
            for life in &lives {
                live(&world, &disk, life).await;
            }
            for store in &world.stores {
                store.lock().flaky = 0;
            }
            let mut engine = engine_on(&disk, &world);
            world.run_on(&mut engine).await;
            let wanted: std::collections::BTreeSet<String> =
                world.folder.texts().iter().flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
            let counts = engine.counts();
            for store in &world.stores {
                let texts = store.texts();
                // A line that is gone from a file of many without another in its place may stay.
                let missing: Vec<_> = wanted.difference(&texts).collect();
                assert!(missing.is_empty(), "missing {missing:?} of {wanted:?}; {counts:?}");
                let only_single = world.folder.texts().iter().all(|text| !text.contains('\n'));
                if only_single {
                    assert_eq!(texts, wanted, "{counts:?}");
                    assert_eq!(counts.delivered, wanted.len() as u64, "{counts:?}");
                }
            }
            assert_eq!(counts.pending, 0);
            let before = world.stores[0].lock().log.len();
            world.run_on(&mut engine).await;
            assert_eq!(engine.counts(), counts, "a second drain finds nothing to do");
            assert_eq!(world.stores[0].lock().log.len(), before);
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_goes_away_at_any_moment_holds_up_no_stop() {
    for rewrites in [vec![], vec![(1, 1), (2, 2)]] {
        for fuse in 0.. {
            let mut world = World::new();
            world.stages = vec![("remember", Obedient::new(true))];
            let disk = Disk::new();
            let rewrites = rewrites.clone();
            let life =
                Life { fuse: Some(fuse), kill_after: usize::MAX, flaky: 0, rewrites, choices: vec![0] };
            let lived = tokio::time::timeout(Duration::from_secs(60), live(&world, &disk, &life)).await;
            if !lived.unwrap_or_else(|_| panic!("still running a minute after operation {fuse} failed")) {
                break;
            }
        }
    }
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
