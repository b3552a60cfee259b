//! What is quoted, and who says it.
//!
//! A quotation is what stands between marks, or behind the dash of a dialogue, and is more than a word or three in
//! scare quotes. Its speaker is who a verb of speech beside it names. A pronoun is resolved only where the sentence
//! before names one person alone: a quotation without a speaker is better than one with the wrong one.

mod cues;
mod dialogue;

use copydesk_core::{Entity, EntityKind, Quotation, Span};

use crate::text::{Flags, Quoted, Text};
use cues::Cues;

/// Words below which what stands between marks is a word in scare quotes, a title or a nickname.
const MIN_WORDS: usize = 4;
/// Characters of scripts without spaces that make about as much.
const MIN_DENSE: usize = 7;
/// Words from a quotation within which a verb of speech must stand.
const REACH: usize = 8;

/// Somebody named at a place of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Named {
    span: Span,
    entity: usize,
    is_person: bool,
}

/// Finds the quotations of a text whose entities are known.
pub(crate) fn find(text: &Text<'_>, language: &str, entities: &[Entity]) -> Vec<Quotation> {
    if text.quotes.is_empty() && !dialogue::may_be_in(text.raw) {
        return Vec::new();
    }
    let finder = Finder { text, cues: Cues::of(language), named: named(entities), entities };
    let mut found: Vec<Quotation> = Vec::new();
    for (idx, part) in text.parts.iter().enumerate() {
        if part.is_head() || part.is_titled {
            continue;
        }
        let first = text.quotes.partition_point(|quote| (quote.part as usize) < idx);
        let last = text.quotes.partition_point(|quote| quote.part as usize <= idx);
        let quotes = text.quotes.get(first..last).unwrap_or_default();
        finder.read_part(idx, quotes, &mut found);
        dialogue::read(&finder, idx, quotes.is_empty(), &mut found);
    }
    found.sort_by_key(|one| one.span);
    found
}

fn named(entities: &[Entity]) -> Vec<Named> {
    let mut named: Vec<Named> = Vec::new();
    for (entity, one) in entities.iter().enumerate().filter(|(_, one)| one.kind != EntityKind::Place) {
        let is_person = one.kind == EntityKind::Person;
        named.extend(one.spans.iter().map(|span| Named { span: *span, entity, is_person }));
    }
    named.sort_by_key(|one| one.span);
    named
}

/// Whose words a quotation is.
enum Speaker {
    Known(Named),
    /// A pronoun speaks.
    Pronoun,
    /// Somebody speaks who has no name here.
    Unnamed,
    /// Nothing says who speaks.
    Unsaid,
}

struct Finder<'t, 'a> {
    text: &'t Text<'a>,
    cues: Cues,
    named: Vec<Named>,
    entities: &'t [Entity],
}

impl Finder<'_, '_> {
    fn read_part(&self, part: usize, quotes: &[Quoted], found: &mut Vec<Quotation>) {
        // A quotation that no mark closed goes on in this part.
        let goes_on =
            found.last().filter(|_| self.was_open(part)).and_then(|last| self.named_at(last.speaker_span?));
        let mut last: Option<Option<Named>> = goes_on.map(Some);
        for quote in quotes.iter().filter(|quote| !quote.is_nested) {
            let speaker = self.speaker(quote);
            let is_short = !self.is_long(quote);
            let is_said = matches!(speaker, Speaker::Known(_) | Speaker::Pronoun);
            if is_short && !(is_said && self.ends_like_speech(quote)) || self.is_title(quote) {
                continue;
            }
            let speaker = match speaker {
                Speaker::Known(named) => Some(named),
                Speaker::Pronoun => self.resolve(quote).or(last.flatten()),
                Speaker::Unnamed => None,
                // `“One,” she said. “Two.”`
                Speaker::Unsaid => last.flatten(),
            };
            last = Some(speaker);
            found.push(self.quotation(quote.inner, speaker));
        }
    }

