//! What players, pictures and scripts say of themselves.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "page_controls",
        reason: Reason::Other,
        why: "Parts of a page that did not run leave their excuses in the text.",
        example: "Your browser does not support the video tag.",
        wrong_when: "Nothing known.",
    },
    opens: Opens::Buttons,
    confidence: 0.97,
    max_words: 40,
};
