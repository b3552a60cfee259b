//! The thread that writes down how articles ended, and then, once that is durable, settles receipts.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};

use copydesk_core::{Seq, crash};
use tracing::{error, info, warn};

use super::flight::{Flight, OpenFile};
use super::job::{Ending, Upshot};
use super::run::Shared;
use super::settle::{self, Conclusion, Settled};
use crate::ledger::{Entry, Ticket};
use crate::quarantine::{self, Bytes, Kind};

/// What the settler is told.
pub(crate) enum ToSettler {
    /// An article goes to every sink, in so many parcels: their answers settle it.
    Sent { flight: Arc<Flight>, n_parcels: u32, upshot: Upshot },
    /// An article ends without reaching them.
    Ended {
        flight: Arc<Flight>,
        ending: Ending,
        upshot: Upshot,
        original: Option<Arc<[u8]>>,
        body: Option<Arc<[u8]>>,
    },
    /// A sink holds these.
    Acknowledged { sink: usize, seqs: Vec<Seq> },
    /// A sink will not have this one.
    Refused { sink: usize, seq: Seq, stage: String, reason: String, original: Option<Arc<[u8]>> },
    /// A sink has given up: it will answer nothing any more.
    SinkFailed { sink: usize },
    /// A sink that has given up was not even given this one.
    Skipped { sink: usize, seq: Seq },
    /// The splitter is through with a file.
    FileEnded { open: Arc<OpenFile>, ticket: Ticket },
    /// Nothing more comes.
    Close,
}

struct Waiting {
    flight: Arc<Flight>,
    /// Sinks that have not answered.
    n_sinks: usize,
    upshot: Upshot,
    refused: Option<Refused>,
    /// A sink that was to have it has given up.
    abandoned: bool,
}

/// Why a sink will not have an article, and its bytes.
type Refused = (Ending, Option<Arc<[u8]>>);

/// What a sink says of a parcel.
enum Reply {
    Stored,
    Refused(Refused),
    /// Nothing, ever.
    None,
}

/// How far a sink is.
struct Cursor {
    name: String,
    written: Option<Seq>,
    last: Seq,
}

pub(crate) struct Settler {
    shared: Arc<Shared>,
    waiting: HashMap<u64, Waiting>,
    cursors: Vec<Cursor>,
    /// For each sink: articles sent to it and not answered, with their number of parcels.
    outstanding: Vec<BTreeMap<u64, u32>>,
}

/// Messages taken at once at most, so that no commit grows without end.
const BATCH: usize = 4096;

impl Settler {
    pub(crate) fn new(shared: Arc<Shared>, sinks: &[String]) -> Settler {
        let known = shared.ledger.cursors();
        let cursors = sinks
            .iter()
            .map(|name| {
                let written = known.iter().find(|(sink, _)| sink == name).map(|(_, seq)| *seq);
                Cursor { name: name.clone(), written, last: written.unwrap_or_default() }
            })
            .collect();
        let outstanding = sinks.iter().map(|_| BTreeMap::new()).collect();
        Settler { shared, waiting: HashMap::new(), cursors, outstanding }
    }

    /// Works until it is told to close, or the run is halted.
    pub(crate) fn run(mut self, inbox: &mpsc::Receiver<ToSettler>) {
        let mut open = true;
        while open && !self.shared.halt.is_set() {
            let Ok(first) = inbox.recv() else { break };
            let mut conclusions = Vec::new();
            let mut files = Vec::new();
            for message in std::iter::once(first).chain(inbox.try_iter().take(BATCH)) {
                open &= !matches!(message, ToSettler::Close);
                self.hear(message, &mut conclusions, &mut files);
            }
            self.conclude(conclusions, files);
        }
        self.shared.publish();
    }

