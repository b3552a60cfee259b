//! Checks as they are told: a line each, at once.

use std::io::{self, Write};

use serde_json::json;

use super::counted;
use crate::Exit;
use crate::commands::{Answer, Failure};
use crate::explain::safe;

/// What came of the checks so far.
pub(super) struct Report {
    json: bool,
    n_ok: usize,
    n_failed: usize,
}

/// A check: what there is to say if it is fine, or what was expected and what came, a line each.
pub(super) type Checked = Result<String, Vec<String>>;

impl Report {
    pub(super) fn new(json: bool, title: &str) -> Result<Report, Failure> {
        if !json {
            writeln!(io::stdout(), "{}", safe(title))?;
        }
        Ok(Report { json, n_ok: 0, n_failed: 0 })
    }

    pub(super) fn tell(&mut self, name: &str, checked: &Checked) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match checked {
            Ok(_) => self.n_ok += 1,
            Err(_) => self.n_failed += 1,
        }
        if self.json {
            let detail = match checked {
                Ok(said) => said.clone(),
                Err(lines) => lines.join("\n"),
            };
            writeln!(out, "{}", json!({ "check": name, "ok": checked.is_ok(), "detail": detail }))?;
            return Ok(());
        }
        match checked {
            Ok(said) if said.is_empty() => writeln!(out, "  ok      {}", safe(name))?,
            Ok(said) => writeln!(out, "  ok      {}: {}", safe(name), safe(said))?,
            Err(lines) => {
                writeln!(out, "  FAILED  {}", safe(name))?;
                for line in lines {
                    writeln!(out, "            {}", safe(line))?;
                }
            }
        }
        out.flush()?;
        Ok(())
    }

    /// The counts, and the exit code. `more` is said behind them.
    pub(super) fn end(self, more: &str) -> Answer {
        if !self.json {
            let total = counted(self.n_ok + self.n_failed, "check");
            let failed =
                if self.n_failed == 0 { "all ok".into() } else { format!("{} FAILED", self.n_failed) };
            writeln!(io::stdout(), "{total}, {failed}{more}")?;
        }
        Ok(if self.n_failed == 0 { Exit::Done } else { Exit::Failed })
    }
}
