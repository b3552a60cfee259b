//! Names of months and weekdays from the Unicode CLDR: `cargo dev make-months --cldr DIR`.
//!
//! DIR is the unpacked npm package `cldr-dates-modern` (Unicode License v3). Names that are in the lists stay, and
//! come first; a name of two months keeps the one it has, or that of the language that is read first.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;

const WORDS: &str = "crates/copydesk-enricher/src/words";
/// Languages whose names come first, by their press.
const FIRST: [&str; 12] = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "tr", "sv"];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The unpacked package
    #[arg(long)]
    cldr: PathBuf,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let calendars = calendars(&options.cldr.join("main"))?;
    let months = Path::new(WORDS).join("months.txt");
    let days = Path::new(WORDS).join("weekdays.txt");
    std::fs::write(&months, with_months(&std::fs::read_to_string(&months)?, &calendars)?)?;
    std::fs::write(&days, with_days(&std::fs::read_to_string(&days)?, &calendars))?;
    Ok(())
}

/// The Gregorian calendar of every language, without its regions.
fn calendars(folder: &Path) -> anyhow::Result<Vec<Value>> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .with_context(|| folder.display().to_string())?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<std::io::Result<_>>()?;
    names.retain(|name| !name.contains('-'));
    names.sort_by_key(|name| (FIRST.iter().position(|first| first == name).unwrap_or(99), name.clone()));
    names
        .iter()
        .map(|name| {
            let file = std::fs::read(folder.join(name).join("ca-gregorian.json"))?;
            let json: Value = serde_json::from_slice(&file)?;
            Ok(json["main"][name]["dates"]["calendars"]["gregorian"].clone())
        })
        .collect()
}

/// The name as dates are matched by: in lower case, letters only, long enough to mean something.
fn as_word(name: &str) -> Option<String> {
    let word = name.trim().trim_end_matches('.').to_lowercase();
    let is_sign =
        |c: char| matches!(c, '\u{300}'..='\u{36f}' | '\u{93a}'..='\u{94f}' | '\u{64b}'..='\u{65f}');
    let letters = word.chars().all(|c| c.is_alphabetic() || is_sign(c));
    let wide = word.chars().any(|c| matches!(c, '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'));
    (letters && !wide && word.chars().count() >= 2).then_some(word)
}

fn with_months(file: &str, calendars: &[Value]) -> anyhow::Result<String> {
    let mut out = String::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in file.lines() {
        if line.starts_with('#') {
            out.extend([line, "\n"]);
        } else {
            rows.push(line.split(' ').map(str::to_owned).collect());
        }
    }
    anyhow::ensure!(rows.len() == 12, "{} rows of months", rows.len());
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (month, row) in rows.iter().enumerate() {
        known.extend(row.iter().map(|name| (name.clone(), month)));
    }
    for calendar in calendars {
        for form in ["format", "stand-alone"] {
            for width in ["wide", "abbreviated"] {
                for (month, row) in rows.iter_mut().enumerate() {
                    let name = calendar["months"][form][width][(month + 1).to_string()].as_str();
                    let Some(word) = name.and_then(as_word).filter(|word| word.chars().count() > 2) else {
                        continue;
                    };
                    if known.insert(word.clone(), month).is_none() {
                        row.push(word);
                    }
                }
            }
        }
    }
    for row in rows {
        out.extend([&row.join(" "), "\n"]);
    }
    Ok(out)
}

fn with_days(file: &str, calendars: &[Value]) -> String {
    let mut out = file.to_owned();
    let mut known: BTreeSet<String> = file.lines().map(str::to_owned).collect();
    for calendar in calendars {
        for (form, width) in [
            ("format", "wide"),
            ("format", "abbreviated"),
            ("stand-alone", "wide"),
            ("stand-alone", "abbreviated"),
        ] {
            for day in DAYS {
                let word = calendar["days"][form][width][day].as_str().and_then(as_word);
                // Two letters are a small word of another language: `on`.
                let word = word.filter(|word| !word.is_ascii() || word.len() > 2);
                if let Some(word) = word.filter(|word| known.insert(word.clone())) {
                    out.extend([&word, "\n"]);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_added_once_and_keep_their_month() {
        let calendar = serde_json::json!({
            "months": {"format": {"wide": {"1": "Januar", "2": "Mars", "3": "Third."}}},
            "days": {"format": {"wide": {"mon": "Montag", "tue": "火"}}},
        });
        let file = format!("# head\njanuar\nfeb\nmars{}", "\nx y".repeat(9));
        let months = with_months(&file, std::slice::from_ref(&calendar)).expect("twelve rows");
        assert!(months.starts_with("# head\njanuar\nfeb\nmars third\n"), "{months}");
        assert_eq!(with_days("# head\nmon\n", &[calendar]), "# head\nmon\nmontag\n");
    }
}
