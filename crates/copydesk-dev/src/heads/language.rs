//! The words of a language: names, places, formats of dates, and templates of lines, some for each half.

use std::collections::HashMap;

use anyhow::{Context, ensure};

use super::chance::Chance;
use super::write::Half;

/// The languages by their codes, with their files.
const FILES: [(&str, &str); 10] = [
    ("en", include_str!("languages/en.txt")),
    ("de", include_str!("languages/de.txt")),
    ("fr", include_str!("languages/fr.txt")),
    ("es", include_str!("languages/es.txt")),
    ("it", include_str!("languages/it.txt")),
    ("pt", include_str!("languages/pt.txt")),
    ("nl", include_str!("languages/nl.txt")),
    ("pl", include_str!("languages/pl.txt")),
    ("ru", include_str!("languages/ru.txt")),
    ("zh", include_str!("languages/zh.txt")),
];

/// A language's file, by sections: `== titles test` opens the titles of the test half.
#[derive(Debug)]
pub(super) struct Language {
    pub code: &'static str,
    sections: HashMap<&'static str, Vec<&'static str>>,
}

impl Language {
    /// All languages.
    pub(super) fn all() -> anyhow::Result<Vec<Language>> {
        FILES.into_iter().map(|(code, file)| Language::parse(code, file)).collect()
    }

    fn parse(code: &'static str, file: &'static str) -> anyhow::Result<Language> {
        let mut sections: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
        let mut open = None;
        for line in file.lines().filter(|line| !line.starts_with("# ") && !line.is_empty()) {
            if let Some(name) = line.strip_prefix("== ") {
                let known = sections.insert(name, Vec::new());
                ensure!(known.is_none(), "{code}: section `{name}` stands twice");
                open = Some(name);
            } else {
                let section = open.with_context(|| format!("{code}: `{line}` stands in no section"))?;
                sections.entry(section).or_default().push(line);
            }
        }
        Ok(Language { code, sections })
    }

    /// The lines of a section of a half.
    pub(super) fn lines(&self, name: &str, half: Half) -> &[&'static str] {
        let section = format!("{name} {}", half.name());
        self.sections.get(section.as_str()).or_else(|| self.sections.get(name)).map_or(&[], Vec::as_slice)
    }

    /// One line of a section, of those that `fits`.
    pub(super) fn pick(
        &self,
        name: &str,
        half: Half,
        chance: &mut Chance,
        fits: impl Fn(&str) -> bool,
    ) -> Option<&'static str> {
        let lines: Vec<&'static str> =
            self.lines(name, half).iter().copied().filter(|line| fits(line)).collect();
        (!lines.is_empty()).then(|| lines[chance.below(lines.len())])
    }

    /// The entries of a section that is a line parted by commas.
    pub(super) fn entries(&self, name: &str, half: Half) -> Vec<&'static str> {
        self.lines(name, half).iter().flat_map(|line| line.split(',')).collect()
    }

    /// What stands between the last two names.
    pub(super) fn and(&self) -> &'static str {
        self.sections.get("and").and_then(|lines| lines.first()).copied().unwrap_or(" & ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_template_is_in_both_halves() {
        for language in Language::all().expect("the files parse") {
            let split: Vec<&str> =
                language.sections.keys().filter_map(|name| name.strip_suffix(" train")).collect();
            assert!(split.len() > 15, "{}", language.code);
            for name in split {
                let test = language.lines(name, Half::Test);
                assert!(!test.is_empty(), "{} {name}", language.code);
                for line in language.lines(name, Half::Train) {
                    assert!(!test.contains(line) || *line == "{D}", "{} {name}: {line}", language.code);
                }
            }
            assert_eq!(language.entries("months", Half::Train).len(), 12);
            assert_eq!(language.entries("days", Half::Train).len(), 7);
        }
    }
}
