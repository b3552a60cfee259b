//! The fixtures of a package: articles in `fixtures/`, and what is expected of each in `NAME.expected.json`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use copydesk_core::Article;

use super::expected::Expected;
use crate::cleaner::{CleanOutcome, Cleaner};

/// The folder in a package.
pub(super) const FOLDER: &str = "fixtures";
const ENDING: &str = ".expected.json";

/// An article with what is expected of it.
pub(super) struct Fixture {
    /// The file's name.
    pub(super) name: String,
    /// The article as the plugin gets it.
    pub(super) article: Article,
    /// Where it is written down what is expected.
    pub(super) expected_file: PathBuf,
    /// What is; `None` if that file is not there.
    pub(super) expected: Option<Expected>,
}

/// A fixture, or what is wrong with it.
pub(super) type Read = Result<Fixture, (String, String)>;

/// Every fixture of a package, by name.
pub(super) fn read(dir: &Path, cleaner: &Cleaner) -> Vec<Read> {
    let folder = dir.join(FOLDER);
    let entries = std::fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
    let is_file = |path: &PathBuf| path.is_file();
    let paths = entries.map(|entry| entry.path()).filter(is_file);
    let named = paths.filter_map(|path| Some((path.file_name()?.to_str()?.to_owned(), path)));
    let mut files: Vec<(String, PathBuf)> = named.filter(|(name, _)| !name.starts_with('.')).collect();
    files.sort();
    let (expected, articles): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|(name, _)| name.ends_with(ENDING));
    let mut stems = BTreeSet::new();
    let mut fixtures: Vec<Read> = Vec::new();
    for (name, path) in articles {
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned();
        let read = if stems.insert(stem.clone()) {
            one(&name, &path, folder.join(format!("{stem}{ENDING}")), cleaner)
        } else {
            Err(format!("two articles are called `{stem}`"))
        };
        fixtures.push(read.map_err(|error| (name, error)));
    }
    for (name, _) in expected {
        if !stems.contains(name.trim_end_matches(ENDING)) {
            let error = format!("there is no article to it, as {}.txt", name.trim_end_matches(ENDING));
            fixtures.push(Err((name, error)));
        }
    }
    fixtures
}

fn one(name: &str, path: &Path, expected_file: PathBuf, cleaner: &Cleaner) -> Result<Fixture, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
    // The same wherever the package lies.
    let mut outcomes = cleaner.clean_bytes(&format!("file:///{FOLDER}/{name}"), &bytes);
    let article = match (outcomes.pop(), outcomes.len()) {
        (Some(CleanOutcome::Article(article)), 0) => *article,
        (Some(CleanOutcome::Dropped { reason, .. }), 0) => return Err(format!("holds no article: {reason}")),
        (Some(CleanOutcome::Failed { error, .. }), 0) => return Err(format!("cannot be read: {error}")),
        (None, _) => return Err("holds no article".to_owned()),
        (Some(_), n_more) => return Err(format!("holds {} articles: a fixture is one", n_more + 1)),
    };
    let expected = match std::fs::read_to_string(&expected_file) {
        Ok(text) => Some(Expected::parse(&text).map_err(|error| {
            format!("{}: {error}", expected_file.file_name().unwrap_or_default().to_string_lossy())
        })?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(format!("cannot read `{}`: {error}", expected_file.display())),
    };
    Ok(Fixture { name: name.to_owned(), article, expected_file, expected })
}
