//! Lines over two pipes, each with a bound on size and a time by which it must be done.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Bytes of a line, at most.
pub(super) const MAX_FRAME: usize = 16 << 20;

/// Why no line came, or went.
#[derive(Debug)]
pub(crate) enum PipeError {
    /// The other side is gone.
    Closed,
    /// Time ran out.
    Late,
    /// A line grew beyond [`MAX_FRAME`].
    Oversize,
    /// The pipe itself.
    Io(io::Error),
}

/// Both directions.
pub(super) struct Pipe {
    to: File,
    from: File,
    /// What was read and is not yet taken.
    read: Vec<u8>,
    /// Bytes of `read` that are known to hold no end of a line.
    seen: usize,
    chunk: Vec<u8>,
}

impl Pipe {
    pub(super) fn new(to: OwnedFd, from: OwnedFd) -> io::Result<Pipe> {
        rustix::io::ioctl_fionbio(&to, true)?;
        rustix::io::ioctl_fionbio(&from, true)?;
        Ok(Pipe { to: to.into(), from: from.into(), read: Vec::new(), seen: 0, chunk: vec![0; 64 << 10] })
    }

    /// Writes all of it. What comes meanwhile is read, for the other side may not read before it is rid of it.
    pub(super) fn send(&mut self, mut bytes: &[u8], until: Instant) -> Result<(), PipeError> {
        while !bytes.is_empty() {
            match self.to.write(bytes) {
                Ok(n_bytes) => bytes = bytes.get(n_bytes..).unwrap_or(&[]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.wait(true, until)?;
                    self.fill()?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Err(PipeError::Closed),
                Err(error) => return Err(PipeError::Io(error)),
            }
        }
        Ok(())
    }

    /// The next line, without its end.
    pub(super) fn receive(&mut self, until: Instant) -> Result<Vec<u8>, PipeError> {
        loop {
            let unseen = self.read.get(self.seen..).unwrap_or(&[]);
            if let Some(at) = unseen.iter().position(|byte| *byte == b'\n') {
                let end = self.seen + at;
                let rest = self.read.split_off(end + 1);
                let mut line = std::mem::replace(&mut self.read, rest);
                line.truncate(end);
                self.seen = 0;
                return Ok(line);
            }
            self.seen = self.read.len();
            self.wait(false, until)?;
            self.fill()?;
        }
    }

    /// Reads what is there.
    fn fill(&mut self) -> Result<(), PipeError> {
        let before = self.read.len();
        loop {
            match self.from.read(&mut self.chunk) {
                // What came before the end is looked at first.
                Ok(0) if self.read.len() > before => return Ok(()),
                Ok(0) => return Err(PipeError::Closed),
                Ok(n_bytes) => {
                    self.read.extend_from_slice(self.chunk.get(..n_bytes).unwrap_or(&[]));
                    if self.read.len() > MAX_FRAME {
                        return Err(PipeError::Oversize);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(PipeError::Io(error)),
            }
        }
    }

    fn wait(&self, to_write: bool, until: Instant) -> Result<(), PipeError> {
        let mut fds = vec![PollFd::from_borrowed_fd(self.from.as_fd(), PollFlags::IN)];
        if to_write {
            fds.push(PollFd::from_borrowed_fd(self.to.as_fd(), PollFlags::OUT));
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(PipeError::Late);
        }
        let left = Timespec::try_from(left).map_err(|_| PipeError::Late)?;
        match poll(&mut fds, Some(&left)) {
            Ok(0) => Err(PipeError::Late),
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(PipeError::Io(error.into())),
        }
    }
}
