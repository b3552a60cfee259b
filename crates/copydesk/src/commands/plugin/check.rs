//! `copydesk plugin check`: is everything there, does it start, does it speak our version.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use copydesk_config::Place;
use copydesk_core::OptionKind;

use super::report::Report;
use super::{Loaded, MANIFEST, counted, fixtures};
use crate::Exit;
use crate::commands::Answer;
use crate::{components, setup};

pub(super) fn run(dir: &Path) -> Answer {
    let loaded = Loaded::open(dir)?;
    let cleaner = setup::cleaner_of_stages(&loaded.package.after)?;
    let mut plugin = loaded.plugin()?;
    let mut report = Report::new(false, &loaded.title())?;
    report.tell(MANIFEST, &Ok(String::new()))?;
    let read = fixtures::read(dir, &cleaner);
    let total = read.len();
    let mut wrong = Vec::new();
    for fixture in read {
        match fixture {
            Ok(fixture) if fixture.expected.is_some() => {}
            Ok(fixture) => wrong
                .push(format!("{}: `copydesk plugin test --bless` writes what is expected", fixture.name)),
            Err((name, error)) => wrong.push(format!("{name}: {error}")),
        }
    }
    if total == 0 {
        wrong.push("there are none: put articles there, with what is expected of them".to_owned());
    }
    report.tell(fixtures::FOLDER, &if wrong.is_empty() { Ok(total.to_string()) } else { Err(wrong) })?;
    match Loaded::describe(&mut *plugin) {
        Ok(said) => {
            let called = format!("{} {}", said.name, said.version);
            report.tell("it starts", &Ok(format!("it calls itself {}", called.trim())))?;
            report.tell("it speaks our version of the protocol", &Ok(said.protocol))?;
            report.tell("it takes batches", &Ok(counted(said.batch, "article")))?;
            report.tell("its file", &Ok(format!("SHA-256 begins with {}", said.hash)))?;
        }
        Err(why) => report.tell("it starts", &Err(vec![why]))?,
    }
    drop(plugin);
    let exit = report.end("")?;
    // Nobody is to put to work what does not.
    if let Some(table) = stage_table(&loaded).filter(|_| matches!(exit, Exit::Done)) {
        writeln!(io::stdout(), "\nFor a configuration in this folder:\n\n{}", table.trim_end())?;
    }
    Ok(exit)
}

/// The `[stage]` of the package, as a `[[stage]]` of a configuration in the current folder; `None` if it is not written
/// below a header of its own.
fn stage_table(loaded: &Loaded) -> Option<String> {
    let stage = &loaded.package.stage;
    let Place::File { line, .. } = stage.place else { return None };
    let mut lines = loaded.text.lines().skip(line.checked_sub(1)?);
    lines.next().filter(|header| header.trim_start().starts_with("[stage]"))?;
    let rest: Vec<&str> = lines.collect();
    let gives = |key: &str| {
        let own = rest.iter().take_while(|line| !line.starts_with('['));
        own.into_iter().any(|line| line.split_once('=').is_some_and(|(name, _)| name.trim() == key))
    };
    let registry = components::registry();
    let specs = registry.find_stage(&stage.kind)?.options;
    let dir = loaded.dir.to_string_lossy();
    let dir = dir.trim_end_matches('/');
    let mut table = String::from("[[stage]]\n");
    if !gives("name") {
        let _ = writeln!(table, "name = \"{}\"", stage.name);
    }
    let folder = specs.iter().any(|spec| spec.name == "folder" && spec.kind == OptionKind::Path);
    if folder && !gives("folder") && dir != "." {
        let _ = writeln!(table, "folder = {}", toml_text(dir));
    }
    for line in &rest {
        // Paths of the package start at its folder, those of the configuration at that one's.
        let path = line.split_once('=').and_then(|(key, value)| {
            let is_path = specs.iter().any(|spec| spec.name == key.trim() && spec.kind == OptionKind::Path);
            let value = value.trim().strip_prefix('"')?.split('"').next()?;
            (is_path && !value.starts_with('/'))
                .then(|| format!("{} = {}", key.trim(), toml_text(&format!("{dir}/{value}"))))
        });
        let _ = writeln!(table, "{}", path.as_deref().unwrap_or(line));
    }
    Some(table)
}

fn toml_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
