//! What keeps stories safe beside the ledger: a snapshot of the state, now and then.
//!
//! What must stay true here: a snapshot is the state before an article of which, and of all before it, the
//! ledger has durably said how they ended when the snapshot is written. So no article that is processed again
//! finds itself, or a later one, in what was read back.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use copydesk_core::{Action, Forgettable, Seq, StageError, crash};
use hashbrown::HashMap;

use crate::live::{Bounds, Live};
use crate::memory::{Remembered, Revised};
use crate::snapshot;
use crate::story::front;

/// The snapshot's name in the stage's folder.
const FILE: &str = "stories.snapshot";
/// Articles between two snapshots: at least so many, and half as many as there are stories, so that what is
/// written stays in proportion to what is new.
const EVERY: u64 = 4096;
/// Memories of articles kept at hand where there is no folder.
const MOST_RECENT: usize = 4096;

/// What is wrong with the snapshot in a stage's folder, if anything is. Changes nothing.
pub fn snapshot_damage(folder: &Path) -> Option<String> {
    let path = folder.join(FILE);
    let bounds = Bounds { bytes: usize::MAX, articles: u64::MAX, seconds: i64::MAX };
    match fs::read(&path) {
        Ok(bytes) if snapshot::read(&bytes, bounds).is_some() => None,
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Ok(_) => Some(format!("`{}` is damaged, or of another version", path.display())),
        Err(error) => Some(format!("cannot read `{}`: {error}", path.display())),
    }
}

/// Puts a damaged snapshot aside, under a name that says so: stories go on from what the ledger still remembers.
///
/// # Errors
/// The folder cannot be written.
pub fn set_snapshot_aside(folder: &Path) -> std::io::Result<()> {
    fs::rename(folder.join(FILE), folder.join(format!("{FILE}.damaged")))?;
    File::open(folder)?.sync_all()
}

/// The snapshot in the folder, one that waits to be written, and what came since.
#[derive(Debug, Default)]
pub(crate) struct Safe {
    folder: Option<PathBuf>,
    /// The place up to which the snapshot in the folder goes.
    order: u64,
    waiting: Option<(u64, Vec<u8>)>,
    taken: u64,
    /// What is remembered of each article since the snapshot, by the beginning of its id.
    recent: HashMap<u64, (u64, Vec<u8>)>,
    /// Their ids by place.
    by_order: BTreeMap<(u64, u64), u64>,
}

impl Safe {
    /// The place up to which the state is safe.
    pub(crate) fn order(&self) -> u64 {
        self.order
    }

    /// Reads the snapshot, if there is one.
    pub(crate) fn open(&mut self, folder: &Path, bounds: Bounds) -> Result<Option<Live>, StageError> {
        self.folder = Some(folder.to_owned());
        let path = folder.join(FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(stop(format!("cannot read `{}`: {error}", path.display()))),
        };
        let Some(live) = snapshot::read(&bytes, bounds) else {
            return Err(stop(format!(
                "`{}` is damaged, or of another version (`copydesk verify --repair` puts it aside: stories then go on \
                 from what the ledger still remembers)",
                path.display()
            )));
        };
        self.order = live.order;
        self.taken = live.order;
        Ok(Some(live))
    }

    /// An article is about to come that is later than all in `live`.
    pub(crate) fn before(&mut self, live: &Live) {
        let every = EVERY.max(live.len() as u64 / 2);
        if self.folder.is_some() && self.waiting.is_none() && live.order - self.taken >= every {
            self.taken = live.order;
            self.waiting = Some((live.order, snapshot::write(live)));
        }
    }

    /// Notes what is remembered of an article.
    pub(crate) fn note(&mut self, seq: u64, remembered: &Remembered, bytes: Vec<u8>) {
        let id = front(&remembered.mention.article);
        self.recent.insert(id, (seq, bytes));
        self.by_order.insert((remembered.order, seq), id);
        while self.folder.is_none() && self.by_order.len() > MOST_RECENT {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some(((_, seq), id)) = self.by_order.pop_first()
            && self.recent.get(&id).is_some_and(|(known, _)| *known == seq)
        {
            self.recent.remove(&id);
        }
    }

    /// What a revision must remember of the article that it takes the place of: the ledger gives that article's
    /// memory back no longer.
    pub(crate) fn revised(&self, old: u64) -> Revised {
        let Some((seq, bytes)) = self.recent.get(&old) else {
            return Revised { ids: vec![old], memory: None };
        };
        match Remembered::read(*seq, bytes).and_then(|remembered| remembered.revises) {
            Some(mut earlier) => {
                earlier.ids.push(old);
                earlier
            }
            None => Revised { ids: vec![old], memory: Some((*seq, bytes.clone())) },
        }
    }

    /// Writes the snapshot that waits, if all its articles have ended.
    pub(crate) fn settled(&mut self, below: Seq) -> Result<Forgettable, StageError> {
        if let Some((order, bytes)) = self.waiting.take_if(|(order, _)| *order < below.0)
            && let Some(folder) = &self.folder
        {
            if let Err(error) = replace(folder, &bytes) {
                self.waiting = Some((order, bytes));
                let message = format!("cannot write `{}`: {error}", folder.join(FILE).display());
                return Err(StageError::new(message, Action::Retry(Duration::from_secs(5))));
            }
            self.order = order;
            while self.by_order.first_key_value().is_some_and(|((first, _), _)| *first <= order) {
                self.forget_first();
            }
        }
        let late = self.by_order.keys().filter(|(_, seq)| *seq <= self.order);
        Ok(Forgettable { below: Seq(self.order + 1), except: late.map(|(_, seq)| Seq(*seq)).collect() })
    }
}

/// Puts the snapshot in the place of the one before, whole or not at all.
fn replace(folder: &Path, bytes: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let new = folder.join(format!("{FILE}.new"));
    let mut file = File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    crash::point("stories.before_rename");
    fs::rename(&new, folder.join(FILE))?;
    File::open(folder)?.sync_all()?;
    crash::point("stories.after_rename");
    Ok(())
}

fn stop(message: String) -> StageError {
    StageError::new(message, Action::Stop)
}
