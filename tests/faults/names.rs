//! Names and bytes that are hostile.
