//! Readers' comments, told by what stands between them.

use copydesk_core::Reason;

use super::ContextRule;
use crate::rule::{Opens, RuleDoc};
use crate::view::{Line, View};

pub(crate) static RULE: ContextRule = ContextRule {
    doc: RuleDoc {
        name: "comment_thread",
        reason: Reason::Comment,
        why: "Between the head of a comment section and the next part of the page readers speak: names, dates, \"Reply\".",
        example: "Comments\nI crossed on that ferry for thirty years.\nReply to\nAnd I steered it.\nReply to\nReport comment",
        wrong_when: "The article itself goes on between the buttons of its comments.",
    },
    confidence: 0.85,
    judge,
};

/// The most lines between two signs of a comment.
const MAX_GAP: usize = 12;
/// Bytes of prose above, so that a link to the comments at the head of an article opens no thread.
const MIN_PROSE: usize = 200;
/// Paragraphs that a comment may have, on the whole.
const MAX_PARAGRAPHS: usize = 3;

fn judge(view: &View<'_>) -> Vec<usize> {
    let mut cut = Vec::new();
    let mut prose_above = 0;
    let mut idx = 0;
    while idx < view.lines.len() {
        let line = &view.lines[idx];
        if view.is_prose(idx) {
            prose_above += line.text.len();
        }
        let end =
            if line.opens(Opens::Comments) && prose_above >= MIN_PROSE { thread(view, idx) } else { idx };
        cut.extend((idx..end).filter(|&inside| !view.lines[inside].is_cut()));
        idx = end.max(idx + 1);
    }
    cut
}

/// Where the thread that starts here ends; where it starts, if it is none.
fn thread(view: &View<'_>, start: usize) -> usize {
    let (mut n_signs, mut n_prose, mut last) = (0, 0, start);
    // Prose behind the last sign, which may be somebody else's.
    let mut n_behind = 0;
    let mut end = view.lines.len();
    for (idx, line) in view.lines.iter().enumerate().skip(start + 1) {
        if idx - last > MAX_GAP || opens_other(line) {
            end = idx;
            break;
        }
        if is_sign(line) {
            (n_signs, last, n_behind) = (n_signs + 1, idx, 0);
        } else if view.is_prose(idx) {
            n_prose += 1;
            n_behind += 1;
        }
    }
    if n_signs == 0 || n_prose > n_signs * MAX_PARAGRAPHS {
        return start;
    }
    let last_stamps = view.lines.get(last).is_some_and(|line| !line.is_cut());
    // What a date announces is a comment; what follows the last button may be anything.
    if n_behind == 0 || end - last <= 2 && end < view.lines.len() || last_stamps && n_behind == 1 {
        end
    } else {
        last + 1
    }
}

/// True for the head of another part of the page.
fn opens_other(line: &Line<'_>) -> bool {
    let others = [Reason::Related, Reason::Legal, Reason::Consent, Reason::Advert];
    line.is_cut() && !line.opens(Opens::Comments) && others.iter().any(|&reason| line.is_cut_for(reason))
}

/// True for a button below a comment, or who wrote it and when.
fn is_sign(line: &Line<'_>) -> bool {
    line.opens(Opens::Comments) || line.weak == Some(Reason::Comment) || !line.is_cut() && line.is_stamp()
}
