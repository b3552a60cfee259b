//! Entries that only menus, headers and footers have.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "menu",
        reason: Reason::Navigation,
        why: "A menu leads to other pages.",
        example: "About us",
        wrong_when: "An article has such a line as a heading.",
    },
    opens: Opens::Menu,
    confidence: 0.95,
    max_words: 60,
};
