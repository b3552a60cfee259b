//! No space for the ledger, the store or the JSONL file.
