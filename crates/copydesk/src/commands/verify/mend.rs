//! One round of mending: of what was found, whatever has to come first. What comes after is found by the next look.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use copydesk_core::{Clock, Parcel, Seq};
use copydesk_runtime::ledger::{self, ArticleInfo, Entry, Settlement};
use copydesk_runtime::{
    QuarantineEntry, QuarantineKind, StateLock, quarantine_key, restore_entry, set_entry_aside,
};

use super::desk::{Desk, Keeps};
use super::finding::{End, Finding, Mend};
use super::held::{parcel, parcel_of};
use super::look::Look;
use super::originals;
use super::{adopt, copies};
use crate::commands::Failure;
use crate::{SystemClock, components, setup};

/// Mends what comes first. False if there was nothing that could be mended.
pub(super) fn round(desk: &Desk, lock: &StateLock, look: &Look) -> Result<bool, Failure> {
    let steps: [Step; 6] = [the_ledger, files_of_sinks, unknown, entries, articles, copies::mend];
    for step in steps {
        if step(desk, lock, look)? {
            return Ok(true);
        }
    }
    Ok(false)
}

type Step = fn(&Desk, &StateLock, &Look) -> Result<bool, Failure>;

fn failed(error: &dyn std::error::Error) -> Failure {
    Failure::Work(setup::chain(error))
}

fn salt() -> u32 {
    let now = SystemClock.unix_ns();
    (now as u32) ^ ((now >> 32) as u32) ^ std::process::id()
}

fn mends(look: &Look) -> impl Iterator<Item = &Mend> {
    look.findings.iter().map(|finding: &Finding| &finding.mend)
}

fn the_ledger(desk: &Desk, lock: &StateLock, look: &Look) -> Result<bool, Failure> {
    if mends(look).any(|mend| *mend == Mend::CutTorn) {
        ledger::cut_torn(&desk.state, lock).map_err(|error| failed(&error))?;
        return Ok(true);
    }
    if mends(look).any(|mend| *mend == Mend::Salvage) {
        ledger::salvage(&desk.state, lock).map_err(|error| failed(&error))?;
        return Ok(true);
    }
    Ok(false)
}

fn files_of_sinks(desk: &Desk, _lock: &StateLock, look: &Look) -> Result<bool, Failure> {
    let mut did = false;
    for (sink, place) in desk.sinks.iter().enumerate() {
        did |= match &place.keeps {
            Keeps::Jsonl(path) => {
                let of_sink = |mend: &Mend| match mend {
                    Mend::Line { sink: of, offset } if *of == sink => Some(*offset),
                    _ => None,
                };
                let cut: BTreeSet<u64> = mends(look).filter_map(of_sink).collect();
                if !cut.is_empty() {
                    copydesk_sink::mend(path, &cut).map_err(|error| failed(&error))?;
                }
                !cut.is_empty()
            }
            Keeps::Sqlite(path) => store(desk, look, sink, path)?,
            Keeps::Nothing => false,
        };
    }
    Ok(did)
}

/// The file of a SQLite store, then its rows, then its index.
fn store(desk: &Desk, look: &Look, sink: usize, path: &std::path::Path) -> Result<bool, Failure> {
    use copydesk_sink_sqlite as sqlite;
    if mends(look).any(|mend| *mend == Mend::Rebuild { sink }) {
        if sqlite::is_half_mended(path) {
            sqlite::finish_rebuild(path).map_err(|error| failed(&error))?;
        } else {
            sqlite::rebuild(path).map_err(|error| failed(&error))?;
        }
        return Ok(true);
    }
    let mut removed = Vec::new();
    let mut replaced = Vec::new();
    for mend in mends(look) {
        match mend {
            Mend::Remove { sink: of, id } if *of == sink => removed.push(id.clone()),
            Mend::Row { sink: of, id } if *of == sink => {
                let own = sqlite::load(path, &id.to_string()).ok();
                let article = look.ledger.with_id(id).filter(|article| !article.gone).last();
                let seq = article.map_or(Seq(0), |article| article.seq);
                let good = own.and_then(|record| parcel_of(record, *id, seq));
                match good.or_else(|| article.and_then(|article| again(desk, look, article))) {
                    Some(good) => replaced.push(good),
                    // With the row gone, it is missing, and said to be so.
                    None => removed.push(id.to_string()),
                }
            }
            _ => {}
        }
    }
    if !replaced.is_empty() {
        sqlite::replace_rows(path, &replaced).map_err(|error| failed(&error))?;
    }
    if !removed.is_empty() {
        sqlite::remove_rows(path, &removed).map_err(|error| failed(&error))?;
    }
    let is_off = mends(look).any(|mend| *mend == Mend::Index { sink });
    if is_off {
        sqlite::rebuild_index(path).map_err(|error| failed(&error))?;
    }
    Ok(is_off || !replaced.is_empty() || !removed.is_empty())
}

