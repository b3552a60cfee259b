//! The furniture of single comments.

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "comment_entry",
        reason: Reason::Comment,
        why: "Who said it, when, and the buttons below it, in a readers' forum.",
        example: "Marta says: March 3, 2026 at 9:14 pm",
        wrong_when: "A play or an interview names its speakers in this form.",
        languages: COMMON,
    },
    opens: Opens::Comments,
    confidence: 0.9,
    phrases: &[],
    patterns: &[
        r"[\w .\'-]{2,40} (?:says|said|wrote|writes|commented|replied|schreibt|sagt|dit|dice|diz|zegt) ?:? ?(?:(?:on )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w* \d{1,2},? \d{4} (?:at|@|,) ?\d{1,2}:\d{2} ?(?:am|pm)?)(?: reply)?",
        r"(?:(?:on )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w* \d{1,2},? \d{4} (?:at|@) \d{1,2}:\d{2} ?(?:am|pm)?) (?:reply|#|permalink|edit|report).*",
        r"\d{1,3} ?(?:seconds?|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?|mo|years?|y) ago (?:reply|like|report|edited|share|\d+ likes?)(?:[ |]+(?:reply|like|report|share|\d+))*",
        r"(?:reply|in reply|replying|antwort|respuesta|risposta|reponse|resposta|respondiendo|en reponse) (?:to|an|auf|a|ad) @?[\w .\'-]{2,40}",
        r"posted by:? [\w .\'-]{2,40} (?:at|on|\|) .{4}.*\b(?:reply|report|comment|permalink)\b.{0,20}",
    ],
    sentences: &[],
    stems: &["says", "said", "wrote", "writes", "commented", "replied", "schreibt", "sagt", " dit", " dice", " diz", "zegt"],
    max_words: 20,
};
