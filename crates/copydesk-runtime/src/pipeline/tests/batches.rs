//! Stages that take several articles at once: order, holding back, panics.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use copydesk_core::*;
use tokio::sync::watch;

use super::world::*;
use crate::ledger::read_memories;
use crate::pipeline::*;

/// Notes its name in every article, unless it is down.
#[derive(Clone)]
struct Batcher {
    name: &'static str,
    workers: usize,
    down: Arc<AtomicBool>,
    n_tries: Arc<AtomicUsize>,
    sizes: Arc<Mutex<Vec<usize>>>,
    /// One for each that is made, as a plugin has.
    given: Arc<Given>,
}

static GIVEN: Measure =
    Measure { name: "given_total", kind: MeasureKind::Counter, labels: &[], help: "Batches." };

/// Counts batches.
#[derive(Default)]
struct Given(AtomicUsize);

impl Meter for Given {
    fn readings(&self) -> Vec<Reading> {
        vec![Reading::new(&GIVEN, &[], self.0.load(Ordering::Relaxed) as f64)]
    }
}

impl Batcher {
    fn new(name: &'static str, workers: usize) -> Batcher {
        let (down, n_tries, sizes, given) = Default::default();
        Batcher { name, workers, down, n_tries, sizes, given }
    }

    fn slot(&self) -> StageSlot {
        let stage = self.clone();
        StageSlot {
            name: self.name.into(),
            make: Arc::new(move || {
                let stage = Batcher { given: Arc::default(), ..stage.clone() };
                Ok(Box::new(stage))
            }),
        }
    }
}

impl Stage for Batcher {
    fn process(&mut self, _: &mut Article) -> Result<Verdict, StageError> {
        panic!("it takes batches alone")
    }

    fn fork(&self) -> Option<Box<dyn Stage>> {
        Some(Box::new(self.clone()))
    }

    fn batching(&self) -> Option<Batching> {
        Some(Batching { max: 8, workers: self.workers })
    }

    fn meter(&self) -> Option<Arc<dyn Meter>> {
        Some(Arc::clone(&self.given) as Arc<dyn Meter>)
    }

    fn process_batch(&mut self, articles: &mut [&mut Article]) -> Vec<Result<Verdict, StageError>> {
        self.n_tries.fetch_add(1, Ordering::Relaxed);
        self.given.0.fetch_add(1, Ordering::Relaxed);
        self.sizes.lock().unwrap().push(articles.len());
        let down = self.down.load(Ordering::Relaxed);
        let each = articles.iter_mut().map(|article| {
            let text = article.raw().to_owned();
            assert!(!text.contains("explode"), "told to");
            if text.contains("lend") && self.name == "second" {
                **article = Article::new(article.id, Origin::default(), "", Vec::new());
                panic!("told to, with the article elsewhere");
            }
            if text.contains("leave") {
                return Ok(Verdict::Drop("told to".into()));
            }
            if text.contains("refuse") {
                return Err(StageError::new("told to", Action::Quarantine));
            }
            if down {
                let action = Action::Retry(Duration::from_millis(1));
                return Err(StageError::new("no licence", action));
            }
            assert!(article.notes.insert(self.name.into(), true.into()).is_none(), "given twice");
            Ok(Verdict::Keep)
        });
        each.collect()
    }
}

/// `work`, the batches, `remember` in order, and the other batches, one after the other.
fn pipeline(world: &World, batchers: &[&Batcher; 3]) -> Pipeline {
    let mut pipeline = world.pipeline();
    let [first, second, third] = batchers;
    pipeline.stages.insert(1, first.slot());
    pipeline.stages.push(second.slot());
    pipeline.stages.push(third.slot());
    pipeline
}

