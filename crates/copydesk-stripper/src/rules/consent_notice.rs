//! Sentences of consent banners and privacy notices.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "consent_notice",
        reason: Reason::Consent,
        why: "Before its first word many a page explains what it stores about its readers. None of it is news.",
        example: "By continuing to browse our site you agree to our use of cookies, revised Privacy Policy and Terms of Use.",
        wrong_when: "A publisher writes about its own banner in the first person and addresses the reader in the same sentence.",
    },
    opens: Opens::Buttons,
    confidence: 0.98,
    max_words: 320,
};
