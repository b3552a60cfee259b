//! The ledger by itself: its balance, its end, and articles that stand for nothing.

use std::fs;

use copydesk_runtime::ledger::ArticleInfo;
use copydesk_runtime::read_quarantine;

use super::desk::Desk;
use super::finding::{End, Finding, Mend};
use super::look::Look;
use super::originals;

pub(super) fn check(desk: &Desk, look: &mut Look, moves: bool) {
    let counts = look.ledger.counts();
    let mut findings = Vec::new();
    if !counts.balances() {
        let message = "seen is not the sum of what became of the articles";
        findings.push(Finding::new("unbalanced", "ledger", message, Mend::Nothing));
    }
    let torn = look.ledger.torn_bytes();
    if torn > 0 && !moves {
        let message = format!("{torn} bytes of a write that was cut short");
        findings.push(Finding::new("torn", "ledger", message, Mend::CutTorn));
    }
    let odd = look.ledger.oddities();
    if odd > 0 {
        let message = format!("{odd} entries about articles that it does not hold");
        findings.push(Finding::new("damaged", "ledger", message, Mend::Salvage));
    }
    let duplicates = look.ledger.articles().filter(|article| article.status == "duplicate");
    findings.extend(duplicates.filter_map(|article| duplicate(desk, look, article)));
    let entries = read_quarantine(&desk.state).list();
    let is_spilled = has_spill(desk);
    let pending = look.ledger.articles().filter(|article| article.status == "pending");
    for article in pending {
        let is_kept = is_spilled || entries.iter().any(|entry| entry.stored && entry.seq == article.seq);
        if !is_kept {
            findings.extend(unsettled(look, article));
        }
    }
    let said = format!(
        "{} seen in {} files = {} delivered + {} duplicate + {} dropped + {} quarantined + {} superseded + {} pending",
        counts.seen,
        look.ledger.files().count(),
        counts.delivered,
        counts.duplicate,
        counts.dropped,
        counts.quarantined,
        counts.superseded,
        counts.pending
    );
    look.summary.push(("ledger".to_owned(), said));
    look.findings.extend(findings);
}

/// A duplicate must have an article to be one of.
fn duplicate(desk: &Desk, look: &Look, article: &ArticleInfo) -> Option<Finding> {
    let stands = |other: &ArticleInfo| !other.gone && other.status != "duplicate";
    if look.ledger.with_id(&article.id).any(stands) {
        return None;
    }
    let seq = article.seq;
    let mend = if look.is_held(&article.id) {
        Mend::Settle { seq, end: End::Delivered }
    } else if originals::holds(desk, &article.uri, &article.id) == Some(true) {
        Mend::Settle { seq, end: End::Retry }
    } else {
        Mend::Nothing
    };
    let mut message = "a duplicate of an article that is not there".to_owned();
    if mend == Mend::Nothing {
        message.push_str("; its file is gone or has changed, and no sink holds it");
    }
    Some(Finding::new("orphan", "ledger", message, mend).of(article.id, &article.uri))
}

/// What is on its way needs its file, unless something else keeps its bytes.
fn unsettled(look: &Look, article: &ArticleInfo) -> Option<Finding> {
    let path = originals::path_of(&article.uri)?;
    let gone = path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
    if !gone {
        return None;
    }
    let seq = article.seq;
    let (kind, message, end) = if look.is_held(&article.id) {
        ("unsettled", "pending, its file is gone, and a sink holds it", End::Delivered)
    } else {
        ("lost", "pending, and its file was removed before it was delivered", End::Vanished)
    };
    Some(Finding::new(kind, "folder", message, Mend::Settle { seq, end }).of(article.id, &article.uri))
}

/// True if parcels wait on disk for a sink that was down.
fn has_spill(desk: &Desk) -> bool {
    let names = fs::read_dir(desk.state.join("spill")).into_iter().flatten().flatten();
    names.into_iter().any(|name| name.metadata().is_ok_and(|metadata| metadata.len() > 0))
}
