//! The headlines below a label like "Related articles".

use copydesk_core::Reason;

use super::ContextRule;
use crate::rule::{Opens, RuleDoc};
use crate::view::{Line, View};

pub(crate) static RULE: ContextRule = ContextRule {
    doc: RuleDoc {
        name: "related_list",
        reason: Reason::Related,
        why: "Lines without a full stop below \"Related articles\" are headlines of other articles.",
        example: "Related articles\nFerry strike enters its second week\nWhere the fjord ends",
        wrong_when: "A heading of this article stands below such a label that came to nothing.",
    },
    confidence: 0.87,
    judge,
};

const MAX_TEASERS: usize = 60;
/// A longer list with prose below it is more likely the article's own.
const MAX_INSIDE: usize = 6;
const MAX_BYTES: usize = 220;
/// Bytes of a lead; a paragraph is mostly longer.
const MAX_LEAD: usize = 400;

fn judge(view: &View<'_>) -> Vec<usize> {
    let mut cut = Vec::new();
    for (idx, line) in view.lines.iter().enumerate() {
        // Above all prose the headline of this very article may follow.
        let is_item = |next: &Line<'_>| next.text.starts_with(['-', '*', '•', '·']);
        let announced = line.text.trim_end().ends_with(':') || view.lines.get(idx + 1).is_some_and(is_item);
        if !(line.opens(Opens::Teasers) || announced && line.is_cut_for(Reason::Related))
            || idx < view.head_end()
        {
            continue;
        }
        let mut teasers: Vec<usize> = (idx + 1..view.lines.len())
            .take(MAX_TEASERS)
            .take_while(|&next| is_teaser(&view.lines[next]))
            .collect();
        let end = idx + 1 + teasers.len();
        let with_leads = with_leads(view, idx);
        if !with_leads.is_empty() {
            cut.extend(with_leads.filter(|&teaser| !view.lines[teaser].is_cut()));
            continue;
        }
        if view.is_prose(end) {
            if teasers.len() > MAX_INSIDE {
                continue;
            }
            // What stands right above prose may be its heading.
            if teasers.len() > 1 || !announced {
                teasers.pop();
            }
        }
        cut.extend(teasers.into_iter().filter(|&teaser| !view.lines[teaser].is_cut()));
    }
    cut
}

/// Headlines below the label with their leads, up to the next part of the page. The article itself could go on so,
/// in sections of one paragraph: so the first headline must have its lead, there must be two, and the article's
/// part above must be the larger one.
fn with_leads(view: &View<'_>, label: usize) -> std::ops::Range<usize> {
    let (mut bytes, mut n_leads) = (0, 0);
    let mut was_headline = false;
    let mut end = label + 1;
    while let Some(line) = view.lines.get(end).filter(|line| !line.is_cut()) {
        let is_lead = line.prose && was_headline && line.text.len() <= MAX_LEAD;
        let is_headline = is_teaser(line) || line.guarded && !line.prose;
        let leads_first = end != label + 2 || is_lead;
        if !is_lead && !is_headline || !leads_first || end - label > MAX_TEASERS {
            return 0..0;
        }
        if is_lead {
            bytes += line.text.len();
            n_leads += 1;
        }
        was_headline = is_headline;
        end += 1;
    }
    let above: usize =
        (0..label).filter(|&idx| view.is_prose(idx)).map(|idx| view.lines[idx].text.len()).sum();
    if n_leads >= 2 && bytes * 2 <= above * 3 { label + 1..end } else { 0..0 }
}

fn is_teaser(line: &Line<'_>) -> bool {
    if line.is_cut() {
        return !line.opens(Opens::Comments);
    }
    !line.prose
        && !line.guarded
        && !line.text.trim_end().ends_with(['.', '。', ':'])
        && line.text.len() <= MAX_BYTES
}
