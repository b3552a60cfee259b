//! `copydesk schema article|config`.

use std::io::Write;

use super::Answer;
use crate::args::{Common, SchemaOf};
use crate::{Exit, components};

pub(super) fn run(common: &Common, of: SchemaOf) -> Answer {
    let schema = match of {
        SchemaOf::Article => crate::article_schema(),
        SchemaOf::Config => components::config_schema(&common.components.0),
    };
    writeln!(std::io::stdout(), "{schema:#}")?;
    Ok(Exit::Done)
}
