//! Where sentences end.

use super::chars::{self, Class};
use super::scan::{Mark, Scanner};
use super::{Flags, Sentence, Text, stops};

impl Scanner<'_> {
    /// A stop, and the marks that close with it. Answers where to go on.
    pub(super) fn stop(&mut self, text: &mut Text<'_>, at: usize) -> usize {
        let mut past = at;
        let mut last = '.';
        while let Some((Class::Stop, len)) = self.class(past) {
            last = self.char(past).unwrap_or(last);
            past += len;
        }
        let n_stops = self.raw.get(at..past).map_or(0, |stops| stops.chars().count());
        let before = text.words.last_mut().filter(|word| word.end() == at);
        let abbreviates = n_stops == 1 && last == '.' && before.is_some();
        let after = self.closers(past);
        if abbreviates && after == past {
            let is_first = self.open.is_some_and(|(_, first)| first + 1 >= text.words.len());
            let word = text.words.last_mut().filter(|word| word.end() == at);
            if let Some(word) = word {
                let kind = self.habits.abbreviates(word, word.text(self.raw), is_first);
                let ends = match kind {
                    stops::Abbreviation::No => None,
                    stops::Abbreviation::Never => Some(false),
                    stops::Abbreviation::Maybe => Some(self.ends_after_abbreviation(past)),
                };
                if let Some(ends) = ends {
                    if !word.is(Flags::NUMBER) {
                        word.flags = word.flags.with(Flags::ABBREVIATED);
                    }
                    if ends {
                        self.close(text, past);
                    }
                    return past;
                }
            }
        }
        if self.ends(at, past, after, last) {
            self.note_quotes(past, after);
            self.close(text, after);
            return after;
        }
        self.next = Flags::default();
        past
    }

    /// Past the quotes and brackets that close at `at`.
    fn closers(&self, mut at: usize) -> usize {
        if self.habits.spaced_guillemets
            && let Some(rest) = self.raw.get(at..self.end)
            && let behind = rest.trim_start_matches([' ', '\u{a0}', '\u{202f}'])
            && behind.starts_with('»')
        {
            at += rest.len() - behind.len();
        }
        while let Some(c) = self.char(at) {
            let closes = matches!(
                c,
                '"' | '\''
                    | '”'
                    | '’'
                    | '“'
                    | '‘'
                    | '»'
                    | '›'
                    | '«'
                    | ')'
                    | ']'
                    | '」'
                    | '』'
                    | '）'
                    | '】'
                    | '＂'
            );
            if !closes {
                break;
            }
            at += c.len_utf8();
        }
        at
    }

    fn note_quotes(&mut self, from: usize, to: usize) {
        let closers = self.raw.get(from..to).unwrap_or_default();
        for (at, c) in closers.char_indices().filter(|(_, c)| !matches!(c, ')' | ']' | '）' | '】')) {
            self.marks.push(Mark { at: (from + at) as u32, c });
        }
    }

    /// The first character after spaces and opening marks, and whether there was a space.
    fn ahead(&self, at: usize) -> (Option<char>, bool, usize) {
        let rest = self.raw.get(at..self.end).unwrap_or_default();
        let mut spaced = false;
        for (idx, c) in rest.char_indices() {
            match c {
                '"' | '“' | '„' | '«' | '»' | '‹' | '‘' | '\'' | '(' | '[' | '¿' | '¡' | '—' | '–' | '-'
                | '*' | '「' | '『' => {}
                _ if chars::class(c) == Class::Space || c.is_whitespace() => spaced = true,
                _ => return (Some(c), spaced, at + idx),
            }
        }
        (None, true, self.end)
    }

    /// True if a sentence ends at a stop: `past` is behind it, `after` behind what closes with it.
    fn ends(&self, at: usize, past: usize, after: usize, stop: char) -> bool {
        let (next, spaced, _) = self.ahead(after);
        let Some(next) = next else { return true };
        if !matches!(stop, '.' | '!' | '?' | '…' | '‼' | '⁇' | '⁈' | '⁉') {
            // Speech in Japanese belongs to the sentence around it: `「…。」と言った`.
            return after == past || spaced || chars::class(next) != Class::Hiragana;
        }
        if !spaced {
            // A space is missing between two sentences: `peace.The`.
            let before = self.char_before(at).is_some_and(char::is_lowercase);
            return stop == '.' && before && next.is_uppercase() && after == past;
        }
        !next.is_lowercase()
    }

    /// True if what follows an abbreviation opens a sentence: a small word written large.
    pub(super) fn ends_after_abbreviation(&self, at: usize) -> bool {
        let (next, spaced, start) = self.ahead(at);
        let Some(next) = next else { return true };
        if !spaced || !next.is_uppercase() {
            return false;
        }
        let word = self.raw.get(start..self.letters(start)).unwrap_or_default();
        self.habits.is_small(word)
    }

    pub(super) fn close(&mut self, text: &mut Text<'_>, end: usize) {
        let Some((start, first_word)) = self.open.take() else { return };
        self.next = Flags::START;
        if first_word < text.words.len() {
            let (start, end) = (start as u32, end as u32);
            text.sentences.push(Sentence { start, end, first_word: first_word as u32, part: self.part });
        }
    }
}
