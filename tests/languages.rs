//! Invented articles in ten languages, as dumps and as saved pages, with the furniture of a site around them. For
//! each line a careful editor has written down what should become of it, and every line must be decided so.
//!
//! `languages/<language>/<name>.{txt,html}` is an article, `<name>.lines` its truth: for each visible line, in order,
//! a mark and the line's text.
//!
//! | mark | the line |
//! |---|---|
//! | `+` | stays in the text |
//! | `c` | stays in the text, as a caption |
//! | `t` `b` `d` `s` `bd` | is a field: title, byline, date, standfirst, byline or date |
//! | `- consent`, `- legal\|other` | is cut, for this reason or one of these |
//! | `=` | is cut as a repeat |
//! | `?` | may stay or go |
//! | `~` | is not in the text: furniture of the byline, such as a reading time
//!
//! `@ authors:` (joined by commas) and `@ published:` give the fields; empty means that the source states none.
//! `COPYDESK_ARTICLES=FOLDER` runs the same over other articles in the same form, without snapshots.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![allow(clippy::print_stdout, reason = "the report on articles in another folder")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use copydesk::{CleanOutcome, Cleaner};
use copydesk_core::{Article, BlockKind, Span};

/// Articles of which lines are still decided wrongly, and how many. One that gets better is an error too, so that
/// the table tells the truth.
const KNOWN: &[(&str, usize)] = &[
    ("de/hochwasser-ticker", 1),
    ("en/harbour-brief", 1),
    ("es/entrevista-apicultora", 1),
    ("es/nota-desaladora", 1),
    ("fr/commentaires-en-ligne", 2),
    ("fr/saline", 2),
    ("pt/entrevista-afinador", 1),
    ("pt/farol-feature", 2),
    ("ru/reka-feature", 2),
    ("uk/futbol-oblast", 12),
    ("uk/recept-varenyky", 10),
    ("zh/shida-xiaochi", 14),
    ("zh/xiuzhong-fangtan", 1),
];

/// What should become of a line.
#[derive(Debug, Clone, PartialEq)]
enum Mark {
    Body,
    Field(&'static [BlockKind]),
    Cut(Vec<String>),
    Either,
    /// Cut for whatever reason, or a field.
    Outside,
}

struct Truth {
    lines: Vec<(Mark, String)>,
    authors: String,
    published: String,
}

impl Truth {
    fn read(path: &Path) -> Truth {
        let mut truth = Truth { lines: Vec::new(), authors: String::new(), published: String::new() };
        for line in std::fs::read_to_string(path).unwrap().lines() {
            if let Some(authors) = line.strip_prefix("@ authors:") {
                authors.trim().clone_into(&mut truth.authors);
            } else if let Some(published) = line.strip_prefix("@ published:") {
                published.trim().clone_into(&mut truth.published);
            } else {
                truth.lines.push(mark(line).unwrap_or_else(|| panic!("{}: {line}", path.display())));
            }
        }
        truth
    }
}

fn mark(line: &str) -> Option<(Mark, String)> {
    let (sign, text) = line.split_once(' ')?;
    let mark = match sign {
        "+" => Mark::Body,
        "c" => Mark::Field(&[BlockKind::Caption]),
        "t" => Mark::Field(&[BlockKind::Title]),
        "b" => Mark::Field(&[BlockKind::Byline]),
        // A date next to a byline is a part of it.
        "d" => Mark::Field(&[BlockKind::Date, BlockKind::Byline]),
        "bd" => Mark::Field(&[BlockKind::Byline, BlockKind::Date]),
        "s" => Mark::Field(&[BlockKind::Standfirst]),
        "=" => Mark::Cut(vec!["repeat".to_owned()]),
        "?" => Mark::Either,
        "~" => Mark::Outside,
        "-" => {
            let (reasons, text) = text.split_once(' ')?;
            let reasons = reasons.split('|').flat_map(as_good_as).map(str::to_owned).collect();
            return Some((Mark::Cut(reasons), text.to_owned()));
        }
        _ => return None,
    };
    Some((mark, text.to_owned()))
}

/// The reasons that serve for a reason of the truth. Six are what they are; the others shade into one another.
fn as_good_as(reason: &str) -> Vec<&str> {
    match reason {
        "related" => vec!["related", "navigation", "promo"],
        "advert" => vec!["advert", "promo"],
        "promo" => vec!["promo", "advert", "subscribe", "share", "related", "other"],
        "other" => vec!["other", "navigation", "related", "promo"],
        one => vec![one],
    }
}

/// What became of a byte of the original.
#[derive(Debug, Clone, PartialEq)]
enum Fate {
    Kept(BlockKind),
    Cut { reason: &'static str, rule: String },
}

impl Fate {
    fn suits(&self, mark: &Mark) -> bool {
        match (mark, self) {
            (Mark::Either, _) | (Mark::Outside, Fate::Cut { .. }) => true,
            (Mark::Outside, Fate::Kept(kind)) => !kind.is_body(),
            (Mark::Body, Fate::Kept(kind)) => kind.is_body(),
            (Mark::Field(kinds), Fate::Kept(kind)) => kinds.contains(kind),
            (Mark::Cut(reasons), Fate::Cut { reason, .. }) => reasons.iter().any(|one| one == reason),
            _ => false,
        }
    }

