//! Which of the lines that recur are furniture, and which are the article's own in spite of it.
//!
//! What must stay true:
//! - A paragraph that does not recur is never cut, and an article without one is left alone: so something stays.
//! - Above the headline and below the last paragraph of its own, what half of the articles say goes. Between them
//!   stand headings, labels, questions, ingredients, refrains: there it takes far more.
//! - A byline, a date, a headline may well be the same in every article, and stay.

use copydesk_core::{Article, BlockKind};

use super::FEWEST;
use super::lines::Line;
use super::window::Count;
use crate::view::ends_sentence;

/// Articles that must have held a paragraph which stands right below the last one of the article's own: reports on
/// one matter close with the same background.
const FEWEST_BELOW: u32 = 4;
/// And one that stands among the article's own, of at least seven in ten.
const FEWEST_AMONG: u32 = 6;
/// Articles that must have held each line of a box of short ones among the article's own text.
const FEWEST_BOX: u32 = 5;
/// Lines that make a box.
const FEWEST_LINES: usize = 3;
/// Longer paragraphs are not the note on an author or the appeal that only some articles close with.
const LONGEST_NOTE: usize = 500;

/// An article's lines, and how often each was seen.
pub(super) struct Sheet<'a> {
    article: &'a Article,
    lines: &'a [Line],
    counts: &'a [Count],
}

