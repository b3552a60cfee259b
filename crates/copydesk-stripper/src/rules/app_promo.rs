//! Praise of the publisher's app.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "app_promo",
        reason: Reason::Promo,
        why: "It sells the app, not the news.",
        example: "Download our app for Android and iOS",
        wrong_when: "An article reviews the app in these very words.",
    },
    opens: Opens::Buttons,
    confidence: 0.95,
    max_words: 40,
};
