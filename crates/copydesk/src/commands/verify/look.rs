//! One look at everything. The ledger is read first: what it called delivered then is in the sinks by now.

use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use copydesk_core::ArticleId;
use copydesk_runtime::ledger::{LedgerError, LedgerView, read_articles};

use super::desk::Desk;
use super::finding::{Finding, Mend};
use super::held::Held;
use super::{copies, folder, ledger, originals, quarantine, sinks};
use crate::commands::Failure;
use crate::setup;

/// What was seen.
pub(super) struct Look {
    pub(super) ledger: LedgerView,
    /// By place in the configuration.
    pub(super) held: Vec<Held>,
    /// The drop folder, or what the files of another source lie below, if that can be told.
    pub(super) root: PathBuf,
    pub(super) findings: Vec<Finding>,
    /// A line for each part.
    pub(super) summary: Vec<(String, String)>,
}

impl Look {
    /// Looks; `moves` while a daemon changes what is looked at.
    pub(super) fn take(desk: &Desk, moves: bool) -> Result<Look, Failure> {
        let mut findings = Vec::new();
        let ledger = match read_articles(&desk.state) {
            Ok(ledger) => Some(ledger),
            Err(error @ (LedgerError::Damaged { .. } | LedgerError::Foreign(_))) => {
                findings.push(Finding::new("damaged", "ledger", setup::chain(&error), Mend::Salvage));
                None
            }
            Err(error) => return Err(Failure::Work(setup::chain(&error))),
        };
        let is_readable = ledger.is_some();
        let ledger = ledger.unwrap_or_default();
        let root = root(desk, &ledger);
        let mut look = Look { ledger, held: Vec::new(), root, findings, summary: Vec::new() };
        look.held =
            (0..desk.sinks.len()).map(|sink| Held::read(desk, sink, moves, &mut look.findings)).collect();
        if is_readable {
            ledger::check(desk, &mut look, moves);
            folder::compare(desk, &mut look);
            sinks::compare(desk, &mut look);
            quarantine::compare(desk, &mut look)?;
            copies::compare(desk, &mut look)?;
            copies::look_at_stories(desk, &mut look);
        } else {
            let said = "cannot be read, so nothing can be held against it".to_owned();
            look.summary.push(("ledger".to_owned(), said));
        }
        Ok(look)
    }

    /// The ledger alone.
    pub(super) fn of_ledger(desk: &Desk) -> Result<Look, Failure> {
        let ledger = read_articles(&desk.state).map_err(|error| Failure::Work(setup::chain(&error)))?;
        let root = root(desk, &ledger);
        Ok(Look { ledger, held: Vec::new(), root, findings: Vec::new(), summary: Vec::new() })
    }

    /// True if the ledger has an article with these bytes that is more than a count.
    pub(super) fn knows(&self, id: &ArticleId) -> bool {
        self.ledger.with_id(id).any(|article| !article.gone)
    }

    /// True if a sink holds it.
    pub(super) fn is_held(&self, id: &ArticleId) -> bool {
        self.held.iter().any(|held| held.by_id.contains_key(id))
    }
}

/// The drop folder: the configured one; where only an earlier `run` was told, the one the ledger's files lie in.
fn root(desk: &Desk, ledger: &LedgerView) -> PathBuf {
    let of_ledger = || {
        let file = ledger.files().next()?;
        let path = originals::path_of(&file.uri)?.into_os_string().into_vec();
        let root = path.strip_suffix(file.path.as_slice())?.strip_suffix(b"/")?;
        Some(Path::new(std::ffi::OsStr::from_bytes(root)).to_owned())
    };
    let Some(folder) = &desk.folder else { return of_ledger().unwrap_or_default() };
    let given = || folder.path.canonicalize().unwrap_or_else(|_| folder.path.clone());
    if desk.folder_is_given { given() } else { of_ledger().unwrap_or_else(given) }
}
