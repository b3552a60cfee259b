//! Mending: damaged documents are replaced by those the caller has elsewhere, and keys are made anew.
//!
//! Nothing that can be read is given up. New files lie beside the old until a new manifest counts, so a crash leaves
//! what there was, and mending begins again. A damaged file of documents stays beside the index under another name.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use super::IndexOptions;
use super::commit::is_ours;
use super::docs::{Docs, DocsWriter, Document, docs_name};
use super::error::IndexError;
use super::folder::{DiskFolder, Folder};
use super::inspect::{damaged_files, load};
use super::key::{self, Posting};
use super::manifest::{DocsFile, MANIFEST, Manifest};
use super::merge::{Merge, Plan, level_for};
use super::segment::{Segment, SegmentWriter, filter_name, keys_name};
use super::table::Written;

/// Segments that are merged at a time while keys are made anew.
const FAN_IN: usize = 16;

/// What mending did.
#[derive(Debug, Default)]
pub struct Mending {
    /// What was damaged.
    pub damage: Vec<IndexError>,
    /// Documents that could not be read and were given from elsewhere.
    pub n_replaced: u64,
    /// Documents that could not be read and were not given, as far as is known.
    pub n_lost: u64,
    /// True if keys were made anew.
    pub keys_made: bool,
}

/// Where mending gets what the index does not tell.
pub struct Sources<'a> {
    /// The keys of a document, by its record.
    pub keys_of: &'a mut dyn FnMut(&Document) -> Vec<u64>,
    /// All documents that are known with numbers in a range.
    pub given: &'a mut dyn FnMut(RangeInclusive<u64>) -> Vec<Document>,
}

/// Mends the index at `path`. Also makes the keys anew if they are of another scheme than that of the options. Nobody
/// else may use it meanwhile.
pub fn mend(path: &Path, options: IndexOptions, sources: Sources<'_>) -> Result<Mending, IndexError> {
    let folder = DiskFolder::new(path).map_err(IndexError::io(MANIFEST, "open the folder of"))?;
    mend_in(&folder, options, sources)
}

/// Mends the index in a folder: see [`mend`].
pub fn mend_in(
    folder: &dyn Folder,
    options: IndexOptions,
    mut sources: Sources<'_>,
) -> Result<Mending, IndexError> {
    let mut mending = Mending::default();
    let (mut manifest, is_known) = match load(folder) {
        Ok(None) => return Ok(mending),
        Ok(Some(manifest)) => (manifest, true),
        Err(error @ IndexError::Damaged { .. }) => {
            mending.damage.push(error);
            (found_files(folder)?, false)
        }
        Err(error) => return Err(error),
    };
    let before = manifest.clone();
    let mut damaged = damaged_files(folder, &manifest)?;
    for file in std::mem::take(&mut manifest.docs) {
        let Some(damage) = damaged.remove(&file.number) else {
            manifest.docs.push(file);
            continue;
        };
        mending.damage.extend(damage);
        let mended = replace(folder, &file, manifest.take_number(), &mut sources, &mut mending)?;
        manifest.docs.extend(mended);
    }
    if !is_known {
        complete(folder, &mut manifest, &mut sources, &mut mending)?;
    }
    mending.damage.extend(damaged.into_values().flatten());
    if mending.damage.is_empty() && manifest.scheme == options.scheme {
        return Ok(mending);
    }
    manifest.scheme = options.scheme;
    manifest.keys = make_keys(folder, &mut manifest, options, &mut sources)?.into_iter().collect();
    mending.keys_made = true;
    folder.sync().map_err(IndexError::io(MANIFEST, "sync the folder of"))?;
    manifest.prepare(folder)?;
    Manifest::switch(folder)?;
    tidy(folder, &before, &manifest)?;
    Ok(mending)
}

/// The documents of a damaged file, in a new one.
fn replace(
    folder: &dyn Folder,
    file: &DocsFile,
    number: u64,
    sources: &mut Sources<'_>,
    mending: &mut Mending,
) -> Result<Option<DocsFile>, IndexError> {
    let mut documents = BTreeMap::new();
    match Docs::salvage(folder, file.number) {
        Ok(docs) => docs.each(
            &mut |document| {
                documents.insert(document.seq, document);
            },
            &mut |_| {},
        ),
        Err(IndexError::Damaged { .. }) => {}
        Err(error) => return Err(error),
    }
    documents.retain(|seq, _| file.spans(*seq));
    for document in (sources.given)(file.seqs.0..=file.seqs.1) {
        if file.spans(document.seq) && !documents.contains_key(&document.seq) {
            mending.n_replaced += 1;
            documents.insert(document.seq, document);
        }
    }
    mending.n_lost += file.n_documents.saturating_sub(documents.len() as u64);
    write(folder, number, file.late, &documents)
}

fn write(
    folder: &dyn Folder,
    number: u64,
    late: bool,
    documents: &BTreeMap<u64, Document>,
) -> Result<Option<DocsFile>, IndexError> {
    if documents.is_empty() {
        return Ok(None);
    }
    let mut writer = DocsWriter::create(folder, number)?;
    for document in documents.values() {
        writer.push(document.seq, document.day, &document.record)?;
    }
    writer.finish(late).map(Some)
}

