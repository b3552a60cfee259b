//! Law 1 as code: blocks and cuts are disjoint, and together hold every non-space byte of the original.

use crate::{Article, Span};

/// Checks law 1.
///
/// # Errors
/// What is wrong, with its place, for a test's message.
pub fn check(article: &Article) -> Result<(), String> {
    let mut pieces: Vec<(Span, &str)> = article.kept().map(|kept| (kept.span, "block")).collect();
    pieces.extend(article.cuts().iter().map(|cut| (cut.span, "cut")));
    pieces.sort_unstable();
    let raw = article.raw();
    let mut at = 0;
    for (span, what) in pieces {
        if span.start() < at {
            return Err(format!("{what} at {span:?} overlaps what stands before it"));
        }
        if Span::new(raw, span.start(), span.end()).is_none() {
            return Err(format!("{what} at {span:?} is no range of the original"));
        }
        uncovered(raw, at, span.start())?;
        at = span.end();
    }
    uncovered(raw, at, raw.len())
}

fn uncovered(raw: &str, start: usize, end: usize) -> Result<(), String> {
    let gap = raw.get(start..end).ok_or_else(|| format!("no range: {start}..{end}"))?;
    match gap.trim_matches(crate::span::is_space) {
        "" => Ok(()),
        lost => Err(format!("in no block and no cut, at {start}..{end}: {lost:?}")),
    }
}
