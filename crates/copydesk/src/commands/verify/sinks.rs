//! The sinks against the ledger: what is missing, what nobody knows of, what should be gone.

use std::collections::{HashMap, HashSet};

use copydesk_core::{ArticleId, Seq};
use copydesk_runtime::ledger::ArticleInfo;

use super::desk::{Desk, SinkPlace};
use super::finding::{Finding, Mend};
use super::held::{Held, Stored};
use super::look::Look;
use super::originals;

pub(super) fn compare(desk: &Desk, look: &mut Look) {
    let mut findings = Vec::new();
    let superseded = superseded(look);
    let current = current(desk, look);
    for (sink, (place, held)) in desk.sinks.iter().zip(&look.held).enumerate() {
        if !held.is_known {
            continue;
        }
        missing(desk, look, (sink, place, held), &mut findings);
        for stored in held.articles.iter().filter(|stored| !look.knows(&stored.id)) {
            let is_stale =
                !held.keeps_history && (superseded.contains(&stored.id) || has_left(desk, look, stored));
            if is_stale {
                let message = "superseded, and still there";
                let mend = Mend::Remove { sink, id: stored.id.to_string() };
                findings.push(Finding::new("stale", &place.name, message, mend).of(stored.id, &stored.uri));
            } else if !held.keeps_history || current.get(stored.uri.as_str()) == Some(&stored.id) {
                let message = "there, and unknown to the ledger";
                let mend = Mend::Adopt { sink, id: stored.id };
                findings.push(Finding::new("orphan", &place.name, message, mend).of(stored.id, &stored.uri));
            }
        }
    }
    for (place, held) in desk.sinks.iter().zip(&look.held).filter(|(_, held)| held.is_known) {
        look.summary.push((place.name.clone(), held.said()));
    }
    look.findings.extend(findings);
}

/// What was delivered since the sink began must be in it.
fn missing(
    desk: &Desk,
    look: &Look,
    (sink, place, held): (usize, &SinkPlace, &Held),
    findings: &mut Vec<Finding>,
) {
    let delivered = || look.ledger.articles().filter(|article| article.status == "delivered");
    let Some(begin) = look.ledger.begin(&place.name) else { return };
    // A ledger compacted by an early version of the program gives a later beginning than the true one.
    let first_held = delivered().find(|article| held.by_id.contains_key(&article.id));
    let begin = first_held.map_or(begin, |first| begin.min(Seq(first.seq.0.saturating_sub(1))));
    let leaving = leaving(look);
    let owed = |article: &&ArticleInfo| article.seq > begin && !leaving.contains(&article.id);
    for article in delivered().filter(owed).filter(|article| !held.by_id.contains_key(&article.id)) {
        let (message, mend) = match source(desk, look, article) {
            Some(from) => {
                (format!("delivered, and not there; {from} has it"), Mend::Deliver { sink, seq: article.seq })
            }
            None => (
                "delivered, and not there; no other sink holds it, and its file is gone or has changed"
                    .to_owned(),
                Mend::Nothing,
            ),
        };
        findings.push(Finding::new("missing", &place.name, message, mend).of(article.id, &article.uri));
    }
}

/// Articles that one on its way takes the place of: a sink that has that one already may not have them any more.
fn leaving(look: &Look) -> HashSet<ArticleId> {
    let pending = look.ledger.articles().filter(|article| article.status == "pending");
    pending.flat_map(|article| article.replaces.iter().copied()).collect()
}

/// Where a delivered article can be had from.
fn source(desk: &Desk, look: &Look, article: &ArticleInfo) -> Option<String> {
    let mut sinks = desk.sinks.iter().zip(&look.held);
    let other = sinks.find(|(_, held)| held.by_id.contains_key(&article.id));
    other.map(|(place, _)| place.name.clone()).or_else(|| {
        let found = originals::find(desk, look, article)?;
        found.part.map(|_| "its file".to_owned())
    })
}

/// Articles that the ledger, or a current article's record, says were superseded.
fn superseded(look: &Look) -> HashSet<ArticleId> {
    let by_ledger =
        look.ledger.articles().filter(|article| article.status == "superseded").map(|article| article.id);
    let stored = look.held.iter().flat_map(|held| &held.articles);
    let by_record = stored.filter(|stored| look.knows(&stored.id)).filter_map(|stored| stored.supersedes);
    by_ledger.chain(by_record).collect()
}

/// True if the article's file is there, without the article, and the ledger has another one at its place.
fn has_left(desk: &Desk, look: &Look, stored: &Stored) -> bool {
    let path = originals::below_root(&look.root, &stored.uri);
    let path = String::from_utf8_lossy(&path);
    let part = originals::part_of(&stored.uri);
    let mut here = look.ledger.articles().filter(|article| !article.gone && article.part == part);
    here.any(|article| article.path == path) && originals::holds(desk, &stored.uri, &stored.id) == Some(false)
}

/// For files of which the ledger knows nothing: the article that is current at each place. A SQLite store keeps no
/// other, a JSONL file ends with it, and where the file is still there it decides.
fn current<'a>(desk: &Desk, look: &'a Look) -> HashMap<&'a str, ArticleId> {
    let known: HashSet<&str> = look
        .ledger
        .articles()
        .filter(|article| !article.gone)
        .filter_map(|article| look.ledger.file_of(article))
        .map(|file| file.uri.as_str())
        .collect();
    let mut current: HashMap<&str, ArticleId> = HashMap::new();
    let mut doubtful: HashMap<&str, Vec<ArticleId>> = HashMap::new();
    let mut kinds: Vec<&Held> = look.held.iter().collect();
    kinds.sort_by_key(|held| !held.keeps_history);
    for held in kinds {
        for stored in &held.articles {
            let file = stored.uri.split('#').next().unwrap_or_default();
            if known.contains(file) {
                continue;
            }
            let before = current.insert(&stored.uri, stored.id);
            if held.keeps_history && before.is_some_and(|before| before != stored.id) {
                doubtful.entry(&stored.uri).or_default().extend(before);
            } else if !held.keeps_history {
                doubtful.remove(stored.uri.as_str());
            }
        }
    }
    for (uri, earlier) in doubtful {
        let lies_there = |id: &&ArticleId| originals::holds(desk, uri, id) == Some(true);
        if let Some(id) = earlier.iter().find(lies_there) {
            current.insert(uri, *id);
        }
    }
    current
}
