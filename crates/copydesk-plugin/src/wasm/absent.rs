//! The stage where the program was built without the feature `wasm`: there is none.

use std::convert::Infallible;
use std::time::Duration;

use copydesk_core::{Article, BuildError, Stage, StageError, Verdict};

use super::WasmOptions;
use crate::plugin::{Description, Plugin, Taken};

/// There is none.
pub struct WasmStage(Infallible);

impl WasmStage {
    /// # Errors
    /// Always: this program was built without WebAssembly.
    pub fn new(_name: &str, _options: WasmOptions) -> Result<WasmStage, BuildError> {
        Err(BuildError("this program was built without the cargo feature `wasm` (`cargo install --path . --features wasm` builds it with it)".into()))
    }
}

impl Stage for WasmStage {
    fn process(&mut self, _article: &mut Article) -> Result<Verdict, StageError> {
        match self.0 {}
    }
}

impl Plugin for WasmStage {
    fn describe(&mut self) -> Result<Description, String> {
        match self.0 {}
    }

    fn set_strangers(&mut self, _on: bool) {
        match self.0 {}
    }

    fn test(&mut self, _most: Duration) {
        match self.0 {}
    }

    fn taken(&self) -> Option<Taken> {
        match self.0 {}
    }

    fn crash(&mut self) {
        match self.0 {}
    }

    fn end(&mut self) -> Result<(), String> {
        match self.0 {}
    }
}
