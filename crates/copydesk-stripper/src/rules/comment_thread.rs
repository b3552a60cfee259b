//! Readers' comments, told by what stands between them.

use copydesk_core::Reason;

use super::ContextRule;
use crate::rule::{Opens, RuleDoc};
use crate::view::View;

pub(crate) static RULE: ContextRule = ContextRule {
    doc: RuleDoc {
        name: "comment_thread",
        reason: Reason::Comment,
        why: "Between the head of a comment section and its last \"Reply\" readers speak.",
        example: "Comments\nI crossed on that ferry for thirty years.\nReply to\nAnd I steered it.\nReply to\nReport comment",
        wrong_when: "The article itself goes on between the buttons of its comments.",
    },
    confidence: 0.85,
    judge,
};

/// How many marks of a thread it takes, its head included.
const MIN_MARKS: usize = 4;
/// The most lines between two of them.
const MAX_GAP: usize = 12;
/// Bytes of prose above, so that the thread is not the page's whole matter.
const MIN_PROSE: usize = 500;

fn judge(view: &View<'_>) -> Vec<usize> {
    let mut cut = Vec::new();
    let mut prose_above = 0;
    let mut idx = 0;
    while idx < view.lines.len() {
        let line = &view.lines[idx];
        if line.prose && !line.is_cut() {
            prose_above += line.text.len();
        }
        if !line.opens(Opens::Comments) || prose_above < MIN_PROSE {
            idx += 1;
            continue;
        }
        let (n_marks, last) = thread(view, idx);
        if n_marks >= MIN_MARKS {
            cut.extend((idx..last).filter(|&inside| !view.lines[inside].is_cut()));
        }
        idx = last + 1;
    }
    cut
}

/// The marks of the thread that starts here, and the last of them.
fn thread(view: &View<'_>, start: usize) -> (usize, usize) {
    let mut n_marks = 1;
    let mut last = start;
    for idx in start + 1..view.lines.len() {
        if idx - last > MAX_GAP {
            break;
        }
        if view.lines[idx].opens(Opens::Comments) {
            n_marks += 1;
            last = idx;
        }
    }
    (n_marks, last)
}
