//! Stages outside the program. A plugin is shown an article and answers with proposals: notes, fields, cuts, leave it
//! out, or cannot.
//!
//! What must stay true here:
//! - A plugin changes nothing by itself. What it proposes is checked against the article and the laws, and taken whole
//!   or refused whole, with the reason ([`Proposals`]).
//! - Whatever a plugin does (end, hang, flood, lie), it costs the articles it was given, and no others.
//! - A plugin never outlives the program that started it, nor does what it started itself.
//! - Nothing is read from a plugin without a bound on size and time.

mod exec;
mod meter;
mod plugin;
mod printed;
mod proposal;
mod supervise;
mod usage;
mod view;
mod wasm;
pub mod wire;

pub use exec::{ExecStage, HostLimits, host, launch};
pub use meter::MEASURES;
pub use plugin::{Description, Plugin, Taken};
pub use proposal::{Answer, Failure, Json, Proposals, Refusal};
pub use view::article_json;
pub use wasm::WasmStage;
