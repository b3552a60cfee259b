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
        let end = if line.opens(Opens::Comments) && prose_above >= MIN_PROSE {
            thread(view, idx, prose_above)
        } else {
            idx
        };
        cut.extend((idx..end).filter(|&inside| !view.lines[inside].is_cut()));
        idx = end.max(idx + 1);
    }
    cut
}

/// Where the thread that starts here ends; where it starts, if it is none. `above` are bytes of prose above it.
fn thread(view: &View<'_>, start: usize, above: usize) -> usize {
    let mut signs = Signs::default();
    let (mut n_prose, mut bytes, mut last) = (0, 0, start);
    // Prose behind the last sign, which may be somebody else's.
    let mut n_behind = 0;
    let mut end = view.lines.len();
    for (idx, line) in view.lines.iter().enumerate().skip(start + 1) {
        if idx - last > MAX_GAP || opens_other(line) {
            end = idx;
            break;
        }
        if signs.count(line) {
            (last, n_behind) = (idx, 0);
        } else if view.is_prose(idx) {
            n_prose += 1;
            n_behind += 1;
            bytes += line.text.len();
        }
    }
    let n_signs = signs.buttons + signs.stamps;
    // Dates stand in articles too: without a button the thread must be the smaller part of the page.
    let believed = signs.buttons > 0 || signs.days > 0 && bytes <= above;
    if !believed || n_prose > n_signs * MAX_PARAGRAPHS {
        return start;
    }
    let last_stamps = view.lines.get(last).is_some_and(|line| !line.is_cut());
    // What a date announces is a comment; what follows the last button may be anything.
    if n_behind == 0 && end - last <= 3 || last_stamps && n_behind <= 1 { end } else { last + 1 }
}

/// What tells a thread.
#[derive(Default)]
struct Signs {
    /// "Reply", "Report".
    buttons: usize,
    /// Who wrote it and when.
    stamps: usize,
    /// Of those, with a day or a time of day.
    days: usize,
}

impl Signs {
    /// Counts a line; false if it is no sign.
    fn count(&mut self, line: &Line<'_>) -> bool {
        if line.opens(Opens::Comments) || line.weak == Some(Reason::Comment) {
            self.buttons += 1;
        } else if !line.is_cut() && line.is_stamp() {
            self.stamps += 1;
            self.days += usize::from(line.says_day());
        } else {
            return false;
        }
        true
    }
}

/// True for the head of another part of the page.
fn opens_other(line: &Line<'_>) -> bool {
    let others = [Reason::Related, Reason::Legal, Reason::Consent, Reason::Advert];
    line.is_cut() && !line.opens(Opens::Comments) && others.iter().any(|&reason| line.is_cut_for(reason))
}
