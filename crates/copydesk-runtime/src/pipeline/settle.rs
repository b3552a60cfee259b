//! How an article's end is written down: one transaction with everything that follows from it.

use std::sync::Arc;
use std::time::Duration;

use copydesk_core::Seq;

use super::flight::{Flight, OpenFile, Table};
use super::job::{Ending, Upshot};
use super::run::Shared;
use crate::ledger::{Entry, RowView, Settlement, State, Status, Ticket};
use crate::quarantine::Quarantine;

/// An article that has come to its end.
pub(crate) struct Conclusion {
    pub(crate) flight: Arc<Flight>,
    /// `None`: every sink has it.
    pub(crate) ending: Option<Ending>,
    pub(crate) upshot: Upshot,
    pub(crate) original: Option<Arc<[u8]>>,
    pub(crate) body: Option<Arc<[u8]>>,
}

impl Conclusion {
    pub(crate) fn delivered(flight: Arc<Flight>, upshot: Upshot) -> Conclusion {
        Conclusion { flight, ending: None, upshot, original: None, body: None }
    }
}

/// What is left to do once the ticket is durable.
pub(crate) struct Settled {
    pub(crate) ticket: Ticket,
    pub(crate) files: Vec<Arc<OpenFile>>,
    /// Quarantine entries of articles that are in quarantine no longer.
    pub(crate) released: Vec<String>,
}

/// Writes down an article's end, and that of all that depends on it.
pub(crate) fn settle(shared: &Shared, conclusion: Conclusion, referenced: bool) -> Settled {
    let Conclusion { flight, ending, upshot, .. } = conclusion;
    let mut table = shared.flights.lock();
    let (mut files, mut waiters, superseded_by) = match table.finish(flight.seq) {
        Some(tracked) => (tracked.files, tracked.waiters, tracked.superseded_by),
        None => (Vec::new(), Vec::new(), None),
    };
    let mut released = Vec::new();
    let quarantined = matches!(ending, Some(Ending::Quarantined { .. }));
    // What merely waited for the same bytes gets an entry of its own, for this one goes when its file is revised.
    let to_come_again = if quarantined { std::mem::take(&mut waiters) } else { Vec::new() };
    let is_kept = |key: &String| shared.quarantine.contains(key);
    if !quarantined && !shared.quarantine.is_empty() {
        released.extend(Some(Quarantine::key(&flight.claim.path, &flight.id)).filter(is_kept));
    }
    let ((), ticket) = shared.ledger.transact(|state, entries| {
        let seq = flight.seq;
        if state.row(seq).is_none_or(|row| row.status != Status::Pending) {
            return;
        }
        let mut settled = |seq, outcome| entries.push(Entry::Settled { seq, outcome });
        match ending {
            Some(Ending::Cancelled | Ending::Retry(_)) => return,
            Some(Ending::Dropped(reason)) => settled(seq, Settlement::Dropped(reason)),
            Some(Ending::Quarantined { stage, code, reason }) => {
                settled(
                    seq,
                    Settlement::Quarantined { stage, reason: format!("{code}: {reason}"), referenced },
                );
            }
            None => {
                // A revision may turn out to say what another article says already.
                let holder = state.holder(&flight.id, |row| {
                    row == seq || flight.replaces.iter().any(|replaced| replaced.seq == row)
                });
                if let Some(holder) = holder.filter(|row| row.status == Status::Delivered) {
                    settled(seq, Settlement::Duplicate(holder.seq));
                } else {
                    settled(seq, Settlement::Delivered);
                }
                supersede(state, &mut table, &flight, entries);
                // Any sink had the earlier one before this one, so it has been settled by now.
                let replaced = upshot.replaces.and_then(|seq| state.row(seq));
                if let Some(row) = replaced.filter(|row| row.status == Status::Delivered) {
                    let reason = format!("{} leads in its place", flight.id);
                    entries.push(Entry::Settled { seq: row.seq, outcome: Settlement::Dropped(reason) });
                }
            }
        }
        // Whatever became of it: the stages have seen it, and later articles were judged by that.
        entries.extend(upshot.memories.into_iter().map(|(stage, bytes)| Entry::Memory { seq, stage, bytes }));
        for (waiter, _) in &waiters {
            entries.push(Entry::Settled { seq: *waiter, outcome: Settlement::Duplicate(seq) });
        }
        if let Some(by) = superseded_by {
            entries.push(Entry::Settled { seq, outcome: Settlement::Superseded(by) });
        }
    });
    drop(table);
    for (_, file) in to_come_again {
        file.retry(Duration::ZERO);
    }
    if !quarantined {
        released.extend(flight.replaces.iter().filter_map(|replaced| {
            let key = Quarantine::key(&flight.claim.path, &replaced.id);
            Some(key).filter(|_| replaced.id != flight.id).filter(is_kept)
        }));
    }
    if referenced {
        for file in &files {
            file.set_referenced();
        }
    }
    files.extend(waiters.into_iter().map(|(_, file)| file));
    Settled { ticket, files, released }
}

/// The articles that a delivered revision replaces.
fn supersede(state: &State, table: &mut Table, flight: &Flight, entries: &mut Vec<Entry>) {
    let is_replaced = |seq: Seq| flight.replaces.iter().any(|replaced| replaced.seq == seq);
    for replaced in &flight.replaces {
        let Some(row) = state.row(replaced.seq) else { continue };
        if row.status == Status::Pending
            && let Some(tracked) = table.by_seq.get_mut(&row.seq.0)
        {
            tracked.superseded_by = Some(flight.seq);
            continue;
        }
        let outcome = Settlement::Superseded(flight.seq);
        entries.push(Entry::Settled { seq: row.seq, outcome });
        if row.status != Status::Delivered || row.id == flight.id {
            continue;
        }
        // Another file still says the same: what is downstream is its article from now on.
        let heir = state
            .rows_with(&row.id)
            .find(|heir: &RowView| heir.status == Status::Duplicate && !is_replaced(heir.seq));
        if let Some(heir) = heir {
            entries.push(Entry::Settled { seq: heir.seq, outcome: Settlement::Delivered });
        }
    }
}

/// The file is to be offered again: nothing is settled, and nothing is in flight any more.
pub(crate) fn give_back(shared: &Shared, conclusion: &Conclusion, after: Duration) {
    let mut table = shared.flights.lock();
    let Some(tracked) = table.finish(conclusion.flight.seq) else { return };
    drop(table);
    for file in tracked.files.iter().chain(tracked.waiters.iter().map(|(_, file)| file)) {
        file.retry(after);
    }
}

/// No sink will settle it in this run: its file is reported as lost, and comes again after a restart.
pub(crate) fn abandon(shared: &Shared, flight: &Flight) {
    let tracked = shared.flights.lock().finish(flight.seq);
    if let Some(tracked) = tracked {
        for file in tracked.files.iter().chain(tracked.waiters.iter().map(|(_, file)| file)) {
            file.lose();
        }
    }
}
