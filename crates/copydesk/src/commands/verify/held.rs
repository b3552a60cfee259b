//! What a sink holds, and what is wrong with its file by itself.

use std::collections::HashMap;
use std::path::Path;

use copydesk_core::{ArticleId, Parcel, RecordHead, Seq};
use copydesk_sink::StoredLine;
use copydesk_sink_sqlite::StoreProblem;

use super::desk::{Desk, Keeps};
use super::finding::{Finding, Mend};
use crate::setup::chain;

/// What a sink holds.
#[derive(Default)]
pub(super) struct Held {
    /// False where nothing can be known: it keeps nothing, or it cannot be read.
    pub(super) is_known: bool,
    /// Sound articles, in the order of arrival.
    pub(super) articles: Vec<Stored>,
    pub(super) by_id: HashMap<ArticleId, usize>,
    /// It keeps earlier revisions beside later ones.
    pub(super) keeps_history: bool,
    n_lines: usize,
}

/// An article in a sink.
pub(super) struct Stored {
    pub(super) id: ArticleId,
    pub(super) uri: String,
    pub(super) bytes: u64,
    pub(super) supersedes: Option<ArticleId>,
    /// Its place in the ledger, where the sink knows it.
    pub(super) seq: Option<Seq>,
    /// The line it stands on.
    line: Option<StoredLine>,
}

impl Held {
    /// Reads what the sink holds. While it is being written (`moves`), a last line without its end is no finding.
    pub(super) fn read(desk: &Desk, sink: usize, moves: bool, findings: &mut Vec<Finding>) -> Held {
        let Some(place) = desk.sinks.get(sink) else { return Held::default() };
        let mut held = Held { is_known: true, ..Held::default() };
        match &place.keeps {
            Keeps::Nothing => held.is_known = false,
            Keeps::Jsonl(path) => held.read_jsonl(path, sink, &place.name, moves, findings),
            Keeps::Sqlite(path) => held.read_sqlite(path, sink, &place.name, findings),
        }
        held
    }

    fn push(&mut self, stored: Stored) {
        self.by_id.insert(stored.id, self.articles.len());
        self.articles.push(stored);
    }

    fn read_jsonl(&mut self, path: &Path, sink: usize, name: &str, moves: bool, findings: &mut Vec<Finding>) {
        self.keeps_history = true;
        let lines = match copydesk_sink::read_lines(path) {
            Ok(lines) => lines,
            Err(error) => {
                self.is_known = false;
                return findings.push(Finding::new("damaged", name, chain(&error), Mend::Nothing));
            }
        };
        self.n_lines = lines.len();
        for line in lines {
            let out = Mend::Line { sink, offset: line.offset };
            let place = format!("line {} ({} bytes at {})", line.line, line.bytes, line.offset);
            match &line.head {
                Err(_) if moves && line.unterminated => {}
                Err(message) if line.unterminated => {
                    findings.push(Finding::new("torn", name, format!("{place}: {message}"), out));
                }
                Err(message) => {
                    findings.push(Finding::new("damaged", name, format!("{place}: {message}"), out));
                }
                Ok(head) if self.by_id.contains_key(&head.id) => {
                    let finding =
                        Finding::new("doubled", name, format!("{place} is a second one of it"), out);
                    findings.push(finding.of(head.id, &head.uri));
                }
                Ok(head) => {
                    let stored = Stored {
                        id: head.id,
                        uri: head.uri.clone(),
                        bytes: head.bytes,
                        supersedes: head.supersedes,
                        seq: None,
                        line: Some(line.clone()),
                    };
                    self.push(stored);
                }
            }
        }
    }

    fn read_sqlite(&mut self, path: &Path, sink: usize, name: &str, findings: &mut Vec<Finding>) {
        if copydesk_sink_sqlite::is_half_mended(path) {
            let message = "a repair was interrupted before the store it made was put in place";
            findings.push(Finding::new("damaged", name, message, Mend::Rebuild { sink }));
        }
        let report = match copydesk_sink_sqlite::verify(path) {
            Ok(report) => report,
            Err(error) => {
                self.is_known = false;
                return findings.push(Finding::new("damaged", name, chain(&error), Mend::Nothing));
            }
        };
        for problem in report.problems {
            findings.push(match problem {
                StoreProblem::File(message) => {
                    self.is_known = false;
                    Finding::new(
                        "damaged",
                        name,
                        format!("the file is damaged: {message}"),
                        Mend::Rebuild { sink },
                    )
                }
                StoreProblem::Index => {
                    let message = "the search index disagrees with the rows";
                    Finding::new("damaged", name, message, Mend::Index { sink })
                }
                StoreProblem::Row { id, message } => {
                    if let Ok(id) = id.parse() {
                        Finding::new("damaged", name, message, Mend::Row { sink, id }).of(id, "")
                    } else {
                        let message = format!("the row called `{id}`: {message}");
                        Finding::new("damaged", name, message, Mend::Remove { sink, id })
                    }
                }
            });
        }
        for row in report.rows {
            let supersedes = row.supersedes;
            let stored = Stored {
                id: row.id,
                uri: row.uri,
                bytes: row.bytes,
                supersedes,
                seq: Some(row.seq),
                line: None,
            };
            self.push(stored);
        }
    }

    pub(super) fn get(&self, id: &ArticleId) -> Option<&Stored> {
        self.by_id.get(id).and_then(|idx| self.articles.get(*idx))
    }

    pub(super) fn said(&self) -> String {
        if self.keeps_history {
            format!("{} articles on {} lines", self.articles.len(), self.n_lines)
        } else {
            format!("{} articles", self.articles.len())
        }
    }
}

/// The record of a sound article, and its parcel.
pub(super) fn parcel(keeps: &Keeps, stored: &Stored, seq: Seq) -> Option<Parcel> {
    let record = match (keeps, &stored.line) {
        (Keeps::Jsonl(path), Some(line)) => copydesk_sink::read_record(path, line).ok()?,
        (Keeps::Sqlite(path), _) => copydesk_sink_sqlite::load(path, &stored.id.to_string()).ok()?,
        _ => return None,
    };
    parcel_of(record, stored.id, seq)
}

/// The parcel of a record, if it is that of the article.
pub(super) fn parcel_of(record: String, id: ArticleId, seq: Seq) -> Option<Parcel> {
    let head = RecordHead::parse(record.as_bytes()).ok().filter(|head| head.id == id)?;
    Some(head.into_parcel(seq, None, record))
}
