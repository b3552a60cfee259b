//! Boilerplate rules and the block model.
