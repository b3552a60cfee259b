//! SIGTERM under load, and two daemons on one folder.