impl<'a> Sheet<'a> {
    pub(super) fn new(article: &'a Article, lines: &'a [Line], counts: &'a [Count]) -> Sheet<'a> {
        Sheet { article, lines, counts }
    }

    /// The lines that go, in order.
    pub(super) fn furniture(&self) -> Vec<usize> {
        let n_lines = self.lines.len();
        let is_own =
            |idx: &usize| self.is_kept(*idx) && self.is_prose(*idx) && self.count(*idx).seen < FEWEST;
        let (Some(first), Some(last)) = ((0..n_lines).find(is_own), (0..n_lines).rev().find(is_own)) else {
            return Vec::new();
        };
        // Nearly all articles hold nothing that recurs: these cost nothing more.
        let recurs = |idx: usize| self.is_kept(idx) && self.count(idx).seen >= FEWEST;
        if !(0..n_lines).any(recurs) {
            return Vec::new();
        }
        let headline = (0..first).find(|&idx| self.may_be_headline(idx));
        let body = headline.map_or(first, |headline| headline + 1);
        let mut gone: Vec<usize> = (0..headline.unwrap_or(0)).filter(|&idx| self.goes_above(idx)).collect();
        gone.extend((body..last).filter(|&idx| self.goes_among(idx, first)));
        self.boxes(body..last, &mut gone);
        self.tail(last + 1, &mut gone);
        gone.sort_unstable();
        gone.dedup();
        gone
    }

    fn line(&self, idx: usize) -> Option<&Line> {
        self.lines.get(idx)
    }

    fn count(&self, idx: usize) -> Count {
        self.counts.get(idx).copied().unwrap_or_default()
    }

    fn text(&self, idx: usize) -> &str {
        self.article.blocks().get(idx).map_or("", |block| block.span.of_text(self.article.raw()))
    }

    fn is_kept(&self, idx: usize) -> bool {
        self.line(idx).is_some_and(|line| line.kept)
    }

    fn is_prose(&self, idx: usize) -> bool {
        self.line(idx).is_some_and(|line| line.prose)
    }

    fn has_digits(&self, idx: usize) -> bool {
        self.line(idx).is_some_and(|line| line.digits)
    }

    /// True if it is there, and may be furniture at all.
    fn may_go(&self, idx: usize) -> bool {
        self.line(idx).is_some_and(|line| {
            line.kept
                && !matches!(
                    line.kind,
                    BlockKind::Code | BlockKind::Table | BlockKind::Quote | BlockKind::Caption
                )
        })
    }

    fn is_usual(&self, idx: usize) -> bool {
        self.count(idx).is_usual()
    }

    /// True beside a line that is gone already, or is as usual as this one.
    fn has_company(&self, idx: usize, within: std::ops::Range<usize>) -> bool {
        let is_company = |idx: usize| within.contains(&idx) && (!self.is_kept(idx) || self.is_usual(idx));
        idx.checked_sub(1).is_some_and(is_company) || is_company(idx + 1)
    }

    /// A short line of the article's own that may be its headline.
    fn may_be_headline(&self, idx: usize) -> bool {
        let text = self.text(idx);
        self.is_kept(idx)
            && !self.is_prose(idx)
            && !self.is_usual(idx)
            && text.chars().filter(char::is_ascii_digit).count() < 4
            && !is_byline(text)
    }

    /// Above the headline stand the menu, the name of the paper, a notice.
    fn goes_above(&self, idx: usize) -> bool {
        self.may_go(idx)
            && self.is_usual(idx)
            && !self.has_digits(idx)
            && !is_byline(self.text(idx))
            && !self.is_stated(idx)
    }

    /// Among the article's own text, or between headline and text: only whole paragraphs that nearly all say.
    fn goes_among(&self, idx: usize, first: usize) -> bool {
        let Count { seen, of, .. } = self.count(idx);
        if !self.may_go(idx) || !self.is_prose(idx) || self.text(idx).ends_with(['?', '？', ':']) {
            return false;
        }
        let kind = self.line(idx).map(|line| line.kind);
        if kind != Some(BlockKind::Paragraph) {
            return false;
        }
        idx < first && seen >= FEWEST_BELOW && self.is_usual(idx)
            || seen >= FEWEST_AMONG && 10 * seen >= 7 * of
    }

    /// Three short lines or more, one below the other, that most articles hold.
    fn boxes(&self, within: std::ops::Range<usize>, gone: &mut Vec<usize>) {
        let fits = |idx: usize| {
            let text = self.text(idx);
            self.may_go(idx)
                && !self.is_prose(idx)
                && self.line(idx).is_some_and(|line| line.kind != BlockKind::Heading && !line.digits)
                && self.is_usual(idx)
                && self.count(idx).seen >= FEWEST_BOX
                && !text.ends_with(['?', '？', ':'])
                && !is_byline(text)
                && !self.is_stated(idx)
        };
        let mut run: Vec<usize> = Vec::new();
        for idx in within.chain([usize::MAX]) {
            if fits(idx) {
                run.push(idx);
            } else if idx == usize::MAX || self.is_kept(idx) {
                if run.len() >= FEWEST_LINES {
                    gone.append(&mut run);
                }
                run.clear();
            }
        }
    }

    /// Below the last paragraph of the article's own.
    fn tail(&self, from: usize, gone: &mut Vec<usize>) {
        let n_lines = self.lines.len();
        // Whether furniture stands between that paragraph and this line.
        let mut parted = false;
        for idx in from..n_lines {
            if !self.is_kept(idx) {
                parted = true;
                continue;
            }
            if !self.may_go(idx) {
                continue;
            }
            let Count { seen, .. } = self.count(idx);
            let text = self.text(idx);
            let goes = if self.is_prose(idx) {
                let is_note = parted && seen >= FEWEST && text.len() <= LONGEST_NOTE;
                is_note
                    || seen >= FEWEST_BELOW && self.is_usual(idx)
                    || seen >= FEWEST && parted && self.is_usual(idx)
            } else {
                let at_end = idx + 1 == n_lines && !ends_sentence(text);
                self.is_usual(idx)
                    && (at_end || self.has_company(idx, from..n_lines))
                    && !is_byline(text)
                    && !self.is_stated(idx)
            };
            if goes {
                parted = true;
                gone.push(idx);
            }
        }
    }

    /// True if the page states these words as its headline or author.
    fn is_stated(&self, idx: usize) -> bool {
        let text = self.text(idx);
        self.article.hints.iter().any(|hint| {
            let is_of_article = ["title", "headline", "author", "creator", "byl", "datepublished"];
            let name = hint.name.rsplit_once(':').map_or(hint.name.as_str(), |(_, name)| name);
            let is_of_article = is_of_article.iter().any(|part| name.eq_ignore_ascii_case(part));
            is_of_article
                && !hint.value.is_empty()
                && (text.contains(&hint.value) || hint.value.contains(text) && text.len() > 8)
        })
    }
}

/// Words that open a byline, in the languages most articles are in.
const BY: [&str; 24] = [
    "by ",
    "von ",
    "par ",
    "por ",
    "di ",
    "de ",
    "door ",
    "av ",
    "af ",
    "text:",
    "text ",
    "words:",
    "words by ",
    "written by ",
    "reported by ",
    "reporting by ",
    "autor:",
    "autor ",
    "author:",
    "texto:",
    "от ",
    "автор:",
    "текст:",
    "作者",
];

fn is_byline(text: &str) -> bool {
    let text = text.trim_start_matches(['—', '–', '-', '(', '[', ' ']);
    BY.iter().any(|by| {
        let mut chars = text.chars().flat_map(char::to_lowercase);
        text.len() < 120 && by.chars().all(|c| chars.next() == Some(c))
    })
}
