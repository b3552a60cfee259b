//! Thin: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = copydesk::args::Args::parse();
    copydesk::commands::dispatch(args).code()
}
