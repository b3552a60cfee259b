//! Where a picture comes from, as its caption says at its end: `/Jane Doe/Agency`, `Photo: Jane Doe`.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use copydesk_core::slashed_credit;

use crate::vocabulary::CREDIT_MARKS;

/// Characters at the end of a line in which a credit stands.
const TAIL: usize = 70;

/// Where a photographer behind a full stop starts, if the text ends in one: `… at dawn. Photo Jane Doe`,
/// `… at dawn. JANE DOE`.
fn photographer(text: &str) -> Option<usize> {
    const WORDS: [&str; 16] = [
        "photo",
        "photos",
        "foto",
        "fotos",
        "фото",
        "світлина",
        "beeld",
        "bild",
        "bilder",
        "imagen",
        "imagem",
        "immagine",
        "zdjęcie",
        "zdjęcia",
        "fotografie",
        "image",
    ];
    const JOINERS: [&str; 6] = ["de", "van", "von", "di", "da", "/"];
    let (before, credit) = text.trim_end().rsplit_once(". ")?;
    if credit.ends_with('.') {
        return None;
    }
    let mut names: Vec<&str> = credit.split_whitespace().collect();
    let is_marked = names.first().is_some_and(|word| WORDS.contains(&word.to_lowercase().as_str()));
    if is_marked {
        names.remove(0);
    }
    let is_name = |word: &&str| word.starts_with(char::is_uppercase) || JOINERS.contains(word);
    let is_loud =
        |word: &&str| word.chars().count() > 2 && word.chars().all(|c| c.is_uppercase() || c == '-');
    let fits =
        if is_marked { names.iter().all(is_name) } else { names.len() > 1 && names.iter().all(is_loud) };
    ((1..=5).contains(&names.len()) && fits).then_some(before.len() + 2)
}

/// Where the credit of a picture starts in `text`, if it names one. In a long text only its end counts.
pub(crate) fn credit_at(text: &str) -> Option<usize> {
    if text.len() > 900 {
        return None;
    }
    if let Some(at) = slashed_credit(text).or_else(|| photographer(text)) {
        return Some(at);
    }
    // A mark counts near the end alone, and one character more tells whether a word starts there.
    let tail_from = match text.len().saturating_sub(TAIL + 1) {
        from if text.get(from..).is_some_and(str::is_ascii) => from,
        _ => text.char_indices().rev().map(|(at, _)| at).nth(TAIL).unwrap_or(0),
    };
    let tail = text.get(tail_from..).unwrap_or_default();
    let lower = tail.to_lowercase();
    let mark = MARKS.find_overlapping_iter(&lower).find(|found| {
        let at = found.start();
        let Some(mark) = lower.get(found.range()) else { return false };
        // At the very start a mark such as `Photo:` makes the whole line a caption.
        let colon = mark.ends_with(':') || lower.get(found.end()..).is_some_and(|rest| rest.starts_with(':'));
        let starts = at == 0 && tail_from == 0 && colon;
        (at > 0 || starts) && at_word(&lower, at, mark) && !ends_in_clause_after(&lower, at)
    })?;
    // Some letters are longer in lower case.
    let mut in_lower = 0;
    let at = tail.char_indices().find(|(_, c)| {
        let here = in_lower;
        in_lower += c.to_lowercase().map(char::len_utf8).sum::<usize>();
        here >= mark.start()
    });
    Some(tail_from + at.map_or(0, |(at, _)| at))
}

/// All marks in one search. They are few and short, so the automaton cannot grow beyond its limits.
static MARKS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::new(CREDIT_MARKS.iter()).unwrap_or_else(|error| unreachable!("credit marks: {error}"))
});

fn at_word(lower: &str, at: usize, mark: &str) -> bool {
    let letter_first = mark.chars().next().is_some_and(char::is_alphanumeric);
    let before = lower.get(..at).and_then(|head| head.chars().next_back());
    !letter_first || before.is_none_or(|c| !c.is_alphanumeric())
}

/// A credit is a name, not a sentence: eleven words at most.
fn ends_in_clause_after(lower: &str, at: usize) -> bool {
    lower.get(at..).is_some_and(|tail| tail.split_whitespace().count() > 11)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_make_captions() {
        for caption in [
            "Leaders attend a meeting in Moscow, December 2, 2025. /Anna Keller/Sputnik/Pool via Reuters",
            "A man walks past a closed shop. (AP Photo/Jane Doe)",
            "Shoppers wait for news near the river. Photograph: Jane Doe/The Herald",
            "The mayor at the town hall. © Jane Doe",
            "The new bridge in 2024. Getty Images",
            "Image: The bridge at night",
            "Divers at the pier on Monday, January 12, 2026. /Tobias Venn/Coastline Pictures",
        ] {
            assert!(credit_at(caption).is_some(), "{caption}");
        }
        for other in [
            "She gave credit: it was due, he said, to the many people who had worked on the plan for years",
            "Rain fell.",
            "The vote was split and/or delayed. He/she may ask again.",
            "The speed limit is 50 km/h. It was 30 km/h before.",
        ] {
            assert!(credit_at(other).is_none(), "{other}");
        }
    }
}
