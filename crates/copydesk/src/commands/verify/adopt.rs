//! Taking into the ledger what sinks and quarantine hold and it does not know: after damage, after a loss of the
//! whole ledger, or where a file was removed at the wrong moment.
//!
//! What is adopted is known by its id from then on: its file is read once more, recognised, and not delivered again.

use std::collections::{BTreeMap, HashSet};

use copydesk_core::{ArticleId, FileStamp, Seq};
use copydesk_runtime::ledger::{Entry, PathKey, Settlement};
use copydesk_runtime::{QuarantineEntry, read_quarantine};

use super::desk::Desk;
use super::finding::{Finding, Mend};
use super::look::Look;
use super::originals;

/// An article to be taken in.
struct Adopted {
    id: ArticleId,
    uri: String,
    bytes: u64,
    part: u32,
    seq: Option<Seq>,
    supersedes: Option<ArticleId>,
    end: Settlement,
}

/// What a round of adoption comes to.
#[derive(Default)]
pub(super) struct Adoption {
    /// For the ledger.
    pub(super) entries: Vec<Entry>,
    /// Entries of the quarantine that get another place.
    pub(super) moved: Vec<QuarantineEntry>,
}

/// The entries that take in everything found to be unknown.
pub(super) fn adoption(desk: &Desk, look: &Look) -> Adoption {
    let mut adoption = Adoption::default();
    let mut files: BTreeMap<Vec<u8>, Vec<Adopted>> = BTreeMap::new();
    let mut taken: HashSet<ArticleId> = HashSet::new();
    for (sink, id) in look.findings.iter().filter_map(orphan) {
        let Some(stored) = look.held.get(sink).and_then(|held| held.get(&id)) else { continue };
        // Two sinks may hold it; one that knows its place comes first.
        let places = look.held.iter().filter_map(|held| held.get(&id)?.seq);
        if taken.insert(id) {
            files.entry(originals::below_root(&look.root, &stored.uri)).or_default().push(Adopted {
                id,
                uri: stored.uri.clone(),
                bytes: stored.bytes,
                part: originals::part_of(&stored.uri),
                seq: places.min(),
                supersedes: stored.supersedes,
                end: Settlement::Delivered,
            });
        }
    }
    let entries = read_quarantine(&desk.state).list();
    let mut by_place: Vec<(QuarantineEntry, Vec<u8>)> = Vec::new();
    for key in look.findings.iter().filter_map(unknown_entry) {
        let Some(entry) = entries.iter().find(|entry| entry.key == key) else { continue };
        let Some(path) = entry.path_bytes() else { continue };
        files.entry(path.clone()).or_default().push(Adopted {
            id: entry.id,
            uri: entry.uri.clone(),
            bytes: entry.size,
            part: entry.part,
            seq: Some(entry.seq),
            supersedes: None,
            end: Settlement::Quarantined {
                stage: entry.stage.clone(),
                reason: format!("{}: {}", entry.code, entry.reason),
                referenced: !entry.stored,
            },
        });
        by_place.push((entry.clone(), path));
    }
    let mut places = Places::new(look, &files);
    for (path, mut articles) in files {
        articles.sort_by_key(|article| (article.part, article.seq));
        for (id, seq) in take_in(look, &path, articles, &mut places, &mut adoption.entries) {
            let moved = by_place.iter().find(|(entry, of)| entry.id == id && *of == path && entry.seq != seq);
            adoption.moved.extend(moved.map(|(entry, _)| QuarantineEntry { seq, ..entry.clone() }));
        }
    }
    if look.ledger.knows_no_sink() && !adoption.entries.is_empty() {
        // Nobody can tell any more when each sink began: each is to hold everything.
        for sink in &desk.sinks {
            for seq in [Seq(0), Seq(places.next.saturating_sub(1))] {
                adoption.entries.push(Entry::Cursor { sink: sink.name.clone(), seq: Some(seq) });
            }
        }
    }
    adoption
}

fn orphan(finding: &Finding) -> Option<(usize, ArticleId)> {
    match finding.mend {
        Mend::Adopt { sink, id } => Some((sink, id)),
        _ => None,
    }
}

fn unknown_entry(finding: &Finding) -> Option<&str> {
    match &finding.mend {
        Mend::AdoptEntry { key } => Some(key),
        _ => None,
    }
}

/// Places in the ledger that are still to be had.
struct Places<'a> {
    look: &'a Look,
    given: HashSet<Seq>,
    next: u64,
}

impl<'a> Places<'a> {
    fn new(look: &'a Look, files: &BTreeMap<Vec<u8>, Vec<Adopted>>) -> Places<'a> {
        let wanted = files.values().flatten().filter_map(|article| article.seq);
        let held = look.held.iter().flat_map(|held| &held.articles).filter_map(|stored| stored.seq);
        let last = wanted.chain(held).max().unwrap_or_default();
        Places {
            look,
            given: HashSet::new(),
            next: look.ledger.next().0.max(last.0.saturating_add(1)).max(1),
        }
    }

    /// The place an article had, if nothing else has it now; else a new one.
    fn take(&mut self, wanted: Option<Seq>) -> Seq {
        let wanted = wanted.filter(|seq| seq.0 > 0 && self.look.ledger.by_seq(*seq).is_none());
        if let Some(seq) = wanted.filter(|seq| self.given.insert(*seq)) {
            return seq;
        }
        let seq = Seq(self.next);
        self.next += 1;
        self.given.insert(seq);
        seq
    }
}

/// Takes in the articles of one file. Gives back the place of each.
fn take_in(
    look: &Look,
    path: &[u8],
    articles: Vec<Adopted>,
    places: &mut Places<'_>,
    entries: &mut Vec<Entry>,
) -> Vec<(ArticleId, Seq)> {
    let file = PathKey::of(path);
    let is_new = look.ledger.file(path).is_none();
    if is_new {
        let uri =
            articles.first().and_then(|article| article.uri.split('#').next()).unwrap_or_default().to_owned();
        let hash = articles
            .first()
            .filter(|article| !article.uri.contains('#'))
            .map_or([0; 32], |article| *article.id.as_bytes());
        // A stamp that no file has: it is read again, and known by its hash or its articles' ids.
        entries.push(Entry::File { path: path.to_vec(), uri, stamp: FileStamp::default(), hash });
    }
    let parts = articles.iter().map(|article| article.part + 1).max().unwrap_or(1);
    let mut taken = Vec::new();
    for Adopted { id, bytes, part, seq, supersedes, end, .. } in articles {
        let seq = places.take(seq);
        entries.push(Entry::Seen { seq, file, part, id, bytes, replaces: Vec::new() });
        entries.push(Entry::Settled { seq, outcome: end });
        let of_file = |other: &&copydesk_runtime::ledger::ArticleInfo| {
            !other.gone && matches!(other.status, "delivered" | "pending") && other.path.as_bytes() == path
        };
        let old = supersedes.iter().flat_map(|old| look.ledger.with_id(old)).filter(of_file);
        entries.extend(old.map(|old| Entry::Settled { seq: old.seq, outcome: Settlement::Superseded(seq) }));
        taken.push((id, seq));
    }
    if is_new {
        entries.push(Entry::FileEnd { file, parts });
    }
    taken
}
