//! The configuration as a page of Markdown: made from the same tables as the check.

use std::fmt::Write;

use copydesk_core::{OptionKind, OptionSpec};

use crate::Catalog;
use crate::keys::{ADMIN, RUNTIME, SINK, STAGE, TOP};

/// Every key, with what it takes and its default.
pub fn reference(catalog: &Catalog<'_>) -> String {
    let mut page = String::from(
        "# Configuration\n\n\
         A TOML file. Relative paths start at its folder. A text may be kept out of it: `{ env = \"NAME\" }` or \
         `{ file = \"path\" }`.\n\n\
         A variable `COPYDESK_` + path overrides one key, `__` between the levels, entries of lists counted from 0: \
         `COPYDESK_SINK__0__PATH=a.jsonl`. `--set sink.0.path=a.jsonl` does the same and wins.\n\n## Top level\n\n",
    );
    table(&mut page, TOP);
    page.push_str("\n## `[source]`\n");
    for source in catalog.all_sources() {
        component(&mut page, "type", source.name, source.help, source.options);
    }
    page.push_str("\n## `[reader]`\n\n");
    table(&mut page, catalog.reader);
    page.push_str("\n## `[[stage]]`\n\nOne step, in order. Every stage takes:\n\n");
    table(&mut page, STAGE);
    for stage in catalog.registry.stages() {
        component(&mut page, "type", stage.name, stage.help, stage.options);
    }
    page.push_str("\n## `[[sink]]`\n\nOne store. Every sink takes:\n\n");
    table(&mut page, SINK);
    for sink in catalog.registry.sinks() {
        component(&mut page, "type", sink.name, sink.help, sink.options);
    }
    page.push_str("\n## `[runtime]`\n\n");
    table(&mut page, RUNTIME);
    page.push_str("\n## `[admin]`\n\n");
    table(&mut page, ADMIN);
    page
}

fn component(page: &mut String, key: &str, name: &str, help: &str, options: &[OptionSpec]) {
    // Writing to a string cannot fail.
    let _ = write!(page, "\n### `{key} = \"{name}\"`\n\n{help}\n");
    if !options.is_empty() {
        page.push('\n');
        table(page, options);
    }
}

fn table(page: &mut String, specs: &[OptionSpec]) {
    page.push_str("| key | takes | default | |\n|---|---|---|---|\n");
    for spec in specs {
        let default = match spec.default {
            None => "must be given".to_owned(),
            Some("") => "–".to_owned(),
            Some(text) => format!("`{}`", text.replace('|', "\\|")),
        };
        let help = spec.help.replace('|', "\\|");
        let _ = writeln!(page, "| `{}` | {} | {default} | {help} |", spec.name, takes(spec));
    }
}

fn takes(spec: &OptionSpec) -> String {
    match spec.kind {
        OptionKind::String => "text".to_owned(),
        OptionKind::Path => "path".to_owned(),
        OptionKind::Integer => "whole number".to_owned(),
        OptionKind::Number => "number".to_owned(),
        OptionKind::Boolean => "`true`, `false`".to_owned(),
        OptionKind::Duration => "duration: `ms`, `s`, `m`, `h`".to_owned(),
        OptionKind::Bytes => "size: `B`, `KiB`, `MiB`, `GiB`".to_owned(),
        OptionKind::List => "list of texts".to_owned(),
        OptionKind::Files => "list of paths".to_owned(),
        OptionKind::Table => "table".to_owned(),
        OptionKind::Choice => {
            spec.choices.iter().map(|choice| format!("`\"{choice}\"`")).collect::<Vec<_>>().join(", ")
        }
    }
}
