//! A stage that keeps what it remembers in a folder of its own, beside the ledger.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use copydesk_core::*;
use tokio::sync::watch;

use super::world::*;
use crate::ledger::{LedgerOptions, read_memories, read_status};
use crate::pipeline::*;

/// Remembers the place of every article: in its folder once it is told that they have ended.
#[derive(Default)]
struct Saver {
    folder: PathBuf,
    known: BTreeSet<u64>,
    saved_below: u64,
    /// For each time it was told: the place, and the articles that the ledger said were pending.
    told: Arc<Mutex<Vec<(u64, u64)>>>,
    state: PathBuf,
}

impl Saver {
    fn file(&self) -> PathBuf {
        self.folder.join("saved")
    }
}

impl Stage for Saver {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        self.known.insert(article.seq.0);
        article.memories.push(("saver".into(), vec![7; 1500]));
        Ok(Verdict::Keep)
    }

    fn open(&mut self, folder: &Path) -> Result<(), StageError> {
        folder.clone_into(&mut self.folder);
        if let Ok(saved) = std::fs::read_to_string(self.file()) {
            self.saved_below = saved.parse().unwrap();
            self.known.extend(1..self.saved_below);
        }
        Ok(())
    }

    fn restore(&mut self, seq: Seq, _memory: &[u8]) {
        self.known.insert(seq.0);
    }

    fn settled(&mut self, below: Seq) -> Result<Forgettable, StageError> {
        // As another process would see it: what is durable.
        let status = read_status(&self.state).unwrap().unwrap();
        let n_ended = status.counts.seen - status.counts.pending;
        self.told.lock().unwrap().push((below.0, n_ended));
        std::fs::create_dir_all(&self.folder).unwrap();
        std::fs::write(self.file(), below.0.to_string()).unwrap();
        self.saved_below = below.0;
        Ok(Forgettable { below, except: BTreeSet::from([Seq(3)]) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_stage_keeps_safe_by_itself_the_ledger_forgets_and_nothing_else() {
    let world = World::new();
    let n_files = 4000;
    for n in 0..n_files {
        world.folder.write(&format!("{n:05}"), &format!("text {n}"));
    }
    let told = Arc::new(Mutex::new(Vec::new()));
    let state = world.state.path().to_owned();
    let slot = || {
        let (told, state) = (Arc::clone(&told), state.clone());
        let make = move || {
            let saver = Saver { told: Arc::clone(&told), state: state.clone(), ..Saver::default() };
            Ok(Box::new(saver) as Box<dyn Stage>)
        };
        StageSlot { name: "saver".into(), make: Arc::new(make) }
    };
    let options = LedgerOptions { compact_from: 200_000 };
    let mut engine = Engine::open_with(&state, Arc::new(FixedClock), options).unwrap();
    let mut pipeline = world.pipeline();
    pipeline.stages = vec![slot()];
    let source = world.folder.source(engine.known(), true);
    let (_stop, stopped) = watch::channel(StopMode::Run);
    engine.run(pipeline, source, stopped).await.unwrap();
    drop(engine);
    assert_eq!(world.balance(), [n_files, n_files, 0, 0, 0, 0, 0]);

    let told = told.lock().unwrap().clone();
    assert!(told.len() > 1, "{told:?}");
    assert!(told.iter().all(|(below, n_ended)| below - 1 <= *n_ended), "told too early: {told:?}");
    let mut left = BTreeSet::new();
    read_memories(&state, &mut |seq, stage, _| {
        if stage == "saver" {
            left.insert(seq.0);
        }
    })
    .unwrap();
    assert!(left.contains(&3), "a late one stays");
    assert!(left.len() < n_files as usize / 2, "{} memories were never forgotten", left.len());

    // What the folder and the ledger hold together is everything.
    let mut saver = Saver::default();
    saver.open(&state.join("stages/saver")).unwrap();
    read_memories(&state, &mut |seq, stage, memory| {
        if stage == "saver" {
            saver.restore(seq, memory);
        }
    })
    .unwrap();
    assert_eq!(saver.known, (1..=n_files).collect());
}
