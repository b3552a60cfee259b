//! Records on standard output, one JSON object a line.
//!
//! A pipe remembers nothing, so this sink tracks no ids: after a crash a reader may see an article twice. It
//! sees whole lines: what is left of a line that could not be written goes out before anything else.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use copydesk_core::{Component, OptionSpec, Parcel, Sink, SinkError};
use serde::Deserialize;

use crate::PlainSinkError;
use crate::format::{self, Format};

/// The options of a `stdout` sink.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StdoutOptions {
    /// How an article is written.
    pub format: Format,
}

/// Prints records.
pub struct StdoutSink {
    lines: Arc<Mutex<Lines>>,
}

struct Lines {
    out: Box<dyn Write + Send>,
    format: Format,
    /// The rest of the line that the last failure cut.
    rest: Vec<u8>,
}

impl StdoutSink {
    /// A sink that prints to the standard output of this process.
    pub fn new(options: StdoutOptions) -> StdoutSink {
        StdoutSink::to(Box::new(io::stdout()), options)
    }

    /// A sink that prints to `out`.
    pub fn to(out: Box<dyn Write + Send>, options: StdoutOptions) -> StdoutSink {
        let lines = Lines { out, format: options.format, rest: Vec::new() };
        StdoutSink { lines: Arc::new(Mutex::new(lines)) }
    }
}

impl Default for StdoutSink {
    fn default() -> StdoutSink {
        StdoutSink::new(StdoutOptions::default())
    }
}

impl Component for StdoutSink {
    type Options = StdoutOptions;
    const OPTIONS: &'static [OptionSpec] = &[format::OPTION];
    const HELP: &'static str = "Prints one article a line on standard output.";
}

impl Lines {
    fn print(&mut self, batch: &[Arc<Parcel>]) -> io::Result<()> {
        let rest = std::mem::take(&mut self.rest);
        self.put(&rest)?;
        let mut line = Vec::new();
        for parcel in batch {
            line.clear();
            let shown = self.format.line(&parcel.record).map_err(io::Error::other)?;
            line.extend_from_slice(shown.as_bytes());
            line.push(b'\n');
            self.put(&line)?;
        }
        self.out.flush()
    }

    fn put(&mut self, line: &[u8]) -> io::Result<()> {
        let mut left = line;
        while !left.is_empty() {
            let error = match self.out.write(left) {
                Ok(0) => io::ErrorKind::WriteZero.into(),
                Ok(n) => {
                    left = left.get(n..).unwrap_or_default();
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            if left.len() < line.len() {
                self.rest = left.to_vec();
            }
            return Err(error);
        }
        Ok(())
    }
}

#[async_trait]
impl Sink for StdoutSink {
    async fn open(&mut self) -> Result<(), SinkError> {
        Ok(())
    }

    async fn write(&mut self, batch: &[Arc<Parcel>]) -> Result<(), SinkError> {
        let lines = Arc::clone(&self.lines);
        let batch = batch.to_vec();
        let print = move || lines.lock().unwrap_or_else(PoisonError::into_inner).print(&batch);
        // The task ends early only if it panics or the runtime is going down.
        let done =
            tokio::task::spawn_blocking(print).await.unwrap_or_else(|error| Err(io::Error::other(error)));
        done.map_err(|error| PlainSinkError::Stdout { error }.into())
    }
}

#[cfg(test)]
mod tests {
    use copydesk_core::Action;
    use copydesk_testkit::{SinkTraits, parcel, sink_conformance};

    use super::*;

    /// A writer that takes `room` bytes and then fails until `room` grows.
    #[derive(Clone, Default)]
    struct Pipe {
        taken: Arc<Mutex<Vec<u8>>>,
        room: Arc<Mutex<usize>>,
        broken: bool,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut room = self.room.lock().unwrap();
            let n = bytes.len().min(*room);
            if n == 0 {
                let kind = if self.broken { io::ErrorKind::BrokenPipe } else { io::ErrorKind::StorageFull };
                return Err(kind.into());
            }
            *room -= n;
            self.taken.lock().unwrap().extend_from_slice(&bytes[..n]);
            Ok(n)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn stdout_conforms() {
        let make = || StdoutSink::to(Box::new(io::sink()), StdoutOptions::default());
        sink_conformance(make, SinkTraits { holds: false, replaces: false, ..SinkTraits::default() }).await;
    }

    #[tokio::test]
    async fn a_failure_in_the_middle_of_a_line_leaves_whole_lines() {
        let pipe = Pipe { room: Arc::new(Mutex::new(10)), ..Pipe::default() };
        let mut sink = StdoutSink::to(Box::new(pipe.clone()), StdoutOptions::default());
        let batch = [Arc::new(parcel(1, "Rain fell.")), Arc::new(parcel(2, "It stopped."))];
        let error = sink.write(&batch).await.unwrap_err();
        assert!(matches!(error.action, Action::Retry(_)), "{error}");
        *pipe.room.lock().unwrap() = usize::MAX;
        sink.write(&batch).await.unwrap();
        let printed = String::from_utf8(pipe.taken.lock().unwrap().clone()).unwrap();
        let expected = [&batch[0], &batch[0], &batch[1]].map(|parcel| parcel.record.clone());
        assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
    }

    #[tokio::test]
    async fn a_broken_pipe_stops() {
        let mut sink =
            StdoutSink::to(Box::new(Pipe { broken: true, ..Pipe::default() }), StdoutOptions::default());
        let error = sink.write(&[Arc::new(parcel(1, "Rain fell."))]).await.unwrap_err();
        assert_eq!(error.action, Action::Stop);
    }
}
