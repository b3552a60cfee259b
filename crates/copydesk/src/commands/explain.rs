//! `copydesk explain`: a file, or an article of the store.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;

use copydesk_core::{Account, RecordView};
use serde_json::Value;

use super::{Answer, Failure, verify};
use crate::args::{Common, InputType};
use crate::cleaner::{CleanOutcome, Input};
use crate::{Exit, explain, setup};

pub(super) fn run(common: &Common, what: &OsStr, why: bool, as_type: InputType) -> Answer {
    let path = Path::new(what);
    if what == "-" || path.exists() {
        let input = if what == "-" { Input::Stdin } else { Input::File(path.to_owned()) };
        return file(common, &input, why, as_type);
    }
    let id = what.to_string_lossy();
    let is_id = (4..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_id {
        return Err(Failure::Work(format!("no file `{id}`, and no article id (4 to 64 hexadecimal digits)")));
    }
    stored(common, &id, why)
}

/// An article of the store. Its record says what was cut; what else the stages have to say, they say of the
/// original, if it still lies where it was found.
fn stored(common: &Common, id: &str, why: bool) -> Answer {
    let record = match setup::stored_record(common, id) {
        Ok(record) => record,
        Err(failure) => return undelivered(common, id, why)?.ok_or(failure),
    };
    let original = verify::known(common, record["id"].as_str().unwrap_or_default())?;
    let accounts = match original.and_then(|known| known.original) {
        Some((part, cleaner)) => cleaner.explain_part(&part).1,
        None if why => {
            let uri = explain::safe(record["source"]["uri"].as_str().unwrap_or_default());
            return Err(Failure::Work(format!(
                "the original of this article is gone (it was `{uri}`): without --why its record is shown"
            )));
        }
        None => Vec::new(),
    };
    show(&record, &accounts, why)?;
    Ok(Exit::Done)
}

/// An article that is in no store, but in the ledger: what became of it, and its original as far as it is there.
fn undelivered(common: &Common, id: &str, why: bool) -> Result<Option<Exit>, Failure> {
    let Some(known) = verify::known(common, id)? else { return Ok(None) };
    writeln!(io::stdout(), "{}", explain::safe(&known.said))?;
    if let Some((part, cleaner)) = known.original
        && let (CleanOutcome::Article(article), accounts) = cleaner.explain_part(&part)
    {
        let record = serde_json::to_value(RecordView(&article)).map_err(io::Error::other)?;
        show(&record, &accounts, why)?;
    }
    Ok(Some(Exit::Done))
}

fn file(common: &Common, input: &Input, why: bool, as_type: InputType) -> Answer {
    let mut cleaner = setup::cleaner(common)?;
    cleaner.set_media_type(as_type.media_type());
    let mut failed = None;
    cleaner.explain(input, |outcome, accounts| match outcome {
        CleanOutcome::Article(article) => {
            let record = serde_json::to_value(RecordView(&article)).map_err(io::Error::other)?;
            show(&record, accounts, why)
        }
        CleanOutcome::Dropped { uri, reason } => {
            writeln!(io::stdout(), "{uri}: dropped: {}", explain::safe(&reason))
        }
        CleanOutcome::Failed { uri, error } => {
            failed = Some(format!("{uri}: {error}"));
            Ok(())
        }
    })?;
    failed.map_or(Ok(Exit::Done), |error| Err(Failure::Work(error)))
}

fn show(record: &Value, accounts: &[Account], why: bool) -> io::Result<()> {
    let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
    // anstream drops the colours where there is no terminal, or NO_COLOR is set.
    let mut out = anstream::stdout().lock();
    out.write_all(explain::page(record, accounts, why, width).as_bytes())?;
    out.flush()
}
