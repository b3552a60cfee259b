//! What copydesk makes of articles, against the schemas of the formats it writes: the record's own, and that of ninjs,
//! which is its publisher's.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use copydesk::{CleanOutcome, Cleaner};
use copydesk_core::RecordView;
use copydesk_sink::Format;
use jsonschema::{Retrieve, Uri};
use serde_json::Value;

/// Options of the check.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The JSON Schema of ninjs 3.1, as IPTC publishes it
    #[arg(long)]
    schema: PathBuf,
    /// Files or folders of articles; without any, the samples and the labelled articles of the repository
    articles: Vec<PathBuf>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let read = |path: &Path| -> anyhow::Result<Value> {
        let bytes = std::fs::read(path).with_context(|| format!("`{}`", path.display()))?;
        serde_json::from_slice(&bytes).with_context(|| format!("`{}`", path.display()))
    };
    let checks = [
        (Format::Ninjs, validator(&read(&options.schema)?)?),
        (Format::Json, validator(&copydesk::article_schema())?),
    ];
    let own = ["examples/inbox", "tests/entities", "tests/languages"].map(PathBuf::from);
    let roots = if options.articles.is_empty() { &own[..] } else { &options.articles };
    let mut files = Vec::new();
    for root in roots {
        walk(root, &mut files)?;
    }
    let cleaner = Cleaner::standard()?;
    let (mut n_articles, mut n_wrong) = (0, 0);
    for path in &files {
        let name = format!("file://{}", std::path::absolute(path)?.display());
        for outcome in cleaner.clean_bytes(&name, &std::fs::read(path)?) {
            let CleanOutcome::Article(article) = outcome else { continue };
            n_articles += 1;
            let record = RecordView(&article).to_json();
            for (format, validator) in &checks {
                let line: Value = serde_json::from_str(&format.line(&record)?)?;
                for error in validator.iter_errors(&line) {
                    n_wrong += 1;
                    println!("{} as {format:?}: {error} at {}", path.display(), error.instance_path());
                }
            }
        }
    }
    println!("{n_articles} articles of {} files, {n_wrong} violations", files.len());
    if n_articles == 0 || n_wrong > 0 {
        bail!("{n_wrong} violations in {n_articles} articles");
    }
    Ok(())
}

fn validator(schema: &Value) -> anyhow::Result<jsonschema::Validator> {
    let options = jsonschema::options().should_validate_formats(true).with_retriever(Elsewhere);
    options.build(schema).map_err(|error| anyhow::anyhow!("the schema: {error}"))
}

/// Schemas that a schema refers to on the net, which is not asked: nothing is written that only they describe, so they
/// take nothing.
struct Elsewhere;

impl Retrieve for Elsewhere {
    fn retrieve(&self, _: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Value::Bool(false))
    }
}

fn walk(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries = std::fs::read_dir(path)?.map(|entry| Ok(entry?.path()));
    let mut entries: Vec<PathBuf> = entries.collect::<std::io::Result<_>>()?;
    entries.sort();
    entries.iter().try_for_each(|entry| walk(entry, files))
}
