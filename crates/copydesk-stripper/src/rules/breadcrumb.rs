//! The path from the home page to this one.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "breadcrumb",
        reason: Reason::Navigation,
        why: "It says where the page stands on the site.",
        example: "Home > News > World",
        wrong_when: "Nothing known.",
    },
    opens: Opens::Menu,
    confidence: 0.98,
    max_words: 60,
};
