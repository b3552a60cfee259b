//! `copydesk schema article|config`.

use std::io::Write;

use super::Answer;
use crate::args::SchemaOf;
use crate::{Exit, components};

pub(super) fn run(of: SchemaOf) -> Answer {
    let schema = match of {
        SchemaOf::Article => crate::article_schema(),
        SchemaOf::Config => components::config_schema(&components::registry()),
    };
    writeln!(std::io::stdout(), "{schema:#}")?;
    Ok(Exit::Done)
}
