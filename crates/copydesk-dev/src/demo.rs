//! The first command of the README: build, run the main job on the sample articles, show what came out.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

pub(crate) fn run() -> anyhow::Result<()> {
    println!("building …");
    // Not the release build: most of this one is there already, since these commands share it.
    copydesk(&[env!("CARGO"), "build", "--quiet", "--bin", "copydesk"])?;
    let program = crate::program()?;
    let program = program.to_str().context("the target folder's name is not UTF-8")?;
    let again = Path::new("copydesk-data/ledger.log").exists();
    let remark = if again { "        (again: what is known is no new work)" } else { "" };
    println!("$ copydesk run examples/inbox --once{remark}");
    copydesk(&[program, "run", "examples/inbox", "--once"])?;
    println!("\n$ copydesk status");
    copydesk(&[program, "status"])?;
    println!("\n$ copydesk search harbour");
    copydesk(&[program, "search", "harbour"])?;
    println!("\n$ copydesk explain examples/inbox/harbour-bridge.txt");
    copydesk(&[program, "explain", "examples/inbox/harbour-bridge.txt"])?;
    println!("\nThe articles are in copydesk-data/articles.db, table `articles`. One whole record:");
    println!("{program} clean --format json examples/inbox/orchard.html");
    Ok(())
}

fn copydesk(command: &[&str]) -> anyhow::Result<()> {
    let (program, args) = command.split_first().context("no program")?;
    let status =
        Command::new(program).args(args).status().with_context(|| format!("cannot start {program}"))?;
    // 3 says that something was quarantined: an outcome, not a failure.
    if !status.success() && status.code() != Some(3) {
        bail!("`{}` ended with {status}", command.join(" "));
    }
    Ok(())
}
