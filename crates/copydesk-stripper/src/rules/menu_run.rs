//! Short lines between two menu entries.

use copydesk_core::Reason;

use super::ContextRule;
use crate::rule::{Opens, RuleDoc};
use crate::view::View;

pub(crate) static RULE: ContextRule = ContextRule {
    doc: RuleDoc {
        name: "menu_run",
        reason: Reason::Navigation,
        why: "A few words between two entries of a menu, above or below all prose, are an entry too.",
        example: "Home\nFjord towns\nContact us",
        wrong_when: "A headline of three words stands between two parts of a menu.",
    },
    confidence: 0.85,
    judge,
};

fn judge(view: &View<'_>) -> Vec<usize> {
    let mut cut = Vec::new();
    between(view, 0..view.head_end(), 3, 12, &mut cut);
    between(view, view.tail_start()..view.lines.len(), 5, 15, &mut cut);
    cut
}

/// Lines of at most `max_words` words, at most `max_lines` of them, with a menu entry on either side.
fn between(
    view: &View<'_>,
    zone: std::ops::Range<usize>,
    max_words: usize,
    max_lines: usize,
    cut: &mut Vec<usize>,
) {
    let mut last_entry = None;
    for idx in zone {
        let Some(line) = view.lines.get(idx) else { break };
        if line.opens(Opens::Menu) {
            if let Some(last) = last_entry {
                cut.extend((last + 1..idx).filter(|&between| !view.lines[between].is_cut()));
            }
            last_entry = Some(idx);
            continue;
        }
        let is_short =
            line.n_words() <= max_words && !line.ends_sentence() && !line.holds_digit() && !line.guarded;
        let is_far = last_entry.is_some_and(|last| idx - last > max_lines);
        if is_far || !line.is_cut() && !is_short {
            last_entry = None;
        }
    }
}
