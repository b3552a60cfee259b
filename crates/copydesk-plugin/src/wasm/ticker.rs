//! The clock that stops components: it ticks while one of them runs, and only then.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use wasmtime::EngineWeak;

/// The time between two ticks: a deadline is kept to within two of them.
pub(super) const TICK: Duration = Duration::from_millis(10);

/// How many components run now, in all of the process.
#[derive(Default)]
pub(super) struct Ticker {
    n_running: Mutex<usize>,
    begun: Condvar,
}

/// As long as this is there, the clock ticks.
pub(super) struct Running<'a>(&'a Ticker);

impl Ticker {
    /// A clock for the engine, with a thread of its own that ends with the engine or with the clock.
    pub(super) fn start(engine: EngineWeak) -> std::io::Result<Arc<Ticker>> {
        let ticker = Arc::new(Ticker::default());
        let weak = Arc::downgrade(&ticker);
        std::thread::Builder::new().name("wasm-ticks".into()).spawn(move || {
            while let Some(ticker) = weak.upgrade() {
                ticker.wait_for_a_call();
                drop(ticker);
                // A plain thread: one of a busy executor might come too late.
                let until = Instant::now() + TICK;
                while let Some(left) = until.checked_duration_since(Instant::now()) {
                    std::thread::park_timeout(left);
                }
                let Some(engine) = engine.upgrade() else { return };
                engine.increment_epoch();
            }
        })?;
        Ok(ticker)
    }

    /// Waits until one runs; not for ever, so that the thread notices its end.
    fn wait_for_a_call(&self) {
        let running = self.n_running.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = self.begun.wait_timeout_while(running, Duration::from_mins(1), |n_running| *n_running == 0);
    }

    /// Says that one runs.
    pub(super) fn running(&self) -> Running<'_> {
        let mut n_running = self.n_running.lock().unwrap_or_else(PoisonError::into_inner);
        *n_running += 1;
        if *n_running == 1 {
            self.begun.notify_one();
        }
        Running(self)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        *self.0.n_running.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
    }
}
