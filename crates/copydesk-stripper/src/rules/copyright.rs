//! Copyright lines.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "copyright",
        reason: Reason::Legal,
        why: "They claim the page, whatever it says.",
        example: "© 2026 Example Media. All rights reserved.",
        wrong_when: "A poem ends in its copyright line, and the line matters to somebody.",
    },
    opens: Opens::Menu,
    confidence: 0.98,
    max_words: 90,
};