/// What the ledger does not know, and what it has left open.
fn unknown(desk: &Desk, lock: &StateLock, look: &Look) -> Result<bool, Failure> {
    let adopt::Adoption { mut entries, moved } = adopt::adoption(desk, look);
    let superseded: BTreeSet<Seq> = entries.iter().filter_map(superseded).collect();
    for mend in mends(look) {
        let Mend::Settle { seq, end } = *mend else { continue };
        if superseded.contains(&seq) {
            continue;
        }
        match end {
            End::Delivered => {
                entries.push(Entry::Settled { seq, outcome: Settlement::Delivered });
                entries.extend(replaced(look, seq));
            }
            End::Retry => entries.push(Entry::Retry { seq }),
            End::Vanished => {
                let reason = "source file was removed before delivery".to_owned();
                entries.push(Entry::Settled { seq, outcome: Settlement::Vanished(reason) });
            }
        }
    }
    if entries.is_empty() {
        return Ok(false);
    }
    ledger::amend(&desk.state, lock, salt(), entries).map_err(|error| failed(&error))?;
    for entry in moved {
        let (original, body) = bytes_of(desk, &entry.key);
        put_back(desk, lock, entry, original.as_deref(), body.as_deref())?;
    }
    Ok(true)
}

fn superseded(entry: &Entry) -> Option<Seq> {
    match entry {
        Entry::Settled { seq, outcome: Settlement::Superseded(_) } => Some(*seq),
        _ => None,
    }
}

/// What follows from the delivery of a revision: the articles of its file that it takes the place of are superseded.
fn replaced(look: &Look, seq: Seq) -> Vec<Entry> {
    let Some(article) = look.ledger.by_seq(seq) else { return Vec::new() };
    let old =
        article.replaces.iter().filter(|old| **old != article.id).flat_map(|old| look.ledger.with_id(old));
    let of_file = old.filter(|old| !old.gone && old.seq != seq && old.path == article.path);
    of_file.map(|old| Entry::Settled { seq: old.seq, outcome: Settlement::Superseded(seq) }).collect()
}

fn bytes_of(desk: &Desk, key: &str) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    let folder = desk.state.join("quarantine").join(key);
    (std::fs::read(folder.join("bytes")).ok(), std::fs::read(folder.join("body")).ok())
}

fn put_back(
    desk: &Desk,
    lock: &StateLock,
    entry: QuarantineEntry,
    original: Option<&[u8]>,
    body: Option<&[u8]>,
) -> Result<(), Failure> {
    restore_entry(&desk.state, lock, entry, original, body)
        .map_err(|error| Failure::Work(format!("cannot write the quarantine: {error}")))
}

fn entries(desk: &Desk, lock: &StateLock, look: &Look) -> Result<bool, Failure> {
    let mut did = false;
    for mend in mends(look) {
        match mend {
            Mend::SetAside { key } => {
                set_entry_aside(&desk.state, lock, key).map_err(|error| {
                    Failure::Work(format!("cannot move the quarantine entry `{key}`: {error}"))
                })?;
                did = true;
            }
            Mend::RestoreEntry { seq } => did |= restore(desk, lock, look, *seq)?,
            _ => {}
        }
    }
    Ok(did)
}

