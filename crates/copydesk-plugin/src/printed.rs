//! What a plugin prints: into the log a line at a time, escaped and no faster than a person could want it, with what the
//! plugin is at work on; and the end of it kept, for the reason of a failure.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use copydesk_core::ArticleId;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
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
/// Bytes that are read at once, and the most before somebody else gets a turn.
const CHUNK: usize = 16 << 10;
const MOST: usize = 1 << 20;

/// What a line begins with that is not the plugin's, if it is the last: see `exec/report.rs`.
pub(crate) const LAST_LINE: &[u8] = b"\0copydesk ";

/// What a plugin is at work on, for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Its start, or nothing.
    None,
    /// One article.
    Article(ArticleId),
    /// A batch of this number, of as many articles. The log says at the level of debugging which they are.
    Batch(u64, usize),
}

/// What a plugin has printed, and prints.
pub(crate) struct Printed {
    /// Not to be waited for: whoever has the lock reads all that is there.
    from: OwnedFd,
    state: Mutex<State>,
    ended: Condvar,
}

struct State {
    shower: Shower,
    tail: Tail,
    chunk: Vec<u8>,
    /// The line under way.
    line: Vec<u8>,
    /// A line that is the last if no other comes; empty if there is none.
    last: Vec<u8>,
    ended: bool,
}

impl Printed {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what the plugin is at work on from now on. What it has printed before belongs to what it was at work on
    /// before.
    pub(crate) fn at_work(&self, work: Work) {
        let mut state = self.lock();
        state.read(&self.from);
        state.shower.work = work;
    }

    /// The last lines, on one line and escaped, once nothing more can come, or after `patience`.
    pub(crate) fn last_words(&self, patience: Duration) -> String {
        self.ended(patience).tail.words()
    }

    /// The line that begins with [`LAST_LINE`] at the end of all; empty if there is none, or the end has not come.
    pub(crate) fn last_line(&self) -> Vec<u8> {
        let state = self.lock();
        if state.ended { state.last.clone() } else { Vec::new() }
    }

    fn ended(&self, patience: Duration) -> MutexGuard<'_, State> {
        let waited = self.ended.wait_timeout_while(self.lock(), patience, |state| !state.ended);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl State {
    /// Reads what is there, without waiting. False once nothing more can come.
    fn read(&mut self, from: &OwnedFd) -> bool {
        let mut n_read = 0;
        while n_read < MOST && !self.ended {
            let mut chunk = std::mem::take(&mut self.chunk);
            let read = rustix::io::read(from, &mut chunk);
            if let Ok(n_bytes) = read {
                self.take(chunk.get(..n_bytes).unwrap_or(&[]));
                n_read += n_bytes;
            }
            self.chunk = chunk;
            match read {
                Ok(1..) | Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break,
                Ok(0) | Err(_) => self.end(),
            }
        }
        !self.ended
    }

    fn take(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = LINE.saturating_sub(self.line.len());
            self.line.extend_from_slice(piece.get(..room.min(piece.len())).unwrap_or(&[]));
            self.tail.add(piece);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.whole_line(line.trim_ascii_end());
            }
        }
    }

    fn whole_line(&mut self, line: &[u8]) {
        if line.is_empty() {
            return;
        }
        // What is followed by anything was the plugin's.
        let line = if line.starts_with(LAST_LINE) {
            std::mem::replace(&mut self.last, line.to_vec())
        } else {
            let before = std::mem::take(&mut self.last);
            self.shower.show(Level::INFO, &before);
            line.to_vec()
        };
        self.shower.show(Level::INFO, &line);
    }

    fn end(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.whole_line(&line);
        self.shower.tell_hidden();
        self.tail.forget(&self.last);
        self.ended = true;
    }
}

/// The end of what was printed.
#[derive(Default)]
struct Tail(VecDeque<u8>);

impl Tail {
    fn add(&mut self, bytes: &[u8]) {
        // With room for what is no part of it.
        const ROOM: usize = TAIL + LINE;
        let bytes = bytes.get(bytes.len().saturating_sub(ROOM)..).unwrap_or(bytes);
        self.0.extend(bytes);
        let excess = self.0.len().saturating_sub(ROOM);
        self.0.drain(..excess);
    }

    /// Takes a line out of it again.
    fn forget(&mut self, line: &[u8]) {
        let bytes = self.0.make_contiguous();
        let Some(at) = bytes.windows(line.len().max(1)).rposition(|window| window == line) else { return };
        self.0.drain(at..at + line.len());
    }

    /// On one line and escaped.
    fn words(&mut self) -> String {
        let bytes = self.0.make_contiguous().trim_ascii();
        let bytes = bytes.get(bytes.len().saturating_sub(TAIL)..).unwrap_or(bytes);
        String::from_utf8_lossy(bytes).trim().escape_debug().to_string()
    }
}