    fn hear(
        &mut self,
        message: ToSettler,
        conclusions: &mut Vec<Conclusion>,
        files: &mut Vec<(Arc<OpenFile>, Ticket)>,
    ) {
        match message {
            ToSettler::Sent { flight, n_parcels, upshot } => {
                let n_sinks = self.outstanding.len();
                if n_sinks == 0 {
                    conclusions.push(Conclusion::delivered(flight, upshot));
                    return;
                }
                for outstanding in &mut self.outstanding {
                    outstanding.insert(flight.seq.0, n_parcels);
                }
                let seq = flight.seq.0;
                let waiting = Waiting { flight, n_sinks, upshot, refused: None, abandoned: false };
                self.waiting.insert(seq, waiting);
            }
            ToSettler::Ended { flight, ending, upshot, original, body } => {
                conclusions.push(Conclusion { flight, ending: Some(ending), upshot, original, body });
            }
            ToSettler::Acknowledged { sink, seqs } => {
                for seq in seqs {
                    self.answered(sink, seq, Reply::Stored, conclusions);
                }
            }
            ToSettler::Refused { sink, seq, stage, reason, original } => {
                let ending = Ending::Quarantined { stage, code: "refused".into(), reason };
                self.answered(sink, seq, Reply::Refused((ending, original)), conclusions);
            }
            ToSettler::SinkFailed { sink } => {
                let lost: Vec<u64> =
                    self.outstanding.get(sink).into_iter().flat_map(BTreeMap::keys).copied().collect();
                for seq in lost {
                    self.answered(sink, Seq(seq), Reply::None, conclusions);
                }
            }
            ToSettler::Skipped { sink, seq } => self.answered(sink, seq, Reply::None, conclusions),
            ToSettler::FileEnded { open, ticket } => files.push((open, ticket)),
            ToSettler::Close => {}
        }
    }

    fn answered(&mut self, sink: usize, seq: Seq, reply: Reply, conclusions: &mut Vec<Conclusion>) {
        let Some(outstanding) = self.outstanding.get_mut(sink) else { return };
        // It may be heard twice that a sink has given up.
        let Some(n_parcels) = outstanding.get_mut(&seq.0) else { return };
        let Some(waiting) = self.waiting.get_mut(&seq.0) else { return };
        *n_parcels -= 1;
        let last = *n_parcels == 0 || matches!(reply, Reply::None);
        match reply {
            Reply::Stored => {}
            Reply::Refused(refused) => waiting.refused = waiting.refused.take().or(Some(refused)),
            Reply::None => waiting.abandoned = true,
        }
        if !last {
            return;
        }
        outstanding.remove(&seq.0);
        if let Some(cursor) = self.cursors.get_mut(sink).filter(|_| !waiting.abandoned) {
            cursor.last = cursor.last.max(seq);
        }
        waiting.n_sinks -= 1;
        if waiting.n_sinks > 0 {
            return;
        }
        let Some(Waiting { flight, upshot, refused, abandoned, .. }) = self.waiting.remove(&seq.0) else {
            return;
        };
        if abandoned {
            // It stays pending, and its file is told that it will not be settled in this run.
            return settle::abandon(&self.shared, &flight);
        }
        conclusions.push(match refused {
            None => Conclusion::delivered(flight, upshot),
            Some((ending, original)) => {
                Conclusion { flight, ending: Some(ending), upshot, original, body: None }
            }
        });
    }

    fn conclude(&mut self, conclusions: Vec<Conclusion>, files: Vec<(Arc<OpenFile>, Ticket)>) {
        let n_settled = conclusions.len() as u64;
        let mut settled: Vec<Settled> = Vec::new();
        crash::point("settle.before_commit");
        for conclusion in conclusions {
            if let Some(Ending::Retry(after)) = conclusion.ending {
                settle::give_back(&self.shared, &conclusion, after);
                continue;
            }
            let Some(referenced) = self.set_aside(&conclusion) else { return };
            settled.push(settle::settle(&self.shared, conclusion, referenced));
        }
        let last_file = files.iter().map(|(_, ticket)| *ticket).max();
        let last = settled.iter().map(|settled| settled.ticket).chain(last_file).max();
        let last = last.max(self.move_cursors());
        if let Some(last) = last
            && !self.shared.wait_durable(last)
        {
            return;
        }
        crash::point("settle.after_commit");
        for settled in settled {
            for key in &settled.released {
                if let Err(error) = self.shared.quarantine.remove(key) {
                    warn!(key, %error, "cannot remove the quarantine entry of a settled article");
                }
            }
            for file in settled.files {
                file.done();
            }
        }
        for (file, _) in files {
            file.done();
        }
        self.shared.stats.settled.fetch_add(n_settled, Ordering::Relaxed);
        self.shared.publish();
    }

