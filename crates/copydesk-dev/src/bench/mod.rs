//! `cargo dev bench`: the whole program and each stage against floors measured in the same run, compared with
//! the baselines in the repository. Ratios, for the machine is noisy and not always the same.

mod backlog;
mod baselines;
mod live;
mod memory;
mod place;
mod restart;
mod stages;

use std::path::PathBuf;
use std::process::Command;

use anyhow::bail;

use self::baselines::Baselines;
use self::place::Place;

/// Options of the benchmark.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Only the groups with these names: stages, backlog, live, restart, memory
    groups: Vec<String>,
    /// The large counts: 20,000 files of backlog, 100,000 known at a restart, 1,000,000 for memory
    #[arg(long)]
    full: bool,
    /// Write what was measured as the new baselines
    #[arg(long)]
    save: bool,
    /// Files of the backlog [default: 5000, or 20000 with --full]
    #[arg(long)]
    files: Option<u64>,
    /// Bytes of each
    #[arg(long, default_value_t = 4096)]
    bytes: usize,
    /// How many rounds; the best of each counts
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Where to work [default: a temporary folder]
    #[arg(long)]
    dir: Option<PathBuf>,
}

impl Options {
    fn count(&self, quick: u64, full: u64) -> u64 {
        if self.full { full } else { quick }
    }
}

/// What is good about a measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    /// A ratio to a floor, compared with its baseline: more is better.
    Ratio,
    /// Must not be more than this, on any machine.
    AtMost(f64),
    /// Only shown.
    Shown,
}

/// One figure.
#[derive(Debug, Clone)]
pub(crate) struct Measure {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    pub(crate) goal: Goal,
}

impl Measure {
    fn new(name: impl Into<String>, value: f64, unit: &'static str, goal: Goal) -> Measure {
        Measure { name: name.into(), value, unit, goal }
    }
}

type Group = fn(&Options, &Place) -> anyhow::Result<Vec<Measure>>;
const GROUPS: [(&str, Group); 5] = [
    ("stages", |options, _| stages::run(options)),
    ("backlog", backlog::run),
    ("live", live::run),
    ("restart", restart::run),
    ("memory", memory::run),
];

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    if let Some(unknown) = options.groups.iter().find(|name| !GROUPS.iter().any(|(group, _)| group == name)) {
        let names: Vec<&str> = GROUPS.iter().map(|(name, _)| *name).collect();
        bail!("no group `{unknown}` (there are {})", names.join(", "));
    }
    if cfg!(debug_assertions) {
        return again_in_release();
    }
    let status =
        Command::new(env!("CARGO")).args(["build", "--release", "--quiet", "--bin", "copydesk"]).status()?;
    if !status.success() {
        bail!("cannot build copydesk");
    }
    let place = Place::new(options.dir.as_deref())?;
    let mut baselines = Baselines::load()?;
    let mut n_bad = 0;
    for (name, group) in GROUPS {
        if !options.groups.is_empty() && !options.groups.iter().any(|wanted| wanted == name) {
            continue;
        }
        println!("\n{name}\n\n| case | measured | | baseline | |\n|---|---|---|---|---|");
        for measure in group(options, &place)? {
            let verdict = baselines.judge(&measure);
            n_bad += usize::from(!verdict.good);
            println!("{}", verdict.line(&measure));
            baselines.note(&measure);
        }
    }
    if options.save {
        return baselines.save();
    }
    if n_bad > 0 {
        bail!("{n_bad} of them beyond what is tolerated");
    }
    Ok(())
}

/// The same command, without debug assertions.
pub(crate) fn again_in_release() -> anyhow::Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--release", "--quiet", "--package", "copydesk-dev", "--"]);
    command.args(std::env::args_os().skip(1));
    if !command.status()?.success() {
        bail!("the benchmark failed");
    }
    Ok(())
}
