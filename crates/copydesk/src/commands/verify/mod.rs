//! `copydesk verify`: ledger, sinks and quarantine checked against each other.
//!
//! Every disagreement is one finding. `--repair` mends what can be mended and says what cannot; it needs the
//! state folder for itself, while a check may run beside a daemon.

mod repair;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use copydesk_config::{Plan, SinkPlan};
use copydesk_core::{ArticleId, Seq};
use copydesk_runtime::ledger::{ArticleInfo, LedgerView, read_articles, read_status};
use copydesk_runtime::read_quarantine;
use serde::Serialize;

use super::{Answer, Failure};
use crate::args::Common;
use crate::explain::safe;
use crate::{Exit, setup};

/// One disagreement.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Finding {
    /// `missing`, `doubled`, `orphan`, `damaged`, `unbalanced`.
    kind: &'static str,
    /// `ledger`, `quarantine`, or the sink's name.
    place: String,
    /// The article, if it is about one.
    id: Option<ArticleId>,
    /// One line.
    message: String,
    /// True once `--repair` has mended it.
    repaired: bool,
}

impl Finding {
    fn new(kind: &'static str, place: &str, id: Option<ArticleId>, message: impl Into<String>) -> Finding {
        Finding { kind, place: place.to_owned(), id, message: message.into(), repaired: false }
    }
}

pub(super) fn run(common: &Common, repair: bool, as_json: bool) -> Answer {
    let plan = setup::plan(common, None)?;
    let state = setup::state_of(common, &plan);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Work(format!("cannot start: {error}")))?;
    let mut findings = Vec::new();
    if repair {
        repair::ledger(&state, &mut findings)?;
    }
    let ledger = read_articles(&state).map_err(|error| Failure::Work(setup::chain(&error)))?;
    balance(&state, &mut findings)?;
    quarantine(&state, &ledger, &mut findings);
    let expected = expected(&ledger);
    for sink in &plan.sinks {
        if let (Some(file), "sqlite") = (file_of(sink).filter(|file| file.exists()), sink.kind.as_str()) {
            store(&sink.name, &file, repair, &mut findings);
        }
        match runtime.block_on(held(&plan, sink, &state, &mut findings)) {
            Ok(Some(held)) => compare(&sink.name, &ledger, &expected, &held, &mut findings),
            Ok(None) => {}
            Err(message) => findings.push(Finding::new("damaged", &sink.name, None, message)),
        }
    }
    if repair {
        runtime.block_on(repair::sinks(common, &plan, &state, &ledger, &mut findings))?;
    }
    report(&findings, ledger.articles().count(), as_json)
}

fn balance(state: &Path, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    let status = read_status(state).map_err(|error| Failure::Work(setup::chain(&error)))?;
    if let Some(status) = status
        && !status.counts.balances()
    {
        findings.push(Finding::new(
            "unbalanced",
            "ledger",
            None,
            "seen is not the sum of what became of the articles",
        ));
    }
    Ok(())
}

/// The store by itself: file, records, and the search index against the rows.
fn store(sink: &str, file: &Path, repair: bool, findings: &mut Vec<Finding>) {
    let check = |repair| copydesk_sink_sqlite::verify(file, repair).map_err(|error| setup::chain(&error));
    let problems = match check(false) {
        Ok(problems) => problems,
        Err(error) => vec![error],
    };
    if problems.is_empty() {
        return;
    }
    let left = if repair { check(true).and_then(|_| check(false)) } else { Ok(problems.clone()) };
    for problem in problems {
        let repaired = left.as_ref().is_ok_and(|left| !left.contains(&problem));
        findings.push(Finding { repaired, ..Finding::new("damaged", sink, None, problem) });
    }
}

/// What every sink must hold.
fn expected(ledger: &LedgerView) -> BTreeMap<ArticleId, Seq> {
    let delivered = ledger.articles().filter(|article| article.status == "delivered");
    delivered.map(|article| (article.id, article.seq)).collect()
}

