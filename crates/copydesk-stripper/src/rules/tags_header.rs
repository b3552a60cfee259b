//! Labels above tags, topics and sections.

use copydesk_core::Reason;

use crate::rule::{LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "tags_header",
        reason: Reason::Navigation,
        why: "Tags file the page; what follows the label are links.",
        example: "Topics",
        wrong_when: "An article has a section of this name.",
    },
    opens: Opens::Tags,
    confidence: 0.93,
    max_words: 60,
};
