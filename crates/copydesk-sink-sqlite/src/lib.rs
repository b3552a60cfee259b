//! The SQLite sink with full-text search.
