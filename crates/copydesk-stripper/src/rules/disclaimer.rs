//! Disclaimers of the publisher.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "disclaimer",
        reason: Reason::Legal,
        why: "They limit what the publisher answers for, on every page alike.",
        example: "The views expressed in this article are those of the author and do not necessarily reflect the position of the site.",
        wrong_when: "A note tells readers of this very article something they should know, in the words of a disclaimer.",
    },
    opens: Opens::Nothing,
    confidence: 0.93,
    max_words: 130,
};
