//! What stories know an article by: its terms, with what speaks for each.

use copydesk_core::Article;
use hashbrown::HashMap;

use crate::frequencies::Frequencies;
use crate::words::{Shape, Token, tokens};

/// A term of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) hash: u32,
    /// Bits: name, number, in the lead, and above these how often it stands there, as [`Term::weight`] reads it.
    pub(crate) bits: u8,
}

const NAME: u8 = 1;
const NUMBER: u8 = 2;
const LEAD: u8 = 4;
/// Steps of a weight.
const STEPS: f32 = 4.0;

impl Term {
    fn new(hash: u32, count: &Count) -> Term {
        let often = 1.0 + (count.n as f32).ln();
        let steps = ((often * STEPS) as u8).min(31);
        let is_name = count.n_large > 0 && count.n_large >= count.n_small;
        let flags =
            (u8::from(is_name) * NAME) | (u8::from(count.number) * NUMBER) | (u8::from(count.lead) * LEAD);
        Term { hash, bits: flags | (steps << 3) }
    }

    pub(crate) fn is_name(self) -> bool {
        self.bits & NAME != 0
    }

    pub(crate) fn is_number(self) -> bool {
        self.bits & NUMBER != 0
    }

    pub(crate) fn in_lead(self) -> bool {
        self.bits & LEAD != 0
    }

    /// One, and the logarithm of how often it stands in the article.
    pub(crate) fn weight(self) -> f32 {
        f32::from(self.bits >> 3) / STEPS
    }
}

/// The terms that tell most of an article, in the order of their hashes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sketch {
    pub(crate) terms: Vec<Term>,
    /// Different terms of the whole article, kept here or not.
    pub(crate) n_terms: u32,
    /// Names as they stand in the text, the most frequent first.
    pub(crate) names: Vec<String>,
}

/// Terms that a sketch keeps.
pub(crate) const MOST_TERMS: usize = 80;
/// Names that it keeps, and their bytes.
const MOST_NAMES: usize = 5;
const MOST_NAME_BYTES: usize = 48;
/// Words that make the lead: the headline and what comes first.
const LEAD_WORDS: usize = 50;

/// What is counted of a term.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    n: u32,
    n_large: u32,
    n_small: u32,
    number: bool,
    lead: bool,
}

/// Makes sketches, with space that is used again.
#[derive(Debug, Default)]
pub(crate) struct Sketcher {
    counts: HashMap<u32, Count>,
    names: HashMap<String, (u32, usize)>,
    n_words: usize,
}

impl Sketcher {
    /// `None` for an article without words.
    pub(crate) fn sketch(&mut self, article: &Article, frequencies: &Frequencies) -> Option<Sketch> {
        self.counts.clear();
        self.names.clear();
        self.n_words = 0;
        let mut body = article.kept().filter(|kept| kept.kind.is_body()).peekable();
        if let Some(title) = &article.title {
            let repeated = body.peek().is_some_and(|first| first.text.starts_with(title.trim()));
            if !repeated {
                self.add(title);
            }
        }
        for kept in body {
            kept.text.lines().for_each(|line| self.add(line));
        }
        (!self.counts.is_empty()).then(|| self.finish(frequencies))
    }

    fn add(&mut self, line: &str) {
        let mut line_tokens: Vec<Token<'_>> = Vec::new();
        tokens(line, |token| line_tokens.push(token));
        let speaks = large_letters_speak(&line_tokens);
        let mut name: Vec<Token<'_>> = Vec::new();
        for token in &line_tokens {
            let count = self.counts.entry(token.hash).or_default();
            count.n += 1;
            count.lead |= self.n_words < LEAD_WORDS;
            self.n_words += 1;
            match token.shape {
                Shape::Number => count.number = true,
                Shape::Plain => count.n_small += 1,
                Shape::Large if speaks && !token.at_start => count.n_large += 1,
                Shape::Large => {}
            }
            if speaks {
                let goes_on = token.shape == Shape::Large && token.adjoins;
                if !goes_on {
                    self.name(line, &name);
                    name.clear();
                }
                if token.shape == Shape::Large {
                    name.push(*token);
                }
            }
        }
        self.name(line, &name);
    }

    /// Counts a run of large words as a name, unless it is the one word that begins a sentence.
    fn name(&mut self, line: &str, words: &[Token<'_>]) {
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
        if words.len() > 4 || (words.len() == 1 && (first.at_start || first.text.chars().count() < 3)) {
            return;
        }
        let start = first.text.as_ptr().addr() - line.as_ptr().addr();
        let end = last.text.as_ptr().addr() - line.as_ptr().addr() + last.text.len();
        let Some(text) = line.get(start..end).filter(|text| text.len() <= MOST_NAME_BYTES) else { return };
        let order = self.names.len();
        match self.names.get_mut(text) {
            Some((n, _)) => *n += 1,
            None => drop(self.names.insert(text.to_owned(), (1, order))),
        }
    }

    fn finish(&self, frequencies: &Frequencies) -> Sketch {
        let mut terms: Vec<(f32, Term)> = self
            .counts
            .iter()
            .map(|(hash, count)| {
                let term = Term::new(*hash, count);
                (frequencies.weight(term), term)
            })
            .collect();
        let n_terms = terms.len() as u32;
        if terms.len() > MOST_TERMS {
            let heavier =
                |a: &(f32, Term), b: &(f32, Term)| b.0.total_cmp(&a.0).then_with(|| a.1.hash.cmp(&b.1.hash));
            terms.select_nth_unstable_by(MOST_TERMS, heavier);
            terms.truncate(MOST_TERMS);
        }
        let mut terms: Vec<Term> = terms.into_iter().map(|(_, term)| term).collect();
        terms.sort_unstable_by_key(|term| term.hash);
        let mut names: Vec<(&String, &(u32, usize))> = self.names.iter().collect();
        names.sort_unstable_by(|a, b| b.1.0.cmp(&a.1.0).then(a.1.1.cmp(&b.1.1)));
        let is_common = |name: &str| {
            let mut common = true;
            tokens(name, |token| common &= frequencies.is_common(token.hash));
            common
        };
        let names = names.into_iter().map(|(name, _)| name).filter(|name| !is_common(name));
        let names = names.take(MOST_NAMES).cloned().collect();
        Sketch { terms, n_terms, names }
    }
}

/// False for a headline of large words, and for one in capitals: a large letter marks no name there.
fn large_letters_speak(line: &[Token<'_>]) -> bool {
    let inner = line.iter().filter(|token| !token.at_start && token.shape != Shape::Number);
    let (mut n, mut n_large) = (0, 0);
    for token in inner.filter(|token| token.text.len() > 3) {
        n += 1;
        n_large += usize::from(token.shape == Shape::Large);
    }
    n_large * 10 < n * 6 || (n < 3 && line.len() > 3 * n)
}
