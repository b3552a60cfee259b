//! The quarantine against the ledger: every quarantined article has its entry with its bytes, and every entry its
//! article.

use std::collections::HashSet;

use copydesk_core::Seq;
use copydesk_runtime::ledger::ArticleInfo;
use copydesk_runtime::{QuarantineInspected, inspect_quarantine, quarantine_key};

use super::desk::Desk;
use super::finding::{Finding, Mend};
use super::look::Look;
use super::originals;
use crate::commands::Failure;

const PLACE: &str = "quarantine";

pub(super) fn compare(desk: &Desk, look: &mut Look) -> Result<(), Failure> {
    let (found, n_leftovers) = inspect_quarantine(&desk.state)
        .map_err(|error| Failure::Work(format!("cannot read the quarantine: {error}")))?;
    let mut findings = Vec::new();
    let mut kept: HashSet<Seq> = HashSet::new();
    for inspected in &found {
        let article = article_of(look, inspected);
        kept.extend(article.map(|article| article.seq));
        findings.extend(judge(desk, look, inspected, article));
    }
    for article in look.ledger.articles().filter(|article| article.status == "quarantined") {
        if !kept.contains(&article.seq) {
            findings.push(broken(desk, look, article, "missing", "it has no entry"));
        }
    }
    let said = match n_leftovers {
        0 => format!("{} entries", found.len()),
        n => format!("{} entries, and {n} leftovers of a crash that the next run clears away", found.len()),
    };
    look.summary.push((PLACE.to_owned(), said));
    look.findings.extend(findings);
    Ok(())
}

/// The article of the ledger that an entry is of: quarantined, or about to be tried again.
fn article_of<'a>(look: &'a Look, inspected: &QuarantineInspected) -> Option<&'a ArticleInfo> {
    let waits = |article: &&ArticleInfo| matches!(article.status, "quarantined" | "pending");
    if let Some(entry) = &inspected.entry {
        return look.ledger.by_seq(entry.seq).filter(|article| article.id == entry.id).filter(waits);
    }
    look.ledger.articles().filter(waits).find(|article| {
        let file = look.ledger.file_of(article);
        file.is_some_and(|file| quarantine_key(&file.path, &article.id) == inspected.key)
    })
}

fn judge(
    desk: &Desk,
    look: &Look,
    inspected: &QuarantineInspected,
    article: Option<&ArticleInfo>,
) -> Option<Finding> {
    let key = inspected.key.clone();
    match (&inspected.entry, &inspected.problem, article) {
        (_, None, Some(_)) => None,
        (_, Some(problem), Some(article)) => Some(broken(desk, look, article, "damaged", problem)),
        (None, problem, None) => {
            let problem = problem.as_deref().unwrap_or_default();
            let message = format!("`{key}` belongs to no article, and {problem}");
            Some(Finding::new("orphan", PLACE, message, Mend::SetAside { key }))
        }
        (Some(entry), _, None) => {
            let path = entry.path_bytes().unwrap_or_default();
            let path = String::from_utf8_lossy(&path);
            let here = look.ledger.with_id(&entry.id).filter(|article| article.path == path);
            let (message, mend) = match here.last().map(|article| article.status) {
                Some(status) => {
                    (format!("the entry {key} is of an article that is {status}"), Mend::SetAside { key })
                }
                None => (format!("the entry {key} is unknown to the ledger"), Mend::AdoptEntry { key }),
            };
            Some(Finding::new("orphan", PLACE, message, mend).of(entry.id, &entry.uri))
        }
    }
}

/// An entry that must be made anew, if the bytes are still to be had.
fn broken(desk: &Desk, look: &Look, article: &ArticleInfo, kind: &'static str, problem: &str) -> Finding {
    let key = look.ledger.file_of(article).map(|file| quarantine_key(&file.path, &article.id));
    let has_bytes = article.referenced
        || key.is_some_and(|key| originals::set_aside(desk, &key, &article.id).is_some())
        || originals::find(desk, look, article).is_some();
    let (message, mend) = if has_bytes {
        (problem.to_owned(), Mend::RestoreEntry { seq: article.seq })
    } else {
        (format!("{problem}; its file is gone or has changed"), Mend::Nothing)
    };
    Finding::new(kind, PLACE, message, mend).of(article.id, &article.uri)
}