fn three(workers: usize) -> [Batcher; 3] {
    ["first", "second", "third"].map(|name| Batcher::new(name, workers))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_change_nothing_in_what_comes_out() {
    let mut results = Vec::new();
    for workers in [1, 3] {
        let world = World::new();
        for n in 0..200 {
            let word = if n % 50 == 7 { "leave" } else { "word" };
            world.folder.write(&format!("{n:03}"), &format!("{word}{} and {n}", n % 40));
        }
        let batchers = three(workers);
        let mut engine = world.engine();
        let source = world.folder.source(engine.known(), true);
        let (_stop, stopped) = watch::channel(StopMode::Run);
        let report = engine.run(pipeline(&world, &batchers.each_ref()), source, stopped).await.unwrap();
        assert_eq!((report.counts.delivered, report.counts.dropped), (196, 4));
        let sizes = batchers[0].sizes.lock().unwrap().clone();
        assert!(sizes.iter().all(|size| (1..=8).contains(size)), "{sizes:?}");
        assert_eq!(sizes.iter().sum::<usize>(), 200, "each article once");
        let store = world.stores[0].lock();
        for (_, record) in store.rows.values() {
            for name in ["first", "second", "third"] {
                assert!(record.contains(&format!("\"{name}\":true")), "{record}");
            }
        }
        assert!(store.log.is_sorted(), "in the order of the ledger");
        results.push(store.rows.clone());
    }
    assert_eq!(results[0], results[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stage_that_is_down_holds_everything_until_it_is_up() {
    let world = World::new();
    for n in 0..40 {
        world.folder.write(&format!("{n:03}"), &format!("text {n}"));
    }
    let batchers = three(2);
    batchers[1].down.store(true, Ordering::Relaxed);
    let mut engine = world.engine();
    let stats = engine.stats();
    let source = world.folder.source(engine.known(), true);
    let (_stop, stopped) = watch::channel(StopMode::Run);
    // A run that is to end by itself gives up, and everything is still there.
    let report = engine.run(pipeline(&world, &batchers.each_ref()), source, stopped.clone()).await.unwrap();
    assert_eq!(report.counts.delivered, 0);
    assert_eq!(report.down_stages, [("second".to_owned(), "no licence".to_owned())]);
    assert!(report.cut_short);
    assert!(batchers[1].n_tries.load(Ordering::Relaxed) > 10, "it is tried again and again");
    let source = world.folder.source(engine.known(), true);
    let pipeline = pipeline(&world, &batchers.each_ref());
    let down = Arc::clone(&batchers[1].down);
    let heal = async {
        loop {
            if let Health::Down(reasons) = stats.health() {
                assert!(reasons[0].contains("stage `second`, which is down: no licence"), "{reasons:?}");
                break down.store(false, Ordering::Relaxed);
            }
            tokio::task::yield_now().await;
        }
    };
    let (report, ()) = tokio::join!(engine.run(pipeline, source, stopped), heal);
    let report = report.unwrap();
    assert_eq!((report.counts.delivered, report.counts.pending), (40, 0));
    assert_eq!(report.down_stages, []);
    assert_eq!(engine.stats().health(), Health::Ok);
    assert_eq!(world.stores[0].texts(), world.folder.texts());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_batch_fails_over_is_set_aside_and_the_rest_goes_on() {
    let mut world = World::new();
    world.options.workers = 1;
    for n in 0..30 {
        let word = if n == 11 { "refuse" } else { "text" };
        world.folder.write(&format!("{n:03}"), &format!("{word} {n}"));
    }
    let batchers = three(1);
    let mut engine = world.engine();
    let (_stop, stopped) = watch::channel(StopMode::Run);
    let source = world.folder.source(engine.known(), true);
    let report = engine.run(pipeline(&world, &batchers.each_ref()), source, stopped.clone()).await.unwrap();
    assert_eq!((report.counts.delivered, report.counts.quarantined), (29, 1));
    world.folder.write("100", "explode");
    let source = world.folder.source(engine.known(), true);
    let report = engine.run(pipeline(&world, &batchers.each_ref()), source, stopped.clone()).await.unwrap();
    assert_eq!((report.counts.delivered, report.counts.quarantined), (0, 1), "a panic ends its batch");
    world.folder.write("101", "text after");
    let source = world.folder.source(engine.known(), true);
    let report = engine.run(pipeline(&world, &batchers.each_ref()), source, stopped).await.unwrap();
    assert_eq!(report.counts.delivered, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_with_the_article_elsewhere_forgets_nothing_and_is_counted_on() {
    let mut world = World::new();
    world.options.workers = 1;
    let texts = ["lend alone", "alone in its batch", "lending among others", "many", "several"];
    let mut engine = world.engine();
    let batchers = three(1);
    let (_stop, stopped) = watch::channel(StopMode::Run);
    // The first two alone, so that nothing but the panic of a single article is met.
    for (n, texts) in [&texts[..1], &texts[1..2], &texts[2..]].into_iter().enumerate() {
        for text in texts {
            world.folder.write(&format!("{n} {text}"), text);
        }
        let source = world.folder.source(engine.known(), true);
        engine.run(pipeline(&world, &batchers.each_ref()), source, stopped.clone()).await.unwrap();
        if n == 0 {
            let given = engine.stats().view().readings["second"][0].figure.clone();
            assert_eq!(given, Figure::One(1.0), "the panic's batch");
        }
    }
    let n_batches = batchers[1].n_tries.load(Ordering::Relaxed);
    let given = engine.stats().view().readings["second"][0].figure.clone();
    assert_eq!(given, Figure::One(n_batches as f64), "made anew, its meter is known");
    drop(engine);
    let mut words = Vec::new();
    read_memories(world.state.path(), &mut |_, stage, memory| {
        assert_eq!(stage, "remember");
        words.push(String::from_utf8_lossy(memory.get(32..).unwrap_or_default()).into_owned());
    })
    .unwrap();
    words.sort();
    assert_eq!(words, ["alone", "lend", "lending", "many", "several"]);
    assert_eq!(world.balance(), [5, 3, 0, 0, 2, 0, 0]);
}
