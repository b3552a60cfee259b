//! Opening, flushing, merging: everything that changes files.
//!
//! Each change is new files, made durable with their names, then a manifest that names them, then the removal of those
//! that no manifest names. A crash between any two leaves files that do not count, which the next start removes.

use std::collections::BTreeSet;
use std::sync::Arc;

use copydesk_core::crash;

use super::docs::DocsWriter;
use super::error::IndexError;
use super::filter::Pages;
use super::folder::Folder;
use super::inspect;
use super::manifest::{MANIFEST, Manifest, NEXT_MANIFEST};
use super::merge::{self, Merge};
use super::segment::{Segment, SegmentWriter};
use super::{Index, IndexOptions, Live};

/// Postings that a merge takes at least when it goes on.
const LEAST: u64 = 1024;

/// True for the names that files of an index have.
pub(super) fn is_ours(name: &str) -> bool {
    let numbered = |prefix| {
        let digits = name.strip_prefix(prefix);
        digits.is_some_and(|digits: &str| {
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    name == NEXT_MANIFEST || numbered("docs-") || numbered("keys-") || numbered("filter-")
}

impl Index {
    /// Opens the index in a folder, or begins one: see [`Index::open`].
    pub fn open_in(folder: Box<dyn Folder>, options: IndexOptions) -> Result<Index, IndexError> {
        let found = folder.list().map_err(IndexError::io(MANIFEST, "list the folder of"))?;
        let manifest = if let Some(manifest) = inspect::load(folder.as_ref())? {
            manifest
        } else {
            let first = Manifest { scheme: options.scheme, ..Manifest::default() };
            first.prepare(folder.as_ref())?;
            Manifest::switch(folder.as_ref())?;
            first
        };
        if manifest.scheme != options.scheme {
            return Err(IndexError::Scheme { found: manifest.scheme, wanted: options.scheme });
        }
        let counts = check_sizes(&manifest, &found)?;
        for (name, _) in found.iter().filter(|(name, _)| is_ours(name) && !counts.contains(name)) {
            match folder.remove(name) {
                // The first manifest may just have taken the place of a leftover.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                done => done.map_err(IndexError::io(name, "remove"))?,
            }
        }
        let mut segments = Vec::new();
        for file in &manifest.keys {
            let segment = Arc::new(Segment::open(folder.as_ref(), file.clone())?);
            segments.push(Live { segment, pages: Pages::default() });
        }
        let mut index = Index::with(Some(folder), options, manifest);
        index.segments = segments;
        index.hold_filters();
        Ok(index)
    }

    /// To be called again and again: says that every document below is settled, so that it may be written once there
    /// are enough, and lets merges go on.
    pub fn settle(&mut self, below: u64) -> Result<(), IndexError> {
        if self.memtable.memory() as u64 >= self.options.flush_from() {
            // Some may not be settled; a flush of a few would be followed by the next.
            let n_settled = self.memtable.documents.range(..below).count();
            if 2 * n_settled >= self.memtable.documents.len() {
                self.flush(below)?;
            }
        }
        self.go_on()
    }

    /// Writes every document below, all of which are settled.
    pub fn flush(&mut self, below: u64) -> Result<(), IndexError> {
        let Some(folder) = self.folder.take() else {
            self.forget_in_memory();
            return Ok(());
        };
        let done = self.write_out(folder.as_ref(), below);
        self.folder = Some(folder);
        done
    }

    /// An index without a folder forgets by itself.
    fn forget_in_memory(&mut self) {
        let newest = self.memtable.documents.values().map(|held| held.day).max();
        if let (Some(newest), Some(days)) = (newest, self.options.retain_days) {
            self.memtable.forget_days(newest.saturating_sub(days));
        }
    }

    fn write_out(&mut self, folder: &dyn Folder, below: u64) -> Result<(), IndexError> {
        if self.memtable.documents.range(..below).next().is_none() && below <= self.manifest.persisted {
            return Ok(());
        }
        let mut names = Vec::new();
        let written = self.write_files(folder, below, &mut names);
        let (manifest, segment) = self.or_remove(folder, &names, written)?;
        self.commit(folder, manifest, segment, names)?;
        self.memtable.forget(below);
        Ok(())
    }

    /// Writes the files of a flush, and says what the manifest is to be.
    fn write_files(
        &mut self,
        folder: &dyn Folder,
        below: u64,
        names: &mut Vec<String>,
    ) -> Result<(Manifest, Option<Segment>), IndexError> {
        let mut manifest = self.manifest.clone();
        let persisted = manifest.persisted;
        for (late, range) in [(true, 0..persisted.min(below)), (false, persisted..below.max(persisted))] {
            let mut documents = self.memtable.documents.range(range).peekable();
            if documents.peek().is_none() {
                continue;
            }
            let mut writer = DocsWriter::create(folder, manifest.take_number())?;
            names.push(writer.name().to_owned());
            for (seq, held) in documents {
                writer.push(*seq, held.day, &held.record)?;
            }
            let file = writer.finish(late)?;
            let n_main = manifest.n_main();
            let place = if late { manifest.docs.len() } else { n_main };
            manifest.docs.insert(place, file);
        }
        crash::point("index.after_docs");
        manifest.persisted = persisted.max(below);
        let postings = self.memtable.postings(below);
        if postings.is_empty() {
            return Ok((self.retained(manifest), None));
        }
        let number = manifest.take_number();
        let mut writer = SegmentWriter::create(folder, number, postings.len() as u64)?;
        names.extend(writer.names());
        for posting in postings {
            writer.push(posting)?;
        }
        let file = writer.finish(0)?;
        manifest.keys.push(file.clone());
        crash::point("index.after_keys");
        Ok((self.retained(manifest), Some(Segment::open(folder, file)?)))
    }

    /// The manifest without the files of documents that are too old, and without segments of nothing else.
    fn retained(&self, mut manifest: Manifest) -> Manifest {
        let newest = manifest.docs.iter().map(|file| file.days.1).max();
        let (Some(newest), Some(days)) = (newest, self.options.retain_days) else { return manifest };
        let is_old = |last_day: u32| last_day < newest.saturating_sub(days);
        manifest.docs.retain(|file| file.late || !is_old(file.days.1));
        // A late one goes only after all those whose numbers may lie between its own: see `Index::is_live`.
        let first_main = manifest.docs.iter().find(|file| !file.late).map_or(u64::MAX, |file| file.seqs.0);
        manifest.docs.retain(|file| !file.late || !is_old(file.days.1) || file.seqs.1 >= first_main);
        let live_from = manifest.live_from();
        manifest.keys.retain(|file| file.last_seq >= live_from);
        manifest
    }

    /// Removes the files that were begun, if it came to nothing.
    fn or_remove<T>(
        &mut self,
        folder: &dyn Folder,
        names: &[String],
        done: Result<T, IndexError>,
    ) -> Result<T, IndexError> {
        if done.is_err() {
            // Numbers are not used twice, so that nothing of a failed attempt is taken for what comes after it.
            self.manifest.next += names.len() as u64 + 1;
            for name in names {
                // What cannot be removed does not count, and the next start removes it.
                let _ = folder.remove(name);
            }
        }
        done
    }

    /// Makes a manifest count, which may name a new segment, of new files `names`.
    fn commit(
        &mut self,
        folder: &dyn Folder,
        manifest: Manifest,
        segment: Option<Segment>,
        names: Vec<String>,
    ) -> Result<(), IndexError> {
        let synced = folder.sync().map_err(IndexError::io(MANIFEST, "sync the folder of"));
        let prepared = synced.and_then(|()| manifest.prepare(folder));
        self.or_remove(folder, &names, prepared)?;
        if let Err(error) = Manifest::switch(folder) {
            // Either manifest may be the one that lasts, so all files stay, and numbers go on.
            self.manifest.next = manifest.next;
            self.doubtful.extend(names);
            return Err(error);
        }
        let old = std::mem::replace(&mut self.manifest, manifest);
        self.segments
            .extend(segment.map(|segment| Live { segment: Arc::new(segment), pages: Pages::default() }));
        let now: BTreeSet<String> = self.manifest.files().into_iter().map(|(name, _)| name).collect();
        let numbers: BTreeSet<u64> = self.manifest.keys.iter().map(|file| file.number).collect();
        self.segments.retain(|live| numbers.contains(&live.segment.file.number));
        self.hold_filters();
        crash::point("index.before_remove");
        let gone = old.files().into_iter().map(|(name, _)| name).chain(std::mem::take(&mut self.doubtful));
        for name in gone.chain(names).filter(|name| !now.contains(name)) {
            // What cannot be removed does not count, and the next start removes it.
            let _ = folder.remove(&name);
        }
        Ok(())
    }

    /// Holds the smallest filters, as many as there is room for: they are asked as often as the large ones.
    fn hold_filters(&mut self) {
        let lists: u64 = self.segments.iter().map(|live| live.segment.memory()).sum();
        let mut room = self.options.for_filters().saturating_sub(lists);
        let mut by_size: Vec<&mut Live> = self.segments.iter_mut().collect();
        by_size.sort_by_key(|live| (live.segment.filter.memory(), live.segment.file.number));
        for Live { segment, pages } in by_size {
            let wanted = segment.filter.memory();
            segment.filter.hold(pages, wanted <= room);
            room = room.saturating_sub(wanted);
        }
    }

    /// Lets merges go on, as far as what was inserted is worth.
    fn go_on(&mut self) -> Result<(), IndexError> {
        let n_postings = (std::mem::take(&mut self.n_inserted) * merge::PACE).max(LEAST);
        let Some(folder) = self.folder.take() else { return Ok(()) };
        let mut done = self.merge(folder.as_ref(), n_postings);
        while done.is_ok() && merge::is_behind(self.segments.iter().map(|live| &live.segment)) {
            done = self.merge(folder.as_ref(), self.options.unit());
        }
        self.folder = Some(folder);
        done
    }

    fn merge(&mut self, folder: &dyn Folder, n_postings: u64) -> Result<(), IndexError> {
        self.begin_merges(folder)?;
        let mut others = std::mem::take(&mut self.merges);
        let mut done = Ok(());
        while let (Ok(()), Some(mut merge)) = (&done, others.pop()) {
            let names = merge.names();
            let step = merge.step(n_postings);
            done = match self.or_remove(folder, &names, step) {
                Ok(true) => self.install(folder, merge),
                Ok(false) => {
                    self.merges.push(merge);
                    Ok(())
                }
                Err(error) => Err(error),
            };
        }
        self.merges.append(&mut others);
        done
    }

    fn begin_merges(&mut self, folder: &dyn Folder) -> Result<(), IndexError> {
        loop {
            let busy: BTreeSet<u64> = self.merges.iter().flat_map(Merge::inputs).collect();
            let segments: Vec<&Arc<Segment>> = self.segments.iter().map(|live| &live.segment).collect();
            let Some(plan) = merge::plan(&segments, &busy) else { return Ok(()) };
            let live_from = self.manifest.live_from();
            let number = self.manifest.take_number();
            self.merges.push(Merge::begin(folder, plan, number, live_from)?);
        }
    }

    /// Puts a merged segment in the place of those it was made of.
    fn install(&mut self, folder: &dyn Folder, merge: Merge) -> Result<(), IndexError> {
        let names = merge.names();
        let inputs: BTreeSet<u64> = merge.inputs().collect();
        let opened = merge.finish().and_then(|file| match file {
            Some(file) => Ok(Some(Segment::open(folder, file)?)),
            None => Ok(None),
        });
        let segment = self.or_remove(folder, &names, opened)?;
        crash::point("index.after_merge");
        let mut manifest = self.manifest.clone();
        manifest.keys.retain(|file| !inputs.contains(&file.number));
        match &segment {
            Some(segment) => manifest.keys.push(segment.file.clone()),
            None => self.doubtful.extend(names.clone()),
        }
        self.commit(folder, manifest, segment, names.to_vec())
    }
}

/// That every file of a manifest is there, with its size; returns their names.
fn check_sizes(manifest: &Manifest, found: &[(String, u64)]) -> Result<BTreeSet<String>, IndexError> {
    let mut counts = BTreeSet::new();
    let sizes: std::collections::BTreeMap<&str, u64> =
        found.iter().map(|(name, size)| (name.as_str(), *size)).collect();
    for (name, size) in manifest.files() {
        match sizes.get(name.as_str()) {
            None => return Err(IndexError::damaged(&name, 0, "the file is missing")),
            Some(found) if *found != size => {
                let at = size.min(*found);
                return Err(IndexError::damaged(&name, at, "the file has another length than was written"));
            }
            Some(_) => counts.insert(name),
        };
    }
    Ok(counts)
}
