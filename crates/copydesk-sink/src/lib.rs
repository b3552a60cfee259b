//! Plain sinks: JSONL, standard output, null.
