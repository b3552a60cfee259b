//! The stage `watch_yield`: says so when a source's articles suddenly yield much less text, or much more, than they
//! used to. Then its pages have changed, and what is cut of them, or left, may be wrong.
//!
//! What must stay true here:
//! - It changes no article. What it says depends on the articles before in the ledger; what it needs of each is
//!   remembered with it.
//! - A revision is no article of its own, and neither is a copy: a page that is rewritten all day is not what its
//!   source usually yields.

mod series;

use std::collections::BTreeMap;

use copydesk_core::{
    Article, BuildError, Component, OptionKind, OptionSpec, Phase, Seq, Signal, Stage, StageError, Verdict,
    source_of,
};
use serde::Deserialize;
use serde_json::Value;

use crate::recurring::lines::source_key;
use crate::sources::Sources;
use series::{Alarm, Change, Sample, Series, Way};

/// What a user may set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct YieldOptions {
    /// Bytes for what is known of all sources.
    pub memory: u64,
    /// A source that is not seen in so many articles, of all sources, is forgotten.
    pub forget_after: u64,
}

impl Default for YieldOptions {
    fn default() -> YieldOptions {
        YieldOptions { memory: 32 << 20, forget_after: 1_000_000 }
    }
}

/// Watches how much text each source yields.
#[derive(Debug)]
pub struct YieldWatch {
    name: String,
    sources: Sources<Series>,
}

impl YieldWatch {
    /// The stage, called `name` in memories.
    pub fn new(name: &str, options: &YieldOptions) -> Result<YieldWatch, BuildError> {
        let sources = Sources::new(options.memory as usize, options.forget_after);
        Ok(YieldWatch { name: name.to_owned(), sources })
    }

    /// Sources known, and the bytes that takes, roughly.
    pub fn size(&self) -> (usize, usize) {
        (self.sources.len(), self.sources.bytes())
    }

    /// Takes an article in. `named` says whose it is and when it came.
    fn push(&mut self, key: u64, seq: u64, sample: Sample, named: (&str, &str)) -> Option<(Change, Level)> {
        let push = |series: &mut Series| {
            if series.has(sample.id) {
                return None;
            }
            let change = series.push(sample)?;
            if let Some(alarm) = series.alarm.as_mut().filter(|_| change == Change::Begins) {
                alarm.name = named.0.into();
                alarm.since = named.1.into();
            }
            let level = series.alarm.as_deref().map(|alarm| Level::of(alarm, series.latest()));
            let level = match &change {
                Change::Begins => level?,
                Change::Recovered(alarm) | Change::Settled(alarm) => Level::of(alarm, series.latest()),
            };
            Some((change, level))
        };
        self.sources.change(key, seq, push, Series::bytes)
    }
}

/// What is usual, and what is now.
struct Level {
    way: Way,
    usual: (f64, f64),
    now: (f64, f64),
}

impl Level {
    fn of(alarm: &Alarm, now: (f64, f64)) -> Level {
        Level { way: alarm.way, usual: (alarm.usual_share, alarm.usual_bytes), now }
    }

    fn kind(&self) -> &'static str {
        match self.way {
            Way::Down => "yield_collapsed",
            Way::Up => "yield_jumped",
        }
    }

    fn signal(&self, phase: Phase, subject: &str, since: &str, before: &str) -> Signal {
        let percent = |share: f64| (100.0 * share).round();
        let round = |value: f64| (1000.0 * value).round() / 1000.0;
        let message = format!(
            "{before}{subject} yields {:.0} % of its text, {:.0} bytes an article; usual were {:.0} %, {:.0} bytes",
            percent(self.now.0),
            self.now.1,
            percent(self.usual.0),
            self.usual.1
        );
        let facts = [
            ("share_kept", round(self.now.0)),
            ("bytes_kept", self.now.1.round()),
            ("usual_share_kept", round(self.usual.0)),
            ("usual_bytes_kept", self.usual.1.round()),
        ];
        Signal {
            kind: self.kind().into(),
            subject: subject.to_owned(),
            phase,
            since: since.to_owned(),
            message,
            facts: facts.into_iter().map(|(name, value)| (name.into(), value)).collect::<BTreeMap<_, _>>(),
        }
    }
}

fn id_of(article: &Article) -> u32 {
    article.id.as_bytes().first_chunk().map_or(0, |first| u32::from_be_bytes(*first))
}

/// The beginning of the id of the article that this one is a revision of.
fn revised(article: &Article) -> Option<u32> {
    let id = article.notes.get("supersedes").and_then(Value::as_str)?;
    u32::from_str_radix(id.get(..8)?, 16).ok()
}

/// Bytes of the article's blocks, and of what is left of them.
fn measure(article: &Article) -> (usize, usize) {
    let all = article.blocks().iter().map(|block| block.span.len()).sum();
    let kept = article.kept().map(|kept| kept.span.len()).sum();
    (kept, all)
}