/// A manifest of all files of documents that are there, for one that is lost.
fn found_files(folder: &dyn Folder) -> Result<Manifest, IndexError> {
    let mut manifest = Manifest::default();
    let mut names = folder.list().map_err(IndexError::io(MANIFEST, "list the folder of"))?;
    names.retain(|(name, _)| is_ours(name));
    names.sort();
    let number = |name: &str| name.rsplit('-').next().and_then(|number| number.parse::<u64>().ok());
    manifest.next = names.iter().filter_map(|(name, _)| number(name)).max().map_or(0, |number| number + 1);
    for (name, size) in names.iter().filter(|(name, _)| name.starts_with("docs-")) {
        let Some(number) = number(name) else { continue };
        let (mut seqs, mut days, mut n_documents) = ((u64::MAX, 0), (u32::MAX, 0), 0);
        let mut give = |document: Document| {
            seqs = (document.seq.min(seqs.0), document.seq.max(seqs.1));
            days = (document.day.min(days.0), document.day.max(days.1));
            n_documents += 1;
        };
        match Docs::salvage(folder, number) {
            Ok(docs) => docs.each(&mut give, &mut |_| {}),
            Err(IndexError::Damaged { .. }) => {}
            Err(error) => return Err(error),
        }
        if n_documents > 0 {
            let overlaps = |other: &DocsFile| !other.late && other.seqs.0 <= seqs.1 && seqs.0 <= other.seqs.1;
            let late = manifest.docs.iter().any(overlaps);
            // Its checksum is not known, so it is written anew whatever it is.
            let written = Written { size: *size, crc: 0 };
            manifest.docs.push(DocsFile { number, late, n_documents, seqs, days, written });
            manifest.persisted = manifest.persisted.max(seqs.1.saturating_add(1));
        }
    }
    manifest.docs.sort_by_key(|file| (file.late, file.seqs));
    Ok(manifest)
}

/// Adds what is known elsewhere and in no file, after the list of files was lost.
fn complete(
    folder: &dyn Folder,
    manifest: &mut Manifest,
    sources: &mut Sources<'_>,
    mending: &mut Mending,
) -> Result<(), IndexError> {
    let Some(last) = manifest.persisted.checked_sub(1) else { return Ok(()) };
    let mut missing: BTreeMap<u64, Document> =
        (sources.given)(0..=last).into_iter().map(|document| (document.seq, document)).collect();
    for file in &manifest.docs {
        let forget = &mut |document: Document| {
            missing.remove(&document.seq);
        };
        Docs::open(folder, file)?.each(forget, &mut |_| {});
    }
    missing.retain(|seq, _| *seq <= last);
    mending.n_replaced += missing.len() as u64;
    let number = manifest.take_number();
    manifest.docs.extend(write(folder, number, true, &missing)?);
    Ok(())
}

/// A segment of the keys of all documents.
fn make_keys(
    folder: &dyn Folder,
    manifest: &mut Manifest,
    options: IndexOptions,
    sources: &mut Sources<'_>,
) -> Result<Option<super::manifest::KeysFile>, IndexError> {
    let most = options.unit().max(1024) as usize;
    let mut runs: Vec<Arc<Segment>> = Vec::new();
    let mut held: Vec<Posting> = Vec::new();
    for file in manifest.docs.clone() {
        let docs = Docs::open(folder, &file)?;
        for block in 0..docs.table.n_blocks() {
            docs.visit(block, &mut |seq, day, record| {
                let document = Document { seq, day, record: record.to_vec() };
                let keys = key::held(&(sources.keys_of)(&document));
                held.extend(keys.into_iter().map(|key| Posting { key, seq }));
                true
            })?;
            if held.len() >= most {
                runs.push(write_run(folder, manifest.take_number(), &mut held)?);
            }
        }
    }
    if !held.is_empty() {
        runs.push(write_run(folder, manifest.take_number(), &mut held)?);
    }
    while runs.len() > 1 {
        let inputs: Vec<Arc<Segment>> = runs.drain(..runs.len().min(FAN_IN)).collect();
        let n_entries = inputs.iter().map(|segment| segment.file.n_entries).sum();
        let level = level_for(n_entries, options.unit());
        let gone: Vec<u64> = inputs.iter().map(|segment| segment.file.number).collect();
        let mut merge = Merge::begin(folder, Plan { inputs, level }, manifest.take_number(), 0)?;
        while !merge.step(u64::MAX)? {}
        if let Some(file) = merge.finish()? {
            runs.push(Arc::new(Segment::open(folder, file)?));
        }
        for name in gone.iter().flat_map(|number| [keys_name(*number), filter_name(*number)]) {
            folder.remove(&name).map_err(IndexError::io(&name, "remove"))?;
        }
    }
    Ok(runs.pop().map(|segment| segment.file.clone()))
}

fn write_run(
    folder: &dyn Folder,
    number: u64,
    postings: &mut Vec<Posting>,
) -> Result<Arc<Segment>, IndexError> {
    postings.sort_unstable();
    postings.dedup();
    let mut writer = SegmentWriter::create(folder, number, postings.len() as u64)?;
    for posting in postings.drain(..) {
        writer.push(posting)?;
    }
    Ok(Arc::new(Segment::open(folder, writer.finish(0)?)?))
}

/// Puts damaged files of documents aside, and removes all else that does not count.
fn tidy(folder: &dyn Folder, before: &Manifest, manifest: &Manifest) -> Result<(), IndexError> {
    let counts: Vec<String> = manifest.files().into_iter().map(|(name, _)| name).collect();
    let replaced: Vec<String> = before.docs.iter().map(|file| docs_name(file.number)).collect();
    for (name, _) in folder.list().map_err(IndexError::io(MANIFEST, "list the folder of"))? {
        if !is_ours(&name) || counts.contains(&name) {
            continue;
        }
        if replaced.contains(&name) {
            folder.rename(&name, &format!("{name}.damaged")).map_err(IndexError::io(&name, "rename"))?;
        } else {
            folder.remove(&name).map_err(IndexError::io(&name, "remove"))?;
        }
    }
    folder.sync().map_err(IndexError::io(MANIFEST, "sync the folder of"))
}
