//! Files that change, vanish or turn into something else while they are taken.
