//! Bad disks, and processes that die.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use tokio::sync::watch;

use super::world::*;
use crate::ledger::disk::Disk;
use crate::ledger::{LEDGER_FILE, Ledger, LedgerOptions};
use crate::lock::StateLock;
use crate::pipeline::*;

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
