//! Telling stages with state how far the ledger is, so that they may make their memory safe by themselves.
//!
//! What must stay true: a stage is told of an article's end only after that end is durable. So what it writes is
//! never ahead of the ledger, and the ledger forgets nothing that is not written.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use copydesk_core::Seq;
use tracing::{error, warn};

use super::run::Shared;
use super::steps::{self, Running};
use crate::ledger::Ticket;

/// Articles between two looks at the ledger.
const EVERY: u32 = 256;

/// How the stages' health names what they cannot write.
const TROUBLE: &str = "stages";

/// The next place that stages are told of.
#[derive(Default)]
pub(super) struct Checkpoint {
    n_passed: u32,
    /// Every article before this place has ended, once the commit is durable.
    next: Option<(Seq, Ticket)>,
}

impl Checkpoint {
    /// After each article.
    pub(super) fn passed(&mut self, shared: &Shared, stages: &mut [Running]) {
        self.n_passed += 1;
        if self.n_passed < EVERY {
            return;
        }
        self.n_passed = 0;
        let Some((below, ticket)) = self.next else {
            self.next = Some(shared.ledger.settled_below());
            return;
        };
        if shared.ledger.is_durable(ticket) {
            tell(shared, stages, below);
            self.next = Some(shared.ledger.settled_below());
        }
    }
}

/// After the last article of a run in which nothing was left undone.
pub(super) fn conclude(shared: &Shared, stages: &mut [Running]) {
    let (below, ticket) = shared.ledger.settled_below();
    if shared.wait_durable(ticket) {
        tell(shared, stages, below);
    }
}

fn tell(shared: &Shared, stages: &mut [Running], below: Seq) {
    let mut trouble = None;
    for running in stages.iter_mut().filter(|running| running.stateful) {
        match catch_unwind(AssertUnwindSafe(|| running.stage.settled(below))) {
            Ok(Ok(forgettable)) => shared.ledger.forget(&running.name, forgettable),
            Ok(Err(failed)) => {
                let told =
                    format!("stage `{}` cannot save what it remembers: {}", running.name, failed.message);
                if !shared.stats.has_trouble(TROUBLE) {
                    warn!("{told}");
                }
                trouble = Some(told);
            }
            Err(panic) => {
                shared.stats.panics.fetch_add(1, Ordering::Relaxed);
                let text = steps::panic_text(&*panic);
                error!(stage = running.name, panic = text, "stage panicked, going on with a fresh one");
                steps::renew(shared, running);
            }
        }
    }
    shared.stats.set_trouble(TROUBLE, trouble);
}
