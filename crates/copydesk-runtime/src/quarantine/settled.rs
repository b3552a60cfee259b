//! Entries of articles that are in quarantine no longer. A process may die, or the power fail, after the ledger
//! says so and before the entry is durably gone.

use tracing::warn;

use super::Quarantine;
use crate::ledger::{Ledger, PathKey, Status};

/// Removes them. Returns how many entries cannot be judged yet, for their files are still under way.
pub(crate) fn remove_settled(ledger: &Ledger, quarantine: &Quarantine) -> usize {
    if quarantine.is_empty() {
        return 0;
    }
    let mut n_undecided = 0;
    let mut gone = Vec::new();
    for entry in quarantine.list() {
        let state = ledger.state();
        // What the ledger knows nothing of may be all that is left of an article: it stays, and `verify` says so.
        let file = entry.path_bytes().and_then(|path| state.file(&PathKey::of(&path)));
        let Some(file) = file else { continue };
        let is_kept = state
            .rows_with(&entry.id)
            .any(|row| row.file == file && matches!(row.status, Status::Pending | Status::Quarantined));
        if is_kept {
            continue;
        }
        if state.known(file).settled {
            gone.push(entry.key);
        } else {
            n_undecided += 1;
        }
    }
    for key in gone {
        if let Err(error) = quarantine.remove(&key) {
            warn!(key, %error, "cannot remove the quarantine entry of a settled article");
        }
    }
    n_undecided
}
