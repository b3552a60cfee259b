//! Invitations to share the article.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "share_prompt",
        reason: Reason::Share,
        why: "The site asks its readers to pass the page on. It says nothing of the subject.",
        example: "Like this article? Share it with your friends!",
        wrong_when: "An author asks for a petition or a photograph to be shared in these very words.",
    },
    opens: Opens::Buttons,
    confidence: 0.97,
    max_words: 45,
};
