//! The language of texts: how well and how fast it is told, and the training of its model.

pub(crate) mod bench;
pub(crate) mod train;
