//! The few file operations a ledger needs, behind a trait so that a test can lose power between any two.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use copydesk_core::crash;

/// A log file.
pub(crate) trait Storage: Send {
    /// Its length in bytes.
    fn length(&mut self) -> io::Result<u64>;

    /// Reads from `offset`; 0 bytes at the end.
    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize>;

    /// Writes at `offset`, which is the end. On an error any part of it may be there.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Makes everything durable. After an error nothing is known of what was not durable before, and the
    /// same descriptor must not be trusted again: call [`Storage::reopen`], then write it anew.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts the file off.
    fn truncate(&mut self, length: u64) -> io::Result<()>;

    /// Lets go of the descriptor and takes a new one, by a name that is durable.
    fn reopen(&mut self) -> io::Result<()>;

    /// Writes a whole new file and puts it in the place of this one, durably: a crash leaves one of the two.
    fn replace(&mut self, write: &mut WriteNew<'_>) -> Result<(), ReplaceError>;
}

/// A file that could not be replaced, or not for certain.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub(crate) struct ReplaceError {
    /// True if the new file has the name, which may not be durable: call [`Storage::reopen`] before anything
    /// else. False if the old one is still what it was.
    pub(crate) switched: bool,
    #[source]
    pub(crate) error: io::Error,
}

/// Writes the new file of [`Storage::replace`]; the old one is there to be read.
pub(crate) type WriteNew<'a> = dyn FnMut(&mut dyn Storage, &mut dyn Write) -> io::Result<()> + 'a;

/// A log in a file.
#[derive(Debug)]
pub(crate) struct FileStorage {
    path: PathBuf,
    file: File,
    /// Set for a reader: where the file ended when it was opened. A daemon may be appending meanwhile, and
    /// a frame that is read half before and half after would look like damage with whole frames behind it.
    read_to: Option<u64>,
}

impl FileStorage {
    /// Opens the file, which must be there.
    pub(crate) fn open(path: &Path, read_only: bool) -> io::Result<FileStorage> {
        let file = OpenOptions::new().read(true).write(!read_only).open(path)?;
        let read_to = if read_only { Some(file.metadata()?.len()) } else { None };
        Ok(FileStorage { path: path.to_owned(), file, read_to })
    }

    /// Creates the file with these bytes, durably.
    pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<FileStorage> {
        write_durably(path, &mut |out| out.write_all(bytes))?;
        FileStorage::open(path, false)
    }
}

impl Storage for FileStorage {
    fn length(&mut self) -> io::Result<u64> {
        let length = self.file.metadata()?.len();
        Ok(self.read_to.map_or(length, |read_to| length.min(read_to)))
    }

    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let room = self.read_to.map_or(u64::MAX, |read_to| read_to.saturating_sub(offset));
        let n_bytes = into.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        let into = into.get_mut(..n_bytes).unwrap_or_default();
        loop {
            match self.file.read_at(into, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, offset)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }

    fn reopen(&mut self) -> io::Result<()> {
        let fresh = FileStorage::open(&self.path, self.read_to.is_some())?;
        sync_folder_of(&self.path)?;
        *self = fresh;
        Ok(())
    }

    fn replace(&mut self, write: &mut WriteNew<'_>) -> Result<(), ReplaceError> {
        let path = self.path.clone();
        let done = write_durably(&path, &mut |out| write(self, out)).and_then(|()| self.reopen());
        done.map_err(|error| ReplaceError { switched: !self.is_named(), error })
    }
}

impl FileStorage {
    /// True if the name leads to the open file, as far as can be told.
    fn is_named(&self) -> bool {
        let identity = |metadata: &Metadata| (metadata.dev(), metadata.ino());
        match (std::fs::metadata(&self.path), self.file.metadata()) {
            (Ok(named), Ok(open)) => identity(&named) == identity(&open),
            _ => false,
        }
    }
}

/// Writes a file whole or not at all: temporary file, sync, rename, sync of the folder.
pub(crate) fn write_durably(
    path: &Path,
    write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    let tmp = path.with_file_name(name);
    let result = (|| {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&tmp)?);
        write(&mut out)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        crash::point("replace.before_rename");
        std::fs::rename(&tmp, path)?;
        crash::point("replace.after_rename");
        sync_folder_of(path)
    })();
    if result.is_err() {
        // The temporary file may not even exist; a leftover is overwritten by the next attempt.
        let _ = std::fs::remove_file(&tmp);
    }
    result
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), sync_folder)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

/// Creates a folder and those above it, each durable in its parent.
pub(crate) fn create_folders(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> =
        folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
    for folder in missing.into_iter().rev() {
        match std::fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => sync_folder(folder.parent().unwrap_or(Path::new("")))?,
        }
    }
    if folder.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
}
