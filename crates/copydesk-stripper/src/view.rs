//! The page as all rules see it: its kept lines, each looked at once.
//!
//! Every rule judges the same view, so their order cannot matter.

use std::borrow::Cow;

use copydesk_core::{Article, BlockKind, Reason, Span, unlinked};

use crate::hits::Judgement;
use crate::lexicon::{LEXICON, Lexicon, Scratch};
use crate::rule::{Decider, Opens};
use crate::rules::DECIDERS;
use crate::spotter::Spotted;

/// Line rules that hold for the article: those built in, or a user's pack.
pub(crate) struct Layer<'a> {
    pub(crate) lexicon: &'a Lexicon,
    /// By their place in the lexicon.
    pub(crate) deciders: &'a [Decider],
    /// Which of them count.
    pub(crate) on: &'a [bool],
    /// Where their stems stand in the article.
    pub(crate) spotted: &'a Spotted<'a>,
}

/// A kept piece of the article.
pub(crate) struct Line<'a> {
    /// Its place.
    pub(crate) span: Span,
    /// The block it belongs to.
    pub(crate) block: usize,
    /// Its text, without the marks of links.
    pub(crate) text: Cow<'a, str>,
    /// True for text long enough to be read, not clicked.
    pub(crate) prose: bool,
    /// True for headings that the markup vouches for: no context rule may take them.
    pub(crate) guarded: bool,
    /// The line rules it falls under, of those that are on.
    pub(crate) rules: Vec<&'a Decider>,
    /// The reason it might be furniture.
    pub(crate) weak: Option<Reason>,
}

impl Line<'_> {
    /// Words, by the gaps between them; in a script without gaps two letters are taken for one.
    pub(crate) fn n_words(&self) -> usize {
        n_words(&self.text)
    }

    /// True if it ends like a sentence.
    pub(crate) fn ends_sentence(&self) -> bool {
        ends_sentence(&self.text)
    }

    /// True if it holds a digit: a date, a score.
    pub(crate) fn holds_digit(&self) -> bool {
        self.text.bytes().any(|byte| byte.is_ascii_digit())
    }

    /// True for a date, a time or "3 hours ago", alone or behind a name.
    pub(crate) fn is_stamp(&self) -> bool {
        self.holds_digit()
            && !self.prose
            && self.n_words() <= 9
            && self.text.len() <= 80
            && (self.says_day() || is_age(&self.text))
    }

    /// True if a day, a year or a time of day stands in it.
    pub(crate) fn says_day(&self) -> bool {
        says_day(&self.text)
    }

    /// True if a line rule cuts it.
    pub(crate) fn is_cut(&self) -> bool {
        !self.rules.is_empty()
    }

    /// True if a line rule of this reason cuts it.
    pub(crate) fn is_cut_for(&self, reason: Reason) -> bool {
        self.rules.iter().any(|rule| rule.reason == reason)
    }

    /// True if a line rule cuts it that announces this.
    pub(crate) fn opens(&self, what: Opens) -> bool {
        self.rules.iter().any(|rule| rule.opens == what)
    }
}

/// The kept lines of an article, in order.
pub(crate) struct View<'a> {
    pub(crate) lines: Vec<Line<'a>>,
}

impl<'a> View<'a> {
    /// Looks at every kept line.
    pub(crate) fn of(article: &'a Article, layers: &[Layer<'a>]) -> View<'a> {
        let mut scratch = Scratch::default();
        let lines = article
            .kept()
            .map(|kept| {
                let text = unlinked(kept.text);
                let (mut rules, mut weak) = (Vec::new(), None);
                for layer in layers {
                    let stems = layer.spotted.rules_between(kept.span.start(), kept.span.end());
                    let judgement = layer.lexicon.judge(&text, stems, &mut scratch);
                    let on = judgement.hits.rules().filter(|&rule| layer.on[rule]);
                    rules.extend(on.map(|rule| &layer.deciders[rule]));
                    weak = weak.or(judgement.weak);
                }
                let markup = article.blocks().get(kept.block).and_then(|block| block.markup);
                Line {
                    span: kept.span,
                    block: kept.block,
                    prose: is_prose(&text),
                    text,
                    guarded: kept.kind == BlockKind::Heading && markup.is_some(),
                    rules,
                    weak,
                }
            })
            .collect();
        View { lines }
    }

    /// True if this line is prose that no line rule cuts.
    pub(crate) fn is_prose(&self, idx: usize) -> bool {
        self.lines.get(idx).is_some_and(|line| line.prose && !line.is_cut())
    }

    /// The first line of prose, or the end.
    pub(crate) fn head_end(&self) -> usize {
        (0..self.lines.len()).find(|&idx| self.is_prose(idx)).unwrap_or(self.lines.len())
    }

    /// The line after the last line of prose.
    pub(crate) fn tail_start(&self) -> usize {
        (0..self.lines.len()).rev().find(|&idx| self.is_prose(idx)).map_or(self.lines.len(), |idx| idx + 1)
    }
}

/// Bytes count a Chinese character three times and a Cyrillic one twice, much as they weigh in reading.
pub(crate) fn is_prose(text: &str) -> bool {
    text.len() >= 160 || text.len() >= 70 && ends_sentence(text)
}

/// Words, by the gaps between them; in a script without gaps two letters are taken for one.
pub(crate) fn n_words(text: &str) -> usize {
    let n_words = text.split_ascii_whitespace().count();
    if text.is_ascii() {
        return n_words;
    }
    let n_wide =
        text.chars().filter(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')).count();
    n_words.max(n_wide / 2)
}

/// True if a day, a year or a time of day stands in it.
pub(crate) fn says_day(text: &str) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let bytes = text.as_bytes();
    let clock = bytes.windows(4).any(|four| {
        let parted = matches!(four[1], b':' | b'h');
        is_digit(&four[0]) && parted && four[2..].iter().all(is_digit)
    });
    let year = bytes
        .windows(4)
        .any(|four| four.iter().all(is_digit) && matches!(four, [b'1', b'9', ..] | [b'2', b'0', ..]));
    clock || year
}

/// True for a number with a word or two: "vor 3 Stunden", "il y a 2 heures", "3天前".
fn is_age(text: &str) -> bool {
    let n_letters = text.chars().filter(|c| c.is_alphabetic()).count();
    (2..=5).contains(&text.split_whitespace().count()) && n_letters >= 3 && text.chars().count() <= 22
        || text.chars().count() <= 5 && text.ends_with('前')
}

pub(crate) fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(['"', '”', '“', '»', '\'', '’', ')', ']', '」', '』']);
    text.ends_with(['.', '!', '?', '。', '！', '？', '…', '।', '؟'])
}

/// The reason for which a line by itself is, or might be, furniture.
pub(crate) fn reason_of_line(text: &str, spotted: &Spotted<'_>) -> Option<Reason> {
    let stems = spotted.rules_between(0, text.len());
    let Judgement { hits, weak } = LEXICON.judge(text, stems, &mut Scratch::default());
    hits.rules().next().map(|rule| DECIDERS[rule].reason).or(weak)
}