    /// Puts a refused article into quarantine before the ledger says so. `None` once the run is halted; else
    /// whether it is kept by reference.
    fn set_aside(&self, conclusion: &Conclusion) -> Option<bool> {
        let Some(Ending::Quarantined { stage, code, reason }) = &conclusion.ending else {
            return Some(false);
        };
        let shared = &self.shared;
        let flight = &conclusion.flight;
        // An entry names its article's place, so the ledger must not be able to forget that place.
        if !shared.wait_durable(flight.ticket) {
            return None;
        }
        let cap = shared.options.quarantine_bytes;
        let original = conclusion.original.as_deref().filter(|bytes| bytes.len() <= cap);
        let body = conclusion.body.as_deref().filter(|bytes| bytes.len() <= cap);
        let path = &flight.claim.path;
        let is_part = flight.claim.container && flight.id != flight.claim.hash;
        let entry = quarantine::Entry {
            key: quarantine::Quarantine::key(path, &flight.id),
            seq: flight.seq,
            id: flight.id,
            uri: flight.uri.clone(),
            path: escape(path),
            path_hex: path.iter().map(|byte| format!("{byte:02x}")).collect(),
            file: flight.claim.hash,
            part: flight.part,
            kind: if is_part { Kind::Part } else { Kind::File },
            media_type: flight.media_type.clone(),
            received: flight.claim.received.clone(),
            stage: stage.clone(),
            code: code.clone(),
            reason: reason.clone(),
            time: shared.clock.rfc3339(),
            size: flight.size,
            stored: original.is_some(),
            body: false,
            attempts: 1,
        };
        info!(uri = %entry.uri.escape_debug(), stage, code, reason, "article set aside");
        // A part whose decoded bytes are too large to keep cannot be tried again from here.
        let body = if is_part { body } else { None };
        loop {
            match shared.quarantine.put(entry.clone(), Bytes { original, body }) {
                Ok(()) => {
                    shared.stats.set_trouble("quarantine", None);
                    return Some(original.is_none());
                }
                Err(error) => {
                    if !shared.stats.has_trouble("quarantine") {
                        error!(%error, "cannot write the quarantine, intake waits");
                    }
                    let trouble = format!("cannot write the quarantine: {error}");
                    shared.stats.set_trouble("quarantine", Some(trouble));
                    if !shared.pause(std::time::Duration::from_millis(200)) {
                        return None;
                    }
                }
            }
        }
    }

    /// Writes down how far the sinks are, where that has changed.
    fn move_cursors(&mut self) -> Option<Ticket> {
        let mut entries = Vec::new();
        for (cursor, outstanding) in self.cursors.iter_mut().zip(&self.outstanding) {
            let reached =
                outstanding.first_key_value().map_or(cursor.last, |(first, _)| Seq(first.saturating_sub(1)));
            if cursor.written.is_none_or(|written| reached > written) {
                cursor.written = Some(reached);
                entries.push(Entry::Cursor { sink: cursor.name.clone(), seq: Some(reached) });
            }
        }
        (!entries.is_empty()).then(|| self.shared.ledger.commit(entries))
    }
}

/// A path for people: what is not UTF-8, or does not show, is escaped.
fn escape(path: &[u8]) -> String {
    path.utf8_chunks()
        .flat_map(|chunk| {
            let valid = chunk.valid().chars().map(|c| {
                if c.is_control() || c == '\\' { c.escape_default().to_string() } else { c.to_string() }
            });
            let invalid = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}"));
            valid.chain(invalid)
        })
        .collect()
}
