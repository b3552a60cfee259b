//! What an article's bytes mean, given what the ledger knows: new work, a replay, a duplicate, a revision.
//!
//! Every decision is made under the lock on what is in flight and inside one ledger transaction, so two files
//! with the same bytes can never both be new.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use copydesk_core::{ArticleId, FileStamp, Seq};

use super::flight::{Flights, OpenFile, Table};
use crate::ledger::{Entry, Ledger, PathKey, Replaced, RowView, Settlement, State, Status, Ticket};

/// What is to be done about a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    /// Nothing: these bytes under this path are settled.
    Known { disposable: bool },
    /// Its articles are to be looked at.
    Taken,
}

/// What is to be done about an article.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing, now or ever.
    NoWork,
    /// Nothing here; the file waits for an article that is in flight.
    Waits,
    /// It is to be processed.
    Process { seq: Seq, ticket: Ticket, replaces: Vec<Replaced> },
}

/// A version of a file while its articles are being looked at.
pub(crate) struct Version {
    file: PathKey,
    open: Arc<OpenFile>,
    /// Articles of earlier versions that may be in this one too.
    carry: HashMap<ArticleId, VecDeque<Seq>>,
    has_old: bool,
    used: HashSet<u64>,
    /// The ids of this version, where they were collected; an older article among them is not replaced.
    ids: Option<HashSet<ArticleId>>,
    /// No article of an earlier version may be replaced, for the new one could not be read to its end.
    keep_old: bool,
}

impl Version {
    /// True if earlier versions have articles that could be replaced or carried over.
    pub(crate) fn has_old(&self) -> bool {
        self.has_old
    }

    /// Names the articles of the new version before any is taken; `None` if that could not be found out.
    pub(crate) fn set_ids(&mut self, ids: Option<HashSet<ArticleId>>) {
        self.keep_old = ids.is_none();
        self.ids = ids;
    }
}

/// Takes note of a file.
pub(crate) fn begin(
    ledger: &Ledger,
    path: &[u8],
    uri: &str,
    stamp: FileStamp,
    hash: [u8; 32],
    open: &Arc<OpenFile>,
) -> (Begun, Version) {
    let key = PathKey::of(path);
    let mut version = Version {
        file: key,
        open: Arc::clone(open),
        carry: HashMap::new(),
        has_old: false,
        used: HashSet::new(),
        ids: None,
        keep_old: false,
    };
    let (begun, _) = ledger.transact(|state, entries| {
        let Some(file) = state.file(&key) else {
            entries.push(Entry::File { path: path.to_vec(), uri: uri.to_owned(), stamp, hash });
            return Begun::Taken;
        };
        let known = state.known(file);
        if known.hash == hash {
            if known.stamp != stamp {
                entries.push(Entry::Restamp { file: key, stamp });
            }
            if known.settled {
                return Begun::Known { disposable: known.disposable };
            }
        } else {
            entries.push(Entry::File { path: path.to_vec(), uri: uri.to_owned(), stamp, hash });
        }
        for row in state.rows_of(file) {
            // A new version makes every row old; a replay finds some that are.
            if known.hash != hash || row.old {
                version.has_old = true;
                version.carry.entry(row.id).or_default().push_back(row.seq);
            }
        }
        Begun::Taken
    });
    (begun, version)
}

/// Takes note of one article of a file.
pub(crate) fn take(
    ledger: &Ledger,
    flights: &Flights,
    version: &mut Version,
    part: u32,
    id: ArticleId,
    bytes: u64,
) -> Fate {
    let mut table = flights.lock();
    let (fate, ticket) = ledger.transact(|state, entries| {
        let known = existing(state, &table, version, part, &id);
        let (row, replaces) = if let Some(row) = known {
            version.used.insert(row.seq.0);
            if row.old {
                entries.push(Entry::Carried { seq: row.seq, part });
                // What was to take its place is itself replaced.
                drop_rivals(state, &mut table, version, &row, part, entries);
            }
            if row.status != Status::Pending {
                return Fate::NoWork;
            }
            (row.seq, state.replaces(row.seq).to_vec())
        } else {
            let seq = state.next();
            let replaces = replaced_by(state, &mut table, version, (seq, &id), part, entries);
            let seen = Entry::Seen { seq, file: version.file, part, id, bytes, replaces: replaces.clone() };
            // First, so that nothing in this transaction speaks of an article not seen yet.
            entries.insert(0, seen);
            (seq, replaces)
        };
        version.used.insert(row.0);
        let fate = launch(state, &mut table, version, row, id, replaces, entries);
        if let (Some(tracked), Some(_), Fate::Process { .. }) = (table.by_seq.get_mut(&row.0), known, &fate) {
            // An earlier run may have sent it, so a revision must remove it.
            tracked.sent = true;
        }
        fate
    });
    match fate {
        Fate::Process { seq, replaces, .. } => Fate::Process { seq, ticket, replaces },
        fate => fate,
    }
}

