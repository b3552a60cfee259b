//! The page of the reference on the block model.

use std::fmt::Write as _;

use copydesk_stripper::model::{Model, feature_groups};

const HEAD: &str = "# The block model\n\n*Made from the code by `cargo dev generate`.*\n\n\
What the [rules](RULES.md) leave is judged block by block by boosted decision trees: one pair of forests for pages \
with markup, one for plain text. Of each pair the first says how likely a block belongs to the text, the second \
how likely it is a headline, byline, date or standfirst. Cuts by it carry the rule `block_model_html` or \
`block_model_text`, and as confidence the probability that the block is no text.\n\n\
A probability alone decides nothing. The bar that a block is held against is low for an article that is all but \
clean, and higher for a whole page; it is lowered where next to nothing would be left. Blocks in doubt share the \
fate of their neighbours; in a short article prose beside prose stays; what the page states as its headline, \
author or date stays; a text that would lose next to nothing stays whole. `copydesk explain FILE --why` shows for \
each block, cut or kept, the probabilities, the bar, which of these decided, and the features that spoke most \
for it and against it. A feature's part is the change of the expected score at each split that asks for it, over all \
trees (Saabas, \"Interpreting random forests\", 2014), less what it adds midway between the blocks of the page that \
stay and those that go.\n\n\
`model = false` in the stage `strip_boilerplate` switches the model off.\n";

const TRAINING: &str = "\n## Where its weights come from\n\n\
The weights are numbers only: which feature is compared with which bar, and scores. No text of any page is in them. \
They were derived from the development pages of WCXB, the Web Content eXtraction Benchmark, by Murrough Foley (2026), \
<https://github.com/Murrough-Foley/web-content-extraction-benchmark>, under \
[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). The pages' own text belongs to their publishers. \
`cargo dev train` makes them again from the same data. What their files say of themselves:\n";

/// What it looks at, and where it comes from.
pub(crate) fn model_page() -> String {
    let mut out = String::from(HEAD);
    let groups = feature_groups();
    let width = |html: bool| -> usize {
        groups.iter().filter(|group| html || !group.html_only).map(|group| group.names().count()).sum()
    };
    // Writing to a text cannot fail, here and below.
    let _ = write!(
        out,
        "\n## What it looks at\n\n{} features of a block in plain text, {} on a page. They are measures: words count \
         by the few dozen that mark furniture in many languages, and every other feature knows no language.\n",
        width(false),
        width(true)
    );
    for group in &groups {
        let names: Vec<String> = group.names().map(|name| plain(&name)).collect();
        let only = if group.html_only { ", pages with markup only" } else { "" };
        let about = group.about;
        let _ = write!(out, "\n### {}{only} ({})\n\n{}\n", capital(about), names.len(), names.join(" · "));
    }
    out.push_str(TRAINING);
    for (name, model) in [("block_model_html", Model::html()), ("block_model_text", Model::text())] {
        let _ = write!(out, "\n### `{name}`\n\n");
        for (key, value) in model.about() {
            let _ = writeln!(out, "- {}: {}", plain(key), plain(value));
        }
    }
    out
}

/// Names of elements would be taken for elements.
fn plain(text: &str) -> String {
    text.replace('<', "&lt;").replace('>', "&gt;")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