/// What a plugin inside this process says.
#[cfg(feature = "wasm")]
pub(crate) struct Printer {
    shower: Shower,
    tail: Tail,
}

#[cfg(feature = "wasm")]
impl Printer {
    pub(crate) fn new(plugin: &str, meter: Arc<PluginMeter>) -> Printer {
        Printer { shower: Shower::new(plugin, meter), tail: Tail::default() }
    }

    /// Says what it is at work on from now on.
    pub(crate) fn at_work(&mut self, work: Work) {
        self.shower.work = work;
    }

    /// One line of it, or several.
    pub(crate) fn print(&mut self, level: Level, text: &[u8]) {
        self.tail.add(text);
        self.tail.add(b"\n");
        for line in text.split(|byte| *byte == b'\n') {
            self.shower.show(level, line.get(..LINE).unwrap_or(line));
        }
    }

    /// The last lines, on one line and escaped.
    pub(crate) fn last_words(&mut self) -> String {
        self.tail.words()
    }
}

/// Shows lines as long as there is leave, and counts the others.
struct Shower {
    plugin: String,
    meter: Arc<PluginMeter>,
    work: Work,
    leave: f64,
    last: Instant,
    n_hidden: u64,
}

impl Shower {
    fn new(plugin: &str, meter: Arc<PluginMeter>) -> Shower {
        let (plugin, work) = (plugin.to_owned(), Work::None);
        Shower { plugin, meter, work, leave: BURST, last: Instant::now(), n_hidden: 0 }
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
        let (id, batch, articles) = match self.work {
            Work::None => (None, None, None),
            Work::Article(id) => (Some(tracing::field::display(id)), None, None),
            Work::Batch(number, articles) => (None, Some(number), Some(articles)),
        };
        match level {
            Level::ERROR => error!(plugin, id, batch, articles, "{line}"),
            Level::WARN => warn!(plugin, id, batch, articles, "{line}"),
            Level::INFO => info!(plugin, id, batch, articles, "{line}"),
            _ => debug!(plugin, id, batch, articles, "{line}"),
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

/// Follows what comes from `from`, in a thread of its own. The thread ends with the plugin.
pub(crate) fn follow(plugin: &str, meter: Arc<PluginMeter>, from: OwnedFd) -> std::io::Result<Arc<Printed>> {
    rustix::io::ioctl_fionbio(&from, true)?;
    let state = State {
        shower: Shower::new(plugin, meter),
        tail: Tail::default(),
        chunk: vec![0; CHUNK],
        line: Vec::new(),
        last: Vec::new(),
        ended: false,
    };
    let printed = Arc::new(Printed { from, state: Mutex::new(state), ended: Condvar::new() });
    let here = Arc::clone(&printed);
    let body = move || {
        loop {
            let mut fds = [PollFd::new(&here.from, PollFlags::IN)];
            // Whatever comes of it, the read tells.
            let _woken = poll(&mut fds, None);
            if !here.lock().read(&here.from) {
                break;
            }
        }
        here.ended.notify_all();
    };
    std::thread::Builder::new().name("plugin-log".into()).spawn(body)?;
    Ok(printed)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn followed() -> (std::io::PipeWriter, Arc<Printed>) {
        let (reader, writer) = std::io::pipe().unwrap();
        (writer, follow("mine", Arc::default(), reader.into()).unwrap())
    }

    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn the_last_line_is_told_apart_from_what_only_looks_like_it() {
        let (mut to, printed) = followed();
        let line = |text: &str| [LAST_LINE, text.as_bytes()].concat();
        to.write_all(&line("one")).unwrap();
        to.write_all(b"\n").unwrap();
        to.write_all(&line("two")).unwrap();
        to.write_all(b"\nmore, without an end").unwrap();
        assert_eq!(printed.last_line(), Vec::<u8>::new());
        to.write_all(b"\n").unwrap();
        to.write_all(&line("three")).unwrap();
        drop(to);
        let words = printed.last_words(PATIENCE);
        assert!(words.contains("copydesk two") && words.ends_with("without an end"), "{words}");
        assert_eq!(printed.last_line(), line("three"));
    }

    #[test]
    fn what_was_printed_before_belongs_to_the_work_before() {
        let (mut to, printed) = followed();
        for number in 0..200 {
            printed.at_work(Work::Batch(number, 2));
            to.write_all(format!("line {number}\n").as_bytes()).unwrap();
            // All of it is taken, by whoever comes first, before the next work begins.
            printed.at_work(Work::None);
            let mut state = printed.lock();
            assert!(state.tail.words().ends_with(&format!("line {number}")));
            assert_eq!(state.shower.work, Work::None);
        }
        drop(to);
        assert!(printed.last_words(PATIENCE).ends_with("line 199"));
    }
}
