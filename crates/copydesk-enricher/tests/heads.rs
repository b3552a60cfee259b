//! Heads of invented articles, in many languages, and what they state: see `fixtures/heads.txt`.

use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin, Span, Stage, laws};
use copydesk_enricher::{Enricher, EnricherOptions};

const HEADS: &str = include_str!("fixtures/heads.txt");

/// Prose in the case's language is not needed: the head is read by its form.
const BODY: &str = "The crew tested both engines for a week before the first passengers came on board.\n\
    Nobody was hurt when the ferry ran aground in the autumn, but the repairs took longer than planned.";

/// An article with one block a line.
fn article(raw: &str) -> Article {
    let block = |line: &str| Some(Block::plain(Span::of(raw, line.trim())?, BlockKind::Paragraph));
    let blocks = raw.split('\n').filter(|line| !line.trim().is_empty()).filter_map(block).collect();
    Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw, blocks)
}

fn enriched(raw: &str) -> Article {
    let mut article = article(raw);
    let mut enricher = Enricher::new(EnricherOptions::default()).expect("the defaults are valid");
    enricher.process(&mut article).expect("this stage cannot fail");
    assert_eq!(laws::check(&article), Ok(()));
    article
}

#[derive(Debug, Default)]
struct Case<'a> {
    name: &'a str,
    head: Vec<&'a str>,
    fields: Vec<(&'a str, &'a str)>,
}

fn cases() -> Vec<Case<'static>> {
    let mut cases: Vec<Case<'static>> = Vec::new();
    for line in HEADS.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if let Some(name) = line.strip_prefix("=== ") {
            cases.push(Case { name, ..Case::default() });
        } else if let Some(field) = line.strip_prefix("--- ") {
            let (name, value) = field.split_once(':').expect("a field is a name, a colon and a value");
            cases.last_mut().expect("a case starts with its name").fields.push((name, value.trim()));
        } else {
            cases.last_mut().expect("a case starts with its name").head.push(line);
        }
    }
    cases
}

/// The fields of an article as the fixtures write them.
fn stated(article: &Article, n_lines: usize) -> Vec<(&'static str, String)> {
    let kinds: Vec<&str> = article.blocks().iter().take(n_lines).map(|block| block.kind.name()).collect();
    vec![
        ("title", article.title.clone().unwrap_or_default()),
        ("authors", article.authors.join("; ")),
        ("published", article.published.clone().unwrap_or_default()),
        ("modified", article.modified.clone().unwrap_or_default()),
        ("dateline", article.dateline.clone().unwrap_or_default()),
        ("standfirst", article.standfirst.clone().unwrap_or_default()),
        ("kinds", kinds.join(" ")),
    ]
}

#[test]
fn heads_state_what_they_state() {
    let cases = cases();
    assert!(cases.len() >= 60, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        for separator in ["\n", "\n\n"] {
            let raw = format!("{}{separator}{}", case.head.join(separator), BODY.replace('\n', separator));
            let article = enriched(&raw);
            for (name, got) in stated(&article, case.head.len()) {
                let expect = case.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
                let expect = if name == "kinds" { expect.unwrap_or(&got) } else { expect.unwrap_or("") };
                if got != expect {
                    wrong.push(format!("{} ({separator:?}): {name} is {got:?}, not {expect:?}", case.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_left_of_a_head_is_no_head() {
    for case in cases() {
        let raw = format!("{}\n{BODY}", case.head.join("\n"));
        let text = enriched(&raw).text();
        let again = enriched(&text);
        assert_eq!(again.text(), text, "{}", case.name);
        assert_eq!(again.title, None, "{}", case.name);
        assert!(again.authors.is_empty(), "{}", case.name);
    }
}

#[test]
fn each_field_has_evidence_in_the_text() {
    let article = enriched(&format!(
        "Harbour ferry returns after winter repairs\nBy Jane Doe\n3 December 2025\nPARIS (AP) — The ferry is back.\n{BODY}"
    ));
    let place = |field: &str| article.evidence[field].span.unwrap().of_text(article.raw());
    assert_eq!(place("title"), "Harbour ferry returns after winter repairs");
    assert_eq!(place("authors"), "By Jane Doe");
    assert_eq!(place("published"), "3 December 2025");
    assert_eq!(place("dateline"), "PARIS (AP) — ");
    assert_eq!(article.language.unwrap().code, "en");
    assert!(article.word_count.unwrap() > 20 && article.reading_minutes == Some(1));
}
