//! SIGHUP and `copydesk reload`, with configurations good and bad.
