//! The fields and buttons of a sign-up form.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "newsletter_form",
        reason: Reason::Subscribe,
        why: "A form in a page leaves its labels behind when the page becomes text.",
        example: "Enter your email address",
        wrong_when: "An article about forms lists such a label alone on a line.",
    },
    opens: Opens::Buttons,
    confidence: 0.94,
    max_words: 60,
};
