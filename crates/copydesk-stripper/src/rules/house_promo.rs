//! The publisher's praise of its other products.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "house_promo",
        reason: Reason::Promo,
        why: "Events, quizzes, podcasts and prizes of the house stand between its articles.",
        example: "Take our quiz",
        wrong_when: "An article is about the product.",
    },
    opens: Opens::Buttons,
    confidence: 0.93,
    max_words: 35,
};
