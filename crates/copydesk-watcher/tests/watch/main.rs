//! The drop folder from the outside: real files, real events, and a ledger made of a map.

mod after;
mod backlog;
mod desk;
mod hostile;
mod ladder;
mod restart;
mod roots;
