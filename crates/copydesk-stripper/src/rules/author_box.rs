//! The author's name once more below the article, with a line about her.

use copydesk_core::Reason;

use super::ContextRule;
use crate::rule::RuleDoc;
use crate::view::{Line, View};

pub(crate) static RULE: ContextRule = ContextRule {
    doc: RuleDoc {
        name: "author_box",
        reason: Reason::Promo,
        why: "Below the article a name from its head and a line or two say who wrote it.",
        example: "Ada Kell\nAda Kell covers harbours and what passes through them.\nTerms of use",
        wrong_when: "The article is about its author, and ends with a section of her name.",
    },
    confidence: 0.85,
    judge,
};

/// Bytes of a line about somebody.
const MAX_BYTES: usize = 400;

fn judge(view: &View<'_>) -> Vec<usize> {
    let head_end = view.head_end();
    let head: Vec<&Line<'_>> = view.lines.iter().take(head_end).filter(|line| !line.is_cut()).collect();
    let mut cut = Vec::new();
    for idx in head_end + 1..view.lines.len() {
        let line = &view.lines[idx];
        let is_name = (2..=4).contains(&line.n_words()) && !line.is_cut() && !line.ends_sentence();
        if !is_name || !head.iter().any(|one| names(&one.text, &line.text)) {
            continue;
        }
        let about = view.lines.get(idx + 1).filter(|line| !line.is_cut() && line.text.len() <= MAX_BYTES);
        let closes = |at: usize| view.lines.get(at).is_some_and(Line::is_cut);
        match about {
            Some(_) if closes(idx + 2) => cut.extend([idx, idx + 1]),
            None if closes(idx + 1) && closes(idx - 1) => cut.push(idx),
            _ => {}
        }
    }
    cut
}

/// True if the head's line is this name, alone or behind a word like "by".
fn names(head: &str, name: &str) -> bool {
    let before = head.trim().strip_suffix(name.trim());
    before.is_some_and(|before| before.split_whitespace().count() <= 2)
}
