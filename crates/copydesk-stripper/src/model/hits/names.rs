//! The features of [`super::RuleHits::extend`] in words, in their order.

use crate::model::measure::{Measure, flag, number, share};

use super::{FAR, HEADERS, REASONS};

/// What the sure rules say of the block and around it.
pub(in crate::model) fn rules() -> Vec<Measure> {
    let sure = |reason: &str| flag(format!("a rule says “{reason}”"), format!("no rule says “{reason}”"));
    let mut names: Vec<Measure> = REASONS.iter().map(|reason| sure(reason.name())).collect();
    names.push(flag(
        "a line like those of menus and button rows",
        "no line like those of menus and button rows",
    ));
    for place in ["above", "below"] {
        names.extend([
            number(format!("rules cut {{}} of the six blocks {place}")),
            number(format!("{{}} of the six blocks {place} are like those of menus and button rows")),
        ]);
    }
    for reason in HEADERS.map(|header| REASONS[header].name()) {
        names.push(
            number(format!("{{}} block{{s}} below a sure line of “{reason}”"))
                .from(FAR, format!("no sure line of “{reason}” above it")),
        );
    }
    names.extend([
        number("{} block{s} below the last that a rule cuts").from(FAR, "no rule cuts anything above it"),
        number("{} block{s} above the next that a rule cuts").from(FAR, "no rule cuts anything below it"),
        number("rules cut {} block{s} of the page"),
        share("rules cut {} of the page's blocks"),
    ]);
    names
}
