//! Requests for donations and membership.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "donate_prompt",
        reason: Reason::Promo,
        why: "The publisher asks for money.",
        example: "Support our journalism",
        wrong_when: "An appeal for donations is the article.",
    },
    opens: Opens::Buttons,
    confidence: 0.95,
    max_words: 60,
};
