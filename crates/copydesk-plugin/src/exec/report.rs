//! How a plugin has ended, as its keeper tells it: in the last line of all that is printed, written once nothing of the
//! plugin is left that could print. An exit code has no room for it, for a plugin's own may be any of them.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::printed::LAST_LINE;

/// How a plugin has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ended {
    /// By itself, with this code.
    Exit(i32),
    /// By this signal.
    Signal(i32),
    /// Its keeper has ended it, for it went beyond a limit: which one, and how.
    Beyond(String),
    /// Its keeper could not keep it: why not.
    NotKept(String),
}

/// The exit code of a launcher or a keeper that could not start the command.
pub(super) const CANNOT_START: i32 = 127;
/// The exit code of a keeper that has ended a plugin which went beyond a limit.
const BEYOND_LIMIT: i32 = 225;

impl Ended {
    /// Tells it, as the last that is printed.
    pub(super) fn tell(&self) {
        let mut line = vec![b'\n'];
        line.extend(LAST_LINE);
        line.extend(serde_json::to_vec(self).unwrap_or_default());
        line.push(b'\n');
        // The plugin had the same pipe, and may have left it full and such that nobody waits for room in it.
        let _as_it_is = rustix::io::ioctl_fionbio(io::stderr(), false);
        // Nobody may be left to hear it.
        let _gone = io::stderr().write_all(&line);
    }

    /// What the last line says.
    pub(super) fn read(line: &[u8]) -> Option<Ended> {
        serde_json::from_slice(line.strip_prefix(LAST_LINE)?).ok()
    }

    /// The exit code for it. It is for people: a plugin may have ended with the same one.
    pub(super) fn code(&self) -> i32 {
        match self {
            Ended::Exit(code) => *code,
            Ended::Signal(signal) => 128 + signal,
            Ended::Beyond(_) => BEYOND_LIMIT,
            Ended::NotKept(_) => CANNOT_START,
        }
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Ended::Exit(0) => f.write_str("it ended by itself (exit code 0)"),
            Ended::Exit(code) => write!(f, "exit code {code}"),
            Ended::Signal(signal) => write!(f, "signal {signal}"),
            Ended::Beyond(what) => write!(f, "it went beyond {what}"),
            Ended::NotKept(what) => write!(f, "it could not be kept: {what}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_read_again_and_nothing_else_is() {
        for ended in [Ended::Exit(127), Ended::Signal(9), Ended::Beyond("`memory`: \n".into())] {
            let line = [LAST_LINE, &serde_json::to_vec(&ended).unwrap()].concat();
            assert_eq!(Ended::read(&line), Some(ended));
            assert_eq!(Ended::read(line.get(1..).unwrap()), None);
        }
        assert_eq!(Ended::read(&[LAST_LINE, b"{}"].concat()), None);
        assert_eq!(Ended::read(b""), None);
    }
}
