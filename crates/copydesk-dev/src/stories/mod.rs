//! Stories: how well and how fast they are found, and how the decision is learnt.

pub(crate) mod bench;
mod data;
mod fit;
mod score;
pub(crate) mod speed;
pub(crate) mod train;