impl Stage for YieldWatch {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        let Some(source) = source_of(article) else { return Ok(Verdict::Keep) };
        // Outside a ledger articles are numbered as they come.
        let seq = if article.seq == Seq(0) { self.sources.now() + 1 } else { article.seq.0 };
        self.sources.advance(seq);
        let (key, id) = (source_key(&source), id_of(article));
        if let Some(old) = revised(article) {
            let rename = |series: &mut Series| series.rename(old, id);
            let known = self.sources.get(key).is_some_and(|series| series.has(old));
            if known && let Some(sample) = self.sources.change(key, seq, rename, Series::bytes) {
                // So that its place is not lost with what it supersedes.
                article.memories.push((self.name.clone(), memory::write(key, sample, None)));
                return Ok(Verdict::Keep);
            }
        }
        if article.duplicate.is_some() {
            return Ok(Verdict::Keep);
        }
        let (kept, all) = measure(article);
        let sample = Sample::new(id, kept, all);
        let since = article.origin.received.clone();
        if let Some((change, level)) = self.push(key, seq, sample, (&source, &since)) {
            let signal = match change {
                Change::Begins => level.signal(Phase::Begins, &source, &since, ""),
                Change::Recovered(_) => level.signal(Phase::Ends, &source, &since, "as before: "),
                Change::Settled(_) => level.signal(Phase::Ends, &source, &since, "usual from now on: "),
            };
            article.signals.push(signal);
        }
        // Who an alarm is about is remembered with the article that began it.
        let begun = self.sources.get(key).is_some_and(|series| series.was_begun_by(id));
        let named = begun.then_some((source.as_str(), since.as_str()));
        article.memories.push((self.name.clone(), memory::write(key, sample, named)));
        Ok(Verdict::Keep)
    }

    fn restore(&mut self, seq: Seq, bytes: &[u8]) {
        if let Some((key, sample, named)) = memory::read(bytes) {
            self.push(key, seq.0, sample, named);
        }
    }

    fn standing(&self) -> Vec<Signal> {
        let mut signals: Vec<Signal> = self
            .sources
            .iter()
            .filter_map(|series| {
                let alarm = series.alarm.as_deref().filter(|alarm| !alarm.name.is_empty())?;
                let level = Level::of(alarm, series.latest());
                Some(level.signal(Phase::Begins, &alarm.name, &alarm.since, ""))
            })
            .collect();
        signals.sort_by(|a, b| a.subject.cmp(&b.subject));
        signals
    }
}

impl Component for YieldWatch {
    type Options = YieldOptions;
    const OPTIONS: &'static [OptionSpec] = &[
        OptionSpec {
            name: "memory",
            kind: OptionKind::Bytes,
            default: Some("\"32MiB\""),
            choices: &[],
            help: "For what is known of all sources, about 0.5 KiB each; those seen least recently are forgotten first.",
        },
        OptionSpec {
            name: "forget_after",
            kind: OptionKind::Integer,
            default: Some("1000000"),
            choices: &[],
            help: "A source that is not seen in so many articles, of all sources, is forgotten.",
        },
    ];
    const HELP: &'static str = "Says so in log and status when the articles of one source suddenly yield far less \
                                text than they used to, or far more: its pages have changed. Changes no article.";
}

/// What is remembered of an article, as bytes: a version, the source, the sample; and whose it is and when it came,
/// if it began an alarm.
mod memory {
    use super::Sample;

    const VERSION: u8 = 1;
    /// A name is no longer than this in a ledger; the folder's URI may be.
    const MAX_NAME: usize = 4096;

    pub(super) fn write(key: u64, sample: Sample, named: Option<(&str, &str)>) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(17);
        bytes.push(VERSION);
        bytes.extend_from_slice(&key.to_le_bytes());
        bytes.extend_from_slice(&sample.id.to_le_bytes());
        bytes.extend_from_slice(&sample.odds.to_le_bytes());
        bytes.extend_from_slice(&sample.size.to_le_bytes());
        if let Some((name, since)) = named.filter(|(name, _)| name.len() <= MAX_NAME) {
            bytes.extend_from_slice(since.as_bytes());
            bytes.push(b' ');
            bytes.extend_from_slice(name.as_bytes());
        }
        bytes
    }

    /// `None` for what is no memory of this version: it is of no use, and no harm.
    pub(super) fn read(bytes: &[u8]) -> Option<(u64, Sample, (&str, &str))> {
        let (&version, rest) = bytes.split_first()?;
        let (key, rest) = rest.split_first_chunk()?;
        let (id, rest) = rest.split_first_chunk()?;
        let (odds, rest) = rest.split_first_chunk()?;
        let (size, rest) = rest.split_first_chunk()?;
        if version != VERSION {
            return None;
        }
        let sample = Sample {
            id: u32::from_le_bytes(*id),
            odds: i16::from_le_bytes(*odds),
            size: i16::from_le_bytes(*size),
        };
        let (since, name) = str::from_utf8(rest).ok()?.split_once(' ').unwrap_or_default();
        Some((u64::from_le_bytes(*key), sample, (name, since)))
    }
}
