//! Invitations to follow the publisher elsewhere.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "follow_us",
        reason: Reason::Share,
        why: "The publisher advertises its accounts; readers of the article gain nothing from it.",
        example: "Follow us",
        wrong_when: "A person who is quoted without quotation marks asks readers to follow them.",
    },
    opens: Opens::Buttons,
    confidence: 0.96,
    max_words: 45,
};
