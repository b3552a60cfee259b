#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use copydesk_core::{
    Article, ArticleId, Block, BlockKind, Caption, Entity, EntityKind, Language, Origin, Quotation,
    RecordView, Span,
};

use super::*;

/// An article of which every field says something that nothing else says.
fn record() -> String {
    let raw = "Rain fell on Arden.";
    let span = Span::new(raw, 0, raw.len()).unwrap();
    let origin = Origin {
        uri: "file:///in/a.txt".into(),
        media_type: "text/plain".into(),
        bytes: 4711,
        received: "2025-12-04T00:00:00Z".into(),
        ..Origin::default()
    };
    let blocks = vec![Block::plain(span, BlockKind::Paragraph)];
    let mut article = Article::new(ArticleId::from_bytes([7; 32]), origin, raw, blocks);
    article.title = Some("the title".into());
    article.authors = vec!["the author".into(), "the other".into()];
    article.published = Some("2025-12-03T14:05:00+01:00".into());
    article.modified = Some("2025-12-05".into());
    article.dateline = Some("the dateline".into());
    article.standfirst = Some("the standfirst".into());
    article.section = Some("the section".into());
    article.site = Some("the site".into());
    article.url = Some("https://paper.example/the-url".into());
    let language =
        Language { code: "sr".into(), confidence: 0.9, script: "Latn".into(), tag: "sr-Latn".into() };
    article.language = Some(language);
    let kinds = [EntityKind::Person, EntityKind::Organisation, EntityKind::Place];
    let entity = |kind| Entity {
        name: format!("the {kind:?}"),
        kind,
        count: 1,
        aliases: vec![format!("alias of the {kind:?}")],
        spans: vec![span],
    };
    article.entities = kinds.into_iter().map(entity).collect();
    article.quotations = vec![Quotation { span, speaker: Some("the speaker".into()), speaker_span: None }];
    article.captions = vec![Caption { text: "the caption".into(), credit: Some("the credit".into()), span }];
    article.keywords = vec!["the keyword".into()];
    article.summary = Some("the summary".into());
    (article.word_count, article.reading_minutes) = (Some(471), Some(3));
    article.notes.insert("supersedes".into(), ArticleId::from_bytes([9; 32]).to_string().into());
    RecordView(&article).to_json()
}

fn as_format(format: Format) -> Value {
    serde_json::from_str(&format.line(&record()).unwrap()).unwrap()
}

/// Which fields of the record an object shows, by what only they say.
fn shown(object: &Value) -> Vec<&'static str> {
    let text = object.to_string();
    let signs = [
        ("id", "0707"),
        ("source", "file:///in/a.txt"),
        ("title", "the title"),
        ("authors", "the other"),
        ("published", "2025-12-03"),
        ("modified", "2025-12-05"),
        ("dateline", "the dateline"),
        ("standfirst", "the standfirst"),
        ("section", "the section"),
        ("site", "the site"),
        ("url", "the-url"),
        ("language", "sr-Latn"),
        ("text", "Rain fell"),
        ("entities", "the Organisation"),
        ("quotations", "the speaker"),
        ("captions", "the caption"),
        ("keywords", "the keyword"),
        ("summary", "the summary"),
        ("word_count", "471}"),
        ("reading_minutes", "PT3M"),
    ];
    let is_shown = |sign: &str| text.contains(sign) || text.contains(&sign.replace('}', ","));
    signs.into_iter().filter(|(_, sign)| is_shown(sign)).map(|(field, _)| field).collect()
}

#[test]
fn every_field_is_in_the_formats_that_have_a_place_for_it() {
    let in_ninjs: Vec<&str> = PLACES.iter().filter(|one| one.ninjs.is_some()).map(|one| one.field).collect();
    assert_eq!(shown(&as_format(Format::Ninjs)), in_ninjs);
    let in_jsonld: Vec<&str> =
        PLACES.iter().filter(|one| one.jsonld.is_some()).map(|one| one.field).collect();
    assert_eq!(shown(&as_format(Format::Jsonld)), in_jsonld);
}

#[test]
fn values_stand_where_the_reference_says() {
    let ninjs = as_format(Format::Ninjs);
    assert_eq!(ninjs["headlines"][0]["value"], "the title");
    assert_eq!(ninjs["by"], "the author, the other");
    assert_eq!(ninjs["contentCreated"], "2025-12-03T14:05:00+01:00");
    assert_eq!(ninjs["versionCreated"], "2025-12-04T00:00:00Z", "the day alone is no date-time");
    assert_eq!(ninjs["altIds"], serde_json::json!([{"role": "modified", "value": "2025-12-05"}]));
    assert_eq!(ninjs["subjects"][0], serde_json::json!({"name": "the section", "rel": "section"}));
    assert_eq!(ninjs["associations"][0]["descriptions"][0]["value"], "the caption");
    assert_eq!(ninjs["renditions"][1]["href"], "https://paper.example/the-url");
    let jsonld = as_format(Format::Jsonld);
    assert_eq!(jsonld["author"][1]["name"], "the other");
    assert_eq!(jsonld["mentions"][1]["@type"], "Organization");
    assert_eq!(jsonld["mentions"][1]["alternateName"][0], "alias of the Organisation");
    assert_eq!(jsonld["hasPart"][0]["creator"]["name"], "the speaker");
    assert_eq!(jsonld["associatedMedia"][0]["creditText"], "the credit");
    assert_eq!(jsonld["isPartOf"]["name"], "the site");
}

#[test]
fn a_line_of_any_format_tells_whose_it_is() {
    let record = record();
    for format in [Format::Json, Format::Ninjs, Format::Jsonld] {
        let line = format.line(&record).unwrap();
        let head = LineHead::parse(line.as_bytes()).unwrap();
        assert_eq!(
            (head.id, head.uri.as_str(), head.bytes),
            (ArticleId::from_bytes([7; 32]), "file:///in/a.txt", 4711)
        );
        assert_eq!(head.supersedes, Some(ArticleId::from_bytes([9; 32])), "{format:?}");
        assert_eq!(head::id(line.as_bytes()), Some(head.id));
        assert!(head::PREFIXES.iter().any(|prefix| line.as_bytes().starts_with(prefix)), "{line}");
        let torn = line.get(..line.len() - 9).unwrap();
        assert!(LineHead::parse(torn.as_bytes()).is_err(), "{format:?}");
    }
    let longer = Format::Ninjs.line(&record).unwrap().replace("Rain fell on", "Rain fell upon");
    assert!(LineHead::parse(longer.as_bytes()).unwrap_err().contains("not as long"));
}

#[test]
fn what_says_nothing_takes_no_place() {
    let raw = "Rain fell.";
    let block = Block::plain(Span::new(raw, 0, raw.len()).unwrap(), BlockKind::Paragraph);
    let article = Article::new(ArticleId::from_bytes([7; 32]), Origin::default(), raw, vec![block]);
    let record = RecordView(&article).to_json();
    for format in [Format::Ninjs, Format::Jsonld] {
        let object: Map<String, Value> = serde_json::from_str(&format.line(&record).unwrap()).unwrap();
        assert!(
            !object.values().any(|value| value.is_null() || value == &serde_json::json!([])),
            "{object:?}"
        );
    }
    assert!(Format::Ninjs.line("{}").is_err());
}
