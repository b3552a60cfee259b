//! The words and sentences of an article, found in one pass and shared by all enrichers.
//!
//! What must stay true here: one pass, nothing allocated a word. Words are places in the original with a few
//! facts and a hash by which lists are asked; nobody looks at their letters before a look-up calls for it. A
//! library that knows Unicode's rules of segmentation takes several times what all enrichers together may.

mod chars;
mod ends;
pub(crate) mod fold;
mod quotes;
mod scan;
mod stops;

use copydesk_core::{Article, BlockKind, Span};

pub(crate) use quotes::Quoted;

/// What is known of a word without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Flags(u16);

impl Flags {
    /// Begins with a large letter.
    pub(crate) const LARGE: Flags = Flags(1);
    /// At least two letters, all of them large.
    pub(crate) const CAPS: Flags = Flags(1 << 1);
    /// Begins with a digit.
    pub(crate) const NUMBER: Flags = Flags(1 << 2);
    /// Stands where any word has a large letter: a sentence begins, a colon or an opening quote stands before.
    pub(crate) const START: Flags = Flags(1 << 3);
    /// Only spaces, or nothing, stand between it and the word before in the same part.
    pub(crate) const ADJOINS: Flags = Flags(1 << 4);
    /// Joined to the word before by a hyphen.
    pub(crate) const HYPHEN: Flags = Flags(1 << 5);
    /// Inside a quotation.
    pub(crate) const QUOTED: Flags = Flags(1 << 6);
    /// A run of characters of a script without spaces: Chinese characters, kana, Thai.
    pub(crate) const DENSE: Flags = Flags(1 << 7);
    /// Of a script that knows no large letters.
    pub(crate) const CASELESS: Flags = Flags(1 << 8);
    /// What follows an apostrophe is left out of it: `Witkoff's`, `Ankara'da`.
    pub(crate) const SUFFIXED: Flags = Flags(1 << 9);
    /// Stands before an apostrophe and the word it belongs to: `l'`, `d'`.
    pub(crate) const ELIDED: Flags = Flags(1 << 10);
    /// A full stop that belongs to it follows, or it has such inside: `Mr.`, `U.S.`
    pub(crate) const ABBREVIATED: Flags = Flags(1 << 11);
    /// An address of a page or of mail.
    pub(crate) const ADDRESS: Flags = Flags(1 << 12);

    /// True if it has all of `other`.
    pub(crate) const fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// True if it has any of `other`.
    pub(crate) const fn any(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }

    /// What is in both sets.
    pub(crate) const fn only(self, other: Flags) -> Flags {
        Flags(self.0 & other.0)
    }

    /// All of both sets.
    pub(crate) const fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

/// A word at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    /// [`fold::of_word`] of it.
    pub(crate) hash: u64,
    start: u32,
    len: u16,
    pub(crate) flags: Flags,
}

impl Word {
    /// First byte in `raw`.
    pub(crate) fn start(&self) -> usize {
        self.start as usize
    }

    /// One past its last byte.
    pub(crate) fn end(&self) -> usize {
        self.start as usize + usize::from(self.len)
    }

    /// Its letters.
    pub(crate) fn text<'a>(&self, raw: &'a str) -> &'a str {
        raw.get(self.start()..self.end()).unwrap_or_default()
    }

    /// True if it has all of `flags`.
    pub(crate) fn is(&self, flags: Flags) -> bool {
        self.flags.has(flags)
    }
}

/// A sentence: its marks included, without spaces at its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sentence {
    /// First byte in `raw`, and one past the last.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Its words: from this one up to that of the next sentence.
    pub(crate) first_word: u32,
    /// The part it is of.
    pub(crate) part: u32,
}

/// A kept piece of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// The block, by its place in the article.
    pub(crate) block: usize,
    pub(crate) kind: BlockKind,
    pub(crate) span: Span,
    /// Its words and sentences: from these up to those of the next part.
    pub(crate) first_word: u32,
    pub(crate) first_sentence: u32,
    /// Most words are written large or in capitals (a headline in title case), so that large letters say
    /// nothing here.
    pub(crate) is_titled: bool,
}

impl Part {
    /// True for title and standfirst, which are fields and no body.
    pub(crate) fn is_head(&self) -> bool {
        !self.kind.is_body()
    }
}

