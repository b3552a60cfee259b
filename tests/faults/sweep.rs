//! Promise 2 when the process dies in the n-th write, sync, rename or link, for every n.
