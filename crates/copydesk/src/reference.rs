//! The files made from code: schemas, and the reference for configuration, rules and command line.

use std::fmt::Write as _;
use std::sync::Arc;

use clap::CommandFactory;
use copydesk_core::{RecordView, Stage};
use copydesk_reader::{FileReader, ReaderOptions};
use copydesk_stripper::{RuleDoc, Stripper, StripperOptions};

use crate::args::Args;
use crate::cleaner::{CleanOutcome, Cleaner};
use crate::components;
use crate::patience::Patience;

/// Every generated file: its path from the repository's top, and its content.
pub fn generated() -> Vec<(&'static str, String)> {
    let registry = components::registry();
    let pretty = |value: &serde_json::Value| serde_json::to_string_pretty(value).unwrap_or_default() + "\n";
    // A package holds all that it needs, so each example has a copy.
    let python =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plugins/python/copydesk_plugin.py"));
    let js = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plugins/js/copydesk_plugin.mjs"));
    let header = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plugins/c/copydesk_plugin.h"));
    let build = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plugins/c/build.sh"));
    let wit = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/crates/copydesk-plugin/wit/v1/stage.wit"));
    vec![
        ("config/copydesk.schema.json", pretty(&components::config_schema(&registry))),
        ("config/article.schema.json", pretty(&crate::article_schema())),
        ("config/CONFIGURATION.md", components::config_reference(&registry)),
        ("config/FIELDS.md", crate::fields_page::fields_page()),
        ("config/RULES.md", rules()),
        ("config/MODEL.md", crate::model_page::model_page()),
        ("config/METRICS.md", crate::admin::metrics_page()),
        ("config/CLI.md", command_line()),
        ("examples/plugins/python/word_lengths/copydesk_plugin.py", python.to_owned()),
        ("examples/plugins/python/site_stripper/copydesk_plugin.py", python.to_owned()),
        ("examples/plugins/js/word_lengths/copydesk_plugin.mjs", js.to_owned()),
        ("examples/plugins/c/language_filter/copydesk_plugin.h", header.to_owned()),
        ("examples/plugins/c/language_filter/build.sh", build.to_owned()),
        ("examples/plugins/c/language_filter/stage.wit", wit.to_owned()),
    ]
}

fn rules() -> String {
    let mut out = String::from(
        "# Rules\n\n*Made from the code by `cargo dev generate`.*\n\n\
         The rules of the stage `strip_boilerplate`. A record's cut names its rule. Switch one off with \
         `rules_off = [\"name\"]`; give one more words, or add your own, with a rule pack \
         ([guide](packs/example.toml)). Each rule is shown at work on an invented article, as `copydesk explain` \
         draws it, without the block model, which judges what the rules leave.\n",
    );
    for rule in copydesk_stripper::rules() {
        let sample = Sample::of(rule);
        let _ = write!(
            out,
            "\n## {}\n\n{} Reason: `{}`. Languages: {}.\n\nBefore:\n\n```text\n{}\n```\n\nAfter:\n\n\
             ```text\n{}\n```\n\nWhen it is wrong: {}\n",
            rule.name,
            rule.why,
            rule.reason,
            languages(rule.name),
            sample.before.trim_end(),
            sample.after.trim_end(),
            rule.wrong_when
        );
    }
    out.push_str(
        "\n# Repeats\n\nThe rules of the stage `drop_repeats`, each on two lines of one article. A cut names the line \
         that stays as its twin.\n",
    );
    for rule in copydesk_deduplicator::REPEAT_RULES {
        let _ = write!(out, "\n## {}\n\n{}\n\nStays: {}\n", rule.name, rule.cuts, rule.spares);
    }
    out
}

/// A rule at work.
struct Sample {
    before: String,
    after: String,
}

/// Prose enough for an article.
const PROSE: [&str; 3] = [
    "Nobody was hurt when a crane fell onto the eastern quay of Northshore on Monday, but the ferry stayed where it \
     was until the evening, and two trawlers waited outside with their holds full.",
    "The crane was put up in 1952, when the quay was built of oak, and was to be taken down in the autumn. Engineers \
     had warned twice that its feet were rusting.",
    "On Thursday, when the wind has turned, a floating crane is to lift the old one out of the basin. Until then the \
     ferry lands at the fish market, where the town has laid a bridge of pontoons.",
];

/// A thread of comments wants an article above it; any other rule is seen as well below a sentence.
fn prose_for(rule: &RuleDoc) -> &'static [&'static str] {
    if rule.name == "comment_thread" { &PROSE } else { PROSE.get(..1).unwrap_or(&[]) }
}

impl Sample {
    fn of(rule: &RuleDoc) -> Sample {
        let prose = prose_for(rule);
        let (name, text) = if rule.example.starts_with('<') {
            let prose: String = prose.iter().map(|line| format!("<p>{line}</p>\n")).collect();
            let page = format!("<html><body><article>\n{prose}</article>\n{}</body></html>", rule.example);
            ("sample.html", page)
        } else {
            // The name below the article is one from its head.
            let head = (rule.name == "author_box").then_some("By Ada Kell");
            let lines = head.into_iter().chain(prose.iter().copied()).chain(rule.example.lines());
            ("sample.txt", lines.collect::<Vec<_>>().join("\n\n"))
        };
        let Some(CleanOutcome::Article(article)) = rules_alone().clean_bytes(name, text.as_bytes()).pop()
        else {
            return Sample { before: text, after: String::new() };
        };
        let record = serde_json::from_str(&RecordView(&article).to_json()).unwrap_or_default();
        Sample {
            before: anstream::adapter::strip_str(&crate::explain::drawn(&record, 100)).to_string(),
            after: article.text(),
        }
    }
}

/// The stage `strip_boilerplate` without its model, and nothing else.
fn rules_alone() -> Cleaner {
    let make = || {
        let options = StripperOptions { model: false, ..StripperOptions::default() };
        Stripper::new("strip_boilerplate", &options).map(|stage| Box::new(stage) as Box<dyn Stage>)
    };
    let options = ReaderOptions::default();
    Cleaner {
        max_bytes: options.max_bytes,
        reader: Arc::new(FileReader::new(options)),
        stages: vec![Arc::new(make)],
        media_type: None,
        received: String::new(),
        patience: Patience::default(),
    }
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
        .filter(|subcommand| !subcommand.is_hide_set())
        .map(|subcommand| subcommand.get_name().to_owned())
        .filter(|name| name != "help")
        .collect();
    for subcommand in subcommands {
        if let Some(inner) = command.find_subcommand_mut(&subcommand) {
            section(out, inner, &format!("{name} {subcommand}"), level + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_shows_its_rule_and_keeps_the_prose() {
        let mut wrong = Vec::new();
        for rule in copydesk_stripper::rules() {
            let sample = Sample::of(rule);
            let shows = sample.before.contains(&format!("╰ {} in strip_boilerplate", rule.name));
            if !shows || prose_for(rule).iter().any(|line| !sample.after.contains(line)) {
                wrong.push(format!("{}\n{}", rule.name, sample.before));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
