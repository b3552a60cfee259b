//! A disk for tests: it can fill up, fail to sync, and lose power at any operation, with what was not synced
//! kept, torn or lost block by block.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard};

use super::storage::{ReplaceError, Storage, WriteNew};

const BLOCK: usize = 64;

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fault of its own")]
struct Platter {
    /// What every reader sees.
    cached: Vec<u8>,
    /// What survives a power loss for certain.
    durable: Vec<u8>,
    /// Operations until the power fails.
    fuse: Option<u64>,
    off: bool,
    /// Writes fail from this length on.
    capacity: Option<usize>,
    sync_fails: u64,
    /// The next replacement gets the name, but the folder's sync fails.
    loses_name: bool,
    /// What is durable once the folder is synced.
    unnamed: Option<Vec<u8>>,
    /// A sync failed on the open descriptor: the cache claims what the disk does not have.
    poisoned: bool,
    pub(crate) trusted_after_failed_sync: bool,
    n_syncs: u64,
}

/// One disk, shared by every storage opened on it.
#[derive(Clone, Default)]
pub(crate) struct Disk(Arc<Mutex<Platter>>);

impl Disk {
    pub(crate) fn new() -> Disk {
        let disk = Disk::default();
        let header = super::frame::header(7);
        disk.platter().cached = header.to_vec();
        disk.platter().durable = header.to_vec();
        disk
    }

    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().unwrap()
    }

    pub(crate) fn storage(&self) -> Box<dyn Storage> {
        Box::new(DiskStorage(self.clone()))
    }

    pub(crate) fn reopen(&self) -> crate::ledger::Reopen {
        let disk = self.clone();
        Box::new(move || Ok(disk.storage()))
    }

    pub(crate) fn lose_power_after(&self, n_operations: u64) {
        self.platter().fuse = Some(n_operations);
    }

    pub(crate) fn is_off(&self) -> bool {
        self.platter().off
    }

    pub(crate) fn limit(&self, capacity: Option<usize>) {
        self.platter().capacity = capacity;
    }

    pub(crate) fn fail_syncs(&self, n_syncs: u64) {
        self.platter().sync_fails = n_syncs;
    }

    pub(crate) fn fail_next_replacement(&self) {
        self.platter().loses_name = true;
    }

    pub(crate) fn trusted_after_failed_sync(&self) -> bool {
        self.platter().trusted_after_failed_sync
    }

    /// Nothing is written or synced until this is dropped.
    pub(crate) fn stand_still(&self) -> impl Drop + '_ {
        self.platter()
    }

    pub(crate) fn n_syncs(&self) -> u64 {
        self.platter().n_syncs
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.platter().cached.clone()
    }

    pub(crate) fn set_bytes(&self, bytes: Vec<u8>) {
        let mut platter = self.platter();
        platter.durable.clone_from(&bytes);
        platter.cached = bytes;
    }

    /// The disk after the power came back: of what was not durable, `choose` says block by block whether it
    /// is there (0), is as it was before (1), or is zeros (2); the last number cuts the length.
    pub(crate) fn restart(&self, mut choose: impl FnMut() -> u64) {
        let mut platter = self.platter();
        let (cached, durable) = (std::mem::take(&mut platter.cached), std::mem::take(&mut platter.durable));
        let longest = cached.len().max(durable.len());
        let shortest = cached.len().min(durable.len());
        let length = shortest + (choose() as usize) % (longest - shortest + 1);
        let mut bytes = vec![0; length];
        for (at, block) in bytes.chunks_mut(BLOCK).enumerate() {
            let at = at * BLOCK;
            let old = durable.get(at..durable.len().min(at + block.len())).unwrap_or_default();
            let new = cached.get(at..cached.len().min(at + block.len())).unwrap_or_default();
            let from = if old == new { old } else { [new, old, &[]][(choose() % 3) as usize] };
            // What was durable and not overwritten survives in any case.
            let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
            block[..same].copy_from_slice(&old[..same]);
            for (to, from) in block.iter_mut().zip(from) {
                *to = *from;
            }
        }
        *platter = Platter { durable: bytes.clone(), cached: bytes, ..Platter::default() };
    }
}

struct DiskStorage(Disk);

impl DiskStorage {
    fn operation(&self) -> io::Result<MutexGuard<'_, Platter>> {
        let mut platter = self.0.platter();
        if let Some(fuse) = &mut platter.fuse {
            if *fuse == 0 {
                platter.off = true;
            } else {
                *fuse -= 1;
            }
        }
        if platter.off {
            return Err(io::Error::other("the power is off"));
        }
        Ok(platter)
    }
}

impl Storage for DiskStorage {
    fn length(&mut self) -> io::Result<u64> {
        Ok(self.operation()?.cached.len() as u64)
    }

    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let platter = self.operation()?;
        let rest = platter.cached.get(offset as usize..).unwrap_or_default();
        // Short reads are legal, so give some.
        let n_bytes = rest.len().min(into.len()).min(5000);
        into[..n_bytes].copy_from_slice(&rest[..n_bytes]);
        Ok(n_bytes)
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let dying = {
            let platter = self.0.platter();
            !platter.off && platter.fuse == Some(0)
        };
        if dying {
            // The power fails in the middle of this write.
            let mut platter = self.0.platter();
            platter.off = true;
            platter.cached.truncate(offset as usize);
            platter.cached.extend_from_slice(&bytes[..bytes.len() / 2]);
        }
        let mut platter = self.operation()?;
        assert_eq!(offset as usize, platter.cached.len(), "the log is written at its end only");
        if platter.poisoned {
            platter.trusted_after_failed_sync = true;
        }
        let room = platter.capacity.map_or(bytes.len(), |room| room.saturating_sub(platter.cached.len()));
        platter.cached.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if room < bytes.len() {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut platter = self.operation()?;
        platter.n_syncs += 1;
        if platter.poisoned {
            platter.trusted_after_failed_sync = true;
        }
        if platter.sync_fails > 0 {
            platter.sync_fails -= 1;
            platter.poisoned = true;
            return Err(io::Error::other("sync failed"));
        }
        platter.durable = platter.cached.clone();
        Ok(())
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        let mut platter = self.operation()?;
        if platter.poisoned {
            platter.trusted_after_failed_sync = true;
        }
        platter.cached.truncate(length as usize);
        Ok(())
    }

    fn reopen(&mut self) -> io::Result<()> {
        let mut platter = self.operation()?;
        platter.poisoned = false;
        if let Some(bytes) = platter.unnamed.take() {
            platter.durable = bytes;
        }
        Ok(())
    }

    fn replace(&mut self, write: &mut WriteNew<'_>) -> Result<(), ReplaceError> {
        let mut bytes = Vec::new();
        let kept = |error| ReplaceError { switched: false, error };
        write(self, &mut bytes as &mut dyn Write).map_err(kept)?;
        // Rename is atomic: one operation, and the file was synced before it.
        let mut platter = self.operation().map_err(kept)?;
        platter.cached.clone_from(&bytes);
        if std::mem::take(&mut platter.loses_name) {
            platter.poisoned = true;
            platter.unnamed = Some(bytes);
            return Err(ReplaceError { switched: true, error: io::Error::other("folder not synced") });
        }
        platter.durable = bytes;
        Ok(())
    }
}
