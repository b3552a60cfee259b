//! An article as a page of text in which every cut stands in its place: what snapshots show.

use std::fmt::Write;

use copydesk_core::Article;

/// Renders an article: its fields, then every kept piece and every cut in the order of the original, each
/// line prefixed with what became of it.
///
/// ```
/// let shown = copydesk_testkit::render(&copydesk_testkit::article("Rain fell.\nIt stopped."));
/// assert_eq!(shown, "kept paragraph | Rain fell.\nkept paragraph | It stopped.\n");
/// ```
pub fn render(article: &Article) -> String {
    let mut shown = String::new();
    fields(article, &mut shown);
    let mut lines: Vec<(usize, String, &str)> = article
        .kept()
        .map(|kept| (kept.span.start(), format!("kept {}", kept.kind.name()), kept.text))
        .collect();
    for cut in article.cuts() {
        let mut prefix = format!("CUT {} {}/{} {:.2}", cut.reason, cut.stage, cut.rule, cut.confidence);
        if let Some(twin) = cut.twin {
            // Writing to a string cannot fail.
            let _ = write!(prefix, " twin {}..{}", twin.start(), twin.end());
        }
        lines.push((cut.span.start(), prefix, cut.span.of_text(article.raw())));
    }
    lines.sort();
    for (_, prefix, text) in lines {
        for line in text.lines() {
            let _ = writeln!(shown, "{prefix} | {line}");
        }
    }
    shown
}

fn fields(article: &Article, shown: &mut String) {
    let language = article.language.as_ref().map(|language| language.code.clone());
    let authors = (!article.authors.is_empty()).then(|| article.authors.join("; "));
    let duplicate = article.duplicate.as_ref().map(|duplicate| {
        format!("{:?} of {} {:.2}", duplicate.kind, duplicate.of.short(), duplicate.similarity)
    });
    let named = [
        ("title", article.title.clone()),
        ("authors", authors),
        ("published", article.published.clone()),
        ("modified", article.modified.clone()),
        ("dateline", article.dateline.clone()),
        ("standfirst", article.standfirst.clone()),
        ("language", language),
        ("duplicate", duplicate),
    ];
    for (name, value) in named {
        let Some(value) = value else { continue };
        let rule = article.evidence.get(name).map(|evidence| format!(" ({})", evidence.rule));
        let _ = writeln!(shown, "{name}: {value}{}", rule.unwrap_or_default());
    }
    for (name, value) in &article.notes {
        let _ = writeln!(shown, "note {name}: {value}");
    }
}

#[cfg(test)]
mod tests {
    use copydesk_core::{Cut, Reason};

    use super::*;
    use crate::article;

    #[test]
    fn a_cut_stands_in_its_place() {
        let mut article = article("Rain fell.\nShare this\nIt stopped.");
        let share = article.blocks()[1].span;
        article.cut(vec![
            Cut::new(share, Reason::Share, "bar", "strip", 0.9).with_twin(article.blocks()[0].span),
        ]);
        article.title = Some("Rain".to_owned());
        assert_eq!(
            render(&article),
            "title: Rain\nkept paragraph | Rain fell.\nCUT share strip/bar 0.90 twin 0..10 | Share this\n\
             kept paragraph | It stopped.\n"
        );
    }
}
