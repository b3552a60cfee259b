//! Order, back-pressure, sinks that are slow, down or gone, and stopping.

use std::sync::Arc;
use std::time::Duration;

use copydesk_core::Outcome;
use tokio::sync::watch;

use super::world::*;
use crate::RuntimeError;
use crate::pipeline::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_file_is_delivered_once_and_settled_after() {
    let world = World::new();
    for n in 0..100 {
        world.folder.write(&format!("{n:03}"), &format!("text {n}"));
    }
    let report = world.run().await;
    assert_eq!((report.counts.seen, report.counts.delivered), (100, 100));
    assert!(!report.cut_short);
    assert_eq!(world.stores[0].texts(), world.folder.texts());
    let outcomes = world.folder.take_outcomes();
    assert_eq!(outcomes.len(), 100);
    assert!(outcomes.iter().all(|(_, outcome)| *outcome == Outcome::Settled));
    let seqs: Vec<u64> = world.stores[0].lock().log.iter().map(|seq| seq.0).collect();
    assert_eq!(seqs, (1..=100).collect::<Vec<_>>(), "in the order of the ledger, each once");
    world.run().await;
    assert_eq!(world.stores[0].lock().log.len(), 100, "nothing is done twice");
    assert_eq!(world.balance(), [100, 100, 0, 0, 0, 0, 0]);
    let status = crate::ledger::read_status(world.state.path()).unwrap().unwrap();
    assert_eq!((status.sinks["one"].cursor.0, status.sinks["one"].lag), (100, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_number_of_workers_changes_nothing() {
    let mut results = Vec::new();
    for workers in [1, 2, 8] {
        let mut world = World::new();
        world.options.workers = workers;
        world.stages.push(("again", Obedient::new(false)));
        for n in 0..300 {
            world.folder.write(&format!("{n:03}"), &format!("word{} and {n}", n % 40));
        }
        world.run().await;
        let store = world.stores[0].lock();
        results.push((store.rows.clone(), store.log.clone()));
    }
    assert!(results[0].0.values().any(|(_, record)| record.contains("echo")));
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sink_that_is_down_holds_back_no_other() {
    let mut world = World::new();
    // A slow machine is not to be taken for a run that waits for the second sink alone.
    world.options.grace = Duration::from_secs(60);
    world.stores.push(Store::default());
    world.stores[1].lock().down = true;
    for n in 0..200 {
        world.folder.write(&format!("{n:03}"), &format!("text {n}"));
    }
    let mut engine = world.engine();
    let stats = engine.stats();
    let source = world.folder.source(engine.known(), true);
    let (_stop, stopped) = watch::channel(StopMode::Run);
    let (pipeline, second) = (world.pipeline(), world.stores[1].clone());
    let heal = async {
        while stats.view().sinks.get("one").is_none_or(|sink| sink.acknowledged < 200) {
            tokio::task::yield_now().await;
        }
        let view = stats.view();
        assert!(matches!(view.health, Health::Degraded(_)), "{:?}", view.health);
        assert!(view.sinks["two"].spilled > 100, "{:?}", view.sinks);
        assert_eq!(view.counts.delivered, 0);
        second.lock().down = false;
    };
    let (report, ()) = tokio::join!(engine.run(pipeline, source, stopped), heal);
    let report = report.unwrap();
    assert!(report.down_sinks.is_empty() && !report.cut_short, "{report:?}");
    assert_eq!(world.stores[1].texts(), world.folder.texts());
    let log = world.stores[1].lock().log.clone();
    assert!(log.is_sorted(), "the spilled ones stay in order");
    assert_eq!(report.counts.delivered, 200);
    assert_eq!(std::fs::read_dir(world.state.path().join("spill")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sink_that_stays_down_leaves_its_articles_pending_and_the_next_run_finishes() {
    let world = World::new();
    world.folder.write("a", "one").write("b", "two");
    world.stores[0].lock().down = true;
    let report = world.run().await;
    assert!(report.cut_short);
    assert_eq!(report.down_sinks[0].0, "one");
    assert_eq!(world.balance(), [2, 0, 0, 0, 0, 0, 2]);
    assert!(world.folder.take_outcomes().iter().all(|(_, outcome)| *outcome == Outcome::Lost));
    world.stores[0].lock().down = false;
    world.folder.write("0", "new");
    world.run().await;
    assert_eq!(world.balance(), [3, 3, 0, 0, 0, 0, 0]);
    let seqs: Vec<u64> = world.stores[0].lock().log.iter().map(|seq| seq.0).collect();
    assert_eq!(seqs, [1, 2, 3], "what was in flight goes first and keeps its place");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flapping_sink_gets_everything_once() {
    let world = World::new();
    world.stores[0].lock().flaky = 3;
    for n in 0..100 {
        world.folder.write(&format!("{n:03}"), &format!("text {n}"));
    }
    let report = world.run().await;
    assert_eq!(report.counts.delivered, 100);
    assert_eq!(world.stores[0].texts(), world.folder.texts());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sink_that_gives_up_is_reported_and_the_other_goes_on() {
    for panics in [false, true] {
        let mut world = World::new();
        world.stores.push(Store::default());
        world.stores[0].lock().broken = !panics;
        world.stores[0].lock().panics = panics;
        for n in 0..60 {
            world.folder.write(&format!("{n:03}"), &format!("text {n}"));
        }
        let report = world.run().await;
        assert_eq!(report.failed_sinks.len(), 1, "{report:?}");
        assert_eq!(world.stores[1].texts(), world.folder.texts());
        assert_eq!(world.balance(), [60, 0, 0, 0, 0, 0, 60]);
        world.stores[0].lock().broken = false;
        world.stores[0].lock().panics = false;
        world.run().await;
        assert_eq!(world.balance(), [60, 60, 0, 0, 0, 0, 0]);
        assert_eq!(world.stores[0].texts(), world.folder.texts());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_sink_holds_the_source_back() {
    // On a machine that is busier than the sink is slow, it may be the source that holds the sink back.
    for attempt in 1.. {
        let world = World::new();
        world.stores[0].lock().delay = Duration::from_millis(50 * attempt);
        for n in 0..120 {
            world.folder.write(&format!("{n:03}"), &format!("text {n}"));
        }
        let mut engine = world.engine();
        world.run_on(&mut engine).await;
        let view = engine.stats().view();
        assert_eq!(world.stores[0].texts().len(), 120);
        if view.sinks["one"].spilled == 0
            && view.sinks["one"].blocked_seconds > 0.0
            && view.blocked_in_flight_seconds > 0.0
        {
            return;
        }
        assert!(attempt < 10, "{:?}", view.sinks);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drain_finishes_what_is_in_flight() {
    let mut world = World::new();
    // However slow the machine is.
    world.options.grace = Duration::from_secs(60);
    for n in 0..50 {
        world.folder.write(&format!("{n:03}"), &format!("text {n}"));
    }
    let mut engine = world.engine();
    let source = world.folder.source(engine.known(), false);
    let (stop, stopped) = watch::channel(StopMode::Run);
    let (pipeline, store) = (world.pipeline(), world.stores[0].clone());
    let halt = async {
        while store.lock().log.is_empty() {
            tokio::task::yield_now().await;
        }
        stop.send(StopMode::Drain).unwrap();
    };
    let (report, ()) = tokio::join!(engine.run(pipeline, source, stopped), halt);
    assert!(!report.unwrap().cut_short);
    let counts = engine.counts();
    assert_eq!(counts.pending, 0);
    assert_eq!(counts.delivered, store.texts().len() as u64);
    world.run_on(&mut engine).await;
    assert_eq!(engine.counts().delivered, 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drain_ends_after_its_grace_and_a_second_stop_at_once() {
    for second in [false, true] {
        let mut world = World::new();
        world.options.grace = Duration::from_millis(if second { 60_000 } else { 50 });
        world.stores[0].lock().hang = true;
        world.folder.write("a", "one");
        let mut engine = world.engine();
        let stats = engine.stats();
        let source = world.folder.source(engine.known(), false);
        let (stop, stopped) = watch::channel(StopMode::Run);
        let halt = async {
            while stats.view().sinks.get("one").is_none_or(|sink| sink.sent == 0) {
                tokio::task::yield_now().await;
            }
            stop.send(StopMode::Drain).unwrap();
            if second {
                tokio::task::yield_now().await;
                stop.send(StopMode::Now).unwrap();
            }
        };
        let (report, ()) = tokio::join!(engine.run(world.pipeline(), source, stopped), halt);
        assert!(report.unwrap().cut_short);
        assert_eq!(engine.counts().pending, 1);
        assert_eq!(world.folder.take_outcomes(), [("a".into(), Outcome::Lost)]);
        world.stores[0].lock().hang = false;
        world.run_on(&mut engine).await;
        assert_eq!(engine.counts().delivered, 1, "the same engine runs again");
    }
}

#[tokio::test]
async fn a_second_engine_is_told_who_has_the_folder() {
    let world = World::new();
    let engine = world.engine();
    let error = Engine::open(world.state.path(), Arc::new(FixedClock)).err().unwrap();
    assert!(matches!(error, RuntimeError::Locked { pid: Some(pid), .. } if pid == std::process::id()));
    assert!(error.to_string().contains(&format!("in use by process {}", std::process::id())));
    drop(engine);
    world.engine();
}

#[tokio::test]
async fn a_run_can_be_spawned_and_names_must_differ() {
    let mut world = World::new();
    world.stages.push(("work", Obedient::new(false)));
    let (_stop, stopped) = watch::channel(StopMode::Run);
    let (mut engine, pipeline) = (world.engine(), world.pipeline());
    let source = world.folder.source(engine.known(), true);
    let run = tokio::spawn(async move { engine.run(pipeline, source, stopped).await });
    assert!(matches!(run.await.unwrap(), Err(RuntimeError::Name(name)) if name == "work"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipeline_without_sinks_or_stages_settles_too() {
    let mut world = World::new();
    world.stores.clear();
    world.stages.clear();
    world.folder.write("a", "one").write("b", "two");
    world.run().await;
    assert_eq!(world.balance(), [2, 2, 0, 0, 0, 0, 0]);
}
