//! Links that jump within the page.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "skip_link",
        reason: Reason::Navigation,
        why: "They help keyboards and screen readers past the menu.",
        example: "Skip to main content",
        wrong_when: "Nothing known.",
    },
    opens: Opens::Menu,
    confidence: 0.99,
    max_words: 60,
};
