//! The stage `find_duplicates`: articles that say what an earlier one said, word for word or nearly.
//!
//! What must stay true:
//! - The verdict on an article depends on the articles before it in the ledger alone: candidates with a later place
//!   are never looked at, however many threads work and whatever was restored after a crash.
//! - What is remembered of an article is committed with its end. The ledger is the log of the index: the index forgets
//!   nothing that the ledger has forgotten, and may at any time be behind it.
//! - A copy names the article that leads. An article leads for ever, or until a better copy takes over.

mod options;
mod recall;
mod remembered;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use copydesk_core::{
    Action, Article, ArticleId, BuildError, Component, Duplicate, DuplicateKind, Forgettable, OptionSpec,
    Seq, Stage, StageError, TakeOver, Verdict, source_of,
};
use serde_json::Value;

use crate::fold::Words;
use crate::index::{self, Index, IndexError, IndexOptions};
use crate::near::{Fingerprinter, MIN_WORDS, Match, MatchKind, Shared, choose};

pub use options::{FindDuplicatesOptions, Lead, NearDuplicates};
pub use recall::{IndexContent, Recall, Recalled, add_to_index, is_known_by_words, mend_index};
use remembered::{Memory, Place, Remembered, hash, key_of_heir};

/// A copy leads for its length only if it is so many times as long.
const LONGER: f64 = 1.1;

/// Leads may have been taken over so often one after the other; a chain of files that each better the last is shorter.
const MAX_HEIRS: usize = 1_000;

/// Finds articles that say what an earlier one said.
pub struct FindDuplicates {
    name: String,
    options: FindDuplicatesOptions,
    /// Hashes of the preferred sources' names.
    preferred: Vec<u32>,
    index: Index,
    /// Articles that came when later ones had been made safe already, and that may not be safe yet.
    late: BTreeSet<Seq>,
    fingerprinter: Fingerprinter,
    /// Articles outside a ledger so far.
    n_unnumbered: u64,
    words: Words,
}

impl fmt::Debug for FindDuplicates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FindDuplicates")
            .field("name", &self.name)
            .field("options", &self.options)
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

impl FindDuplicates {
    /// The stage, called `name` in memories and reasons; all it remembers is in memory until [`Stage::open`].
    pub fn new(name: &str, options: FindDuplicatesOptions) -> Result<FindDuplicates, BuildError> {
        let preferred = options.prefer.iter().map(|source| source_key(source)).collect();
        Ok(FindDuplicates {
            name: name.to_owned(),
            options,
            preferred,
            index: Index::in_memory(),
            late: BTreeSet::new(),
            fingerprinter: Fingerprinter::new(),
            n_unnumbered: 0,
            words: Words::default(),
        })
    }

    /// What is remembered of an article that is no copy, and the keys by which it is found; `None` for one without
    /// words.
    fn look(&mut self, article: &Article) -> Option<(Remembered, Vec<u64>)> {
        let body = article.kept().filter(|kept| kept.kind.is_body());
        let keyed = self.fingerprinter.of(body.map(|kept| kept.text));
        if keyed.keys.is_empty() {
            return None;
        }
        self.words.clear();
        self.words.add(article.title.as_deref().unwrap_or_default());
        let remembered = Remembered {
            id: article.id,
            source: source_of(article).map_or(0, |source| source_key(&source)),
            title: hash(self.words.as_bytes()) as u32,
            lead: None,
            takes_over: None,
            fingerprint: keyed.fingerprint,
        };
        Some((remembered, keyed.keys))
    }

    /// The verdict on an article, by those before it: its copy, the one that leads, and whether this one is better.
    fn judge(&self, new: &Remembered, keys: &[u64], here: Here) -> Result<Option<Verdicts>, IndexError> {
        let candidates = self.index.candidates(keys, here.seq, here.from_day)?;
        let mut known = Vec::new();
        for candidate in candidates {
            let Some((seq, old)) = self.remembered(candidate.place)? else { continue };
            if old.id != new.id && !here.is_revised(&old) && may_be_copies(new, &old) {
                known.push((Place { seq, id: old.id }, old));
            }
        }
        let texts: Vec<_> = known.iter().map(|(place, old)| (place.seq, old.fingerprint.clone())).collect();
        let Some(found) = choose(&new.fingerprint, &texts) else { return Ok(None) };
        let Some((place, old)) = known.iter().find(|(place, _)| place.seq == found.of) else {
            return Ok(None);
        };
        let lead = self.heir(old.lead.unwrap_or(*place), here.seq)?;
        if here.revises == Some(lead.id) || lead.id == new.id {
            return Ok(None);
        }
        // What leads is what the reader wants to compare with: it is named with its own figures if it can be.
        let itself = texts.iter().find(|(seq, _)| *seq == lead.seq);
        let itself = itself.and_then(|itself| choose(&new.fingerprint, std::slice::from_ref(itself)));
        let via = if itself.is_none() { Some(place.id) } else { None };
        let duplicate = duplicate(lead.id, &itself.unwrap_or(found), via);
        let better = match self.remembered(index::Place::of(lead.seq.0))? {
            Some((_, old)) if here.revises.is_none() => self.is_better(new, &old),
            _ => false,
        };
        Ok(Some(Verdicts { lead, duplicate, better }))
    }