fn quarantine(state: &Path, ledger: &LedgerView, findings: &mut Vec<Finding>) {
    let view = read_quarantine(state);
    let entries: BTreeSet<Seq> = view.list().iter().map(|entry| entry.seq).collect();
    let quarantined = |article: &&ArticleInfo| article.status == "quarantined";
    for article in ledger.articles().filter(quarantined) {
        if !entries.contains(&article.seq) {
            let message = format!("no entry for {}", article.uri);
            findings.push(Finding::new("missing", "quarantine", Some(article.id), message));
        }
    }
    for entry in view.list() {
        let known = ledger.by_seq(entry.seq).map(|article| article.status);
        if !matches!(known, Some("quarantined" | "pending")) {
            let message = format!(
                "the entry {} of {} is {} in the ledger",
                entry.key,
                entry.uri,
                known.unwrap_or("unknown")
            );
            findings.push(Finding::new("orphan", "quarantine", Some(entry.id), message));
        }
    }
}

/// The path of a sink that keeps a file.
fn file_of(sink: &SinkPlan) -> Option<PathBuf> {
    sink.options.get("path").and_then(serde_json::Value::as_str).map(PathBuf::from)
}

/// The ids a sink holds; `None` where it cannot tell.
async fn held(
    plan: &Plan,
    sink: &SinkPlan,
    state: &Path,
    findings: &mut Vec<Finding>,
) -> Result<Option<BTreeSet<ArticleId>>, String> {
    let file = file_of(sink);
    if file.as_ref().is_some_and(|file| !file.exists()) {
        return Ok(Some(BTreeSet::new()));
    }
    if let (Some(file), "jsonl") = (&file, sink.kind.as_str()) {
        let inspection = copydesk_sink::inspect(file).map_err(|error| setup::chain(&error))?;
        for id in inspection.doubled {
            findings.push(Finding::new("doubled", &sink.name, Some(id), "stands on more than one line"));
        }
        for line in inspection.corrupt {
            let message =
                format!("line {} ({} bytes at {}) is no record", line.line, line.bytes, line.offset);
            findings.push(Finding::new("damaged", &sink.name, None, message));
        }
        return Ok(Some(inspection.ids.into_iter().collect()));
    }
    let position = plan.sinks.iter().position(|other| other.name == sink.name).unwrap_or_default();
    let mut made = setup::sinks(plan, state).map_err(|failure| format!("{failure:?}"))?.swap_remove(position);
    made.open().await.map_err(|error| error.to_string())?;
    let ids = made.inventory().await.map_err(|error| error.to_string())?;
    made.close().await.map_err(|error| error.to_string())?;
    Ok(ids.map(|ids| ids.into_iter().collect()))
}

fn compare(
    sink: &str,
    ledger: &LedgerView,
    expected: &BTreeMap<ArticleId, Seq>,
    held: &BTreeSet<ArticleId>,
    findings: &mut Vec<Finding>,
) {
    // A sink that was added later begins there: what lies before its first article is not missed.
    let begins = expected.iter().filter(|(id, _)| held.contains(id)).map(|(_, seq)| *seq).min();
    for (id, seq) in expected {
        if !held.contains(id) && begins.is_none_or(|begins| *seq > begins) {
            let uri = ledger.by_seq(*seq).map_or("", |article| article.uri.as_str());
            findings.push(Finding::new(
                "missing",
                sink,
                Some(*id),
                format!("delivered, and not there: {uri}"),
            ));
        }
    }
    let known: BTreeSet<ArticleId> = ledger.articles().map(|article| article.id).collect();
    for id in held.difference(&known) {
        findings.push(Finding::new("orphan", sink, Some(*id), "there, and unknown to the ledger"));
    }
}

fn report(findings: &[Finding], n_articles: usize, as_json: bool) -> Answer {
    let mut out = io::stdout().lock();
    for finding in findings {
        if as_json {
            writeln!(out, "{}", serde_json::to_string(finding).map_err(io::Error::other)?)?;
            continue;
        }
        let id = finding.id.map_or_else(String::new, |id| format!(" {}", id.short()));
        let mended = if finding.repaired { " (mended)" } else { "" };
        writeln!(
            out,
            "{} in {}:{id} {}{mended}",
            finding.kind,
            safe(&finding.place),
            safe(&finding.message)
        )?;
    }
    let open = findings.iter().filter(|finding| !finding.repaired).count();
    if !as_json {
        let verdict = if open == 0 { "all agree" } else { "they do not agree" };
        writeln!(
            out,
            "{n_articles} articles in the ledger, {} findings, {open} open: {verdict}",
            findings.len()
        )?;
    }
    Ok(if open == 0 { Exit::Done } else { Exit::Failed })
}
