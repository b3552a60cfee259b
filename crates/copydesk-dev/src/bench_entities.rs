//! Entities against labels: `cargo dev bench-entities [--half dev|test] [--language de] [--errors] [--extra]`.
//!
//! The articles of `tests/entities` go through all default stages, as text files. Precision, recall and F1 of
//! entities and of mentions, by kind, by language and in all.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use copydesk::{CleanOutcome, Cleaner};
use copydesk_core::{Article, EntityKind};
use copydesk_testkit::{Comparison, LabelledText, Tally, compare_entities};

const KINDS: [(EntityKind, &str); 3] = [
    (EntityKind::Person, "person"),
    (EntityKind::Organisation, "organisation"),
    (EntityKind::Place, "place"),
];
/// The languages of the set proper; what else lies in `extra` is counted apart.
const LANGUAGES: [&str; 4] = ["en", "de", "fr", "es"];

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// The folder with the labelled articles
    #[arg(long, default_value = "tests/entities")]
    data: PathBuf,
    /// Only one half: `dev` to look at, `test` to be judged by
    #[arg(long)]
    half: Option<Half>,
    /// Only this language
    #[arg(long)]
    language: Option<String>,
    /// The articles in other languages instead
    #[arg(long)]
    extra: bool,
    /// Show what is missed and wrong in each article
    #[arg(long)]
    errors: bool,
    /// Show each article's labels, to review them
    #[arg(long)]
    labels: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Half {
    Dev,
    Test,
}

impl Half {
    fn holds(self, stem: &str) -> bool {
        stem.starts_with(if self == Half::Dev { "dev-" } else { "test-" })
    }
}

/// Cleans and measures.
///
/// # Errors
/// The articles or their labels cannot be read.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let cleaner = Cleaner::standard()?;
    let mut all = Vec::new();
    let languages = if options.extra { vec!["extra"] } else { LANGUAGES.to_vec() };
    println!(
        "{:<8}{:<14}{:>6}{:>6}{:>6}{:>7}{:>8}{:>8}   mentions: P, R, F1",
        "", "", "right", "wrong", "missed", "P", "R", "F1"
    );
    for language in languages {
        if options.language.as_deref().is_some_and(|wanted| wanted != language) {
            continue;
        }
        let mut of_language = Vec::new();
        for path in articles(&options.data.join(language))? {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if options.extra || options.half.is_none_or(|half| half.holds(&stem)) {
                let comparison =
                    one(&cleaner, &path, options).with_context(|| format!("`{}`", path.display()))?;
                of_language.push(comparison);
            }
        }
        print(language, &of_language);
        all.extend(of_language);
    }
    if all.is_empty() {
        bail!("no labelled articles in `{}`", options.data.display());
    }
    print("all", &all);
    Ok(())
}

fn articles(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    Ok(paths)
}

fn one(cleaner: &Cleaner, path: &Path, options: &Options) -> anyhow::Result<Comparison> {
    let labelled = LabelledText::parse(&std::fs::read_to_string(path)?).map_err(anyhow::Error::msg)?;
    if options.labels {
        show_labels(path, &labelled);
    }
    let article = clean(cleaner, path, &labelled.text)?;
    let comparison = compare_entities(&labelled, &article.entities);
    if options.errors && !(comparison.missed.is_empty() && comparison.wrong.is_empty()) {
        println!("{}", path.display());
        for (kind, name) in &comparison.missed {
            println!("    missed {kind:?}: {name}");
        }
        for (kind, name) in &comparison.wrong {
            println!("    wrong  {kind:?}: {name}");
        }
    }
    Ok(comparison)
}

fn show_labels(path: &Path, labelled: &LabelledText) {
    println!("{}", path.display());
    for entity in &labelled.entities {
        let mut forms: Vec<&str> = entity.mentions.iter().map(|mention| mention.form.as_str()).collect();
        let n_mentions = forms.len();
        forms.sort_unstable();
        forms.dedup();
        let optional = if entity.optional { " (optional)" } else { "" };
        println!("    {:?}{optional}: {} × {n_mentions} {forms:?}", entity.kinds, entity.name);
    }
}

