//! Thin: the standard program, with nothing added.

use std::process::ExitCode;

fn main() -> ExitCode {
    copydesk::Program::new().main()
}
