//! Links to terms, imprint and policies.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "legal_links",
        reason: Reason::Legal,
        why: "Every page of a site carries them in its footer.",
        example: "Terms of Use",
        wrong_when: "An article has such a heading.",
    },
    opens: Opens::Menu,
    confidence: 0.97,
    max_words: 60,
};
