//! Ledger, channels, threads, sink batching and retry, shutdown.
