//! Puts an invented article together: chooses what it states, lays out its lines, and notes the truth.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::chance::Chance;
use super::language::Language;
use super::when::{Moment, Zone, is_ambiguous};

/// Which half of the templates an article is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Half {
    Train,
    Test,
}

impl Half {
    /// Its name, as the language files have it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Half::Train => "train",
            Half::Test => "test",
        }
    }
}

/// An article and what it states.
#[derive(Debug)]
pub(super) struct Invented {
    pub id: String,
    pub language: &'static str,
    pub style: &'static str,
    pub half: Half,
    pub text: String,
    /// The stated fields; authors are joined by `; `.
    pub fields: BTreeMap<&'static str, String>,
}

impl Invented {
    /// The line of the truth file.
    pub(super) fn truth(&self) -> Value {
        let field = |name: &str| self.fields.get(name);
        let authors: Vec<&str> = field("authors").map_or(Vec::new(), |names| names.split("; ").collect());
        json!({
            "id": self.id, "language": self.language, "style": self.style, "half": self.half.name(),
            "title": field("title"), "authors": authors, "published": field("published"),
            "modified": field("modified"), "dateline": field("dateline"), "standfirst": field("standfirst"),
        })
    }
}

/// The order of lines in a style, by half.
const LAYOUTS: [(&str, Half, &[&str]); 21] = [
    ("wire", Half::Train, &["kicker", "title", "by", "date", "body", "rep", "tail"]),
    ("wire", Half::Train, &["title", "bydate", "body", "rep"]),
    ("wire", Half::Train, &["title", "date", "photo", "body", "rep", "tail"]),
    ("wire", Half::Test, &["title", "stand", "by", "date", "body", "rep"]),
    ("wire", Half::Test, &["date", "title", "body", "rep", "tail"]),
    ("wire", Half::Test, &["title", "date", "by", "photo", "body", "tail"]),
    ("magazine", Half::Train, &["kicker", "title", "stand", "by", "date", "body", "bio", "tail"]),
    ("magazine", Half::Train, &["title", "by", "date", "photo", "body", "bio"]),
    ("magazine", Half::Test, &["title", "stand", "bydate", "read", "body", "bio"]),
    ("magazine", Half::Test, &["kicker", "title", "stand", "date", "by", "photo", "body", "tail"]),
    ("blog", Half::Train, &["title", "bydate", "read", "body", "share", "bio"]),
    ("blog", Half::Train, &["title", "date", "by", "body", "tail"]),
    ("blog", Half::Test, &["date", "title", "by", "body", "bio", "share"]),
    ("blog", Half::Test, &["title", "read", "by", "date", "share", "body"]),
    ("blog", Half::Test, &["title", "bydate", "body", "tail"]),
    ("broadcaster", Half::Train, &["title", "by", "date", "share", "photo", "body", "tail"]),
    ("broadcaster", Half::Train, &["kicker", "title", "date", "by", "body"]),
    ("broadcaster", Half::Train, &["title", "stand", "by", "date", "read", "body"]),
    ("broadcaster", Half::Test, &["kicker", "title", "stand", "date", "by", "share", "body"]),
    ("broadcaster", Half::Test, &["title", "date", "photo", "by", "body", "tail"]),
    ("broadcaster", Half::Test, &["title", "by", "photo", "stand", "date", "body"]),
];
const STYLES: [&str; 4] = ["wire", "magazine", "blog", "broadcaster"];

/// What an article states, and where.
struct Facts {
    authors: Vec<&'static str>,
    published: Option<Moment>,
    modified: Option<Moment>,
    place: Option<&'static str>,
    /// The place stands in the byline, not before the first sentence.
    in_byline: bool,
    /// The authors stand below the text.
    below: bool,
    format: &'static str,
    zone: Zone,
}

/// The article of this number.
pub(super) fn article(languages: &[Language], seed: u64, number: usize) -> Invented {
    let mut chance = Chance::new(seed, number as u64);
    let language = &languages[number % languages.len()];
    let style = STYLES[number / languages.len() % STYLES.len()];
    let half =
        if (number / languages.len() / STYLES.len()).is_multiple_of(2) { Half::Train } else { Half::Test };
    let layouts: Vec<&[&str]> = LAYOUTS
        .iter()
        .filter(|layout| layout.0 == style && layout.1 == half)
        .map(|layout| layout.2)
        .collect();
    let layout = layouts[chance.below(layouts.len())];
    let facts = Facts::any(language, half, style, layout, &mut chance);
    let mut writer = Writer { language, half, facts, chance, fields: BTreeMap::new() };
    let lines = writer.lines(layout);
    let separator = if writer.chance.percent(50) { "\n" } else { "\n\n" };
    Invented {
        id: format!("{}-{number:05}", language.code),
        language: language.code,
        style,
        half,
        text: lines.join(separator) + "\n",
        fields: writer.fields,
    }
}

