//! The furniture of single comments.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "comment_entry",
        reason: Reason::Comment,
        why: "Who said it, when, and the buttons below it, in a readers' forum.",
        example: "Marta says: March 3, 2026 at 9:14 pm",
        wrong_when: "A play or an interview names its speakers in this form.",
    },
    opens: Opens::Comments,
    confidence: 0.9,
    max_words: 20,
};
