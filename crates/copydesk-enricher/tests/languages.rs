//! The language of invented texts in some sixty languages and scripts, and of what is short, odd or none.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin, Span, Stage};
use copydesk_enricher::{Enricher, EnricherOptions, language_of, languages_of};

/// A tag with three sentences in it, a line.
const SENTENCES: &str = include_str!("fixtures/languages.tsv");

fn rows() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    SENTENCES.lines().map(|line| {
        let mut row = line.split('\t');
        (row.next().unwrap(), row.collect())
    })
}

fn tag(text: &str) -> Option<String> {
    language_of(text).map(|language| language.tag)
}

/// As scraped or typed without accents.
fn bare(text: &str) -> String {
    let from = "áàâãäåąçćčďéèêëęěíìîïłñńňóòôõöőøřśšșşťțţúùûüůűýžźż";
    let to = "aaaaaaacccdeeeeeeiiiilnnnooooooorsssstttuuuuuuyzzz";
    let letter =
        |c: char| from.chars().position(|known| known == c).and_then(|at| to.chars().nth(at)).unwrap_or(c);
    text.to_lowercase().chars().map(letter).collect()
}

#[test]
fn three_sentences_are_told_in_every_language() {
    assert!(rows().count() >= 60);
    for (expect, sentences) in rows() {
        assert_eq!(sentences.len(), 3, "{expect}");
        let text = sentences.join(" ");
        assert_eq!(tag(&text).as_deref(), Some(expect), "{text}");
    }
}

#[test]
fn of_a_hundred_single_sentences_ninety_seven_are_told() {
    let singles: Vec<(&str, &str)> =
        rows().flat_map(|(tag, sentences)| sentences.into_iter().map(move |text| (tag, text))).collect();
    let wrong: Vec<_> =
        singles.iter().filter(|(expect, text)| tag(text).as_deref() != Some(*expect)).collect();
    assert!(wrong.len() * 100 <= singles.len() * 3, "{wrong:#?}");
}

#[test]
fn capitals_and_lost_accents_change_nothing() {
    for (expect, sentences) in rows().filter(|(tag, _)| !matches!(*tag, "vi" | "sr-Latn")) {
        let text = sentences.join(" ");
        if expect != "tr" && expect != "az" {
            assert_eq!(tag(&text.to_uppercase()).as_deref(), Some(expect), "{text}");
        }
        assert_eq!(tag(&bare(&text)).as_deref(), Some(expect), "{}", bare(&text));
    }
}

#[test]
fn addresses_names_and_code_among_the_text_change_nothing() {
    for (expect, text) in [
        (
            "de",
            "Die Brücke bleibt gesperrt, siehe https://www.example.org/the-old-bridge-is-closed-for-the-winter",
        ),
        (
            "ru",
            "Мост закрыт до конца месяца, сообщает Harbour Times со ссылкой на Northern Bridge Company Ltd.",
        ),
        ("ja", "橋は月末まで通れない、と Northern Bridge Company の広報は話した。"),
        ("hi", "पुल बंद रहेगा, Northern Bridge Company ने कहा है कि काम जारी है।"),
        ("fr", "let bridge = open(\"river\"); // le pont est fermé et les travaux ne sont pas finis"),
    ] {
        assert_eq!(tag(text).as_deref(), Some(expect), "{text}");
    }
}

#[test]
fn what_is_no_running_text_is_never_sure() {
    for text in [
        "Aino Korhonen",
        "Hanoi – Oslo 3:2",
        "fn main() { println!(\"{}\", x); }",
        "A1 B2 C3 D4 E5 F6 G7 H8 I9",
    ] {
        let confidence = language_of(text).map_or(0.0, |language| language.confidence);
        assert!(confidence < 0.9, "{text}: {confidence}");
    }
    for text in ["", "12:05", "OK", "!!! ??? 123 456 789 012", "Reuters", "https://example.org"] {
        assert_eq!(tag(text), None, "{text}");
    }
}

#[test]
fn running_text_tells_more_than_the_names_above_it() {
    let lines = ["Harbour Times", "News", "The Weather", "Sport and More"].map(|line| (line, 2));
    let body = [("Die alte Brücke über den Fluss bleibt bis zum Ende des Monats gesperrt.", 12); 4];
    let language = languages_of(&lines.into_iter().chain(body)).article.unwrap();
    assert_eq!(language.code, "de");
    assert!(language.confidence > 0.95);
}

#[test]
fn a_block_in_another_language_than_the_article_says_so() {
    let german =
        "Die alte Brücke über den Fluss bleibt bis zum Ende des Monats gesperrt, sagte der Bürgermeister.";
    let english =
        "The ferry is the only way across the river now, and it does not run when there is ice on it.";
    let blocks = [german, german, english, german, "Harbour Times"];
    let raw = blocks.join("\n\n");
    let spans = blocks.iter().scan(0, |start, text| {
        let span = Span::new(&raw, *start, *start + text.len()).unwrap();
        *start += text.len() + 2;
        Some(Block::plain(span, BlockKind::Paragraph))
    });
    let blocks: Vec<Block> = spans.collect();
    let mut article = Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw.as_str(), blocks);
    let mut stage = Enricher::new(EnricherOptions::default()).unwrap();
    stage.process(&mut article).unwrap();
    assert_eq!(article.language.as_ref().unwrap().tag, "de");
    let tags: Vec<Option<&str>> = (0..5).map(|block| article.block_language(block)).collect();
    assert_eq!(tags, [None, None, Some("en"), None, None]);
    let mut silent =
        Enricher::new(EnricherOptions { off: vec!["language".to_owned()], ..EnricherOptions::default() })
            .unwrap();
    silent.process(&mut article).unwrap();
    assert!(article.language.is_none() && article.block_language(2).is_none());
}
