//! Rows of share buttons and links that name a network.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "share_links",
        reason: Reason::Share,
        why: "A row of network names is a toolbar that lost its icons.",
        example: "Open share drawer",
        wrong_when: "A list inside an article has such a line as an entry of its own.",
    },
    opens: Opens::Buttons,
    confidence: 0.96,
    max_words: 60,
};
