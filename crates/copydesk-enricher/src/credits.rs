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
        let evidence = Evidence::new(Some(line.span), "reporting_by");
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

/// True for a text whose end is a photographer behind a full stop: `… at dawn. Photo Jane Doe`, `… at dawn. JANE DOE`.
pub(crate) fn ends_in_photographer(text: &str) -> bool {
    const WORDS: [&str; 6] = ["photo", "photos", "foto", "fotos", "фото", "світлина"];
    const JOINERS: [&str; 6] = ["de", "van", "von", "di", "da", "/"];
    let Some((_, credit)) = text.trim_end().rsplit_once(". ") else { return false };
    if credit.ends_with('.') {
        return false;
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
    (1..=5).contains(&names.len()) && fits
}
