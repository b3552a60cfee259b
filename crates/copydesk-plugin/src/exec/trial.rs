//! The stage `exec` as the commands for plugins look at it.

use std::borrow::Cow;
use std::sync::atomic::Ordering;

use rustix::process::{Pid, Signal, kill_process};

use super::child::Child;
use super::{ExecStage, Plan, host, protocol};
use crate::plugin::{Description, Plugin, with_stranger};
use crate::supervise::Guest;

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

    fn processes(&self) -> Vec<i32> {
        let all = host::all_processes();
        let mut found: Vec<Pid> = self.pool.guests(Child::keeper);
        let mut next = 0;
        while let Some(parent) = found.get(next).copied() {
            found.extend(all.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
            next += 1;
        }
        found.into_iter().map(|pid| pid.as_raw_nonzero().get()).collect()
    }

    fn crash(&mut self) {
        let keepers = self.pool.guests(Child::keeper);
        for (pid, parent) in host::all_processes() {
            if keepers.contains(&parent) {
                // Gone already is as good.
                let _gone = kill_process(pid, Signal::KILL);
            }
        }
    }

    fn end(&mut self) -> Result<(), String> {
        self.pool.take_guests().into_iter().try_for_each(Child::end_in_good_order)
    }
}
