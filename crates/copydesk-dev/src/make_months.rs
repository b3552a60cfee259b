//! Names of months and weekdays, and words of relative times (`vor zwei Tagen`), from the Unicode CLDR: `cargo dev make-months --cldr DIR`.
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
    let main = options.cldr.join("main");
    let calendars = read(&main, "ca-gregorian.json", |file| &file["calendars"]["gregorian"])?;
    let fields = read(&main, "dateFields.json", |file| &file["fields"])?;
    let months = Path::new(WORDS).join("months.txt");
    let days = Path::new(WORDS).join("weekdays.txt");
    std::fs::write(&months, with_months(&std::fs::read_to_string(&months)?, &calendars)?)?;
    std::fs::write(&days, with_days(&std::fs::read_to_string(&days)?, &calendars, &small_words()?))?;
    let (times, relative) = (relative_times(&fields), relative_days(&fields));
    std::fs::write(
        Path::new(WORDS).join("relative_times.txt"),
        listed("of times gone by, with a number", &times),
    )?;
    std::fs::write(
        Path::new(WORDS).join("relative_days.txt"),
        listed("for yesterday, today and the like", &relative),
    )?;
    Ok(())
}

/// What `pick` takes of this file of every language, without its regions.
fn read(folder: &Path, name: &str, pick: fn(&Value) -> &Value) -> anyhow::Result<Vec<Value>> {
    let mut languages: Vec<String> = std::fs::read_dir(folder)
        .with_context(|| folder.display().to_string())?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<std::io::Result<_>>()?;
    languages.retain(|name| !name.contains('-'));
    languages.sort_by_key(|name| (FIRST.iter().position(|first| first == name).unwrap_or(99), name.clone()));
    languages
        .iter()
        .map(|language| {
            let file = std::fs::read(folder.join(language).join(name))?;
            let json: Value = serde_json::from_slice(&file)?;
            Ok(pick(&json["main"][language]["dates"]).clone())
        })
        .collect()
}

/// A list with its head.
fn listed(what: &str, words: &BTreeSet<String>) -> String {
    let mut file = format!(
        "# Words {what}: of the CLDR (https://cldr.unicode.org, Unicode License v3), by `cargo dev make-months`.\n"
    );
    for word in words {
        file.extend([word, "\n"]);
    }
    file
}

/// The words of `{0} hours ago` and the like.
fn relative_times(fields: &[Value]) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for field in fields.iter().filter_map(Value::as_object).flatten().map(|(_, field)| field) {
        let past = field["relativeTime-type-past"].as_object();
        for phrase in past.into_iter().flatten().filter_map(|(_, phrase)| phrase.as_str()) {
            words.extend(phrase.replace("{0}", " ").split_whitespace().filter_map(as_word));
        }
    }
    words
}

/// `yesterday`, `gestern`: single words that name a day by the day of reading.
fn relative_days(fields: &[Value]) -> BTreeSet<String> {
    let names = fields.iter().flat_map(|fields| {
        ["-2", "-1", "0"]
            .map(|day| fields["day"][format!("relative-type-{day}")].as_str().unwrap_or_default())
    });
    names
        .filter(|name| !name.contains(' '))
        .filter_map(as_word)
        .filter(|word| word.chars().count() > 2)
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

/// Words that are too common in some language to be a weekday of another.
fn small_words() -> anyhow::Result<BTreeSet<String>> {
    let mut small = BTreeSet::new();
    for file in ["languages.txt", "particles.txt", "and.txt"] {
        let file = std::fs::read_to_string(Path::new(WORDS).join(file))?;
        small.extend(file.split_whitespace().map(str::to_owned));
    }
    Ok(small)
}

fn with_days(file: &str, calendars: &[Value], small: &BTreeSet<String>) -> String {
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
                // Short forms of one language are small words of another: `on`, `man`.
                let word = word.filter(|word| !small.contains(word) && (!word.is_ascii() || word.len() > 2));
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
    fn words_of_relative_times_are_taken_apart() {
        let fields = [serde_json::json!({
            "day": {"relative-type--1": "gestern", "relative-type-0": "heute abend"},
            "hour": {"relativeTime-type-past": {"one": "vor {0} Stunde", "other": "vor {0} Stunden"}},
        })];
        assert!(relative_times(&fields).iter().eq(["stunde", "stunden", "vor"]));
        assert!(relative_days(&fields).iter().eq(["gestern"]));
    }

    #[test]
    fn names_are_added_once_and_keep_their_month() {
        let calendar = serde_json::json!({
            "months": {"format": {"wide": {"1": "Januar", "2": "Mars", "3": "Third."}}},
            "days": {"format": {"wide": {"mon": "Montag", "tue": "火"}}},
        });
        let file = format!("# head\njanuar\nfeb\nmars{}", "\nx y".repeat(9));
        let months = with_months(&file, std::slice::from_ref(&calendar)).expect("twelve rows");
        assert!(months.starts_with("# head\njanuar\nfeb\nmars third\n"), "{months}");
        assert_eq!(with_days("# head\nmon\n", &[calendar], &BTreeSet::new()), "# head\nmon\nmontag\n");
    }
}
