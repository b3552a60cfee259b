//! Notes on commissions and bought links.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "affiliate_note",
        reason: Reason::Advert,
        why: "They tell how the page earns its money.",
        example: "We may earn a commission if you buy through links on this page.",
        wrong_when: "An article about affiliate marketing quotes its own note.",
    },
    opens: Opens::Nothing,
    confidence: 0.95,
    max_words: 90,
};
