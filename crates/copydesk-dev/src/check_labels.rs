//! Labelled articles, line for line: `NAME.txt` beside `NAME.truth.json`.
//!
//! The truth holds `title`, `authors`, `published`, `dateline`, `language`, and `lines` of `{line, kind,
//! starts}`, where `kind` is a block kind, `remove:REASON`, or `either`. Lines are counted from 1.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use copydesk::{CleanOutcome, Cleaner};
use copydesk_core::{Article, laws};
use serde_json::{Value, json};

/// Options of the check.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The folder with the labelled articles
    #[arg(long)]
    data: PathBuf,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let cleaner = Cleaner::standard()?;
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(&options.data)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    paths.sort();
    let (mut n_lines, mut wrong) = (0, Vec::new());
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "txt")) {
        let truth: Value = serde_json::from_slice(&std::fs::read(path.with_extension("truth.json"))?)?;
        let article = clean(&cleaner, path)?;
        laws::check(&article).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
        n_lines += truth["lines"].as_array().map_or(0, Vec::len);
        compare(&article, &truth, &path.file_stem().unwrap_or_default().to_string_lossy(), &mut wrong);
    }
    if n_lines == 0 {
        bail!("no labelled lines in `{}`", options.data.display());
    }
    for line in &wrong {
        println!("{line}");
    }
    println!("{n_lines} labelled lines, {} wrong", wrong.len());
    if !wrong.is_empty() {
        bail!("{} labels are not met", wrong.len());
    }
    Ok(())
}

fn clean(cleaner: &Cleaner, path: &Path) -> anyhow::Result<Article> {
    let bytes = std::fs::read(path)?;
    let name = path.file_name().context("no name")?.to_string_lossy();
    match cleaner.clean_bytes(&name, &bytes).pop() {
        Some(CleanOutcome::Article(article)) => Ok(*article),
        Some(CleanOutcome::Dropped { reason, .. }) => bail!("{name}: dropped: {reason}"),
        Some(CleanOutcome::Failed { error, .. }) => bail!("{name}: {error}"),
        None => bail!("{name}: no article"),
    }
}

fn compare(article: &Article, truth: &Value, name: &str, wrong: &mut Vec<String>) {
    let fields = [
        ("title", json!(article.title)),
        ("authors", json!(article.authors)),
        ("published", json!(article.published)),
        ("dateline", json!(article.dateline)),
        ("language", json!(article.language.as_ref().map(|language| &language.code))),
    ];
    for (field, found) in fields {
        if found != truth[field] {
            wrong.push(format!("{name}: {field} is {found}, not {}", truth[field]));
        }
    }
    let mut at = 0;
    let starts: Vec<usize> = article
        .raw()
        .split_inclusive('\n')
        .map(|line| {
            let indent = line.len() - line.trim_start().len();
            at += line.len();
            at - line.len() + indent
        })
        .collect();
    for line in truth["lines"].as_array().into_iter().flatten() {
        let (number, kind) = (line["line"].as_u64().unwrap_or(0), line["kind"].as_str().unwrap_or(""));
        let found =
            starts.get(number as usize - 1).map_or_else(|| "missing".into(), |start| label(article, *start));
        if kind != "either" && kind != found {
            wrong.push(format!("{name}: line {number} is {found}, not {kind}: {}", line["starts"]));
        }
    }
}

fn label(article: &Article, start: usize) -> String {
    let cut = article.cuts().iter().find(|cut| cut.span.start() <= start && start < cut.span.end());
    if let Some(cut) = cut {
        return format!("remove:{}", cut.reason);
    }
    let kept = article.kept().find(|kept| kept.span.start() <= start && start < kept.span.end());
    kept.map_or_else(|| "lost".into(), |kept| kept.kind.name().into())
}
