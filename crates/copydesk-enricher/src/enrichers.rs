//! The small enrichers that the stage is made of: one name each, to be switched off by, and what each fills.

/// One enricher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnricherDoc {
    /// Its name in the option `off`.
    pub name: &'static str,
    /// The fields of a record that it fills.
    pub fills: &'static [&'static str],
    /// True for what is computed from the text; false for what the source states.
    pub derived: bool,
    /// How it goes about it, in a sentence.
    pub how: &'static str,
}

/// Every enricher, in the order they work. A later one may use what an earlier one found, switched off or not.
pub const ENRICHERS: [EnricherDoc; 16] = [
    stated(
        "title",
        &["title"],
        "The headline that readers see, else the title that markup states, without the name of the site.",
    ),
    stated(
        "authors",
        &["authors"],
        "Names of people in bylines, markup and reporting credits; agencies and job titles are none.",
    ),
    stated(
        "dates",
        &["published", "modified"],
        "Dates of the head, of markup and of datelines. `03/12/2025` is left out unless language, site or another date settle its order.",
    ),
    stated("dateline", &["dateline"], "The place in front of the first sentence or beside the byline."),
    stated("standfirst", &["standfirst"], "The summary between headline and text."),
    stated("section", &["section"], "The part of the paper that markup or breadcrumbs name."),
    stated("site", &["site"], "The name that the page gives its site; never guessed from an address."),
    stated("url", &["url"], "The canonical address that the page states."),
    stated(
        "captions",
        &["captions"],
        "The words below pictures, parted into what is shown and who is credited.",
    ),
    derived(
        "language",
        &["language"],
        "Letters and small words, then runs of letters where these are not clear; blocks in another language say so.",
    ),
    derived(
        "entities",
        &["entities"],
        "People, organisations and places by names, titles, context and gazetteers; forms of one name joined.",
    ),
    derived(
        "quotations",
        &["quotations"],
        "What stands between marks of quotation, with the speaker where a verb of speech names one.",
    ),
    derived("mentions", &["mentions"], "Days and quantities in the text, normalised."),
    derived("keywords", &["keywords"], "The words and names that mark the article out."),
    derived(
        "summary",
        &["summary"],
        "The sentences that hold most of what the article is about, in their order.",
    ),
    derived(
        "counts",
        &["word_count", "reading_minutes"],
        "Words of the text, and the minutes a reader of its language needs.",
    ),
];

const fn stated(name: &'static str, fills: &'static [&'static str], how: &'static str) -> EnricherDoc {
    EnricherDoc { name, fills, derived: false, how }
}

const fn derived(name: &'static str, fills: &'static [&'static str], how: &'static str) -> EnricherDoc {
    EnricherDoc { name, fills, derived: true, how }
}
