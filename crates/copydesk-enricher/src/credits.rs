//! Who made it, where it is said in small print: below an agency's report, `(Reporting by Jane Doe; Editing by
//! John Roe)`, and at the end of a caption, `/Jane Doe/Agency`.

use copydesk_core::Evidence;

use crate::byline;
use crate::line::Line;

/// Lines at the end that are looked at.
const WINDOW: usize = 4;

/// The reporters named in one of the last lines.
pub(crate) fn reporting(lines: &[Line<'_>]) -> Option<(Vec<String>, Evidence)> {
    lines.iter().rev().take(WINDOW).find_map(|line| {
        let text = line.text.trim().trim_start_matches(['(', '[']).trim_end_matches([')', ']', '.']);
        let rest = byline::after_any(
            text,
            ["reporting by", "additional reporting by", "reporting and writing by"].into_iter(),
        )?;
        let reporters = rest.split([';', '.']).next().unwrap_or(rest);
        let reporters = reporters.split(" Editing by").next().unwrap_or(reporters);
        let byline = byline::read(&format!("By {reporters}"))?;
        let evidence = Evidence { span: Some(line.span), rule: "reporting_by".to_owned() };
        (!byline.authors.is_empty()).then_some((byline.authors, evidence))
    })
}

/// True for a text whose end is a photographer and an agency between slashes, after a full stop or a space:
/// `… in Moscow. /Jane Doe/Sputnik`.
pub(crate) fn ends_in_slashed_names(text: &str) -> bool {
    let text = text.trim_end();
    let mut slashes = text.rmatch_indices('/').map(|(at, _)| at);
    let Some(slash) = slashes.find(|at| text.get(..*at).is_some_and(|before| before.ends_with(' '))) else {
        return false;
    };
    let (Some(before), Some(names)) = (text.get(..slash - 1), text.get(slash + 1..)) else { return false };
    let parts: Vec<&str> = names.split('/').collect();
    let is_name = |part: &&str| {
        let part = part.trim();
        let n_words = part.split_whitespace().count();
        (1..=5).contains(&n_words) && part.starts_with(char::is_uppercase) && !part.ends_with('.')
    };
    !before.is_empty() && (2..=4).contains(&parts.len()) && parts.iter().all(is_name)
}

/// True for a text whose end is a photograph's credit of one word and a name: `… at dawn. Photo Jane Doe`.
pub(crate) fn ends_in_named_photo(text: &str) -> bool {
    const WORDS: [&str; 6] = ["photo", "photos", "foto", "fotos", "фото", "світлина"];
    let Some((_, credit)) = text.trim_end().rsplit_once(". ") else { return false };
    let mut words = credit.split_whitespace();
    let is_marked = words.next().is_some_and(|word| WORDS.contains(&word.to_lowercase().as_str()));
    let names: Vec<&str> = words.collect();
    let is_name = |word: &&str| {
        word.starts_with(char::is_uppercase) || matches!(*word, "de" | "van" | "von" | "di" | "da")
    };
    is_marked && (1..=5).contains(&names.len()) && names.iter().all(is_name) && !credit.ends_with('.')
}
