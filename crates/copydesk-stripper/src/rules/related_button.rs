//! Buttons that open another article: "Read more".

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "related_button",
        reason: Reason::Related,
        why: "They end a teaser; the rest of the text stands on another page.",
        example: "Continue reading",
        wrong_when: "An article has such a line as a heading.",
    },
    opens: Opens::Buttons,
    confidence: 0.95,
    max_words: 60,
};
