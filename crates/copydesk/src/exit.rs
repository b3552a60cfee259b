//! Exit codes, fixed by the contract.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Could not do the work.
    Failed,
    /// Wrong usage or configuration.
    Usage,
    /// Done, but some articles were quarantined.
    Quarantined,
}

impl Exit {
    /// The code the shell sees.
    pub fn code(self) -> ExitCode {
        ExitCode::from(self.number() as u8)
    }

    /// The same as a number.
    pub fn number(self) -> i32 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Quarantined => 3,
        }
    }
}
