//! The line below an agency's report that says who made it: `(Reporting by Jane Doe; Editing by John Roe)`.

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