    /// The article that leads in the place of this one, as far as the one at `before` can know.
    fn heir(&self, lead: Place, before: u64) -> Result<Place, IndexError> {
        let mut lead = lead;
        for _ in 0..MAX_HEIRS {
            let mut heir = None;
            for candidate in self.index.candidates(&[key_of_heir(lead.seq)], before, 0)? {
                let Some((seq, old)) = self.remembered(candidate.place)? else { continue };
                if old.takes_over.is_some_and(|place| place.seq == lead.seq) {
                    heir = Some(Place { seq, id: old.id }.or_later(heir));
                }
            }
            match heir {
                Some(heir) if heir.seq > lead.seq => lead = heir,
                _ => break,
            }
        }
        Ok(lead)
    }

    /// What is remembered of the article at a place; `None` if that is of another version of this program.
    fn remembered(&self, place: index::Place) -> Result<Option<(Seq, Remembered)>, IndexError> {
        let document = self.index.document(place)?;
        Ok(document.and_then(|document| Some((Seq(document.seq), Remembered::read(&document.record)?))))
    }

    /// Whether a copy is to lead in the place of what led so far.
    fn is_better(&self, new: &Remembered, old: &Remembered) -> bool {
        let rank = |source: u32| {
            self.preferred.iter().position(|preferred| *preferred == source).unwrap_or(self.preferred.len())
        };
        match rank(new.source).cmp(&rank(old.source)) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Greater => false,
            std::cmp::Ordering::Equal => {
                let (new, old) = (new.fingerprint.n_words(), old.fingerprint.n_words());
                self.options.lead == Lead::Longest && f64::from(new) > LONGER * f64::from(old)
            }
        }
    }
}

/// What is known of the article at hand beside its text.
#[derive(Debug, Clone, Copy)]
struct Here {
    seq: u64,
    /// Articles before this day are compared with no longer.
    from_day: u32,
    /// The article that this one is a revision of.
    revises: Option<ArticleId>,
}

impl Here {
    /// Whether this is the article at hand in an earlier revision, or a copy of that: neither says that the revision is
    /// a copy.
    fn is_revised(&self, old: &Remembered) -> bool {
        let revised = |id| self.revises == Some(id);
        revised(old.id) || old.lead.is_some_and(|lead| revised(lead.id))
    }
}

/// A copy: of what, and what follows.
#[derive(Debug)]
struct Verdicts {
    lead: Place,
    duplicate: Duplicate,
    /// It is to lead itself.
    better: bool,
}

impl Place {
    /// Of two that took over the same article the later leads.
    fn or_later(self, other: Option<Place>) -> Place {
        other.filter(|other| other.seq > self.seq).unwrap_or(self)
    }
}

/// Texts of a few words are said by many: only below the same title are they copies.
fn may_be_copies(new: &Remembered, old: &Remembered) -> bool {
    new.fingerprint.n_words() >= MIN_WORDS || new.title == old.title
}

fn duplicate<H>(of: ArticleId, found: &Match<H>, via: Option<ArticleId>) -> Duplicate {
    let of_shorter = |shared: &Shared| (shared.both as u32, shared.shorter() as u32);
    let ((shingles, of_shingles), (facts, of_facts)) =
        (of_shorter(&found.shingles), of_shorter(&found.facts));
    let (kind, shared) = match found.kind {
        MatchKind::Exact => (DuplicateKind::Exact, None),
        MatchKind::Near => {
            let shared = copydesk_core::Shared { shingles, of_shingles, facts, of_facts };
            (DuplicateKind::Near, Some(shared))
        }
    };
    // Two decimals: the samples say no more.
    let similarity = (found.similarity * 100.0).round() / 100.0;
    Duplicate { of, kind, similarity, shared, via }
}

/// A hash of a source's name: its host, or the last of its folders.
fn source_key(source: &str) -> u32 {
    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_lowercase();
    hash(name.strip_prefix("www.").unwrap_or(&name).as_bytes()) as u32
}

/// Days since 1970 of a time as `2026-03-01T…`; 0 for what is none.
fn day(time: &str) -> u32 {
    let date = time.get(..10).and_then(|date| date.parse::<jiff::civil::Date>().ok());
    let epoch = jiff::civil::date(1970, 1, 1);
    let days = date.and_then(|date| (date - epoch).total((jiff::Unit::Day, epoch)).ok());
    days.map_or(0, |days| days as u32)
}

/// The id of the article that this one is a revision of.
fn revised(article: &Article) -> Option<ArticleId> {
    article.notes.get("supersedes").and_then(Value::as_str)?.parse().ok()
}

fn failed(error: &IndexError) -> StageError {
    // Nothing is lost by a stop: what has not ended comes again.
    StageError::new(format!("index of duplicates: {error}"), Action::Stop)
}

