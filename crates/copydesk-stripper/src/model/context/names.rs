//! The features of [`super::text_rows`] in words, in their order.

use crate::model::lexicon::TOPICS;
use crate::model::measure::{Measure, flag, number, share, way};

use super::{HEADERS, KINDS};

/// What the features of the block itself measure.
pub(in crate::model) fn own() -> Vec<Measure> {
    let no_case = "its letters have no case";
    let no_name = "no headline to compare with";
    let mut names = vec![
        number("{} character{s} long"),
        number("{} word{s} in it"),
        number("words of {} letter{s} on average"),
        number("a longest word of {} letter{s}"),
        share("{} of its words open in lower case").below(0.0, no_case),
        share("{} of its words open in upper case").below(0.0, no_case),
        share("{} of its words open with a digit"),
        share("{} of its words are short"),
        number("{} sentence end{s}"),
        share("a sentence end for {} of its words"),
        number("{} comma{s}"),
        number("{} separator{s} like “|” and “·”"),
        number("{} quotation mark{s}"),
        number("{} question or exclamation mark{s}"),
        share("{} of it is neither letters, digits nor spaces"),
        number("{} year{s} in it"),
        share("{} of its words differ from one another"),
        flag("ends a sentence", "ends no sentence"),
        flag("ends in a colon", "does not end in a colon"),
        flag("ends in “…”", "does not end in “…”"),
        flag("opens with a bullet", "opens with no bullet"),
        flag("opens in lower case", "does not open in lower case"),
        flag("has an @", "has no @"),
        flag("has an address of the web", "has no address of the web"),
        flag("all in capitals", "not all in capitals"),
        flag("in letters without case", "in letters with case"),
        number("the same words stand {} time{s} on the page"),
        flag("repeats an earlier block", "repeats no earlier block"),
        share("{} of its words occur in the main prose")
            .below(0.0, "no long words to compare with the prose"),
        share("{} of the headline's words are in it").below(0.0, no_name),
        share("{} of its words are the headline's").below(0.0, no_name),
    ];
    let topic =
        |topic: &&str| flag(format!("has a word about {topic}"), format!("has no word about {topic}"));
    names.extend(TOPICS.iter().map(topic));
    let kind = |name: &str| flag(format!("read as a {name}"), format!("not read as a {name}"));
    names.extend(KINDS.iter().map(|one| kind(&one.name().replace('_', " "))));
    names
}

/// Where the block stands, by blocks, words and prose.
pub(in crate::model) fn place() -> Vec<Measure> {
    vec![
        share("{} of the blocks stand above it"),
        number("{} block{s} above it"),
        number("{} block{s} from it to the end"),
        share("{} of all words stand above it"),
        number("{} word{s} above it"),
        number("{} word{s} below it"),
        share("{} of all prose stands above it"),
        share("{} of all prose stands above its end"),
        number("{} word{s} of prose above it"),
        number("{} word{s} of prose below it"),
        flag("inside the stretch with the most prose", "outside the stretch with the most prose"),
        way("{} block{s} below the start of the main stretch", "{} block{s} above the main stretch"),
        way("{} block{s} above the end of the main stretch", "{} block{s} below the main stretch"),
        share("{} of all prose is in the main stretch"),
        number("{} block{s} below the last prose").from(60.0, "no prose within 60 blocks above it"),
        number("{} block{s} above the next prose").from(60.0, "no prose within 60 blocks below it"),
    ]
}

/// What kind of page it is.
pub(in crate::model) fn whole() -> Vec<Measure> {
    vec![
        number("a page of {} block{s}"),
        number("a page of {} word{s}"),
        number("a page with {} word{s} of prose"),
        share("{} of the page's words are prose"),
        share("{} of the page's blocks are prose"),
        share("{} of the page's blocks are short"),
        number("{} block{s} of the page with words of furniture"),
        share("{} of the page's blocks have words of furniture"),
        share("{} of the page's blocks are in the main stretch"),
        number("{} word{s} of prose in the page's first block"),
        number("{} word{s} of prose in the page's last block"),
    ]
}

/// What stands around it.
pub(in crate::model) fn around() -> Vec<Measure> {
    let mut names = Vec::new();
    for (block, none) in [
        ("the third block above", "fewer than three blocks above"),
        ("the second block above", "fewer than two blocks above"),
        ("the block above", "no block above"),
        ("the block below", "no block below"),
        ("the second block below", "fewer than two blocks below"),
        ("the third block below", "fewer than three blocks below"),
    ] {
        names.extend([
            number(format!("{{}} word{{s}} in {block}")).below(0.0, none),
            // Below zero for letters without case, too.
            share(format!("{{}} of the words in {block} open in lower case"))
                .below(0.0, format!("no lower case in {block}")),
            flag(format!("{block} ends a sentence"), format!("{block} ends no sentence")).below(0.0, none),
            number(format!("{{}} sentence end{{s}} in {block}")).below(0.0, none),
            number(format!("{{}} word{{s}} of prose in {block}")).below(0.0, none),
            share(format!("{{}} of the words in {block} occur in the main prose"))
                .below(0.0, format!("nothing to compare with the prose in {block}")),
        ]);
    }
    names.extend([
        number("{} block{s} near it come again further down"),
        number("{} block{s} near it stood further up already"),
    ]);
    for blocks in [4, 10, 20, 50] {
        names.extend([
            number(format!("{{}} word{{s}} of prose a block among the {blocks} around it")),
            number(format!("{{}} word{{s}} a block among the {blocks} around it")),
        ]);
    }
    names.extend(
        TOPICS.iter().map(|topic| number(format!("{{}} of the six blocks above have words about {topic}"))),
    );
    for topic in HEADERS.map(|group| TOPICS[group]) {
        names.push(
            number(format!("{{}} block{{s}} below a short line about {topic}"))
                .from(99.0, format!("no short line about {topic} above it")),
        );
    }
    names
}
