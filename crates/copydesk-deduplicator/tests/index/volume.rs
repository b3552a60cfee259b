//! A folder on a volume that loses power.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use copydesk_deduplicator::index::{Folder, Readable, Writable};
use copydesk_testkit::{Impossible, Tree, Volume};

struct State {
    volume: Volume,
    /// Changes until the power fails.
    fuse: Option<u64>,
    n_changes: u64,
    /// The change at which the file system refuses, once.
    refused: Option<u64>,
}

/// A folder in memory. What it does may be the last thing it does.
#[derive(Clone)]
pub(crate) struct VolumeFolder(Arc<Mutex<State>>);

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn failed(impossible: Impossible) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("{impossible:?}"))
}

impl VolumeFolder {
    pub(crate) fn holding(tree: &Tree) -> VolumeFolder {
        let volume = Volume::holding(tree);
        VolumeFolder(Arc::new(Mutex::new(State { volume, fuse: None, n_changes: 0, refused: None })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Lets the power fail at a change: none of it happens, or of a write a part.
    pub(crate) fn lose_power_after(&self, n_changes: u64) {
        self.state().fuse = Some(n_changes);
    }

    /// Lets a change fail, as a full disk does.
    pub(crate) fn refuse_after(&self, n_changes: u64) {
        let mut state = self.state();
        state.refused = Some(state.n_changes + n_changes);
    }

    pub(crate) fn n_changes(&self) -> u64 {
        self.state().n_changes
    }

    /// What a process sees that comes after one that was killed.
    pub(crate) fn tree(&self) -> Tree {
        self.state().volume.tree()
    }

    /// What is left after a power loss.
    pub(crate) fn after_power_loss(&self, journal: bool, choose: &mut dyn FnMut(u64) -> u64) -> Tree {
        self.state().volume.after_power_loss(journal, choose)
    }

    /// Locks the volume for a change, unless the power is off.
    fn change(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.state();
        state.n_changes += 1;
        match &mut state.fuse {
            Some(0) => return Err(io::Error::other("the power is off")),
            Some(fuse) => *fuse -= 1,
            None => {}
        }
        if state.refused == Some(state.n_changes) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(state)
    }
}

impl Folder for VolumeFolder {
    fn list(&self) -> io::Result<Vec<(String, u64)>> {
        let files = self.state().volume.tree();
        let name = |path: PathBuf| path.into_os_string().into_string().unwrap();
        Ok(files.into_iter().filter_map(|(path, bytes)| Some((name(path), bytes?.len() as u64))).collect())
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Readable>> {
        // Files are written once, so what is there now is what will be there.
        Ok(Box::new(Bytes(
            self.state().volume.file(Path::new(name), "open").map_err(failed)?.bytes().to_vec(),
        )))
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn Writable>> {
        let mut state = self.change()?;
        state.volume.create(Path::new(name)).map_err(failed)?;
        state.volume.file(Path::new(name), "create").map_err(failed)?.cut(0);
        Ok(Box::new(VolumeFile { folder: self.clone(), name: name.into() }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.change()?.volume.rename(Path::new(from), Path::new(to)).map_err(failed)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.change()?.volume.remove(Path::new(name)).map_err(failed)
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.change()?;
        let sync = state.volume.begin_sync(Path::new("")).map_err(failed)?;
        state.volume.end_sync(&sync);
        Ok(())
    }
}

struct Bytes(Vec<u8>);

impl Readable for Bytes {
    fn length(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }

    fn read_exact_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        let at = usize::try_from(at).unwrap();
        let found = self.0.get(at..).and_then(|rest| rest.get(..into.len()));
        into.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

struct VolumeFile {
    folder: VolumeFolder,
    name: PathBuf,
}

impl Writable for VolumeFile {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let done = self.folder.change().map(drop);
        let mut state = self.folder.state();
        // A write that fails has written a part.
        let bytes = if done.is_ok() { bytes } else { &bytes[..bytes.len() / 2] };
        if state.fuse != Some(0) || done.is_ok() {
            let file = state.volume.file(&self.name, "write").map_err(failed)?;
            file.write(file.bytes().len(), bytes);
        }
        done
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.folder.change()?;
        let sync = state.volume.begin_sync(&self.name).map_err(failed)?;
        state.volume.end_sync(&sync);
        Ok(())
    }
}
