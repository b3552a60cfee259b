//! The words between the head of a sign-up form and its button.

use copydesk_core::Reason;

use super::ContextRule;
use crate::rule::RuleDoc;
use crate::view::View;

pub(crate) static RULE: ContextRule = ContextRule {
    doc: RuleDoc {
        name: "form_text",
        reason: Reason::Subscribe,
        why: "A line or two between \"Sign up for our newsletter\" and the button below say what the letter is.",
        example: "Sign up for our newsletter\nHarbours, by people who were there.\nYour email address",
        wrong_when: "Two prompts stand around a paragraph of the article.",
    },
    confidence: 0.86,
    judge,
};

/// Rules of the lines of a form.
const FORM: [&str; 2] = ["newsletter_prompt", "newsletter_form"];
/// Lines between head and button.
const MAX_LINES: usize = 2;
/// Bytes of one of them; a paragraph is longer.
const MAX_BYTES: usize = 200;

fn judge(view: &View<'_>) -> Vec<usize> {
    let is_form = |idx: usize| {
        let rules = view.lines.get(idx).map(|line| &line.rules);
        rules.is_some_and(|rules| rules.iter().any(|rule| FORM.contains(&&*rule.name)))
    };
    let within = |idx: &usize| {
        let line = view.lines.get(*idx);
        line.is_some_and(|line| !line.is_cut() && !line.guarded && line.text.len() <= MAX_BYTES)
    };
    let mut cut = Vec::new();
    for idx in 0..view.lines.len() {
        // Behind another line of the form it is its end, not its head.
        if !is_form(idx) || idx > 0 && is_form(idx - 1) {
            continue;
        }
        let end = idx + 1 + (idx + 1..view.lines.len()).take_while(within).count();
        if (1..=MAX_LINES).contains(&(end - idx - 1)) && is_form(end) {
            cut.extend(idx + 1..end);
        }
    }
    cut
}
