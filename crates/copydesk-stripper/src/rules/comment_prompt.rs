//! Invitations to comment, and the heads of comment sections.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "comment_prompt",
        reason: Reason::Comment,
        why: "Below it readers speak, not the author.",
        example: "Leave a comment",
        wrong_when: "An article has a section called \"Comments\".",
    },
    opens: Opens::Comments,
    confidence: 0.965,
    max_words: 50,
};
