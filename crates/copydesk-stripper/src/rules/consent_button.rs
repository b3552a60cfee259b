//! Buttons of consent banners: "I agree", "Accept all".

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "consent_button",
        reason: Reason::Consent,
        why: "A cookie banner ends in buttons. They are an answer to the site, not a part of the article.",
        example: "I agree",
        wrong_when: "A line of dialogue without quotation marks and full stop consists of these very words.",
    },
    opens: Opens::Buttons,
    confidence: 0.97,
    max_words: 60,
};
