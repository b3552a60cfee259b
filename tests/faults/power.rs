//! Promise 2 when unsynced writes are dropped, reordered and torn.
