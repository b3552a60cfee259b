//! The tags below a label like "Topics".

use copydesk_core::Reason;

use super::ContextRule;
use crate::rule::{Opens, RuleDoc};
use crate::view::View;

pub(crate) static RULE: ContextRule = ContextRule {
    doc: RuleDoc {
        name: "tag_list",
        reason: Reason::Navigation,
        why: "A few words on each line below \"Tags\" are the tags.",
        example: "Tags\nharbours\ncranes",
        wrong_when: "A list with a tag's brevity follows the label and belongs to the article.",
    },
    confidence: 0.88,
    judge,
};

const MAX_TAGS: usize = 25;
const MAX_WORDS: usize = 4;

fn judge(view: &View<'_>) -> Vec<usize> {
    let mut cut = Vec::new();
    for (idx, line) in view.lines.iter().enumerate() {
        if !line.opens(Opens::Tags) || idx < view.head_end() {
            continue;
        }
        let tags: Vec<usize> = (idx + 1..view.lines.len())
            .take(MAX_TAGS)
            .take_while(|&next| {
                let line = &view.lines[next];
                !line.is_cut() && !line.guarded && line.n_words() <= MAX_WORDS && !line.ends_sentence()
            })
            .collect();
        let end = idx + 1 + tags.len();
        // What stands right above a line of text may be its heading.
        let n_tags = match view.lines.get(end) {
            Some(next) if !next.is_cut() => tags.len().saturating_sub(1),
            _ => tags.len(),
        };
        cut.extend(tags.into_iter().take(n_tags));
    }
    cut
}
