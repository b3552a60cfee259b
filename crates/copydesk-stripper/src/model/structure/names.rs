//! The features of [`super::extend`] in words, in their order.

use crate::model::measure::{Measure, flag, number, share, way};

use super::{ANCESTORS, FAR, MARKS, N_MARKS, TAGS};

/// What each of [`MARKS`] is about, by a word of it.
const MARK_NAMES: [&str; N_MARKS] = [
    "comments",
    "share",
    "related",
    "menu",
    "author",
    "caption",
    "newsletter",
    "consent",
    "content",
    "article-body",
];
const _: () = assert!(MARKS.len() == MARK_NAMES.len(), "each group of words has a name");

/// The block's own element, and those it is in.
pub(in crate::model) fn elements() -> Vec<Measure> {
    let mut names: Vec<Measure> =
        TAGS.iter().map(|tag| flag(format!("in a <{tag}>"), format!("not in a <{tag}>"))).collect();
    let above = |tag: &&str| flag(format!("somewhere inside <{tag}>"), format!("nowhere inside <{tag}>"));
    names.extend(ANCESTORS.iter().map(above));
    let named = |name: &&str| {
        number(format!("inside an element named like “{name}”, {{}} step{{s}} up"))
            .from(FAR, format!("inside no element named like “{name}”"))
    };
    names.extend(MARK_NAMES.iter().map(named));
    names.extend([
        share("{} of it in links"),
        number("{} link{s} in it"),
        share("{} of it emphasised"),
        number("{} element{s} deep"),
        number("{} element{s} inside its own"),
        number("{} element{s} inside its parent"),
        number("{} element{s} of its tag side by side"),
        number("{} element{s} of its tag and class side by side"),
        number("{} block{s} in its element"),
    ]);
    names
}

/// The containers around it, and its place in the page's frame.
pub(in crate::model) fn containers() -> Vec<Measure> {
    let mut names = Vec::new();
    for element in ["its parent", "the element two up", "the element three up", "the element four up"] {
        names.extend([
            share(format!("{{}} of all prose is in {element}")),
            number(format!("{{}} word{{s}} a block in {element}")),
            share(format!("{{}} of the text in {element} is links")),
            share(format!("{{}} of the blocks in {element} are prose")),
            number(format!("{{}} block{{s}} in {element}")),
        ]);
    }
    names.extend([
        number("in one of {} container{s} of the same make"),
        number("{} step{s} below the element that holds the prose")
            .from(FAR, "outside the element that holds the prose"),
        number("{} step{s} off the path to the element that holds the prose")
            .from(FAR, "far from the path to the element that holds the prose"),
    ]);
    for anchor in ["the first <h1>", "the block most like the headline", "the last <h1>"] {
        let none = if anchor.ends_with("<h1>") { "no <h1>" } else { "no block like the headline" };
        names.push(
            way(format!("{{}} block{{s}} below {anchor}"), format!("{{}} block{{s}} above {anchor}"))
                .below(-199.5, none),
        );
    }
    names.push(number("{} of the four blocks around it in the same tag"));
    names
}

/// What the page states beside its visible text.
pub(in crate::model) fn stated() -> Vec<Measure> {
    let no_summary = "no summary stated";
    vec![
        flag("the markup states an author or a date in it", "the markup states no author or date in it"),
        flag("word for word the page's summary", "not word for word the page's summary"),
        share("{} of its pairs of words are in the text the page states for machines")
            .below(0.0, "no text stated for machines to compare with"),
        share("{} of the summary's words are in it").below(0.0, no_summary),
        share("{} of its words are the summary's").below(0.0, no_summary),
    ]
}
