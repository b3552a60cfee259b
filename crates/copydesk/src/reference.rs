//! The files made from code: schemas, and the reference for configuration, rules and command line.

use std::fmt::Write as _;

use clap::CommandFactory;

use crate::args::Args;
use crate::components;

/// Every generated file: its path from the repository's top, and its content.
pub fn generated() -> Vec<(&'static str, String)> {
    let registry = components::registry();
    let pretty = |value: &serde_json::Value| serde_json::to_string_pretty(value).unwrap_or_default() + "\n";
    vec![
        ("config/copydesk.schema.json", pretty(&components::config_schema(&registry))),
        ("config/article.schema.json", pretty(&crate::article_schema())),
        ("config/CONFIGURATION.md", components::config_reference(&registry)),
        ("config/RULES.md", rules()),
        ("config/METRICS.md", crate::admin::metrics_page()),
        ("config/CLI.md", command_line()),
    ]
}

fn rules() -> String {
    let mut out = String::from(
        "# Rules\n\n*Made from the code by `cargo dev generate`.*\n\n\
         The rules of the stage `strip_boilerplate`. A record's cut names its rule. Switch one off with \
         `rules_off = [\"name\"]`.\n",
    );
    for rule in copydesk_stripper::rules() {
        let _ = write!(
            out,
            "\n## {}\n\n{} Reason: `{}`. Languages: {}.\n\nExample:\n\n```text\n{}\n```\n\nWhen it is wrong: {}\n",
            rule.name,
            rule.why,
            rule.reason,
            languages(rule.name),
            rule.example.trim_end(),
            rule.wrong_when
        );
    }
    out
}

fn languages(rule: &str) -> String {
    let languages = copydesk_stripper::languages(rule);
    if languages.is_empty() { "any".to_owned() } else { languages.join(", ") }
}

fn command_line() -> String {
    let mut out = String::from("# Command line\n\n*Made from the code by `cargo dev generate`.*\n");
    let mut command = Args::command().term_width(100);
    command.build();
    section(&mut out, &mut command, "copydesk", 2);
    out
}

fn section(out: &mut String, command: &mut clap::Command, name: &str, level: usize) {
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(out, "\n{} {name}\n\n```text\n{}\n```\n", "#".repeat(level), help.join("\n").trim());
    let subcommands: Vec<String> = command
        .get_subcommands()
        .map(|subcommand| subcommand.get_name().to_owned())
        .filter(|name| name != "help")
        .collect();
    for subcommand in subcommands {
        if let Some(inner) = command.find_subcommand_mut(&subcommand) {
            section(out, inner, &format!("{name} {subcommand}"), level + 1);
        }
    }
}
