//! A great many files.
