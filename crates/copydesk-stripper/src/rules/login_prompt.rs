//! Prompts to log in or to open an account.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "login_prompt",
        reason: Reason::Subscribe,
        why: "Accounts are the business of the site.",
        example: "Log in",
        wrong_when: "A heading of an article about accounts.",
    },
    opens: Opens::Menu,
    confidence: 0.96,
    max_words: 40,
};
