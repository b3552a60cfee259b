//! The stage on its engine.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use copydesk_core::BuildError;

use super::WasmOptions;
use super::cache::default_cache;
use super::code::Loaded;
use super::guest::{Instance, Plan};
use super::host::Granted;
use crate::meter::PluginMeter;
use crate::supervise::{Fault, Guest, Patience, Pool, Rules, stage_over_a_pool, unset, within};

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
        unset(name, &options.env);
        let meter = Arc::<PluginMeter>::default();
        let patience = Arc::new(Patience::new(Duration::from_millis(options.timeout)));
        let plan = Plan {
            name: name.to_owned(),
            loaded: Loaded::new(options.component, cache).map_err(BuildError)?,
            config: options.config.to_string(),
            patience: Arc::clone(&patience),
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
            patience,
            meter,
        };
        Ok(WasmStage { pool: Arc::new(Pool::new(rules, plan)) })
    }
}

/// Articles that a worker takes at once: what it saves is waiting for one another.
pub(super) const BATCH: usize = 16;

stage_over_a_pool!(WasmStage);