/// The words, sentences and quotations of an article's kept blocks: its body, title and standfirst.
#[derive(Debug, Default)]
pub(crate) struct Text<'a> {
    pub(crate) raw: &'a str,
    pub(crate) words: Vec<Word>,
    pub(crate) sentences: Vec<Sentence>,
    pub(crate) parts: Vec<Part>,
    pub(crate) quotes: Vec<Quoted>,
}

impl<'a> Text<'a> {
    /// Reads an article whose language and kinds are set.
    pub(crate) fn of(article: &'a Article) -> Text<'a> {
        let raw = article.raw();
        let language = article.language.as_ref().map_or("", |language| language.code.as_str());
        let mut text = Text {
            raw,
            words: Vec::with_capacity(raw.len() / 5 + 8),
            sentences: Vec::with_capacity(raw.len() / 80 + 8),
            ..Text::default()
        };
        let mut scanner = scan::Scanner::new(raw, language);
        for kept in article.kept() {
            if matches!(kept.kind, BlockKind::Byline | BlockKind::Date | BlockKind::Code) {
                continue;
            }
            text.add(&mut scanner, kept.block, kept.kind, kept.span);
        }
        text.quotes = quotes::pair(raw, &text.parts, scanner.marks());
        quotes::flag(&mut text.words, &text.quotes);
        text
    }

    /// Reads a text that is no article, as one part.
    pub(crate) fn plain(raw: &'a str, language: &str) -> Text<'a> {
        let mut text = Text { raw, ..Text::default() };
        let mut scanner = scan::Scanner::new(raw, language);
        if let Some(span) = Span::new(raw, 0, raw.len()) {
            text.add(&mut scanner, 0, BlockKind::Paragraph, span);
        }
        text.quotes = quotes::pair(raw, &text.parts, scanner.marks());
        quotes::flag(&mut text.words, &text.quotes);
        text
    }

    /// Adds a piece of the original.
    fn add(&mut self, scanner: &mut scan::Scanner<'a>, block: usize, kind: BlockKind, span: Span) {
        let (first_word, first_sentence) = (self.words.len() as u32, self.sentences.len() as u32);
        scanner.read(self, span);
        // A headline has no full stop, but a sentence of few words and many names has one.
        let stops = span.of_text(self.raw).trim_end_matches(['"', '“', '”', '«', '»']).ends_with('.');
        let is_titled = !stops && is_titled(self.words.get(first_word as usize..).unwrap_or_default());
        self.parts.push(Part { block, kind, span, first_word, first_sentence, is_titled });
    }

    /// The places of a sentence's words in `words`.
    pub(crate) fn words_of(&self, sentence: usize) -> std::ops::Range<usize> {
        let end = self.sentences.get(sentence + 1).map_or(self.words.len(), |next| next.first_word as usize);
        self.sentences.get(sentence).map_or(end..end, |this| this.first_word as usize..end)
    }

    /// The places of a part's sentences in `sentences`.
    pub(crate) fn sentences_of(&self, part: usize) -> std::ops::Range<usize> {
        let end = self.parts.get(part + 1).map_or(self.sentences.len(), |next| next.first_sentence as usize);
        self.parts.get(part).map_or(end..end, |this| this.first_sentence as usize..end)
    }

    /// The sentence's place in `raw`.
    pub(crate) fn span_of(&self, sentence: usize) -> Option<Span> {
        let sentence = self.sentences.get(sentence)?;
        Span::new(self.raw, sentence.start as usize, sentence.end as usize)
    }
}

/// Words that may be written large for being in a headline: of three letters and more.
const MOST_SMALL: usize = 3;

/// True if nearly all words of a part that could be small are large.
fn is_titled(words: &[Word]) -> bool {
    let cased = words.iter().skip(1).filter(|word| {
        usize::from(word.len) > MOST_SMALL && !word.flags.any(Flags::NUMBER.with(Flags::CASELESS))
    });
    let (n_cased, n_large) =
        cased.fold((0, 0), |(all, large), word| (all + 1, large + usize::from(word.is(Flags::LARGE))));
    let is_short = (2..=5).contains(&words.len()) && n_large == n_cased && n_cased > 0;
    is_short || n_cased >= 2 && words.len() <= 30 && n_large * 4 >= n_cased * 3
}

#[cfg(test)]
mod tests;
