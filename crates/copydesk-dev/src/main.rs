//! Developer commands, run as `cargo dev COMMAND`. `cargo dev ci` is the whole check.
#![expect(clippy::print_stdout, reason = "these commands print for the developer")]

mod bench;
mod bench_clean;
mod bench_entities;
mod bench_fields;
mod bench_index;
mod bench_near;
mod bench_peers;
mod bench_plugins;
mod bench_repeats;
mod check;
mod check_formats;
mod check_labels;
mod ci;
mod damage;
mod demo;
mod faults;
mod fuzz;
mod gazetteer;
mod generate;
mod heads;
mod invent;
mod language;
mod make_months;
mod metadata;
mod release;
mod stories;
mod torture;
mod train;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo dev")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything: formatting, layers, sizes, licences, clippy, all tests
    Ci,
    /// Build, clean the sample articles into a fresh store, and show what came out
    Demo,
    /// Write the generated files anew
    Generate,
    /// Run the fault tests at full length (about an hour)
    Torture(torture::Options),
    /// Run the fuzz targets, or one of them, until a finding or the end of their time
    Fuzz(fuzz::Options),
    /// Build the program with all that can be in it, and pack it for users, with what its licences ask for
    Release,
    /// Check that crates depend downwards only, and that core knows no world
    Layers,
    /// Check file lengths
    Size,
    /// Check that unsafe code stands nowhere but where it may
    Safety,
    /// Check that no dependency is under the GPL or LGPL
    Licences,
    /// Check articles in ninjs and as records against the schemas
    CheckFormats(check_formats::Options),
    /// Compare labelled articles with what copydesk makes of them, line for line
    CheckLabels(check_labels::Options),
    /// Clean a benchmark's pages, score the texts, and check the laws on every page
    BenchClean(bench_clean::Options),
    /// Find the entities of labelled articles, and score them
    BenchEntities(bench_entities::Options),
    /// Read the fields of a benchmark's pages, score them, and compare their CPU time with trafilatura's
    BenchFields(bench_fields::Options),
    /// Find near duplicates in a labelled stream, and score them
    BenchNear(bench_near::Options),
    /// Compare with other extractors on a benchmark's pages: accuracy and CPU time, in one run
    BenchPeers(bench_peers::Options),
    /// Measure what stages of one's own cost, natively and as plugins; fails below the goals
    BenchPlugins(bench_plugins::Options),
    /// Drop the repeats of a benchmark's articles, and score what is left
    BenchRepeats(bench_repeats::Options),
    /// Clean damaged and hostile pages: no panic, no broken law, a second and 300 MB at most
    Damage(damage::Options),
    /// Train the block model
    Train(train::Options),
    /// Stream a benchmark through `find_stories`: how well and how fast stories are found
    BenchStories(stories::bench::Options),
    /// Train the decision of `find_stories`
    TrainStories(stories::train::Options),
    /// Tell the language of sentences, threes of them and articles: how well and how fast
    BenchLanguage(language::bench::Options),
    /// Train the model by which languages are told that small words do not show
    TrainLanguage(language::train::Options),
    /// Pack lists of names from openly licensed packages for the enricher
    Gazetteer(gazetteer::Options),
    /// Write invented heads and tails in ten languages, with what they state
    MakeHeads(heads::MakeOptions),
    /// Add names of months and weekdays and words of relative times of the CLDR to the lists that dates are read by
    MakeMonths(make_months::Options),
    /// Read invented heads and tails, and score their fields; fails below the goals
    BenchHeads(heads::BenchOptions),
    /// Measure the index of duplicates as it grows
    BenchIndex(bench_index::Options),
    /// Measure the program and its stages against floors and baselines, in one run
    Bench(bench::Options),
}

fn main() -> anyhow::Result<ExitCode> {
    if std::env::args().nth(1).is_some_and(|command| command == "plugin-host") {
        // A stage `exec` starts the program itself, between itself and the plugin.
        return Ok(copydesk::Program::new().main());
    }
    std::env::set_current_dir(root())?;
    run(Args::parse().command)?;
    Ok(ExitCode::SUCCESS)
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Ci => ci::run(),
        Command::Demo => demo::run(),
        Command::Generate => generate::run(),
        Command::Torture(options) => torture::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Release => release::run(),
        Command::Layers => check::layers(),
        Command::Safety => check::safety(),
        Command::Size => check::size(),
        Command::Licences => check::licences(),
        Command::CheckFormats(options) => check_formats::run(&options),
        Command::CheckLabels(options) => check_labels::run(&options),
        Command::BenchClean(options) => bench_clean::run(&options),
        Command::BenchEntities(options) => bench_entities::run(&options),
        Command::BenchNear(options) => bench_near::run(&options),
        Command::BenchPeers(options) => bench_peers::run(&options),
        Command::BenchPlugins(options) => bench_plugins::run(&options),
        Command::BenchFields(options) => bench_fields::run(&options),
        Command::BenchRepeats(options) => bench_repeats::run(&options),
        Command::Damage(options) => damage::run(&options),
        Command::Train(options) => train::run(&options),
        Command::BenchStories(options) => stories::bench::run(&options),
        Command::TrainStories(options) => stories::train::run(&options),
        Command::BenchLanguage(options) => language::bench::run(&options),
        Command::TrainLanguage(options) => language::train::run(&options),
        Command::MakeHeads(options) => heads::make(&options),
        Command::MakeMonths(options) => make_months::run(&options),
        Command::BenchHeads(options) => heads::bench(&options),
        Command::BenchIndex(options) => bench_index::run(&options),
        Command::Gazetteer(options) => gazetteer::run(&options),
        Command::Bench(options) => bench::run(&options),
    }
}

/// The repository's top folder.
fn root() -> PathBuf {
    // This crate lies two folders below it.
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The program, built beside this one and with the same profile.
fn program() -> anyhow::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("copydesk"))
}
