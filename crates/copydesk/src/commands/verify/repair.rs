//! What `--repair` can mend.
//!
//! A damaged ledger keeps what can be read. An article missing in one sink is written again: from a store
//! that holds its record, else cleaned anew from its file, if that still holds the same bytes. An article
//! that is nowhere any more cannot be brought back, and stays a finding.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use copydesk_config::Plan;
use copydesk_core::{ArticleId, Parcel, Seq};
use copydesk_runtime::StateLock;
use copydesk_runtime::ledger::{LedgerError, LedgerView, read_status, salvage};
use serde_json::Value;

use super::{Finding, file_of};
use crate::args::Common;
use crate::cleaner::{CleanOutcome, Input};
use crate::commands::Failure;
use crate::setup;

/// Mends a damaged ledger.
pub(super) fn ledger(state: &Path, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    let Err(error @ LedgerError::Damaged { .. }) = read_status(state) else { return Ok(()) };
    let work = |error: &dyn std::error::Error| Failure::Work(setup::chain(error));
    let _lock = StateLock::acquire(state).map_err(|error| work(&error))?;
    let lost = salvage(state).map_err(|error| work(&error))?;
    let mut finding =
        Finding::new("damaged", "ledger", None, format!("{error}; {lost} bytes could not be read"));
    finding.repaired = true;
    findings.push(finding);
    Ok(())
}

/// Writes missing articles again.
pub(super) async fn sinks(
    common: &Common,
    plan: &Plan,
    state: &Path,
    ledger: &LedgerView,
    findings: &mut [Finding],
) -> Result<(), Failure> {
    let _lock = StateLock::acquire(state).map_err(|error| Failure::Work(setup::chain(&error)))?;
    for (sink, mut made) in plan.sinks.iter().zip(setup::sinks(plan, state)?) {
        let missing = |finding: &&mut Finding| finding.kind == "missing" && finding.place == sink.name;
        let mut opened = false;
        for finding in findings.iter_mut().filter(missing) {
            let Some(id) = finding.id else { continue };
            let article =
                ledger.by_id(&id.to_string()).into_iter().find(|article| article.status == "delivered");
            let Some(article) = article else { continue };
            let Some(parcel) =
                stored(plan, id, article.seq).or_else(|| cleaned(common, &article.uri, id, article.seq))
            else {
                finding.message.push_str("; no store holds it, and its file is gone or has changed");
                continue;
            };
            let work =
                |error: copydesk_core::SinkError| Failure::Work(format!("sink `{}`: {error}", sink.name));
            if !opened {
                made.open().await.map_err(work)?;
                opened = true;
            }
            made.write(&[Arc::new(parcel)]).await.map_err(work)?;
            finding.repaired = true;
        }
        if opened {
            made.close().await.map_err(|error| Failure::Work(format!("sink `{}`: {error}", sink.name)))?;
        }
    }
    Ok(())
}

/// From the record in a SQLite store.
fn stored(plan: &Plan, id: ArticleId, seq: Seq) -> Option<Parcel> {
    let mut stores = plan.sinks.iter().filter(|sink| sink.kind == "sqlite").filter_map(file_of);
    let record = stores.find_map(|path| copydesk_sink_sqlite::load(&path, &id.to_string()).ok())?;
    let value: Value = serde_json::from_str(&record).ok()?;
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    Some(Parcel {
        seq,
        id,
        supersedes: None,
        uri: text("/source/uri").unwrap_or_default(),
        title: text("/title"),
        published: text("/published"),
        language: text("/language/code"),
        text: text("/text").unwrap_or_default(),
        record,
    })
}

/// From the file it came from.
fn cleaned(common: &Common, uri: &str, id: ArticleId, seq: Seq) -> Option<Parcel> {
    let path = path_of(uri)?;
    let cleaner = setup::cleaner(common).ok()?;
    let mut found = None;
    let done = cleaner.clean(&[Input::File(path)], |outcome| {
        if let CleanOutcome::Article(mut article) = outcome
            && article.id == id
        {
            article.seq = seq;
            found = Some(Parcel::new(&article, None));
        }
        Ok(())
    });
    done.ok().and(found)
}

/// The path a `file:` URI stands for.
fn path_of(uri: &str) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let rest = uri.strip_prefix("file://")?;
    let rest = rest.split('#').next()?.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    let mut at = 0;
    while let Some(&byte) = rest.get(at) {
        let escaped = rest.get(at + 1..at + 3).filter(|_| byte == b'%');
        let decoded = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(decoded.unwrap_or(byte));
        at += if decoded.is_some() { 3 } else { 1 };
    }
    Some(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_leads_back_to_its_path() {
        let path = Path::new("/in/a b\n%41#é.txt");
        assert_eq!(path_of(&(crate::cleaner::file_uri(path) + "#3")).unwrap(), path);
    }
}
