//! A file as a disk keeps it when the power fails: what was synced is there, and of what was not, any part.
//!
//! The model is that of Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014): unsynced writes
//! reach the disk in any order or not at all, sector by sector, and a file may have grown before its data came.

/// The content of one file: what programs see, and what survives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiskFile {
    durable: Vec<u8>,
    cached: Vec<u8>,
    unsynced: Vec<Change>,
    /// How many changes are durable.
    n_synced: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Cut(usize),
}

impl DiskFile {
    /// A file that holds these bytes durably.
    pub fn holding(bytes: impl Into<Vec<u8>>) -> DiskFile {
        let durable = bytes.into();
        DiskFile { cached: durable.clone(), durable, ..DiskFile::default() }
    }

    /// What every reader sees.
    pub fn bytes(&self) -> &[u8] {
        &self.cached
    }

    /// Writes at an offset in bytes, which may lie behind the end.
    pub fn write(&mut self, at: usize, bytes: &[u8]) {
        put(&mut self.cached, at, bytes);
        self.unsynced.push(Change::Write { at, bytes: bytes.to_vec() });
    }

    /// Makes the file this long.
    pub fn cut(&mut self, length: usize) {
        self.cached.resize(length, 0);
        self.unsynced.push(Change::Cut(length));
    }

    /// How many changes were made, durable or not.
    pub fn n_changes(&self) -> usize {
        self.n_synced + self.unsynced.len()
    }

    /// True if every change is durable.
    pub fn is_synced(&self) -> bool {
        self.unsynced.is_empty()
    }

    /// Makes every change durable.
    pub fn sync(&mut self) {
        self.sync_until(self.n_changes());
    }

    /// Makes the first of all changes durable: as many as there were when a sync began.
    pub fn sync_until(&mut self, n_changes: usize) {
        let n_new = n_changes.saturating_sub(self.n_synced);
        self.n_synced += n_new;
        for change in self.unsynced.drain(..n_new) {
            match change {
                Change::Write { at, bytes } => put(&mut self.durable, at, &bytes),
                Change::Cut(length) => self.durable.resize(length, 0),
            }
        }
    }

    /// What is there after a power loss. `choose(n)` says which of `n` things happened; sectors have this many
    /// bytes.
    pub fn after_power_loss(&self, sector: usize, choose: &mut dyn FnMut(u64) -> u64) -> Vec<u8> {
        let mut left = self.durable.clone();
        match choose(5) {
            _ if self.unsynced.is_empty() => {}
            0 => {}
            1 => left.clone_from(&self.cached),
            // Some of the changes, whole and in order.
            2 => {
                for change in self.unsynced.iter().filter(|_| choose(2) == 0) {
                    apply(&mut left, change);
                }
            }
            // All of them, but the last write is torn.
            3 => {
                let (last, first) = self.unsynced.split_last().map_or((None, &[][..]), |(l, f)| (Some(l), f));
                for change in first {
                    apply(&mut left, change);
                }
                match last {
                    Some(Change::Write { at, bytes }) => {
                        let n_sectors = bytes.len().div_ceil(sector) as u64;
                        let kept = (choose(n_sectors + 1) as usize * sector).min(bytes.len());
                        put(&mut left, *at, &bytes[..kept]);
                    }
                    Some(cut) if choose(2) == 0 => apply(&mut left, cut),
                    _ => {}
                }
            }
            // Any sector of any of them.
            _ => {
                for change in &self.unsynced {
                    apply_sectors(&mut left, change, sector, choose);
                }
            }
        }
        left
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    if file.len() < at + bytes.len() {
        file.resize(at + bytes.len(), 0);
    }
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

fn apply(file: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write { at, bytes } => put(file, *at, bytes),
        Change::Cut(length) => file.resize(*length, 0),
    }
}

fn apply_sectors(file: &mut Vec<u8>, change: &Change, sector: usize, choose: &mut dyn FnMut(u64) -> u64) {
    let Change::Write { at, bytes } = change else {
        if choose(2) == 0 {
            apply(file, change);
        }
        return;
    };
    let mut start = *at;
    while start < at + bytes.len() {
        let end = ((start / sector + 1) * sector).min(at + bytes.len());
        if choose(3) > 0 {
            put(file, start, &bytes[start - at..end - at]);
        } else if choose(2) == 0 && file.len() < end {
            // The length came, the data did not.
            file.resize(end, 0);
        }
        start = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_synced_survives_and_the_rest_may_not() {
        let mut file = DiskFile::holding("one ");
        file.write(4, b"two ");
        file.sync();
        file.write(8, b"three");
        assert_eq!(file.n_changes(), 2);
        let mut number = 0_u64;
        let mut left: Vec<Vec<u8>> = Vec::new();
        for _ in 0..2000 {
            left.push(file.after_power_loss(2, &mut |below| {
                number =
                    number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (number >> 33) % below
            }));
        }
        assert!(left.iter().all(|bytes| bytes.starts_with(b"one two ") && bytes.len() <= 13));
        for wanted in ["one two ", "one two th", "one two three", "one two \0\0ree", "one two \0\0\0\0e"] {
            assert!(left.iter().any(|bytes| bytes == wanted.as_bytes()), "{wanted:?}");
        }
        file.cut(3);
        file.sync();
        assert_eq!(file.after_power_loss(512, &mut |_| 0), b"one");
    }
}
