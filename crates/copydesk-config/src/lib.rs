//! Configuration: from TOML to a checked plan.
