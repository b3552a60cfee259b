//! Paywalls: "Subscribe to continue reading", "This article is for subscribers".

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "paywall",
        reason: Reason::Subscribe,
        why: "A locked article says so where its text breaks off.",
        example: "Subscribe now to continue reading this article.",
        wrong_when: "A publisher reports in its own name about its subscriptions.",
    },
    opens: Opens::Buttons,
    confidence: 0.96,
    max_words: 60,
};
