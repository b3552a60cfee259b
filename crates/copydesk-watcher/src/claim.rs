//! Reads one file: exactly what lay there between two equal stamps, or nothing.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use copydesk_core::{Content, FileStamp};
use rustix::fd::AsFd;
use rustix::fs::OFlags;
use rustix::io::Errno;
use sha2::{Digest, Sha256};

use crate::root::{Found, Kind, Root};

/// What came of the try to read a file.
pub(crate) enum Claimed {
    /// Its content and the hash of it.
    Whole(Content, [u8; 32]),
    /// It is not what it was when it became ready.
    Changed,
    /// It is not there any more.
    Gone,
    /// It cannot be read.
    Denied(Errno),
    /// This process has run out of something; the file is not to blame.
    Starved(Errno),
}

/// Reads files one after another, into one buffer.
#[derive(Default)]
pub(crate) struct Claimer {
    buffer: Vec<u8>,
}

/// A buffer larger than this is given back after use.
const KEEP_BUFFER: usize = 4 << 20;

impl Claimer {
    /// Reads the file at `path` if its stamp is still `stamp`: into memory, or as a stream of any length.
    pub(crate) fn claim(&mut self, root: &Root, path: &[u8], stamp: &FileStamp, as_stream: bool) -> Claimed {
        let mut file = match root.open_below(path, OFlags::RDONLY) {
            Ok(fd) => File::from(fd),
            Err(errno) => return failed(errno),
        };
        match is_unchanged(&file, stamp) {
            Ok(true) => {}
            Ok(false) => return Claimed::Changed,
            Err(errno) => return failed(errno),
        }
        let read = if as_stream { hash_stream(&mut file) } else { self.read(&mut file, stamp.size) };
        let (n_bytes, hash) = match read {
            Ok(read) => read,
            Err(error) => return failed(Errno::from_io_error(&error).unwrap_or(Errno::IO)),
        };
        match is_unchanged(&file, stamp) {
            Ok(true) if n_bytes == stamp.size => {}
            Ok(_) => return Claimed::Changed,
            Err(errno) => return failed(errno),
        }
        if as_stream {
            let stream = Unchanged { file, stamp: *stamp };
            return Claimed::Whole(Content::Stream(Box::new(stream)), hash);
        }
        let bytes: Arc<[u8]> = self.buffer.as_slice().into();
        if self.buffer.capacity() > KEEP_BUFFER {
            self.buffer = Vec::new();
        }
        Claimed::Whole(Content::Bytes(bytes), hash)
    }

    /// Reads as many bytes as there should be and not one more: whether the file has grown since, its size says
    /// when it is looked at next.
    fn read(&mut self, file: &mut File, size: u64) -> io::Result<(u64, [u8; 32])> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if self.buffer.len() < size {
            self.buffer.try_reserve_exact(size - self.buffer.len())?;
        }
        self.buffer.resize(size, 0);
        let mut n_bytes = 0;
        while let Some(free) = self.buffer.get_mut(n_bytes..).filter(|free| !free.is_empty()) {
            match file.read(free) {
                Ok(0) => break,
                Ok(n_read) => n_bytes += n_read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.buffer.truncate(n_bytes);
        Ok((n_bytes as u64, Sha256::digest(&self.buffer).into()))
    }
}

fn hash_stream(file: &mut File) -> io::Result<(u64, [u8; 32])> {
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 18];
    let mut n_bytes = 0;
    loop {
        let n_read = match file.read(&mut piece) {
            Ok(0) => break,
            Ok(n_read) => n_read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        n_bytes += n_read as u64;
        hasher.update(piece.get(..n_read).unwrap_or(&[]));
    }
    file.rewind()?;
    Ok((n_bytes, hasher.finalize().into()))
}

fn is_unchanged(file: impl AsFd, stamp: &FileStamp) -> Result<bool, Errno> {
    let found = Found::of(&rustix::fs::fstat(file)?);
    Ok(found == Found { kind: Kind::File, stamp: *stamp })
}

fn failed(errno: Errno) -> Claimed {
    match errno {
        Errno::NOENT | Errno::NOTDIR => Claimed::Gone,
        // A link, a socket or another file took its place.
        Errno::LOOP | Errno::NXIO | Errno::XDEV | Errno::STALE | Errno::ISDIR | Errno::AGAIN => {
            Claimed::Changed
        }
        Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::INTR => Claimed::Starved(errno),
        errno => Claimed::Denied(errno),
    }
}

/// A file that must still be what it was when its end is reached: else its articles would be of two minds.
struct Unchanged {
    file: File,
    stamp: FileStamp,
}

impl Read for Unchanged {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.file.read(buffer)?;
        if n_read == 0 && !buffer.is_empty() && !is_unchanged(&self.file, &self.stamp)? {
            return Err(io::Error::other("the file changed while it was read"));
        }
        Ok(n_read)
    }
}

impl Seek for Unchanged {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.file.seek(place)
    }
}

/// The hash that stands for a file that was not read.
pub(crate) fn hash_of_refused(path: &[u8], stamp: &FileStamp) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(path);
    hasher.update([0]);
    for number in [stamp.dev, stamp.ino, stamp.size] {
        hasher.update(number.to_le_bytes());
    }
    for time in [stamp.mtime_ns, stamp.ctime_ns] {
        hasher.update(time.to_le_bytes());
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write;

    fn claim(root: &Root, stamp: &FileStamp, as_stream: bool) -> Claimed {
        Claimer::default().claim(root, b"a", stamp, as_stream)
    }

    #[test]
    fn the_bytes_are_those_of_the_stamp() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "one").unwrap();
        let root = Root::open(dir.path()).unwrap();
        let stamp = root.look(b"a").unwrap().unwrap().stamp;
        let Claimed::Whole(Content::Bytes(bytes), hash) = claim(&root, &stamp, false) else { panic!() };
        assert_eq!((&*bytes, hash), (&b"one"[..], Sha256::digest(b"one").into()));
        fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b", two").unwrap();
        assert!(matches!(claim(&root, &stamp, false), Claimed::Changed));
        fs::remove_file(&path).unwrap();
        assert!(matches!(claim(&root, &stamp, false), Claimed::Gone));
        std::os::unix::fs::symlink("/etc/hostname", &path).unwrap();
        assert!(matches!(claim(&root, &stamp, false), Claimed::Changed));
        fs::remove_file(&path).unwrap();
        rustix::fs::mknodat(root.fd(), "a", rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
        assert!(matches!(claim(&root, &stamp, false), Claimed::Changed));
    }

    #[test]
    fn a_stream_that_changes_is_an_error_at_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "one").unwrap();
        let root = Root::open(dir.path()).unwrap();
        let stamp = root.look(b"a").unwrap().unwrap().stamp;
        let Claimed::Whole(Content::Stream(mut stream), _) = claim(&root, &stamp, true) else { panic!() };
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        stream.rewind().unwrap();
        stream.read_to_string(&mut text).unwrap();
        assert_eq!(text, "oneone");
        fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b", two").unwrap();
        stream.rewind().unwrap();
        assert!(stream.read_to_string(&mut text).is_err());
    }
}