    fn quotation(&self, span: Span, speaker: Option<Named>) -> Quotation {
        let name =
            speaker.and_then(|named| self.entities.get(named.entity)).map(|entity| entity.name.clone());
        Quotation {
            span,
            speaker_span: speaker.filter(|_| name.is_some()).map(|named| named.span),
            speaker: name,
        }
    }

    fn named_at(&self, span: Span) -> Option<Named> {
        let at = self.named.binary_search_by_key(&span, |named| named.span).ok()?;
        self.named.get(at).copied()
    }

    /// True if the part before ends in a quotation without a closing mark.
    fn was_open(&self, part: usize) -> bool {
        let before = part.checked_sub(1).map(|part| part as u32);
        self.text
            .quotes
            .iter()
            .rev()
            .find(|quote| Some(quote.part) == before)
            .is_some_and(|quote| quote.is_open)
    }

    fn words_in(&self, from: usize, to: usize) -> std::ops::Range<usize> {
        let words = &self.text.words;
        let first = words.partition_point(|word| word.start() < from);
        first..words.partition_point(|word| word.start() < to).max(first)
    }

    fn is_long(&self, quote: &Quoted) -> bool {
        let words = self.words_in(quote.inner.start(), quote.inner.end());
        let is_dense = self
            .text
            .words
            .get(words.clone())
            .is_some_and(|words| words.iter().any(|word| word.is(Flags::DENSE)));
        let n_chars = quote.inner.of_text(self.text.raw).chars().count();
        words.len() >= MIN_WORDS || is_dense && n_chars >= MIN_DENSE
    }

    /// `Never again,` and `No!`, but no word in scare quotes.
    fn ends_like_speech(&self, quote: &Quoted) -> bool {
        let inner = quote.inner.of_text(self.text.raw);
        let behind = self.text.raw.get(quote.inner.end()..).and_then(|rest| rest.chars().nth(1));
        inner.ends_with([',', '.', '!', '?', '…', '。', '！', '？']) || behind == Some(',')
    }

    /// True for the title of a work: every longer word is large.
    fn is_title(&self, quote: &Quoted) -> bool {
        let words = self.words_in(quote.inner.start(), quote.inner.end());
        let words = self.text.words.get(words).unwrap_or_default();
        let mut long = words.iter().filter(|word| word.end() - word.start() > 3).peekable();
        let is_sentence = quote.inner.of_text(self.text.raw).ends_with([',', '.', '!', '?', '…']);
        long.peek().is_some() && !is_sentence && words.len() <= 10 && long.all(|word| word.is(Flags::LARGE))
    }

    /// The sentence that a place is in.
    fn sentence_at(&self, at: usize) -> Option<usize> {
        let idx = self.text.sentences.partition_point(|sentence| sentence.start as usize <= at);
        idx.checked_sub(1)
    }

    fn speaker(&self, quote: &Quoted) -> Speaker {
        let (start, end) = (quote.inner.start(), quote.inner.end());
        let after = self
            .sentence_at(end)
            .and_then(|idx| self.text.sentences.get(idx))
            .map_or(end, |sentence| sentence.end as usize);
        let behind = self.words_in(end, after);
        let near = behind.start..behind.end.min(behind.start + REACH);
        let after = self.said_in(near, behind, false);
        if matches!(after, Speaker::Known(_) | Speaker::Pronoun) {
            return after;
        }
        let opened = self.sentence_at(start).and_then(|idx| self.text.sentences.get(idx));
        let opened = opened.map_or(start, |sentence| sentence.start as usize);
        let before = self.words_in(opened.min(start), start);
        let near = before.end.saturating_sub(REACH).max(before.start)..before.end;
        let said = self.said_in(near, before.clone(), true);
        if !matches!(said, Speaker::Unsaid) {
            return said;
        }
        if matches!(after, Speaker::Unnamed) {
            return after;
        }
        self.labelled(before, start)
    }

