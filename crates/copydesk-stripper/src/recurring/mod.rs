//! The stage `strip_recurring`: lines that a source says in article after article, and that are nobody's news.
//!
//! What must stay true here:
//! - A decision depends on the articles before this one in the ledger, and on nothing else. What is remembered of an
//!   article is committed with its delivery, and restored from there.
//! - Every line of the original counts, whether an earlier stage cuts it or not.
//! - Articles that say mostly the same are one: a revision takes the place of what it revises, a copy counts for
//!   nothing. So however often an article comes, its own text is never what recurs.

mod decide;
pub(crate) mod lines;
mod memory;
mod window;

use copydesk_core::{
    Article, BuildError, Component, Cut, OptionKind, OptionSpec, Reason, Seq, Stage, StageError, Verdict,
    source_of,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::sources::Sources;
use crate::spotter::Spotted;
use crate::stripper::reason_named;

use decide::Sheet;
use lines::{lines, source_key};
use memory::Remembered;
use window::{Count, Window};

/// Different articles that must have held a line before it is cut from another.
const FEWEST: u32 = 3;

/// The rule's name in cuts.
const RULE: &str = "recurs_in_source";

/// What a user may set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecurringOptions {
    /// Reasons for which nothing is cut.
    pub keep: Vec<String>,
    /// Bytes for what is known of all sources.
    pub memory: u64,
    /// A source that is not seen in so many articles, of all sources, is forgotten.
    pub forget_after: u64,
}

impl Default for RecurringOptions {
    fn default() -> RecurringOptions {
        RecurringOptions { keep: Vec::new(), memory: 64 << 20, forget_after: 1_000_000 }
    }
}

/// Cuts what a source repeats over its articles.
#[derive(Debug)]
pub struct RecurringStripper {
    name: String,
    kept_reasons: Vec<Reason>,
    sources: Sources<Window>,
}

impl RecurringStripper {
    /// The stage, called `name` in cuts, notes and memories.
    ///
    /// # Errors
    /// A reason of `options` that does not exist.
    pub fn new(name: &str, options: &RecurringOptions) -> Result<RecurringStripper, BuildError> {
        let kept_reasons = options.keep.iter().map(|kept| reason_named(kept)).collect::<Result<_, _>>()?;
        let sources = Sources::new(options.memory as usize, options.forget_after);
        Ok(RecurringStripper { name: name.to_owned(), kept_reasons, sources })
    }

    /// Sources known, and the bytes that takes, roughly.
    pub fn size(&self) -> (usize, usize) {
        (self.sources.len(), self.sources.bytes())
    }

    fn remember(&mut self, article: &Remembered, seq: u64) {
        self.sources.change(article.source, seq, |window| window.insert(article), Window::bytes);
    }

    /// Cuts the lines at `gone`, and notes where they were seen.
    fn cut(&self, article: &mut Article, source: &str, gone: &[usize], counts: &[Count]) {
        let mut cuts = Vec::new();
        let mut seen = Map::new();
        let mut of = 0;
        for &idx in gone {
            let (Some(block), Some(count)) = (article.blocks().get(idx), counts.get(idx)) else { continue };
            let reason = reason(article, idx);
            if !self.kept_reasons.contains(&reason) {
                cuts.push(Cut::new(block.span, reason, RULE, self.name.clone(), confidence(count.seen)));
                seen.insert(block.span.start().to_string(), count.seen.into());
                of = count.of;
            }
        }
        if !cuts.is_empty() {
            article.cut(cuts);
            let note = json!({"source": source, "articles": of, "seen": Value::Object(seen)});
            article.notes.insert(self.name.clone(), note);
        }
    }
}

/// One half for each article that need not have held it: 0.875 for three, 0.99 from seven on.
fn confidence(n_seen: u32) -> f64 {
    (1.0 - 0.5_f64.powi(n_seen.min(30).cast_signed())).min(0.99)
}

