//! Labels of advertising.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "advert_label",
        reason: Reason::Advert,
        why: "They mark where an advertisement stood.",
        example: "Advertisement",
        wrong_when: "An article about advertising uses the label as a heading.",
    },
    opens: Opens::Buttons,
    confidence: 0.98,
    max_words: 60,
};
