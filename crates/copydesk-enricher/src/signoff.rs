//! Who reported, where it is said in small print below the text: `(Reporting by Jane Doe; Editing by John Roe)`.

use copydesk_core::Evidence;

use crate::byline;
use crate::line::Line;
use crate::signed::{self, Signed};

/// Lines at the end that are looked at.
const WINDOW: usize = 6;
/// Words of a line of credits, at most.
const MAX_WORDS: usize = 40;

/// The reporters named in one of the last lines. Who helped (`Additional reporting by`) and who edited is no author.
pub(crate) fn reporting(lines: &[Line<'_>]) -> Option<(Vec<String>, Evidence)> {
    lines.iter().rev().take(WINDOW).enumerate().find_map(|(from_end, line)| {
        let text = line.text.trim();
        if line.n_words > MAX_WORDS || text.is_empty() {
            return None;
        }
        let bracketed = text.starts_with(['(', '（', '[']);
        // On a page such lines belong to other boxes as well, and what marks names there is read elsewhere.
        let reports = text.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("reporting"));
        if line.markup.is_some() && !bracketed && !reports {
            return None;
        }
        if line.is_prose() && !bracketed && line.n_words > 14 {
            return None;
        }
        let text = text.trim_start_matches(['(', '[', '（']).trim_end_matches([')', ']', '.', '）']);
        let first = text.split([';', '；', '|']).next().unwrap_or(text);
        // A full stop behind a word ends the names; one behind an initial does not.
        let stop = first.match_indices(". ").map(|(at, _)| at).find(|at| {
            let word = first.get(..*at).and_then(|before| before.rsplit(' ').next()).unwrap_or_default();
            word.chars().count() > 2
        });
        let first = stop.and_then(|at| first.get(..at)).unwrap_or(first);
        // `By Jane Doe` alone may introduce another article; a word for what she did does not.
        let rest = match signed::read(first)? {
            Signed::Author(rest) if bracketed || from_end == 0 || signed::says_what(first) => rest,
            _ => return None,
        };
        let whole = first.len() - rest.len() <= 60;
        let byline = byline::read(first).filter(|byline| whole && !byline.organisation)?;
        let evidence = Evidence::new(Some(line.span), "reporting_by");
        (!byline.authors.is_empty()).then_some((byline.authors, evidence))
    })
}