/// Decides about an unsettled article: whether to process it, to wait for its twin, or to call it a duplicate.
fn launch(
    state: &State,
    table: &mut Table,
    version: &Version,
    seq: Seq,
    id: ArticleId,
    replaces: Vec<Replaced>,
    entries: &mut Vec<Entry>,
) -> Fate {
    if let Some(tracked) = table.by_seq.get_mut(&seq.0) {
        version.open.add();
        tracked.files.push(Arc::clone(&version.open));
        return Fate::Waits;
    }
    // A revision that equals another article still has to remove what it replaces, so it is processed; the
    // settler finds that it is a duplicate.
    if replaces.is_empty() {
        let doomed = |row: Seq| row == seq || table.is_removed(row);
        if let Some(holder) = state.holder(&id, doomed) {
            entries.push(Entry::Settled { seq, outcome: Settlement::Duplicate(holder.seq) });
            return Fate::NoWork;
        }
        let twin = table.by_id.get(&id).copied();
        if let Some(twin) = twin.and_then(|twin| table.by_seq.get_mut(&twin.0))
            && !twin.cancelled
        {
            version.open.add();
            twin.waiters.push((seq, Arc::clone(&version.open)));
            return Fate::Waits;
        }
    }
    version.open.add();
    table.start(seq, id, Arc::clone(&version.open), replaces.clone());
    Fate::Process { seq, ticket: Ticket::default(), replaces }
}

/// The article of the ledger that this part of the file is, if it was seen before.
fn existing(
    state: &State,
    table: &Table,
    version: &mut Version,
    part: u32,
    id: &ArticleId,
) -> Option<RowView> {
    let file = state.file(&version.file)?;
    let here = state
        .rows_at(file, part)
        .into_iter()
        .find(|row| !row.old && row.id == *id && !version.used.contains(&row.seq.0));
    if here.is_some() {
        return here;
    }
    let carried = version.carry.get_mut(id)?;
    while let Some(seq) = carried.pop_front() {
        let row = state.row(seq).filter(|row| row.old && !version.used.contains(&row.seq.0));
        // One that a parcel on its way replaces must be delivered anew behind it.
        if let Some(row) = row.filter(|row| !table.leaving.contains_key(&row.seq.0)) {
            return Some(row);
        }
    }
    None
}

/// The articles of earlier versions at this place, which are not in the new one.
fn rivals(state: &State, version: &Version, part: u32, id: &ArticleId) -> Vec<RowView> {
    let Some(file) = state.file(&version.file).filter(|_| version.has_old && !version.keep_old) else {
        return Vec::new();
    };
    state
        .rows_at(file, part)
        .into_iter()
        .filter(|row| row.old && !version.used.contains(&row.seq.0))
        // What is in the new version too stays, and is carried over when its turn comes.
        .filter(|row| version.ids.as_ref().map_or(row.id != *id, |ids| !ids.contains(&row.id)))
        .collect()
}

fn replaced_by(
    state: &State,
    table: &mut Table,
    version: &Version,
    (seq, id): (Seq, &ArticleId),
    part: u32,
    entries: &mut Vec<Entry>,
) -> Vec<Replaced> {
    let mut replaces: Vec<Replaced> = Vec::new();
    for row in rivals(state, version, part, id) {
        if row.status == Status::Pending {
            replaces.extend_from_slice(state.replaces(row.seq));
            if cancel(table, &row, seq, entries) {
                continue;
            }
        }
        replaces.push(Replaced { seq: row.seq, id: row.id });
    }
    replaces.sort_by_key(|replaced| replaced.seq);
    replaces.dedup();
    replaces
}

/// The file went back to an article it had before: what came in between and reached no sink is given up.
fn drop_rivals(
    state: &State,
    table: &mut Table,
    version: &Version,
    by: &RowView,
    part: u32,
    entries: &mut Vec<Entry>,
) {
    for row in rivals(state, version, part, &by.id) {
        if row.status == Status::Pending {
            cancel(table, &row, by.seq, entries);
        }
    }
}

/// Supersedes an unsettled article at once, unless it must run its course. True if no sink can have it.
fn cancel(table: &mut Table, row: &RowView, by: Seq, entries: &mut Vec<Entry>) -> bool {
    let superseded = Entry::Settled { seq: row.seq, outcome: Settlement::Superseded(by) };
    if let Some(tracked) = table.by_seq.get_mut(&row.seq.0) {
        if tracked.sent || !tracked.waiters.is_empty() || tracked.cancelled {
            return tracked.cancelled;
        }
        tracked.cancelled = true;
        entries.push(superseded);
        return true;
    }
    let twin = table.by_id.get(&row.id).copied();
    let waiters = twin.and_then(|twin| table.by_seq.get_mut(&twin.0)).map(|twin| &mut twin.waiters);
    let waiting = waiters.and_then(|waiters| {
        let place = waiters.iter().position(|(seq, _)| *seq == row.seq)?;
        Some(waiters.swap_remove(place))
    });
    entries.push(superseded);
    match waiting {
        Some((_, file)) => {
            file.done();
            true
        }
        // From before a crash: a sink may have it.
        None => false,
    }
}

