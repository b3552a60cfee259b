//! Links to the next and the previous page.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "paging",
        reason: Reason::Navigation,
        why: "They lead away from the article.",
        example: "Next article",
        wrong_when: "An article has a section called \"Next\".",
    },
    opens: Opens::Menu,
    confidence: 0.95,
    max_words: 60,
};