    /// `Mark Hill, an analyst: “…”`
    fn labelled(&self, before: std::ops::Range<usize>, start: usize) -> Speaker {
        let head = self.text.raw.get(..start).unwrap_or_default();
        let head = head.trim_end_matches(|c: char| c.is_whitespace() || is_mark(c));
        let first = self.text.words.get(before.start).map(crate::text::Word::start);
        let opens = first.and_then(|first| {
            self.named.iter().find(|named| named.span.start() <= first + 8 && named.span.start() >= first)
        });
        match opens {
            Some(named) if head.ends_with([':', '：']) && named.is_person && before.len() <= 14 => {
                Speaker::Known(*named)
            }
            _ => Speaker::Unsaid,
        }
    }

    /// Who speaks in the words beside a quotation; `near` must hold the verb, `all` may hold the name.
    fn said_in(&self, near: std::ops::Range<usize>, all: std::ops::Range<usize>, from_end: bool) -> Speaker {
        let free = |idx: &usize| self.text.words.get(*idx).is_some_and(|word| !word.is(Flags::QUOTED));
        let mut places: Vec<usize> = near.filter(free).collect();
        if from_end {
            places.reverse();
        }
        let verb = places
            .into_iter()
            .find(|idx| self.cues.speaks(self.text, *idx) || self.cues.attributes(self.text, *idx));
        let Some(verb) = verb else { return Speaker::Unsaid };
        let Some(word) = self.text.words.get(verb) else { return Speaker::Unsaid };
        let (Some(first), Some(last)) =
            (self.text.words.get(all.start), self.text.words.get(all.end.saturating_sub(1)))
        else {
            return Speaker::Unsaid;
        };
        let inside = self
            .named
            .iter()
            .filter(|named| named.span.start() >= first.start() && named.span.end() <= last.end() + 1);
        let inside = inside.filter(|named| !self.is_quoted(named.span));
        let distance = |named: &&Named| {
            let gap = if named.span.start() > word.start() {
                named.span.start().saturating_sub(word.end())
            } else {
                word.start().saturating_sub(named.span.end())
            };
            // A person speaks rather than an organisation that stands as near.
            (gap + if named.is_person { 0 } else { 12 }, named.span.start())
        };
        let nearest = inside.min_by_key(distance).filter(|named| distance(named).0 < 80);
        let beside = [verb.checked_sub(1), Some(verb + 1)];
        let mut beside = beside.into_iter().flatten().filter(|idx| all.contains(idx));
        if beside.any(|idx| self.cues.is_pronoun(self.text, idx)) {
            return Speaker::Pronoun;
        }
        nearest.map_or(Speaker::Unnamed, |named| Speaker::Known(*named))
    }

    fn is_quoted(&self, span: Span) -> bool {
        let word = self.words_in(span.start(), span.end()).start;
        self.text.words.get(word).is_some_and(|word| word.is(Flags::QUOTED))
    }

    /// The one person that the sentence before names.
    fn resolve(&self, quote: &Quoted) -> Option<Named> {
        let sentence = self.sentence_at(quote.inner.start())?;
        // What the quotation's own sentence names before it counts as well.
        let own = self.text.sentences.get(sentence)?;
        let before = sentence.checked_sub(1).and_then(|idx| self.text.sentences.get(idx));
        let from = before.map_or(own.start, |before| before.start) as usize;
        let mut people = self.named.iter().filter(|named| {
            named.is_person && named.span.start() >= from && named.span.end() <= quote.inner.start()
        });
        let first = people.next()?;
        people.all(|named| named.entity == first.entity).then_some(*first)
    }
}

fn is_mark(c: char) -> bool {
    matches!(
        c,
        '"' | '“'
            | '”'
            | '„'
            | '«'
            | '»'
            | '‹'
            | '›'
            | '‘'
            | '’'
            | '\''
            | '‚'
            | '「'
            | '『'
            | '—'
            | '–'
    )
}

#[cfg(test)]
mod tests;
