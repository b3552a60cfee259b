//! Invitations to subscribe to a newsletter.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "newsletter_prompt",
        reason: Reason::Subscribe,
        why: "Newsletter boxes stand in the middle and at the end of articles, and speak of the newsletter.",
        example: "Sign up for our weekly newsletter and get the best stories in your inbox.",
        wrong_when: "An article that is itself an offer to subscribe.",
    },
    opens: Opens::Buttons,
    confidence: 0.965,
    max_words: 60,
};
