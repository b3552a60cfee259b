//! Speech behind a dash: `—No sé —dijo Juan—. Mañana.`, `— Не знаю, — сказал Иван.`

use copydesk_core::{Quotation, Span};

use super::{Finder, Speaker};

/// Words of narration in which the verb of speech must stand.
const NARRATION: usize = 4;

/// True if some line may open with a dash.
pub(super) fn may_be_in(raw: &str) -> bool {
    raw.contains(['—', '–'])
}

/// Reads a part that opens with a dash. Without a verb of speech behind a second dash it may be an entry of a list.
pub(super) fn read(finder: &Finder<'_, '_>, part: usize, is_free: bool, found: &mut Vec<Quotation>) {
    let Some(span) = finder.text.parts.get(part).map(|part| part.span).filter(|_| is_free) else { return };
    let raw = finder.text.raw;
    let whole = span.of_text(raw);
    if !whole.starts_with(['—', '–']) {
        return;
    }
    let dashes: Vec<(usize, usize)> = whole
        .char_indices()
        .filter(|(at, c)| matches!(c, '—' | '–') && is_free_dash(whole, *at))
        .map(|(at, c)| (span.start() + at, c.len_utf8()))
        .collect();
    let [(first, len), (second, second_len), rest @ ..] = dashes.as_slice() else { return };
    let third = rest.first();
    let end = third.map_or(span.end(), |(at, _)| *at);
    let narration = finder.words_in(second + second_len, end);
    let near = narration.start..narration.end.min(narration.start + NARRATION);
    let speaker = match finder.said_in(near, narration, false) {
        Speaker::Known(named) => Some(named),
        Speaker::Pronoun | Speaker::Unnamed => None,
        Speaker::Unsaid => return,
    };
    let tail = third.map(|(at, len)| (at + len, span.end()));
    for (from, to) in [Some((first + len, *second)), tail].into_iter().flatten() {
        let words = raw.get(from..to).unwrap_or_default();
        let words =
            words.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | ':' | ';' | '—' | '–'));
        if let Some(span) = Span::of(raw, words).filter(|_| words.split_whitespace().count() > 1) {
            found.push(finder.quotation(span, speaker));
        }
    }
}

/// True for a dash with a space on one side at least, which joins no words.
fn is_free_dash(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    let after = text.get(at..).and_then(|text| text.chars().nth(1));
    before.is_none_or(|c| !c.is_alphanumeric()) || after.is_none_or(|c| !c.is_alphanumeric())
}
