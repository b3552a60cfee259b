//! What a plugin prints: into the log a line at a time, escaped and no faster than a person could want it; and the end
//! of it kept, for the reason of a failure.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tracing::{Level, debug, error, info, warn};

use crate::meter::PluginMeter;

/// Bytes of a line that are shown; the rest of it is passed over.
const LINE: usize = 1 << 10;
/// Bytes at the end of all that was printed that are kept.
const TAIL: usize = 1 << 10;
/// Lines that are shown at once.
const BURST: f64 = 100.0;
/// Lines a second that are shown in the long run.
const PER_SECOND: f64 = 10.0;

/// What a plugin has printed.
#[derive(Default)]
pub(crate) struct Printed {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    tail: VecDeque<u8>,
    ended: bool,
}

impl Printed {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last lines, on one line and escaped, once nothing more can come, or after `patience`.
    pub(crate) fn last_words(&self, patience: Duration) -> String {
        let state = self.lock();
        let waited = self.ended.wait_timeout_while(state, patience, |state| !state.ended);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.words()
    }

    fn add(&self, bytes: &[u8]) {
        self.lock().add(bytes);
    }
}

impl State {
    fn add(&mut self, bytes: &[u8]) {
        let bytes = bytes.get(bytes.len().saturating_sub(TAIL)..).unwrap_or(bytes);
        self.tail.extend(bytes);
        let excess = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..excess);
    }

    fn words(&mut self) -> String {
        String::from_utf8_lossy(self.tail.make_contiguous()).trim().escape_debug().to_string()
    }
}

/// What a plugin inside this process says.
#[cfg(feature = "wasm")]
pub(crate) struct Printer {
    shower: Shower,
    state: State,
}

#[cfg(feature = "wasm")]
impl Printer {
    pub(crate) fn new(plugin: &str, meter: Arc<PluginMeter>) -> Printer {
        Printer { shower: Shower::new(plugin, meter), state: State::default() }
    }

    /// One line of it, or several.
    pub(crate) fn print(&mut self, level: Level, text: &[u8]) {
        self.state.add(text);
        self.state.add(b"\n");
        for line in text.split(|byte| *byte == b'\n') {
            self.shower.show(level, line.get(..LINE).unwrap_or(line));
        }
    }

    /// The last lines, on one line and escaped.
    pub(crate) fn last_words(&mut self) -> String {
        self.state.words()
    }
}

/// Shows lines as long as there is leave, and counts the others.
struct Shower {
    plugin: String,
    meter: Arc<PluginMeter>,
    leave: f64,
    last: Instant,
    n_hidden: u64,
}

impl Shower {
    fn new(plugin: &str, meter: Arc<PluginMeter>) -> Shower {
        Shower { plugin: plugin.to_owned(), meter, leave: BURST, last: Instant::now(), n_hidden: 0 }
    }

    fn show(&mut self, level: Level, line: &[u8]) {
        if line.is_empty() {
            return;
        }
        let now = Instant::now();
        self.leave = (self.leave + now.duration_since(self.last).as_secs_f64() * PER_SECOND).min(BURST);
        self.last = now;
        let hidden = self.leave < 1.0;
        self.meter.line(hidden);
        if hidden {
            self.n_hidden += 1;
            return;
        }
        self.leave -= 1.0;
        self.tell_hidden();
        let line = String::from_utf8_lossy(line);
        let (plugin, line) = (&self.plugin, line.trim_end().escape_debug());
        match level {
            Level::ERROR => error!(plugin, "{line}"),
            Level::WARN => warn!(plugin, "{line}"),
            Level::INFO => info!(plugin, "{line}"),
            _ => debug!(plugin, "{line}"),
        }
    }

    fn tell_hidden(&mut self) {
        if self.n_hidden > 0 {
            warn!(
                plugin = self.plugin,
                lines = self.n_hidden,
                "the plugin prints too much, lines are not shown"
            );
            self.n_hidden = 0;
        }
    }
}

/// Reads until the end, in a thread of its own. The thread ends with the plugin.
pub(crate) fn follow(
    plugin: &str,
    meter: Arc<PluginMeter>,
    mut from: impl Read + Send + 'static,
) -> std::io::Result<Arc<Printed>> {
    let printed = Arc::new(Printed::default());
    let here = Arc::clone(&printed);
    let mut shower = Shower::new(plugin, meter);
    let body = move || {
        let mut chunk = vec![0; 16 << 10];
        let mut line: Vec<u8> = Vec::new();
        loop {
            let n_bytes = match from.read(&mut chunk) {
                Ok(0) => break,
                Ok(n_bytes) => n_bytes,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(_) => break,
            };
            let bytes = chunk.get(..n_bytes).unwrap_or(&[]);
            here.add(bytes);
            for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
                let room = LINE.saturating_sub(line.len());
                line.extend_from_slice(piece.get(..room.min(piece.len())).unwrap_or(&[]));
                if piece.ends_with(b"\n") {
                    shower.show(Level::INFO, line.trim_ascii_end());
                    line.clear();
                }
            }
        }
        shower.show(Level::INFO, &line);
        shower.tell_hidden();
        here.lock().ended = true;
        here.ended.notify_all();
    };
    std::thread::Builder::new().name("plugin-log".into()).spawn(body)?;
    Ok(printed)
}