/// What the line looks like: by its own words, else like the furniture it stands in.
fn reason(article: &Article, idx: usize) -> Reason {
    let raw = article.raw();
    let Some(block) = article.blocks().get(idx) else { return Reason::Other };
    let text = block.span.of_text(raw);
    if let Some(reason) = crate::view::reason_of_line(text, &Spotted::of(text)) {
        return reason;
    }
    // The nearest cut of another stage, if only a few lines lie between.
    let cuts = article.cuts();
    let after = cuts.partition_point(|cut| cut.span.start() < block.span.start());
    let lines_to = |start: usize, end: usize| {
        raw.get(start..end).map_or(usize::MAX, |between| between.matches('\n').count())
    };
    let above = after.checked_sub(1).and_then(|above| cuts.get(above));
    let above = above.map(|cut| (lines_to(cut.span.end(), block.span.start()), cut.reason));
    let below = cuts.get(after).map(|cut| (lines_to(block.span.end(), cut.span.start()), cut.reason));
    let nearest = above.into_iter().chain(below).min_by_key(|(n_lines, _)| *n_lines);
    nearest.filter(|(n_lines, _)| *n_lines <= NEAR).map_or(Reason::Other, |(_, reason)| reason)
}

/// Lines that may lie between a line and the furniture it is taken for a part of.
const NEAR: usize = 4;

/// The beginning of the id of the article that this one is a revision of.
fn revised(article: &Article) -> Option<u64> {
    let id = article.notes.get("supersedes").and_then(Value::as_str)?;
    u64::from_str_radix(id.get(..16)?, 16).ok()
}

impl Stage for RecurringStripper {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        let Some(source) = source_of(article) else { return Ok(Verdict::Keep) };
        // Outside a ledger articles are numbered as they come.
        let seq = if article.seq == Seq(0) { self.sources.now() + 1 } else { article.seq.0 };
        self.sources.advance(seq);
        let key = source_key(&source);
        let lines = lines(article);
        let nothing = Window::default();
        if let Some(window) = self.sources.get_mut(key) {
            window.settle();
        }
        let window = self.sources.get(key).unwrap_or(&nothing);
        let look = window.look(seq, revised(article));
        let count = |hash| window.count(hash, look);
        let counts: Vec<Count> = lines.iter().map(|line| line.hash.map(count).unwrap_or_default()).collect();
        let id = article.id.as_bytes().first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
        let remembered = Remembered::of(&lines, key, look.revises.unwrap_or(seq), id);
        let is_new = look.revises.is_some() || !window.holds_copy(&remembered, look);
        let gone = Sheet::new(article, &lines, &counts).furniture();
        self.cut(article, &source, &gone, &counts);
        if is_new {
            article.memories.push((self.name.clone(), remembered.write(seq)));
            self.remember(&remembered, seq);
        }
        Ok(Verdict::Keep)
    }

    fn restore(&mut self, seq: Seq, bytes: &[u8]) {
        if let Some(remembered) = Remembered::read(seq.0, bytes) {
            let key = remembered.source;
            self.sources.change(key, seq.0, |window| window.restore(remembered), Window::bytes);
        }
    }
}

impl Component for RecurringStripper {
    type Options = RecurringOptions;
    const OPTIONS: &'static [OptionSpec] = &[
        OptionSpec {
            name: "keep",
            kind: OptionKind::List,
            default: Some("[]"),
            choices: &[],
            help: "Reasons for which nothing is cut, such as `legal`.",
        },
        OptionSpec {
            name: "memory",
            kind: OptionKind::Bytes,
            default: Some("\"64MiB\""),
            choices: &[],
            help: "For what is known of all sources, about 8 KiB each; those seen least recently are forgotten first.",
        },
        OptionSpec {
            name: "forget_after",
            kind: OptionKind::Integer,
            default: Some("1000000"),
            choices: &[],
            help: "A source that is not seen in so many articles, of all sources, is forgotten.",
        },
    ];
    const HELP: &'static str = "Cuts lines that recur in the articles of one source (its site, else its folder): a \
                                box of \"Search Trends\" or on the author goes after a few articles. Needs the \
                                articles before, so `clean` does without.";
}
