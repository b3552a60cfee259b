//! What is said between host and plugin over two pipes, one thing after the other. After an error nothing more is to be
//! said: it is not known what stands in the pipe.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Instant;

use super::pipe::{Pipe, PipeError};
use super::protocol::{self, FromPlugin, Ready};
use crate::meter::PluginMeter;
use crate::proposal::Answer;

/// What goes wrong with a plugin.
#[derive(Debug)]
pub(crate) enum Wrong {
    Pipe(PipeError),
    Garbage(String),
}

/// The host's side.
pub(crate) struct Session {
    /// Gone once the plugin is told to end.
    pipe: Option<Pipe>,
    meter: Arc<PluginMeter>,
    seq: u64,
}

impl Session {
    pub(crate) fn new(to: OwnedFd, from: OwnedFd, meter: Arc<PluginMeter>) -> std::io::Result<Session> {
        Ok(Session { pipe: Some(Pipe::new(to, from)?), meter, seq: 0 })
    }

    /// Says hello: how the plugin presents itself.
    pub(crate) fn greet(&mut self, hello: &[u8], until: Instant) -> Result<Ready, Wrong> {
        let FromPlugin::Ready(ready) = self.exchange(hello, until)? else {
            return Err(Wrong::Garbage("it does not begin with `ready`".into()));
        };
        protocol::check_ready(&ready).map(|()| ready).map_err(Wrong::Garbage)
    }

    /// True if it is there.
    pub(crate) fn ping(&mut self, until: Instant) -> bool {
        self.seq += 1;
        let answer = self.exchange(&protocol::ping(self.seq), until);
        matches!(answer, Ok(FromPlugin::Pong { n }) if n == self.seq)
    }

    /// The number of what is said next, a batch or a ping.
    pub(crate) fn next_number(&self) -> u64 {
        self.seq + 1
    }

    /// Gives it a batch, as `frame` writes it with this number: the answers, in the order of `ids`.
    pub(crate) fn batch(
        &mut self,
        frame: impl FnOnce(u64) -> String,
        ids: &[&str],
        until: Instant,
    ) -> Result<Vec<Answer>, Wrong> {
        self.seq += 1;
        match self.exchange(frame(self.seq).as_bytes(), until)? {
            FromPlugin::Result { seq, .. } if seq != self.seq => {
                Err(Wrong::Garbage(format!("it answers batch {seq} where {} was asked", self.seq)))
            }
            FromPlugin::Result { items, .. } => protocol::answers(items, ids).map_err(Wrong::Garbage),
            _ => Err(Wrong::Garbage("it does not answer a batch with a result".into())),
        }
    }

    /// Tells it to end.
    pub(crate) fn drain(&mut self, until: Instant) -> Result<(), Wrong> {
        match self.exchange(&protocol::drain(), until)? {
            FromPlugin::Drained => Ok(()),
            _ => Err(Wrong::Garbage("it answers with something else".into())),
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.pipe.is_some()
    }

    /// Closes the pipe.
    pub(crate) fn close(&mut self) {
        self.pipe = None;
    }

    fn exchange(&mut self, frame: &[u8], until: Instant) -> Result<FromPlugin, Wrong> {
        let pipe = self.pipe.as_mut().ok_or(Wrong::Pipe(PipeError::Closed))?;
        pipe.send(frame, until).map_err(Wrong::Pipe)?;
        self.meter.moved(frame.len(), 0);
        let line = pipe.receive(until).map_err(Wrong::Pipe)?;
        self.meter.moved(0, line.len() + 1);
        protocol::parse(&line).map_err(Wrong::Garbage)
    }
}
