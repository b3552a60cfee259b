//! `copydesk verify`: ledger, sinks, quarantine and drop folder held against each other.
//!
//! What must stay true here:
//! - A look changes nothing. What it calls a disagreement beside a running daemon is one that a second look finds
//!   again, so what merely moves is none.
//! - `--repair` has the state folder for itself. It destroys no byte: what it takes out of a file is kept beside it.
//! - Whether something is mended is never assumed: after each repair everything is looked at once more, and what
//!   is found again is open. So a repair that was killed is done again, and one that was done finds nothing to do.

mod adopt;
mod copies;
mod desk;
mod finding;
mod folder;
mod held;
mod ledger;
mod look;
mod mend;
mod originals;
mod quarantine;
mod sinks;

use std::io::{self, Write};

use copydesk_core::Part;
use copydesk_runtime::StateLock;
use serde_json::json;

use self::desk::Desk;
use self::finding::Finding;
use self::look::Look;
use super::{Answer, Failure};
use crate::args::Common;
use crate::cleaner::Cleaner;
use crate::explain::safe;
use crate::{Exit, setup};

pub(super) fn run(common: &Common, repair: bool, as_json: bool) -> Answer {
    let desk = Desk::new(common)?;
    let (look, findings) = if repair { mended(&desk)? } else { steady(&desk)? };
    report(&look, &findings, as_json)
}

/// An article of the ledger, for who asks about it.
pub(super) struct Known {
    /// Where it came from, what became of it, and why.
    pub(super) said: String,
    /// Its original, if it still lies somewhere, and what cleans it.
    pub(super) original: Option<(Part, Cleaner)>,
}

/// The article whose id begins so; `None` if the ledger knows none, or several.
pub(super) fn known(common: &Common, id: &str) -> Result<Option<Known>, Failure> {
    let desk = Desk::new(common)?;
    let look = Look::of_ledger(&desk)?;
    let articles = look.ledger.by_id(id);
    let Some(last) = articles.last().filter(|last| articles.iter().all(|one| one.id == last.id)) else {
        return Ok(None);
    };
    let reason = last.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
    let said = format!("{}: {}{reason}", last.uri, last.status);
    let found = articles.iter().find_map(|article| originals::find(&desk, &look, article));
    let part = found.and_then(|found| found.part);
    Ok(Some(Known { said, original: part.map(|part| (part, desk.cleaner)) }))
}

/// What disagrees, whether or not a daemon runs.
fn steady(desk: &Desk) -> Result<(Look, Vec<Finding>), Failure> {
    let mut runs = StateLock::holder(&desk.state).is_some();
    let mut look = Look::take(desk, runs)?;
    let mut findings = std::mem::take(&mut look.findings);
    for _ in 1..LOOKS_WHILE_MOVING {
        runs |= StateLock::holder(&desk.state).is_some();
        if !runs || findings.is_empty() {
            break;
        }
        look = Look::take(desk, runs)?;
        findings.retain(|finding| look.findings.iter().any(|again| again.is_same(finding)));
    }
    Ok((look, findings))
}

/// Looks before something that is found is believed, while a daemon changes what is looked at.
const LOOKS_WHILE_MOVING: usize = 3;

/// Mends in rounds, for what one round mends may show what the next has to.
fn mended(desk: &Desk) -> Result<(Look, Vec<Finding>), Failure> {
    let lock = StateLock::acquire(&desk.state).map_err(|error| Failure::Work(setup::chain(&error)))?;
    let mut all: Vec<Finding> = Vec::new();
    let mut look = Look::take(desk, false)?;
    for _ in 0..MOST_ROUNDS {
        for finding in &look.findings {
            if !all.iter().any(|known| known.is_same(finding)) {
                all.push(finding.clone());
            }
        }
        if !mend::round(desk, &lock, &look)? {
            break;
        }
        look = Look::take(desk, false)?;
    }
    for finding in &mut all {
        let open = look.findings.iter().find(|left| left.is_same(finding));
        finding.repaired = open.is_none();
        if let Some(open) = open {
            finding.clone_from(open);
        }
    }
    let fresh = look.findings.iter().filter(|left| !all.iter().any(|known| known.is_same(left)));
    let fresh: Vec<Finding> = fresh.cloned().collect();
    all.extend(fresh);
    Ok((look, all))
}

/// Rounds of mending at most: a ledger, its sinks' files, what they hold, and what then is missing need one each.
const MOST_ROUNDS: usize = 8;

fn report(look: &Look, findings: &[Finding], as_json: bool) -> Answer {
    let mut out = io::stdout().lock();
    for (part, said) in &look.summary {
        if as_json {
            writeln!(out, "{}", json!({"kind": "summary", "place": part, "message": said}))?;
        } else {
            writeln!(out, "{}: {}", safe(part), safe(said))?;
        }
    }
    for finding in findings {
        if as_json {
            writeln!(out, "{}", serde_json::to_string(finding).map_err(io::Error::other)?)?;
        } else {
            writeln!(out, "{}", safe(&finding.to_string()))?;
        }
    }
    let open = findings.iter().filter(|finding| !finding.repaired).count();
    if !as_json {
        let verdict = if open == 0 { "all agree" } else { "they do not agree" };
        let n_articles = look.ledger.counts().seen;
        writeln!(
            out,
            "{n_articles} articles in the ledger, {} findings, {open} open: {verdict}",
            findings.len()
        )?;
        if findings.iter().any(|finding| !finding.repaired && finding.mendable) {
            writeln!(io::stderr(), "`copydesk verify --repair` mends what can be mended")?;
        }
    }
    Ok(if open == 0 { Exit::Done } else { Exit::Failed })
}
