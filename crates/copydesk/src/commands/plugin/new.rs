//! `copydesk plugin new`: a folder with a stage that works, to be changed.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::templates::{NAME, TEMPLATES, Template};
use crate::Exit;
use crate::args::{PluginKind, PluginLang};
use crate::commands::{Answer, Failure};

pub(super) fn run(lang: PluginLang, kind: Option<PluginKind>, name: &str) -> Answer {
    let template = find(lang, kind)?;
    let called = fit(name)?;
    let dir = Path::new(name);
    // Made here, so that nothing that is there is ever written over, whoever else is at it.
    fs::create_dir(dir).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::Usage(format!("`{name}` is there already: give another name, or remove it first"))
        }
        _ => Failure::Work(format!("cannot make the folder `{name}`: {error}")),
    })?;
    for (path, text) in template.files {
        let file = dir.join(path);
        let written = file
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&file, text.replace(NAME, called)));
        written.map_err(|error| Failure::Work(format!("cannot write `{}`: {error}", file.display())))?;
    }
    let mut out = io::stdout().lock();
    writeln!(out, "made {name}/ with")?;
    for (path, _) in template.files {
        writeln!(out, "  {path}")?;
    }
    writeln!(out, "next:")?;
    for step in template.build {
        writeln!(out, "  {}", step.replace("DIR", name))?;
    }
    writeln!(out, "  copydesk plugin test {name}")?;
    writeln!(out, "  then change {}, and read {name}/README.md", template.stage)?;
    Ok(Exit::Done)
}

fn find(lang: PluginLang, kind: Option<PluginKind>) -> Result<&'static Template, Failure> {
    let mut of_lang = TEMPLATES.iter().filter(|template| template.lang == lang);
    let found = match kind {
        Some(kind) => of_lang.clone().find(|template| template.kind == kind),
        None => of_lang.next(),
    };
    found.ok_or_else(|| {
        let shown =
            |template: &Template| format!("--lang {} --kind {}", template.lang.name(), template.kind.name());
        let choices: Vec<String> = TEMPLATES.iter().map(shown).collect();
        let kind = kind.map(|kind| format!(" of kind {}", kind.name())).unwrap_or_default();
        let lang = lang.name();
        Failure::Usage(format!("there is no template for {lang}{kind} (available: {})", choices.join(", ")))
    })
}

/// The name of the plugin: the last part of the path. It names folder, stage, note and program.
fn fit(path: &str) -> Result<&str, Failure> {
    let name = Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or(path);
    let fit = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.len() <= 64 && name.chars().all(fit) {
        return Ok(name);
    }
    let shown = name.escape_debug();
    Err(Failure::Usage(format!(
        "`{shown}` cannot name a plugin (a letter first, then letters, digits, `_` and `-`, at most 64)"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_make_no_plugin_are_refused() {
        for good in ["word_lengths", "a", "plugins/site-7", "./x"] {
            assert!(fit(good).is_ok(), "{good}");
        }
        for bad in ["", "7up", "_x", "a b", "ä", "..", "a/..", "a.b", &"a".repeat(65), "a\n"] {
            assert!(fit(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_template_is_whole() {
        for template in TEMPLATES {
            let has = |name: &str| template.files.iter().any(|(path, _)| *path == name);
            assert!(has("plugin.toml") && has("README.md") && has(template.stage), "{}", template.stage);
            assert!(has("fixtures/first.txt") && has("fixtures/first.expected.json"));
            let named = template.files.iter().filter(|(_, text)| text.contains(NAME)).count();
            assert!(named >= 3, "{named}");
        }
    }
}