    fn show(&self) -> String {
        match self {
            Fate::Kept(kind) => kind.name().to_owned(),
            Fate::Cut { reason, rule } => format!("cut: {reason} {rule}"),
        }
    }
}

/// What became of each piece of the original, in order.
fn fates(article: &Article) -> Vec<(Span, Fate)> {
    let kept = article.kept().map(|kept| (kept.span, Fate::Kept(kept.kind)));
    let cut = article.cuts().iter().map(|cut| {
        let fate = Fate::Cut { reason: cut.reason.name(), rule: cut.rule.to_string() };
        (cut.span, fate)
    });
    let mut fates: Vec<_> = kept.chain(cut).collect();
    fates.sort_by_key(|(span, _)| *span);
    fates
}

/// What is wrong with an article, a line each; and how many lines its truth has.
fn judge(article: &Article, truth: &Truth) -> Vec<String> {
    let raw = article.raw();
    let fates = fates(article);
    let mut left = raw.char_indices().filter(|(_, c)| !c.is_whitespace());
    let mut wrong = Vec::new();
    for (mark, text) in &truth.lines {
        let mut found: Vec<&Fate> = Vec::new();
        for expected in text.chars().filter(|c| !c.is_whitespace()) {
            let (at, c) = left.next().unwrap_or_else(|| panic!("the original ends before {text:?}"));
            assert_eq!(c, expected, "the original does not have {text:?} at byte {at}");
            let piece = fates.partition_point(|(span, _)| span.end() <= at);
            let (span, fate) = &fates[piece];
            assert!(span.start() <= at, "byte {at} is in no piece");
            if found.last() != Some(&fate) {
                found.push(fate);
            }
        }
        if !found.iter().all(|fate| fate.suits(mark)) {
            let found: Vec<String> = found.iter().map(|fate| fate.show()).collect();
            wrong.push(format!("{} <- {} | {text}", expected(mark), found.join(", ")));
        }
    }
    assert_eq!(left.next(), None, "the truth ends before the original");
    wrong.extend(wrong_fields(article, truth));
    wrong
}

fn expected(mark: &Mark) -> String {
    match mark {
        Mark::Body => "keep".to_owned(),
        Mark::Field(kinds) => kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join("|"),
        Mark::Cut(reasons) => reasons.join("|"),
        Mark::Either => "either".to_owned(),
        Mark::Outside => "outside".to_owned(),
    }
}

fn wrong_fields(article: &Article, truth: &Truth) -> Vec<String> {
    let title = truth.lines.iter().find(|(mark, _)| *mark == Mark::Field(&[BlockKind::Title]));
    let title = title.map_or("", |(_, text)| text.trim_start_matches(['#', ' ']));
    let spaced = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let stated = [
        ("title", spaced(title), spaced(article.title.as_deref().unwrap_or_default())),
        ("authors", truth.authors.clone(), article.authors.join(", ")),
        ("published", truth.published.clone(), {
            // The day: with a time and a zone the record is an instant.
            article.published.iter().flat_map(|date| date.chars().take(10)).collect()
        }),
    ];
    let wrong = stated.iter().filter(|(_, expected, found)| expected != found);
    wrong.map(|(name, expected, found)| format!("{name}: {expected:?} <- {found:?}")).collect()
}

/// The original with every cut marked in place.
fn page(article: &Article) -> String {
    let raw = article.raw();
    let mut page = String::new();
    for (span, fate) in fates(article) {
        let sign = if matches!(fate, Fate::Kept(_)) { ' ' } else { '-' };
        writeln!(page, "{sign} [{}] {}", fate.show(), span.of_text(raw)).unwrap();
    }
    page
}

struct Case {
    /// `en/harbour-brief`.
    name: String,
    file: PathBuf,
}

fn cases(folder: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for language in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let Ok(files) = std::fs::read_dir(&language) else { continue };
        for file in files.map(|entry| entry.unwrap().path()) {
            if file.extension().is_some_and(|extension| extension == "txt" || extension == "html") {
                let language = language.file_name().unwrap().to_string_lossy();
                let name = format!("{language}/{}", file.file_stem().unwrap().to_string_lossy());
                cases.push(Case { name, file });
            }
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

impl Case {
    fn article(&self) -> Article {
        let bytes = std::fs::read(&self.file).unwrap();
        let name = self.file.file_name().unwrap().to_string_lossy();
        match Cleaner::standard().unwrap().clean_bytes(&name, &bytes).pop() {
            Some(CleanOutcome::Article(article)) => *article,
            _ => panic!("{} is no article", self.name),
        }
    }

    fn truth(&self) -> Truth {
        Truth::read(&self.file.with_extension("lines"))
    }

    fn language(&self) -> &str {
        self.name.split('/').next().unwrap()
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/languages")
}

#[test]
fn every_line_is_decided_as_an_editor_would() {
    let mut problems = String::new();
    for case in cases(&folder()) {
        let article = case.article();
        let mut wrong = judge(&article, &case.truth());
        let language = article.language.as_ref().map_or("", |language| language.code.as_str());
        if language != case.language() {
            wrong.push(format!("language: {:?} <- {language:?}", case.language()));
        }
        let known = KNOWN.iter().find(|(name, _)| *name == case.name).map_or(0, |(_, n)| *n);
        if wrong.len() != known {
            writeln!(
                problems,
                "{}: {} wrong, {known} known\n  {}",
                case.name,
                wrong.len(),
                wrong.join("\n  ")
            )
            .unwrap();
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

#[test]
fn every_article_looks_as_it_did() {
    for case in cases(&folder()) {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(folder().join("snapshots"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(case.name.replace('/', "_"), page(&case.article())));
    }
}

#[test]
fn there_are_five_of_each_language_with_all_the_named_furniture() {
    let mut n: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases(&folder()) {
        *n.entry(case.language().to_owned()).or_default() += 1;
        let truth = case.truth();
        let has = |reason: &str| {
            truth.lines.iter().any(|(mark, _)| matches!(mark, Mark::Cut(reasons) if reasons[0] == reason))
        };
        for reason in ["navigation", "legal"] {
            assert!(has(reason), "{} has no line of {reason}", case.name);
        }
    }
    let expected =
        ["de", "en", "es", "fr", "it", "nl", "pt", "ru", "uk", "zh"].map(|code| (code.to_owned(), 5));
    assert_eq!(n, BTreeMap::from(expected));
}

/// The report on other articles: what is wrong, and how much is right.
#[test]
fn articles_of_another_folder() {
    let Some(folder) = std::env::var_os("COPYDESK_ARTICLES") else { return };
    let mut scores: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    for case in cases(Path::new(&folder)) {
        let (article, truth) = (case.article(), case.truth());
        let wrong = judge(&article, &truth);
        let score = scores.entry(case.language().to_owned()).or_default();
        // Three fields besides the lines.
        score[0] += truth.lines.len() + 3 - wrong.len();
        score[1] += truth.lines.len() + 3;
        score[2] += usize::from(wrong.is_empty());
        score[3] += 1;
        if !wrong.is_empty() {
            println!("{}\n  {}", case.name, wrong.join("\n  "));
        }
    }
    let mut all = [0; 4];
    for (language, score) in &scores {
        println!("{language}: {} of {} lines, {} of {} articles", score[0], score[1], score[2], score[3]);
        for (sum, part) in all.iter_mut().zip(score) {
            *sum += part;
        }
    }
    println!("all: {} of {} lines, {} of {} articles", all[0], all[1], all[2], all[3]);
}
