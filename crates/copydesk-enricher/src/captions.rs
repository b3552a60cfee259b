//! The words below pictures, parted into what is shown and who is credited.

use copydesk_core::{Article, BlockKind, Caption, unlinked};

use crate::credits::credit_at;

/// Labels that announce a credit, longest first where one starts another.
const LABELS: [&str; 34] = [
    "photo credit",
    "photo courtesy of",
    "photo courtesy",
    "photograph by",
    "photographs by",
    "photos by",
    "photo by",
    "picture by",
    "pictures by",
    "image credit",
    "image courtesy of",
    "image via",
    "photographs",
    "photograph",
    "photos",
    "photo",
    "pictures",
    "picture",
    "images",
    "image",
    "credits",
    "credit",
    "crédits",
    "crédit",
    "fotografía",
    "foto von",
    "fotos",
    "foto",
    "fot",
    "bilder",
    "bild",
    "фото",
    "写真",
    "사진",
];

/// The captions of `article`, once what its blocks are has been said.
pub(crate) fn of(article: &Article) -> Vec<Caption> {
    let mut captions: Vec<Caption> = Vec::new();
    let mut last_block = None;
    for kept in article.kept().filter(|kept| kept.kind == BlockKind::Caption) {
        let words = unlinked(kept.text);
        let (shown, credit) = parted(&words);
        // `Photo: Jane Doe` on a line of its own belongs to the caption above it.
        let above = captions.last_mut().filter(|_| last_block.is_some_and(|last| kept.block == last + 1));
        last_block = Some(kept.block);
        match above {
            Some(above) if shown.is_empty() && above.credit.is_none() => above.credit = credit,
            _ if shown.is_empty() && credit.is_none() => {}
            _ => captions.push(Caption { text: shown.to_owned(), credit, span: kept.span }),
        }
    }
    captions
}

/// What is shown, and the credit.
fn parted(text: &str) -> (&str, Option<String>) {
    let text = text.trim();
    let Some(at) = credit_at(text) else { return (text, None) };
    let start = start_of_credit(text, at);
    let (shown, credit) = (text.get(..start).unwrap_or(text), text.get(start..).unwrap_or_default());
    let credit = named(credit);
    // `Image: The bridge at night` says what is shown, not who made it.
    if shown.trim().is_empty() && !is_name(&credit) {
        return (after_label(text).unwrap_or(text), None);
    }
    let shown = shown.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '(' | '[' | '|' | '–' | '—' | '-' | ';' | ',')
    });
    (shown, (!credit.is_empty()).then_some(credit))
}

/// Names before a mark are part of the credit: `Jane Doe/Getty Images`, `(Jane Doe via AP)`.
fn start_of_credit(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let after = text.get(at..).unwrap_or_default();
    if after_label(after).is_some() || after.starts_with(['©', '/']) && before.ends_with([' ', '\u{a0}']) {
        return at - before.len() + before.trim_end_matches(['(', '[']).len();
    }
    if let Some(open) = before
        .rfind(['(', '['])
        .filter(|open| !before.get(*open..).is_some_and(|inside| inside.contains([')', ']'])))
    {
        return open;
    }
    let mut start = at;
    for word in before.split_inclusive(' ').rev() {
        let bare = word.trim();
        let ends = bare.ends_with(['.', '!', '?', '|', '–', '—', ':']) && bare.chars().count() > 2;
        let named = bare.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase())
            || matches!(bare, "de" | "van" | "von" | "di" | "da" | "via");
        if ends || !named {
            break;
        }
        start -= word.len();
    }
    start
}

/// The rest of a text that starts with a label, behind its colon or space.
fn after_label(text: &str) -> Option<&str> {
    let label = LABELS.iter().find(|label| {
        let mut letters = text.chars().flat_map(char::to_lowercase);
        label.chars().all(|c| letters.next() == Some(c))
            && letters.next().is_some_and(|c| !c.is_alphanumeric())
    })?;
    // Lower case is as long as upper in all of these.
    let rest = text.get(label.len()..)?;
    let rest = rest.trim_start();
    Some(rest.trim_start_matches([':', '：', '.', '=']).trim_start())
}

/// A credit without its label, signs and brackets.
fn named(credit: &str) -> String {
    let signs =
        |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '/' | '|' | ':' | '©' | '–' | '—');
    let mut rest = credit.trim_matches(signs);
    for sign in ["(c)", "(C)", "c)", "C)"] {
        rest = rest.strip_prefix(sign).unwrap_or(rest).trim_start_matches(signs);
    }
    while let Some(after) = after_label(rest).filter(|after| !after.is_empty() && !rest.starts_with("Photo/"))
    {
        rest = after;
    }
    let rest = rest.trim_matches(signs);
    rest.strip_suffix('.').filter(|short| !short.contains('.')).unwrap_or(rest).to_owned()
}

/// True for a name or two: few words, each with a large letter, or with no case at all.
fn is_name(credit: &str) -> bool {
    let words: Vec<&str> = credit.split([' ', '/']).filter(|word| !word.is_empty()).collect();
    let small = |word: &&str| word.starts_with(char::is_lowercase) && word.chars().count() > 4;
    (1..=8).contains(&words.len())
        && !words.iter().any(small)
        && !credit.contains(". ")
        && words.iter().filter(|word| word.starts_with(char::is_lowercase)).count() * 2 < words.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_is_parted_from_what_is_shown() {
        for (caption, shown, credit) in [
            (
                "Leaders attend a meeting in Moscow, December 2, 2025. /Anna Keller/Sputnik/Pool via Reuters",
                "Leaders attend a meeting in Moscow, December 2, 2025.",
                Some("Anna Keller/Sputnik/Pool via Reuters"),
            ),
            (
                "A man walks past a closed shop. (AP Photo/Jane Doe)",
                "A man walks past a closed shop.",
                Some("AP Photo/Jane Doe"),
            ),
            (
                "Shoppers wait near the river. Photograph: Jane Doe/The Herald",
                "Shoppers wait near the river.",
                Some("Jane Doe/The Herald"),
            ),
            ("The mayor at the town hall. © Jane Doe", "The mayor at the town hall.", Some("Jane Doe")),
            ("The new bridge in 2024. Getty Images", "The new bridge in 2024.", Some("Getty Images")),
            (
                "The new bridge in 2024 Jane Doe/Getty Images",
                "The new bridge in 2024",
                Some("Jane Doe/Getty Images"),
            ),
            ("Der Hafen am Morgen. Foto: Ilse Brand/dpa", "Der Hafen am Morgen.", Some("Ilse Brand/dpa")),
            ("Image: The bridge at night", "The bridge at night", None),
            ("Photo: Jane Doe", "", Some("Jane Doe")),
            ("The pier, seen from the tower", "The pier, seen from the tower", None),
        ] {
            let (found, by) = parted(caption);
            assert_eq!((found, by.as_deref()), (shown, credit), "{caption}");
        }
    }
}
