//! One that runs, and which version it is.

use std::sync::Arc;

use super::version::Version;
use super::{Care, Fault, Guest};
use crate::meter::FaultKind;

/// A plugin that is ready, of a version.
pub(super) struct Running<G> {
    pub(super) guest: G,
    pub(super) version: Version,
}

/// What went wrong.
pub(super) struct Trouble {
    pub(super) what: String,
    /// Whether it did at the start.
    pub(super) at_start: bool,
    pub(super) kind: FaultKind,
    /// Of the version that made it.
    pub(super) hash: Arc<str>,
}

/// How often one is started whose files change while it starts.
const STARTS: usize = 3;

impl<G: Guest> Running<G> {
    /// Starts one, and waits until it is ready. If its files change meanwhile it is started again, so that it is known
    /// which version it is.
    pub(super) fn start(care: &Care<G>) -> Result<Running<G>, Trouble> {
        for _ in 1..STARTS {
            let running = Running::start_once(care)?;
            if running.version.is_current::<G>(&care.plan) {
                return Ok(running);
            }
        }
        Running::start_once(care)
    }

    fn start_once(care: &Care<G>) -> Result<Running<G>, Trouble> {
        let version = Version::of::<G>(&care.plan);
        match G::start(&care.plan) {
            Ok(guest) => {
                care.rules.meter.started();
                Ok(Running { guest, version })
            }
            Err(Fault(what, kind)) => {
                care.rules.meter.fault(FaultKind::Start);
                Err(Trouble { what, at_start: true, kind, hash: version.hash })
            }
        }
    }
}
