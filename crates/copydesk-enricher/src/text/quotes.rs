//! Which quotation marks belong together.
//!
//! The same mark opens in one language and closes in another (`“` in English and in German), so a pair is told
//! by what stands next to it: an opening mark has no letter before it, a closing one none behind.

use copydesk_core::Span;

use super::scan::Mark;
use super::{Flags, Part, Word};

/// A pair of quotation marks, or a line of dialogue behind a dash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quoted {
    /// What stands between the marks.
    pub(crate) inner: Span,
    /// The part it is in.
    pub(crate) part: u32,
    /// No mark closes it: the paragraph ends, and the quotation may go on in the next.
    pub(crate) is_open: bool,
    /// Lies within another pair.
    pub(crate) is_nested: bool,
}

/// Marks by which a quotation is opened again in the next paragraph.
const OPENERS: [char; 6] = ['"', '“', '„', '«', '»', '「'];

/// The most quotations that lie within one another, beyond which marks are no quotations.
const MOST_DEEP: usize = 4;

/// Pairs the marks of each part.
pub(super) fn pair(raw: &str, parts: &[Part], marks: &[Mark]) -> Vec<Quoted> {
    let mut quotes = Vec::new();
    let mut rest = marks;
    for (idx, part) in parts.iter().enumerate() {
        let n_marks = rest.partition_point(|mark| (mark.at as usize) < part.span.end());
        let (these, later) = rest.split_at_checked(n_marks).unwrap_or((rest, &[]));
        rest = later;
        if !these.is_empty() {
            let goes_on = parts.get(idx + 1).is_some_and(|next| next.span.of_text(raw).starts_with(OPENERS));
            pair_part(raw, (part, idx as u32), these, goes_on, &mut quotes);
        }
    }
    quotes
}

/// A mark that was opened and not yet closed.
struct Opened {
    closers: &'static [char],
    inner: usize,
}

fn pair_part(raw: &str, (part, idx): (&Part, u32), marks: &[Mark], goes_on: bool, quotes: &mut Vec<Quoted>) {
    let mut open: Vec<Opened> = Vec::new();
    let first = quotes.len();
    for mark in marks {
        let at = mark.at as usize;
        let past = at + mark.c.len_utf8();
        if mark.c == '—' {
            continue;
        }
        let before = raw.get(part.span.start()..at).and_then(|text| text.chars().next_back());
        let after = raw.get(past..part.span.end()).and_then(|text| text.chars().next());
        let closed = open.iter().rposition(|opened| opened.closers.contains(&mark.c));
        // A mark that both opens and closes does the one its neighbours say.
        let may_open = opens(mark.c)
            && before.is_none_or(is_outside)
            && after.is_some_and(|c| !c.is_whitespace() || is_guillemet(mark.c));
        let may_close = closed.is_some() && (after.is_none_or(is_outside) || is_fixed_closer(mark.c));
        let prefers_closing = !may_open
            || after.is_none_or(is_outside)
                && (is_guillemet(mark.c) || before.is_some_and(|c| !c.is_whitespace()));
        if let Some(at_depth) = closed
            && may_close
            && prefers_closing
        {
            let opened = open.drain(at_depth..).next();
            if let Some(opened) = opened
                && let Some(inner) = Span::new(raw, opened.inner, at)
            {
                let inner = trimmed(raw, inner);
                quotes.push(Quoted { inner, part: idx, is_open: false, is_nested: !open.is_empty() });
            }
        } else if may_open && open.len() < MOST_DEEP {
            open.push(Opened { closers: closers(mark.c), inner: past });
        }
    }
    // Without a closing mark only what opens its paragraph, or goes on in the next, is taken for a quotation.
    if let Some(opened) = open.first()
        && (goes_on
            || quotes.len() == first
                && raw.get(part.span.start()..opened.inner).is_some_and(|head| head.chars().count() <= 2))
        && !opened.closers.contains(&'\'')
        && let Some(inner) = Span::new(raw, opened.inner, part.span.end())
    {
        quotes.push(Quoted { inner, part: idx, is_open: true, is_nested: false });
    }
    if let Some(these) = quotes.get_mut(first..) {
        these.sort_by_key(|quote| (quote.inner.start(), quote.inner.end()));
    }
}

fn trimmed(raw: &str, span: Span) -> Span {
    let text = span.of_text(raw);
    let inner =
        text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{a0}' | '\u{202f}' | '\u{feff}'));
    Span::of(raw, inner).unwrap_or(span)
}

fn is_outside(c: char) -> bool {
    !c.is_alphanumeric() || is_wide(c)
}

/// Scripts that set no space between a mark and a word.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ffef}')
}

fn is_guillemet(c: char) -> bool {
    matches!(c, '«' | '‹' | '»' | '›')
}

fn is_fixed_closer(c: char) -> bool {
    matches!(c, '”' | '」' | '』' | '〞' | '〟' | '"' | '＂' | '“')
}

fn opens(c: char) -> bool {
    !matches!(c, '」' | '』' | '〞' | '〟' | '’')
}

fn closers(opener: char) -> &'static [char] {
    match opener {
        '"' | '＂' => &['"', '＂', '”'],
        '„' | '‟' => &['“', '”', '"', '„'],
        '“' => &['”', '"', '“'],
        '”' => &['”'],
        '‚' => &['‘', '’', '\''],
        '‘' => &['’', '\''],
        '\'' => &['\'', '’'],
        '«' => &['»'],
        '»' => &['«', '»'],
        '‹' => &['›'],
        '›' => &['‹', '›'],
        '「' => &['」'],
        '『' => &['』'],
        '〝' => &['〞', '〟'],
        _ => &[],
    }
}

/// Marks the words inside quotations.
pub(super) fn flag(words: &mut [Word], quotes: &[Quoted]) {
    for quote in quotes.iter().filter(|quote| !quote.is_nested) {
        let first = words.partition_point(|word| word.start() < quote.inner.start());
        for word in words.get_mut(first..).unwrap_or_default() {
            if word.start() >= quote.inner.end() {
                break;
            }
            word.flags = word.flags.with(Flags::QUOTED);
        }
    }
}
