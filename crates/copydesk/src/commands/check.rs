//! `copydesk check`: every problem of a configuration at once.

use std::io::{self, Write};

use super::{Answer, Failure};
use crate::args::Common;
use crate::{Exit, setup};

pub(super) fn run(common: &Common) -> Answer {
    let (plan, path) = setup::configured(common)?;
    let Some(path) = path else {
        return Err(Failure::Usage("no configuration to check: give one with --config FILE".into()));
    };
    let built = setup::parts(&common.components.0, &plan)?;
    for warning in &plan.warnings {
        writeln!(io::stderr(), "copydesk: warning: {warning}")?;
    }
    writeln!(
        io::stdout(),
        "{}: ok (source {}, {} stages, {} sinks)",
        path.display(),
        plan.source.kind,
        built.stages.len(),
        plan.sinks.len()
    )?;
    Ok(Exit::Done)
}
