//! A link to another article, announced on its own line.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "related_link",
        reason: Reason::Related,
        why: "It interrupts the text to advertise another page of the site.",
        example: "Read more: The harbour that moved",
        wrong_when: "A sentence of the article starts with \"Read more:\" itself.",
    },
    opens: Opens::Nothing,
    confidence: 0.96,
    max_words: 60,
};