impl Facts {
    fn any(language: &Language, half: Half, style: &str, layout: &[&str], chance: &mut Chance) -> Facts {
        let mut names = language.entries("names", half);
        let n_authors = [0, 0, 0, 1, 1, 1, 1, 1, 2, 3][chance.below(10)];
        let authors: Vec<&'static str> =
            (0..n_authors).map(|_| names.swap_remove(chance.below(names.len()))).collect();
        let published = chance.percent(70).then(|| Moment::any(chance));
        let modified = chance.percent(30).then(|| match published {
            Some(published) => published.later(chance),
            None => Moment::any(chance),
        });
        let places = language.entries("places", half);
        let stated = chance.percent(if style == "wire" { 80 } else { 35 });
        let place = stated.then(|| places[chance.below(places.len())]);
        let has = |element: &str| layout.contains(&element);
        let in_byline = place.is_some() && !authors.is_empty() && has("by") && style != "wire";
        let in_byline = in_byline && chance.percent(60);
        let below = !authors.is_empty() && !in_byline && has("rep") && chance.percent(50);
        // A line without a byline: who wrote it can stand below the text alone.
        let told = has("by") || has("bydate") || below;
        let authors = if told { authors } else { Vec::new() };
        let format = language.pick("dates", half, chance, |_| true).unwrap_or("{y}-{mm}-{dd}");
        let zone = Zone::any(language, chance);
        Facts { authors, published, modified, place, in_byline, below, format, zone }
    }
}

struct Writer<'a> {
    language: &'a Language,
    half: Half,
    facts: Facts,
    chance: Chance,
    fields: BTreeMap<&'static str, String>,
}

