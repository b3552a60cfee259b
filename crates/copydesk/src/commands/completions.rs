//! `copydesk completions SHELL`.

use clap::CommandFactory;

use super::Answer;
use crate::Exit;
use crate::args::Args;

pub(super) fn run(shell: clap_complete::Shell) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "copydesk", &mut script);
    std::io::Write::write_all(&mut std::io::stdout(), &script)?;
    Ok(Exit::Done)
}
