//! `copydesk plugin test`: the package's own fixtures, and what any plugin must survive.

use std::io::{self, Write};
use std::path::Path;

use super::expected::Expected;
use super::fixtures::{self, Fixture};
use super::hard;
use super::report::{Checked, Report};
use super::subject::{LEFT_OUT, Subject};
use super::{Loaded, counted};
use crate::Exit;
use crate::commands::{Answer, Failure};
use crate::{logging, setup};

pub(super) fn run(dir: &Path, json: bool) -> Answer {
    let loaded = Loaded::open(dir)?;
    let cleaner = setup::cleaner_of_stages(&loaded.package.after)?;
    let mut plugin = loaded.plugin()?;
    let mut report = Report::new(json, &loaded.title())?;
    let said = match Loaded::describe(&mut *plugin) {
        Ok(said) => said,
        Err(why) => {
            report.tell("it starts", &Err(vec![why]))?;
            return report.end(" (the others need a plugin that starts)");
        }
    };
    let detail =
        format!("version {} of the protocol, {} at once", said.protocol, counted(said.batch, "article"));
    report.tell("it starts", &Ok(detail))?;
    let mut subject = Subject::new(&mut *plugin, &loaded.package.stage.name, said.batch);
    let read = fixtures::read(dir, &cleaner);
    if read.is_empty() {
        let how = format!("put an article into `{}`", dir.join(fixtures::FOLDER).display());
        report.tell(
            "fixtures",
            &Err(vec!["there are none".into(), format!("{how}, and run `copydesk plugin test --bless`")]),
        )?;
    }
    for fixture in read {
        let (name, checked) = match fixture {
            Ok(fixture) => {
                let checked = check_fixture(&mut subject, &fixture);
                (fixture.name, checked)
            }
            Err((name, error)) => (name, Err(vec![error])),
        };
        report.tell(&format!("{}/{name}", fixtures::FOLDER), &checked)?;
        if subject.is_lost() {
            return report.end(LEFT_OUT);
        }
    }
    // What it prints has been of interest so far. From here on it is tormented, and kept from flooding the terminal.
    logging::hush(true);
    let done = hard::run(&mut subject, &cleaner, &mut report);
    drop(plugin);
    logging::hush(false);
    report.end(if done? { "" } else { LEFT_OUT })
}

fn check_fixture(subject: &mut Subject<'_>, fixture: &Fixture) -> Checked {
    let came = subject.given(std::slice::from_ref(&fixture.article)).pop();
    let Some(came) = came else { return Err(vec!["no answer came".to_owned()]) };
    let Some(expected) = &fixture.expected else {
        let file = fixture.expected_file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Err(vec![
            format!("there is no `{file}` that says what is expected"),
            format!("came: {}", came.brief()),
            "`copydesk plugin test --bless` writes it".to_owned(),
        ]);
    };
    let differences = expected.differences(&came);
    if differences.is_empty() { Ok(came.brief()) } else { Err(differences) }
}

/// Writes down what comes as what is expected.
pub(super) fn bless(dir: &Path) -> Answer {
    let loaded = Loaded::open(dir)?;
    let cleaner = setup::cleaner_of_stages(&loaded.package.after)?;
    let mut plugin = loaded.plugin()?;
    let said = Loaded::describe(&mut *plugin).map_err(Failure::Work)?;
    let mut subject = Subject::new(&mut *plugin, &loaded.package.stage.name, said.batch);
    let read = fixtures::read(dir, &cleaner);
    if read.is_empty() {
        let folder = dir.join(fixtures::FOLDER);
        return Err(Failure::Usage(format!("there are no articles in `{}`", folder.display())));
    }
    let mut out = io::stdout().lock();
    let mut exit = Exit::Done;
    for fixture in read {
        // What is wrong with the file that is written anew does not matter, but an article must be one.
        let fixture = match fixture {
            Ok(fixture) => fixture,
            Err((name, error)) => {
                writeln!(io::stderr(), "copydesk: {}/{name}: {error}", fixtures::FOLDER)?;
                exit = Exit::Failed;
                continue;
            }
        };
        if subject.is_lost() {
            writeln!(io::stderr(), "copydesk: it hangs: the other fixtures are left out")?;
            break;
        }
        let Some(came) = subject.given(std::slice::from_ref(&fixture.article)).pop() else { continue };
        let file = fixture.expected_file;
        let shown = file.strip_prefix(".").unwrap_or(&file).display();
        let Some(expected) = Expected::of(&came) else {
            writeln!(io::stderr(), "copydesk: {} is not written: {}", shown, came.brief())?;
            exit = Exit::Failed;
            continue;
        };
        if fixture.expected.as_ref() == Some(&expected) {
            writeln!(out, "{}: as it was, {}", shown, came.brief())?;
            continue;
        }
        std::fs::write(&file, expected.to_text())
            .map_err(|error| Failure::Work(format!("cannot write `{}`: {error}", file.display())))?;
        writeln!(out, "{}: written, {}", shown, came.brief())?;
    }
    Ok(exit)
}