impl Writer<'_> {
    fn lines(&mut self, layout: &[&str]) -> Vec<String> {
        let mut lines = Vec::new();
        for element in layout {
            let written = self.element(element);
            lines.extend(written.split("\\n").filter(|line| !line.is_empty()).map(str::to_owned));
        }
        self.settle_dates();
        lines
    }

    fn element(&mut self, element: &str) -> String {
        let named = !self.facts.authors.is_empty() && !self.facts.below;
        match element {
            "title" if self.chance.percent(90) => {
                let title = self.line("titles");
                self.fields.insert("title", title.clone());
                title
            }
            "stand" if self.chance.percent(60) && self.fields.contains_key("title") => {
                let stand = self.line("stand");
                self.fields.insert("standfirst", stand.clone());
                stand
            }
            "by" if named => self.byline(),
            "date" => self.dates(),
            "bydate" if named && self.facts.published.is_some() => {
                let line = self.line("bydate");
                let changed = self.facts.modified.map(|_| self.line("upd"));
                [line, changed.unwrap_or_default()].join("\\n")
            }
            "bydate" => {
                let byline = if named { self.byline() } else { String::new() };
                [byline, self.dates()].join("\\n")
            }
            "body" => self.body(),
            "rep" if self.facts.below => self.line("rep"),
            "bio" if !self.facts.authors.is_empty() => self.line("bio"),
            "kicker" => self.some_entry("kickers", 60),
            "read" | "share" | "photo" | "tail" if self.chance.percent(60) => self.line(element),
            _ => String::new(),
        }
    }

    fn byline(&mut self) -> String {
        let section = if self.facts.in_byline { "by_at" } else { "by" };
        self.line(section)
    }

    fn dates(&mut self) -> String {
        match (self.facts.published, self.facts.modified) {
            (Some(_), Some(_)) => self.line("both"),
            (Some(_), None) => self.line("date_line"),
            (None, Some(_)) => self.line("upd"),
            (None, None) if self.chance.percent(40) => self.line("rel"),
            (None, None) => String::new(),
        }
    }

    fn body(&mut self) -> String {
        let mut sentences: Vec<&'static str> = self.language.lines("body", self.half).to_vec();
        let gap = if self.language.code == "zh" { "" } else { " " };
        let mut paragraphs = Vec::new();
        for _ in 0..3 + self.chance.below(3) {
            let mut paragraph = Vec::new();
            for _ in 0..=self.chance.below(2) {
                if !sentences.is_empty() {
                    let sentence = sentences.swap_remove(self.chance.below(sentences.len()));
                    paragraph.push(self.fill(sentence));
                }
            }
            if !paragraph.is_empty() {
                paragraphs.push(paragraph.join(gap));
            }
        }
        if self.facts.place.is_some() && !self.facts.in_byline {
            let (named, dated) = (!self.facts.authors.is_empty(), self.facts.published.is_some());
            let fits = |line: &str| (named || !line.contains("{A}")) && (dated || !line.contains("{y}"));
            let open = self.language.pick("open", self.half, &mut self.chance, fits).unwrap_or("{AT} — ");
            let open = self.fill(open);
            if let Some(first) = paragraphs.first_mut() {
                first.insert_str(0, &open);
            }
        }
        paragraphs.join("\\n")
    }

    fn some_entry(&mut self, section: &str, percent: usize) -> String {
        if !self.chance.percent(percent) {
            return String::new();
        }
        let entries = self.language.entries(section, self.half);
        entries[self.chance.below(entries.len())].to_owned()
    }

    fn line(&mut self, section: &str) -> String {
        let line = self.language.pick(section, self.half, &mut self.chance, |_| true).unwrap_or_default();
        self.fill(line)
    }

    /// The template with its slots filled; what it states by them is noted.
    fn fill(&mut self, template: &str) -> String {
        let mut text = template.to_owned();
        while let Some((before, rest)) = text.split_once('{') {
            let Some((slot, after)) = rest.split_once('}') else { break };
            let value = self.value(slot);
            text = format!("{before}{value}{after}");
        }
        text
    }

    fn value(&mut self, slot: &str) -> String {
        match slot {
            "A" | "A^" => self.authors(slot == "A^"),
            "A1" => self.facts.authors.first().copied().unwrap_or_default().to_owned(),
            "D" => self.date("published", self.facts.published),
            "U" => self.date("modified", self.facts.modified),
            "at" | "AT" => {
                let place = self.facts.place.unwrap_or_default();
                let place = if slot == "AT" { place.to_uppercase() } else { place.to_owned() };
                self.fields.insert("dateline", place.clone());
                place
            }
            "who" => {
                let others: Vec<&str> = self.language.entries("names", self.half);
                let others: Vec<&str> =
                    others.into_iter().filter(|name| !self.facts.authors.contains(name)).collect();
                others[self.chance.below(others.len())].to_owned()
            }
            "where" => self.some_entry("places", 100),
            "agency" => self.some_entry("agencies", 100),
            "org" => self.some_entry("outlets", 100),
            "role" => self.some_entry("roles", 100),
            "n" => (2 + self.chance.below(38)).to_string(),
            "day" => {
                let long = self.language.lines("dates", Half::Train).first().copied().unwrap_or("{y}");
                Moment::any(&mut self.chance).write(long, self.language, self.facts.zone)
            }
            // A part of a date before the first sentence: with its year it states the day.
            part => {
                let moment = self.facts.published.unwrap_or_else(|| Moment::any(&mut self.chance));
                self.facts.published.get_or_insert(moment);
                if part == "y" {
                    self.fields.entry("published").or_insert_with(|| moment.date.to_string());
                }
                moment.write(&format!("{{{part}}}"), self.language, self.facts.zone)
            }
        }
    }

    fn authors(&mut self, shouted: bool) -> String {
        let names: Vec<String> = self
            .facts
            .authors
            .iter()
            .map(|name| if shouted { name.to_uppercase() } else { (*name).to_owned() })
            .collect();
        self.fields.insert("authors", names.join("; "));
        let comma = if self.language.code == "zh" { "、" } else { ", " };
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => {
                [rest.join(comma).as_str(), last].join(self.language.and())
            }
            _ => names.concat(),
        }
    }

    fn date(&mut self, field: &'static str, moment: Option<Moment>) -> String {
        let Some(moment) = moment else { return String::new() };
        self.fields.insert(field, moment.truth(self.facts.format, self.facts.zone));
        moment.write(self.facts.format, self.language, self.facts.zone)
    }

    /// Takes back days that no reader can tell from months: where no other date of the page settles the order.
    fn settle_dates(&mut self) {
        if !is_ambiguous(self.facts.format, self.language.code) {
            return;
        }
        let shown = |field: &str, moment: Option<Moment>| moment.filter(|_| self.fields.contains_key(field));
        let dates = [shown("published", self.facts.published), shown("modified", self.facts.modified)]
            .map(|one| one.map(|one| one.date));
        if dates.iter().flatten().any(|date| date.day() > 12) {
            return;
        }
        for (field, date) in ["published", "modified"].into_iter().zip(dates) {
            if date.is_some_and(|date| date.day() != date.month()) {
                self.fields.remove(field);
            }
        }
    }
}
