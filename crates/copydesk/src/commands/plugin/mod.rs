//! `copydesk plugin …`: stages outside the program are made, looked at, tested and measured, without a configuration.
//! Nothing is left behind: no process, and no file that was not asked for.

mod answer;
mod bench;
mod check;
mod expected;
mod fixtures;
mod hard;
mod new;
mod report;
mod samples;
mod subject;
mod templates;
mod test;

use std::path::{Path, PathBuf};
use std::time::Duration;

use copydesk_config::{Overrides, Package, PackageChoices};
use copydesk_core::BuildError;
use copydesk_plugin::{Description, Plugin};

use super::{Answer, Failure};
use crate::args::PluginAction;
use crate::{components, logging, setup};

pub(super) fn run(action: &PluginAction) -> Answer {
    match action {
        PluginAction::New { lang, kind, name } => new::run(*lang, *kind, name),
        PluginAction::Check { dir } => check::run(dir),
        PluginAction::Test { dir, bless: true, .. } => test::bless(dir),
        PluginAction::Test { dir, json, .. } => test::run(dir, *json),
        PluginAction::Bench { dir, seconds } => bench::run(dir, *seconds),
    }
}

/// The file that makes a folder a package.
const MANIFEST: &str = "plugin.toml";

/// A package, read and checked; nothing is started.
struct Loaded {
    dir: PathBuf,
    /// The text of its `plugin.toml`.
    text: String,
    package: Package,
}

impl Loaded {
    fn open(dir: &Path) -> Result<Loaded, Failure> {
        if !dir.is_dir() {
            let hint = if dir.exists() {
                "give the folder that holds `plugin.toml`"
            } else {
                "`copydesk plugin new` makes one"
            };
            return Err(Failure::Usage(format!("there is no folder `{}` ({hint})", dir.display())));
        }
        let file = dir.join(MANIFEST);
        let text = std::fs::read_to_string(&file)
            .map_err(|error| Failure::Usage(format!("cannot read `{}`: {error}", file.display())))?;
        let registry = components::registry();
        let overrides =
            Overrides { variables: std::env::vars_os().collect(), sets: Vec::new(), reserved: &[] };
        let kinds: Vec<&str> = components::PLUGINS.iter().map(|(kind, _)| *kind).collect();
        let choices = PackageChoices { kinds: &kinds, after: setup::STATELESS };
        let package =
            copydesk_config::package(&text, &file, &components::catalog(&registry), choices, &overrides)
                .map_err(|errors| Failure::Usage(errors.to_string()))?;
        Ok(Loaded { dir: dir.to_owned(), text, package })
    }

    /// The stage, not yet started.
    fn plugin(&self) -> Result<Box<dyn Plugin>, Failure> {
        let stage = &self.package.stage;
        let make = components::PLUGINS.iter().find(|(kind, _)| *kind == stage.kind).map(|(_, make)| make);
        let registry = components::registry();
        let specs = registry.find_stage(&stage.kind).map_or(&[][..], |entry| entry.options);
        let options = setup::with_files(stage.options.to_value(), specs);
        let made = make
            .ok_or_else(|| BuildError(format!("`{}` is no plugin", stage.kind)))
            .and_then(|make| make(&stage.name, options?));
        let made = made.map(|mut plugin| {
            // Somebody waits for it.
            plugin.test(Duration::MAX);
            plugin
        });
        made.map_err(|error| {
            let hint = if self.dir.join("Cargo.toml").exists() && error.0.contains("there is no file") {
                "; build it first: cargo build --release"
            } else {
                ""
            };
            Failure::Usage(format!("{}: {error}{hint}", self.dir.join(MANIFEST).display()))
        })
    }

    /// Starts it. That it is ready is told by the command itself; what it prints over that is told if it fails.
    fn describe(plugin: &mut dyn Plugin) -> Result<Description, String> {
        logging::hush(true);
        let said = plugin.describe();
        logging::hush(false);
        said.map_err(|why| format!("it {why}"))
    }

    /// `name 1.0, exec`.
    fn title(&self) -> String {
        let Package { name, version, stage, .. } = &self.package;
        format!("{name} {version}, {}", stage.kind)
    }
}

/// `1 note`, `2 notes`, `12,000 notes`.
fn counted(number: usize, what: &str) -> String {
    format!("{} {what}{}", grouped(number as u64), if number == 1 { "" } else { "s" })
}

/// `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
