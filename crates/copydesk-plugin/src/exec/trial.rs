//! The stage `exec` as the commands for plugins look at it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::child::Child;
use super::{ExecStage, Plan, protocol};
use crate::plugin::{Description, Plugin, Taken, with_stranger};
use crate::supervise::Guest;
use crate::usage;

impl Plan {
    /// A message or an article: an object, with a member that nobody knows if that is wanted.
    pub(super) fn strange<'j>(&self, json: &'j str) -> Cow<'j, str> {
        if self.strangers.load(Ordering::Relaxed) {
            Cow::Owned(with_stranger(json))
        } else {
            Cow::Borrowed(json)
        }
    }
}

impl Plugin for ExecStage {
    fn describe(&mut self) -> Result<Description, String> {
        let said = self.pool.with_guest(|plan, child| {
            let ready = child.ready().cloned().unwrap_or_default();
            Description {
                batch: ready.max_batch().min(plan.batch),
                name: ready.name,
                version: ready.version,
                protocol: protocol::VERSION.to_string(),
                hash: Child::hash(plan),
            }
        });
        said.map_err(|fault| fault.0)
    }

    fn set_strangers(&mut self, on: bool) {
        self.pool.plan().strangers.store(on, Ordering::Relaxed);
    }

    fn test(&mut self, most: Duration) {
        self.pool.test(most);
    }

    fn taken(&self) -> Option<Taken> {
        Some(usage::taken(&self.keepers()))
    }

    fn crash(&mut self) {
        let keepers = self.keepers();
        for stat in usage::processes().into_iter().filter(|stat| keepers.contains(&stat.parent)) {
            if let Some(pid) = i32::try_from(stat.pid).ok().and_then(Pid::from_raw) {
                // Gone already is as good.
                let _gone = kill_process(pid, Signal::KILL);
            }
        }
    }

    fn end(&mut self) -> Result<(), String> {
        self.pool.take_guests().into_iter().try_for_each(Child::end_in_good_order)
    }
}

impl ExecStage {
    /// The keepers of all that run and have nothing to do.
    fn keepers(&self) -> BTreeSet<u32> {
        self.pool.guests(Child::keeper).into_iter().collect()
    }
}