impl Stage for FindDuplicates {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        article.duplicate = None;
        article.takes_over = None;
        let Some((mut new, mut keys)) = self.look(article) else { return Ok(Verdict::Keep) };
        let seq = if article.seq == Seq(0) {
            self.n_unnumbered += 1;
            Seq(UNNUMBERED + self.n_unnumbered)
        } else {
            article.seq
        };
        let day = day(&article.origin.received);
        let from_day = match self.options.retain_days {
            0 => 0,
            days => day.saturating_sub(days),
        };
        let here = Here { seq: seq.0, from_day, revises: revised(article) };
        let verdicts = self.judge(&new, &keys, here).map_err(|error| failed(&error))?;
        let mut verdict = Verdict::Keep;
        match verdicts {
            Some(Verdicts { lead, mut duplicate, better: true }) => {
                new.takes_over = Some(lead);
                let mark = self.options.near == NearDuplicates::Mark;
                duplicate.of = article.id;
                let duplicate = mark.then_some(duplicate);
                article.notes.insert(self.name.clone(), serde_json::json!({ "takes_over": lead.id }));
                article.takes_over = Some(TakeOver { seq: lead.seq, id: lead.id, duplicate });
            }
            Some(Verdicts { lead, duplicate, better: false }) => {
                new.lead = Some(lead);
                if self.options.near == NearDuplicates::Drop {
                    verdict = Verdict::Drop(reason(&duplicate));
                }
                article.duplicate = Some(duplicate);
            }
            None => {}
        }
        if new.takes_over.is_none() {
            new.takes_over = self.revised_place(&keys, here).map_err(|error| failed(&error))?;
        }
        keys.extend(new.takes_over.map(|place| key_of_heir(place.seq)));
        let late = seq.0 < self.index.persisted();
        let memory = Memory { late, day, keys, record: new.write() };
        article.memories.push((self.name.clone(), memory.write()));
        self.remember(seq, &memory).map_err(|error| failed(&error))?;
        Ok(verdict)
    }

    fn open(&mut self, folder: &Path) -> Result<(), StageError> {
        // What is older than the retention leaves the index whole files at a time: verdicts look at the day themselves.
        let retain_days = Some(self.options.retain_days).filter(|days| *days > 0);
        let options = IndexOptions { memory: self.options.memory, retain_days, ..IndexOptions::default() };
        // Let go of first, in case it is the same folder.
        self.index = Index::in_memory();
        self.index = Index::open(folder, options).map_err(|error| failed(&error))?;
        self.late.clear();
        Ok(())
    }

    fn restore(&mut self, seq: Seq, bytes: &[u8]) {
        let Some(memory) = Memory::read(bytes) else { return };
        if seq.0 < self.index.persisted() && !memory.late {
            return;
        }
        // What cannot be read now is found by the next article, which ends the run with the reason.
        let _ = self.remember(seq, &memory);
    }

    fn settled(&mut self, below: Seq) -> Result<Forgettable, StageError> {
        let settled = self.index.settle(below.0);
        let action = Action::Retry(Duration::from_secs(1));
        settled.map_err(|error| StageError::new(error.to_string(), action))?;
        let below = Seq(self.index.persisted());
        let (index, late) = (&self.index, &mut self.late);
        late.retain(|seq| index.is_unsaved(seq.0));
        Ok(Forgettable { below, except: self.late.clone() })
    }
}

impl FindDuplicates {
    /// Adds an article to the index, unless it is there.
    fn remember(&mut self, seq: Seq, memory: &Memory) -> Result<(), IndexError> {
        if memory.late {
            if self.index.contains(seq.0)? && !self.index.is_unsaved(seq.0) {
                return Ok(());
            }
            self.late.insert(seq);
        }
        self.index.insert(seq.0, memory.day, &memory.keys, &memory.record);
        Ok(())
    }

    /// Where the article was that this one is a revision of, if it still says much the same.
    fn revised_place(&self, keys: &[u64], here: Here) -> Result<Option<Place>, IndexError> {
        let Some(revised) = here.revises else { return Ok(None) };
        for candidate in self.index.candidates(keys, here.seq, 0)? {
            if let Some((seq, old)) = self.remembered(candidate.place)?
                && old.id == revised
            {
                return Ok(Some(Place { seq, id: revised }));
            }
        }
        Ok(None)
    }
}

/// Why a copy is dropped.
fn reason(duplicate: &Duplicate) -> String {
    let Duplicate { of, kind, similarity, shared, .. } = duplicate;
    match (kind, shared) {
        (DuplicateKind::Near, Some(shared)) => format!(
            "near duplicate of {of} ({similarity} of the shorter text; {} of {} numbers and names)",
            shared.facts, shared.of_facts
        ),
        _ => format!("exact duplicate of {of}"),
    }
}

/// Places of articles outside a ledger, behind all that a ledger gives.
const UNNUMBERED: u64 = 1 << 62;

impl Component for FindDuplicates {
    type Options = FindDuplicatesOptions;
    const OPTIONS: &'static [OptionSpec] = options::OPTIONS;
    const HELP: &'static str = "finds articles that say what an earlier one said, word for word or nearly";
}
