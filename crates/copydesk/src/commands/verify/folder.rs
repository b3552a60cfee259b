//! The drop folder against the ledger. Nothing here is a disagreement: what the ledger does not know is not yet
//! taken, what differs is a revision to come, what is settled and there waits to be cleared away or is kept.

use copydesk_watcher::{After, survey};

use super::desk::Desk;
use super::look::Look;

pub(super) fn compare(desk: &Desk, look: &mut Look) {
    let Some(mut folder) = desk.folder.clone() else { return };
    folder.path.clone_from(&look.root);
    let (mut n_files, mut n_new, mut n_changed, mut n_pending, mut n_settled) =
        (0_u64, 0_u64, 0_u64, 0_u64, 0_u64);
    let ledger = &look.ledger;
    let done = survey(&folder, std::slice::from_ref(&desk.state), &mut |lying| {
        n_files += 1;
        match ledger.file(&lying.path) {
            None => n_new += 1,
            Some(file) if file.stamp != lying.stamp => n_changed += 1,
            Some(file) if !file.settled => n_pending += 1,
            Some(_) => n_settled += 1,
        }
    });
    let settled = match folder.after {
        After::Keep => "settled",
        After::Move | After::Delete => "settled and not yet cleared away",
    };
    let said = match done {
        Ok(()) => format!(
            "{n_files} files: {n_settled} {settled}, {n_pending} on their way, {n_new} not yet taken, \
             {n_changed} to be looked at again"
        ),
        Err(error) => format!("not looked at: {error}"),
    };
    look.summary.push(("folder".to_owned(), said));
}