/// Makes an entry anew, from what the ledger says and the bytes wherever they are.
fn restore(desk: &Desk, lock: &StateLock, look: &Look, seq: Seq) -> Result<bool, Failure> {
    let Some(article) = look.ledger.by_seq(seq) else { return Ok(false) };
    let Some(file) = look.ledger.file_of(article) else { return Ok(false) };
    let key = quarantine_key(&file.path, &article.id);
    let found = originals::find(desk, look, article);
    let (whole, part) = found.map_or((None, None), |found| (found.whole, found.part));
    let whole = whole.or_else(|| originals::set_aside(desk, &key, &article.id));
    let reason = article.reason.clone().unwrap_or_default();
    let (code, reason) =
        reason.split_once(": ").map_or(("", reason.as_str()), |(code, reason)| (code, reason));
    let is_part = whole.is_none() && part.is_some();
    let body = part.as_ref().filter(|part| is_part && part.body != part.original).map(|part| &part.body);
    let original =
        if article.referenced { None } else { whole.as_ref().or(part.as_ref().map(|part| &part.original)) };
    if original.is_none() && !article.referenced {
        return Ok(false);
    }
    let entry = QuarantineEntry {
        key,
        seq,
        id: article.id,
        uri: article.uri.clone(),
        path: file.path.escape_ascii().to_string(),
        path_hex: file.path.iter().map(|byte| format!("{byte:02x}")).collect(),
        file: if is_part { copydesk_core::ArticleId::from_bytes(file.hash) } else { article.id },
        part: article.part,
        kind: if is_part { QuarantineKind::Part } else { QuarantineKind::File },
        media_type: part.as_ref().map(|part| part.media_type.clone()).unwrap_or_default(),
        received: SystemClock.rfc3339(),
        stage: article.stage.clone().unwrap_or_default(),
        code: code.to_owned(),
        reason: reason.to_owned(),
        time: SystemClock.rfc3339(),
        size: article.bytes,
        stored: original.is_some(),
        body: body.is_some(),
        attempts: 1,
    };
    put_back(desk, lock, entry, original.map(AsRef::as_ref), body.map(AsRef::as_ref))?;
    Ok(true)
}

/// Articles that are missing in a sink.
fn articles(desk: &Desk, _lock: &StateLock, look: &Look) -> Result<bool, Failure> {
    let mut wanted: BTreeMap<usize, BTreeSet<Seq>> = BTreeMap::new();
    for mend in mends(look) {
        if let Mend::Deliver { sink, seq } = *mend {
            wanted.entry(sink).or_default().insert(seq);
        }
    }
    if wanted.is_empty() {
        return Ok(false);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Work(format!("cannot start: {error}")))?;
    let mut did = false;
    for (sink, mut made) in setup::sinks(&desk.registry, &desk.plan, &desk.state)?.into_iter().enumerate() {
        let Some(seqs) = wanted.get(&sink) else { continue };
        let name = desk.sinks.get(sink).map_or("", |place| place.name.as_str());
        let work = |error: copydesk_core::SinkError| Failure::Work(format!("sink `{name}`: {error}"));
        // It may speak of lines that are no longer there.
        match std::fs::remove_file(components::jsonl_index(&desk.state, name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        runtime.block_on(async {
            made.open().await.map_err(work)?;
            let mut rest =
                seqs.iter().filter_map(|seq| again(desk, look, look.ledger.by_seq(*seq)?)).map(Arc::new);
            loop {
                let batch: Vec<Arc<Parcel>> = rest.by_ref().take(AT_ONCE).collect();
                if batch.is_empty() {
                    return made.close().await.map_err(work);
                }
                made.write(&batch).await.map_err(work)?;
                did = true;
            }
        })?;
    }
    Ok(did)
}

/// Articles in one batch.
const AT_ONCE: usize = 64;

/// The parcel of an article: from any sink that holds it, else made once more from its original.
fn again(desk: &Desk, look: &Look, article: &ArticleInfo) -> Option<Parcel> {
    stored(desk, look, article).or_else(|| originals::cleaned(desk, look, article))
}

/// The parcel of an article, from any sink that holds it.
pub(super) fn stored(desk: &Desk, look: &Look, article: &ArticleInfo) -> Option<Parcel> {
    let mut sinks = desk.sinks.iter().zip(&look.held);
    sinks.find_map(|(place, held)| parcel(&place.keeps, held.get(&article.id)?, article.seq))
}
