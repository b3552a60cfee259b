//! The parts of a consent dialogue: its headings, categories and links.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "consent_settings",
        reason: Reason::Consent,
        why: "Consent dialogues list categories, purposes and partners. They talk of the site, not of the news.",
        example: "Strictly Necessary Cookies",
        wrong_when: "An article about cookies uses one of these headings word for word.",
    },
    opens: Opens::Buttons,
    confidence: 0.97,
    max_words: 60,
};
