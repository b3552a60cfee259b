//! Promise 2 under `kill -9`: at random, at every named commit step, under a memory limit.
