//! Short lines between two menu entries.

use copydesk_core::Reason;

use super::ContextRule;
use crate::rule::{Opens, RuleDoc};
use crate::view::{Line, View};

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

/// Names of sections that make a menu.
const MIN_SECTIONS: usize = 3;

fn judge(view: &View<'_>) -> Vec<usize> {
    let mut cut = Vec::new();
    between(view, 0..view.head_end(), 3, 12, &mut cut);
    opening(view, &mut cut);
    above_headline(view, &mut cut);
    between(view, view.tail_start()..view.lines.len(), 5, 15, &mut cut);
    cut
}

/// Three names of sections or more that a page opens with: together they are a menu without an entry that is one
/// alone. No text of its own opens so.
fn opening(view: &View<'_>, cut: &mut Vec<usize>) {
    let is_section = |line: &Line<'_>| line.weak == Some(Reason::Navigation);
    let run = view.lines.iter().take_while(|line| line.is_cut() || is_section(line)).count();
    let sections: Vec<usize> =
        (0..run).filter(|&idx| is_section(&view.lines[idx]) && !view.lines[idx].is_cut()).collect();
    if sections.len() >= MIN_SECTIONS && !view.is_prose(run) {
        cut.extend(sections.into_iter().filter(|idx| !cut.contains(idx)).collect::<Vec<_>>());
    }
}

/// The words of one or two that a page opens with, up to a headline: one of them is known to be of a menu. A
/// longer one right above that line may be the headline, and the line its summary.
fn above_headline(view: &View<'_>, cut: &mut Vec<usize>) {
    let is_entry = |line: &Line<'_>| is_short(line, 3) && line.text.chars().count() <= 28;
    let run = view.lines.iter().take_while(|line| line.is_cut() || is_entry(line)).count();
    let Some(headline) = view.lines.get(run).filter(|line| !line.prose && !line.is_stamp()) else { return };
    let n_known = view
        .lines
        .iter()
        .take(run)
        .filter(|line| line.opens(Opens::Menu) || line.is_cut_for(Reason::Navigation))
        .count();
    if n_known == 0 || headline.text.chars().count() < 16 && headline.n_words() < 4 {
        return;
    }
    let known = |idx: &usize| view.lines[*idx].is_cut() || cut.contains(idx);
    let mut entries: Vec<usize> = (0..run).filter(|idx| !known(idx)).collect();
    entries.retain(|&idx| idx + 1 < run || view.lines[idx].n_words() <= 2);
    cut.append(&mut entries);
}

fn is_short(line: &Line<'_>, max_words: usize) -> bool {
    line.n_words() <= max_words && !line.ends_sentence() && !line.holds_digit() && !line.guarded
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
        let is_far = last_entry.is_some_and(|last| idx - last > max_lines);
        if is_far || !line.is_cut() && !is_short(line, max_words) {
            last_entry = None;
        }
    }
}
