//! The stage on its engine.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use copydesk_core::{Article, Batching, BuildError, Meter, Stage, StageError, Verdict};

use super::WasmOptions;
use super::cache::default_cache;
use super::code::Loaded;
use super::guest::{Instance, Plan};
use super::host::Granted;
use crate::meter::PluginMeter;
use crate::supervise::{Fault, Guest, Pool, Rules, within};

/// The stage. Its instances are made when articles come, and shared by all forks.
pub struct WasmStage {
    pub(super) pool: Arc<Pool<Instance>>,
}

impl WasmStage {
    /// A stage called `name`. The component is compiled, if it was not before, and started once.
    ///
    /// # Errors
    /// The component is not there, is none, asks for what there is not, or does not take its configuration; or an
    /// option is out of range.
    pub fn new(name: &str, options: WasmOptions) -> Result<WasmStage, BuildError> {
        within("workers", options.workers as u64, 1, 64)?;
        within("timeout", options.timeout, 10, 3_600_000)?;
        within("memory", options.memory, 64 << 10, 4 << 30)?;
        within("output", options.output, 1 << 10, 1 << 30)?;
        let cache = match options.cache {
            Some(cache) => cache,
            None => default_cache().ok_or_else(|| {
                BuildError("there is neither XDG_CACHE_HOME nor HOME: say in `cache` where to keep compiled components".into())
            })?,
        };
        let meter = Arc::<PluginMeter>::default();
        let plan = Plan {
            name: name.to_owned(),
            loaded: Loaded::new(options.component, cache).map_err(BuildError)?,
            config: options.config.to_string(),
            timeout: Duration::from_millis(options.timeout),
            memory: usize::try_from(options.memory).unwrap_or(usize::MAX),
            output: usize::try_from(options.output).unwrap_or(usize::MAX),
            granted: Arc::new(Granted::new(options.clock, &options.env, options.files)?),
            strangers: AtomicBool::new(false),
            meter: Arc::clone(&meter),
        };
        // What is wrong with it is best said before the first article comes.
        Instance::start(&plan).map_err(|Fault(what, _)| BuildError(format!("the component {what}")))?;
        let rules = Rules {
            name: name.to_owned(),
            workers: options.workers,
            batch: BATCH,
            on_down: options.on_down,
            meter,
        };
        Ok(WasmStage { pool: Arc::new(Pool::new(rules, plan)) })
    }
}

/// Articles that a worker takes at once: what it saves is waiting for one another.
pub(super) const BATCH: usize = 16;

impl Stage for WasmStage {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        self.pool.process_one(article)
    }

    fn fork(&self) -> Option<Box<dyn Stage>> {
        Some(Box::new(WasmStage { pool: Arc::clone(&self.pool) }))
    }

    fn batching(&self) -> Option<Batching> {
        Some(self.pool.batching())
    }

    fn meter(&self) -> Option<Arc<dyn Meter>> {
        Some(self.pool.meter())
    }

    fn process_batch(&mut self, articles: &mut [&mut Article]) -> Vec<Result<Verdict, StageError>> {
        self.pool.process_batch(articles)
    }
}
