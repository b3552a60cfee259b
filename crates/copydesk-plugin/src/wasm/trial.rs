//! The stage `wasm` as the commands for plugins look at it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::guest::Instance;
use super::stage::{BATCH, WasmStage};
use crate::plugin::{Description, Plugin, Taken};
use crate::supervise::Guest;

/// The version of the world that we offer.
const WORLD: &str = "copydesk:stage@1.0.0";

impl Plugin for WasmStage {
    fn describe(&mut self) -> Result<Description, String> {
        let said = self.pool.with_guest(|plan, instance| Description {
            name: instance.name.clone(),
            version: instance.version.clone(),
            protocol: WORLD.to_owned(),
            batch: BATCH,
            hash: Instance::hash(plan),
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
        None
    }

    fn crash(&mut self) {
        drop(self.pool.take_guests());
    }

    fn end(&mut self) -> Result<(), String> {
        drop(self.pool.take_guests());
        Ok(())
    }
}
