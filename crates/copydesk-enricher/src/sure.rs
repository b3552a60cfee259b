//! How sure a rule is that nothing was weighed against: the share of its values that are right, as measured on pages
//! of a benchmark, on their plain text, and on invented heads, to the nearest twentieth or so.

use copydesk_core::Evidence;

/// Field, rule, and its share where no other place contradicts it.
const SHARES: [(&str, &str, f64); 24] = [
    ("title", "h1", 0.95),
    ("title", "h2", 0.95),
    ("title", "matches_hint", 0.95),
    ("title", "json:title", 0.97),
    ("title", "above_byline", 0.9),
    ("title", "below_byline", 0.9),
    ("title", "above_name", 0.8),
    ("title", "above_prose", 0.85),
    ("title", "html:title", 0.85),
    ("title", "meta:title", 0.8),
    ("dateline", "dateline", 0.97),
    ("dateline", "byline", 0.88),
    ("dateline", "jsonld:dateline", 0.9),
    ("standfirst", "above_byline", 0.95),
    ("standfirst", "head_of_page", 0.8),
    ("standfirst", "json:description", 0.9),
    ("standfirst", "below_label", 0.8),
    ("standfirst", "below_title", 0.5),
    ("title", "meta:og:title", 0.85),
    ("title", "jsonld:headline", 0.85),
    ("title", "itemprop:headline", 0.85),
    ("title", "meta:twitter:title", 0.85),
    ("standfirst", "jsonld:description", 0.8),
    ("standfirst", "meta:description", 0.8),
];

/// What is left of it where other places say something else.
const CONTRADICTED: f64 = 0.85;
/// A rule without a figure of its own.
const OTHER: f64 = 0.8;

/// How sure a field's evidence is, 0 to 1, to two places.
pub(crate) fn of(field: &str, evidence: &Evidence) -> f64 {
    let known = SHARES.iter().find(|(of, rule, _)| *of == field && *rule == evidence.rule);
    let share = known.map_or(OTHER, |(.., share)| *share);
    let share = if evidence.conflicts.is_empty() { share } else { share * CONTRADICTED };
    (share * 100.0).round() / 100.0
}
