//! Labels above lists of other articles.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "related_header",
        reason: Reason::Related,
        why: "What follows such a label are headlines of other articles.",
        example: "Related articles",
        wrong_when: "An article has a section called \"Recommended reading\".",
    },
    opens: Opens::Teasers,
    confidence: 0.95,
    max_words: 60,
};