/// Takes note of the end of a file. What its earlier versions left pending, and nothing can deliver any more,
/// is dropped.
pub(crate) fn end(ledger: &Ledger, flights: &Flights, version: &Version, n_parts: u32) -> Ticket {
    let table = flights.lock();
    let ((), ticket) = ledger.transact(|state, entries| {
        if let Some(file) = state.file(&version.file) {
            // A file as simple as nearly all are needs no second look.
            if version.has_old || version.used.len() != 1 {
                for row in state.rows_of(file) {
                    if row.status == Status::Pending
                        && !version.used.contains(&row.seq.0)
                        && !is_in_flight(&table, &row)
                    {
                        let reason = "its record was gone before delivery".to_owned();
                        entries.push(Entry::Settled { seq: row.seq, outcome: Settlement::Vanished(reason) });
                    }
                }
            }
        }
        entries.push(Entry::FileEnd { file: version.file, parts: n_parts });
    });
    ticket
}

/// True if the article, or one with its bytes that it waits for, is being processed.
pub(crate) fn is_in_flight(table: &Table, row: &RowView) -> bool {
    table.by_seq.contains_key(&row.seq.0)
        || table
            .by_id
            .get(&row.id)
            .and_then(|twin| table.by_seq.get(&twin.0))
            .is_some_and(|twin| twin.waiters.iter().any(|(seq, _)| *seq == row.seq))
}

/// Marks an article as sent, and says what its parcel removes downstream; `None` if it was cancelled.
pub(crate) fn send(ledger: &Ledger, flights: &Flights, seq: Seq, id: &ArticleId) -> Option<Vec<ArticleId>> {
    let mut table = flights.lock();
    let tracked = table.by_seq.get_mut(&seq.0)?;
    if tracked.cancelled {
        return None;
    }
    tracked.sent = true;
    let replaces = tracked.replaces.clone();
    if replaces.is_empty() {
        return Some(Vec::new());
    }
    let state = ledger.state();
    let mut removed: Vec<ArticleId> = Vec::new();
    for replaced in &replaces {
        table.leaving.entry(replaced.seq.0).or_default();
    }
    for replaced in &replaces {
        // Two files that said the same may both be rewritten: the one whose revision is sent last removes it.
        let lives = state.rows_with(&replaced.id).any(|row| {
            let stands = matches!(row.status, Status::Delivered | Status::Duplicate | Status::Pending);
            stands && !table.leaving.contains_key(&row.seq.0)
        });
        let never_sent = state
            .row(replaced.seq)
            .is_some_and(|row| matches!(row.status, Status::Quarantined | Status::Dropped));
        if replaced.id != *id && !lives && !never_sent && !removed.contains(&replaced.id) {
            removed.push(replaced.id);
        }
    }
    for replaced in &replaces {
        if removed.contains(&replaced.id) {
            table.leaving.insert(replaced.seq.0, true);
        }
    }
    // Whoever else is leaving with the same bytes stands for nothing any more either.
    for row in removed.iter().flat_map(|id| state.rows_with(id)) {
        if let Some(is_removed) = table.leaving.get_mut(&row.seq.0) {
            *is_removed = true;
        }
    }
    Some(removed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::LedgerOptions;
    use copydesk_core::Receipt;

    fn take_one(ledger: &Ledger, flights: &Flights, text: u8) -> Fate {
        let open = OpenFile::new(Receipt::new(|_| ()));
        let (hash, stamp) = ([text; 32], FileStamp { size: u64::from(text), ..FileStamp::default() });
        let (begun, mut version) = begin(ledger, b"a", "file:///a", stamp, hash, &open);
        assert_eq!(begun, Begun::Taken);
        let fate = take(ledger, flights, &mut version, 0, ArticleId::from_bytes(hash), 1);
        end(ledger, flights, &version, 1);
        fate
    }

    #[test]
    fn a_revision_replaces_what_an_earlier_run_may_have_sent() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path(), 1, LedgerOptions::default()).unwrap();
        let replaced = |fate: Fate| match fate {
            Fate::Process { replaces, .. } => replaces.len(),
            fate => panic!("{fate:?}"),
        };
        // Within one run, an article that was not sent yet is given up for its revision.
        let flights = Flights::default();
        assert_eq!(replaced(take_one(&ledger, &flights, 1)), 0);
        assert_eq!(replaced(take_one(&ledger, &flights, 2)), 0);
        // The process died, and a sink may have the second: the third takes its place.
        let flights = Flights::default();
        assert_eq!(replaced(take_one(&ledger, &flights, 2)), 0);
        assert_eq!(replaced(take_one(&ledger, &flights, 3)), 1);
    }
}