fn clean(cleaner: &Cleaner, path: &Path, text: &str) -> anyhow::Result<Article> {
    let name = path.file_name().context("no name")?.to_string_lossy();
    match cleaner.clean_bytes(&name, text.as_bytes()).pop() {
        Some(CleanOutcome::Article(article)) => Ok(*article),
        Some(CleanOutcome::Dropped { reason, .. }) => bail!("dropped: {reason}"),
        Some(CleanOutcome::Failed { error, .. }) => bail!("{error}"),
        None => bail!("no article"),
    }
}

fn print(title: &str, comparisons: &[Comparison]) {
    let mut total = (Tally::default(), Tally::default());
    for (kind, name) in KINDS {
        let (mut entities, mut mentions) = (Tally::default(), Tally::default());
        for comparison in comparisons {
            entities.add(&comparison.entities(kind));
            mentions.add(&comparison.mentions(kind));
        }
        total.0.add(&entities);
        total.1.add(&mentions);
        line(title, name, &entities, &mentions);
    }
    line(title, "together", &total.0, &total.1);
}

fn line(title: &str, name: &str, entities: &Tally, mentions: &Tally) {
    println!(
        "{title:<8}{name:<14}{:>6}{:>6}{:>6}{:>8.3}{:>8.3}{:>8.3}   {:.3}, {:.3}, {:.3}",
        entities.right,
        entities.wrong,
        entities.missed,
        entities.precision(),
        entities.recall(),
        entities.f1(),
        mentions.precision(),
        mentions.recall(),
        mentions.f1()
    );
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
    use copydesk_core::{Entity, Span};

    use super::*;

    /// What a recogniser that knows the labels would find.
    fn found_by_the_labels(labelled: &LabelledText) -> Vec<Entity> {
        let mut found = Vec::new();
        for label in labelled.entities.iter().filter(|label| !label.optional) {
            let spans = label
                .mentions
                .iter()
                .map(|mention| Span::new(&labelled.text, mention.span.start, mention.span.end).unwrap());
            found.push(Entity {
                name: label.name.clone(),
                kind: *label.kinds.first().unwrap(),
                count: u32::try_from(label.mentions.len()).unwrap(),
                aliases: label.mentions.iter().map(|mention| mention.form.clone()).collect(),
                spans: spans.collect(),
            });
        }
        found
    }

    #[test]
    fn the_labels_themselves_are_all_right() {
        let data = crate::root().join("tests/entities");
        for language in LANGUAGES.into_iter().chain(["extra"]) {
            for path in articles(&data.join(language)).unwrap() {
                let labelled = LabelledText::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
                let comparison = compare_entities(&labelled, &found_by_the_labels(&labelled));
                for (kind, _) in KINDS {
                    for tally in [comparison.entities(kind), comparison.mentions(kind)] {
                        assert_eq!((tally.wrong, tally.missed), (0, 0), "{}: {comparison:?}", path.display());
                    }
                }
            }
        }
    }

    #[test]
    fn every_article_is_marked_soundly_and_each_language_has_ten() {
        let data = crate::root().join("tests/entities");
        for language in LANGUAGES.into_iter().chain(["extra"]) {
            let paths = articles(&data.join(language)).unwrap();
            for path in &paths {
                let labelled = LabelledText::parse(&std::fs::read_to_string(path).unwrap());
                let labelled = labelled.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                let n_words = labelled.text.split_whitespace().count();
                assert!((150..=450).contains(&n_words), "{}: {n_words} words", path.display());
                assert!(labelled.entities.len() >= 10, "{}", path.display());
            }
            let halves = [Half::Dev, Half::Test].map(|half| {
                let stems = paths.iter().map(|path| path.file_stem().unwrap().to_string_lossy());
                stems.filter(|stem| half.holds(stem)).count()
            });
            assert!(language == "extra" || halves == [5, 5], "{language}: {halves:?}");
        }
    }
}
