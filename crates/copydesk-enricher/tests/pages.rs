//! What invented pages and records state beside their text, and which of it is believed.

use std::sync::Arc;

use copydesk_core::{
    Article, ArticleId, Block, BlockKind, Cut, Hint, Markup, Node, Origin, Page, Reason, Span, Stage,
};
use copydesk_enricher::{Enricher, EnricherOptions};

/// A page of these elements, one block each: tag, class, text.
fn page(elements: &[(&str, &str, &str)], hints: &[(&str, &str)]) -> Article {
    let raw = elements.iter().map(|(_, _, text)| *text).collect::<Vec<&str>>().join("\n");
    let node = |tag: &str, attrs: &str, depth| Node {
        parent: 0,
        tag: tag.into(),
        attrs: attrs.into(),
        depth,
        children: 0,
    };
    let mut nodes = vec![node("body", "", 0)];
    let mut blocks = Vec::new();
    for ((tag, class, _), line) in elements.iter().zip(raw.split('\n')) {
        let kind = if tag.starts_with('h') { BlockKind::Heading } else { BlockKind::Paragraph };
        let markup = Some(Markup { node: nodes.len() as u32, ..Markup::default() });
        let span = Span::of(&raw, line).expect("a line is part of its text");
        blocks.push(Block { span, kind, markup, language: None });
        nodes.push(node(tag, class, 1));
    }
    let mut article = Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw.as_str(), blocks);
    article.page = Some(Arc::new(Page { nodes }));
    article.hints = hints
        .iter()
        .map(|(name, value)| Hint { name: (*name).to_owned(), value: (*value).to_owned(), block: None })
        .collect();
    let mut enricher = Enricher::new(EnricherOptions::default()).expect("the defaults are valid");
    enricher.process(&mut article).expect("this stage cannot fail");
    article
}

const PROSE: (&str, &str, &str) =
    ("p", "", "The crew tested both engines for a week before the first passengers came on board.");

#[test]
fn the_headline_on_the_page_that_its_head_repeats_is_the_title() {
    let article = page(
        &[
            ("p", "", "Menu"),
            ("h1", "", "Ferry returns to the harbour"),
            PROSE,
            ("h2", "", "Related stories"),
            PROSE,
        ],
        &[
            ("html:title", "Ferry returns to the harbour | The Harbour Post"),
            ("meta:og:site_name", "The Harbour Post"),
        ],
    );
    assert_eq!(article.title.as_deref(), Some("Ferry returns to the harbour"));
    assert_eq!(article.evidence["title"].span, Some(article.blocks()[1].span));
    assert_eq!(article.blocks()[1].kind, BlockKind::Title);
    assert!(!article.text().contains("Ferry returns"));
}

#[test]
fn a_title_that_only_the_head_states_has_no_place() {
    let article = page(
        &[PROSE, PROSE],
        &[
            ("html:title", "Ferry returns - Harbour Post"),
            ("link:canonical", "https://www.harbourpost.example/a"),
        ],
    );
    assert_eq!(article.title.as_deref(), Some("Ferry returns"));
    assert_eq!((article.evidence["title"].span, &*article.evidence["title"].rule), (None, "html:title"));
}

#[test]
fn the_name_of_the_site_is_no_title() {
    let article = page(&[PROSE], &[("html:title", "Harbour Post"), ("meta:og:site_name", "Harbour Post")]);
    assert_eq!(article.title, None);
    // A title that starts with the site's name is one.
    let hints = [
        ("html:title", "Harbour Post wins the regatta again"),
        ("link:canonical", "https://harbour.example/"),
    ];
    assert_eq!(page(&[PROSE], &hints).title.as_deref(), Some("Harbour Post wins the regatta again"));
}

#[test]
fn authors_are_people_before_sites_and_never_addresses() {
    let authors = |hints: &[(&str, &str)], byline: &str| {
        page(&[("h1", "", "Ferry returns to the harbour"), ("p", "byline", byline), PROSE], hints).authors
    };
    assert_eq!(
        authors(&[("jsonld:author", "Jane Doe"), ("jsonld:author", "John Roe")], "x"),
        ["Jane Doe", "John Roe"]
    );
    assert_eq!(authors(&[("meta:author", "https://social.example/jane")], "By Jane Doe"), ["Jane Doe"]);
    assert_eq!(authors(&[("meta:author", "admin")], "Share"), [""; 0]);
    assert_eq!(authors(&[("jsonld:author", "janedoe77")], "By Jane Doe"), ["Jane Doe"]);
    let site = [("jsonld:author", "Harbour Post"), ("meta:og:site_name", "Harbour Post")];
    assert_eq!(authors(&site, "By Jane Doe"), ["Jane Doe"]);
    assert_eq!(authors(&site, "Share"), ["Harbour Post"]);
}

#[test]
fn dates_come_from_hints_then_marks_then_the_address() {
    let h1 = ("h1", "", "Ferry returns to the harbour");
    let published =
        |hints: &[(&str, &str)], date: &str| page(&[h1, ("div", "post-date", date), PROSE], hints).published;
    let shown = "Transport | 4 December 2025 | 7 comments";
    let stated = ("jsonld:datePublished", "2025-12-03T14:05:00+01:00");
    assert_eq!(published(&[stated], shown).as_deref(), Some("2025-12-03T14:05:00+01:00"));
    assert_eq!(published(&[], shown).as_deref(), Some("2025-12-04"));
    assert_eq!(published(&[("meta:x-published-date", "2025-12-05")], "x").as_deref(), Some("2025-12-05"));
    let address = ("link:canonical", "https://a.example/2025/12/06/ferry");
    assert_eq!(published(&[address], "Share").as_deref(), Some("2025-12-06"));
    assert_eq!(published(&[("jsonld:datePublished", "0001-01-01T00:00:00Z")], "Share"), None);
    // The region of the page's language settles the order of a day.
    assert_eq!(published(&[("html:lang", "en-GB")], "03/12/2025").as_deref(), Some("2025-12-03"));
    assert_eq!(published(&[("html:lang", "en-US")], "03/12/2025").as_deref(), Some("2025-03-12"));
    assert_eq!(published(&[("html:lang", "en")], "03/12/2025"), None);
    // What is only updated was published on a day nobody states.
    let updated = page(&[h1, ("p", "", "Updated 4 December 2025"), PROSE], &[]);
    assert_eq!((updated.published, updated.modified.as_deref()), (None, Some("2025-12-04")));
}

const H1: (&str, &str, &str) = ("h1", "", "Ferry returns to the harbour");

#[test]
fn the_headline_wins_over_a_title_made_for_search_engines() {
    let head = [
        ("meta:og:title", "Harbour ferries 2025: the complete guide"),
        ("html:title", "Harbour ferries 2025"),
    ];
    assert_eq!(page(&[H1, PROSE], &head).title.as_deref(), Some("Ferry returns to the harbour"));
    // It has nothing of the head in it: it is about something else.
    let other = ("h1", "", "A message from our founder to all");
    assert_eq!(
        page(&[other, PROSE], &head).title.as_deref(),
        Some("Harbour ferries 2025: the complete guide")
    );
    // What the window's title says beside the title is the site's name.
    let named = [("meta:og:title", "Small boats"), ("html:title", "Wick Boat Diary: Small boats")];
    let article = page(&[("h1", "", "Wick Boat Diary"), PROSE], &named);
    assert_eq!(article.title.as_deref(), Some("Small boats"));
    // A short heading that shares little with the head is a section or a slogan; an address is the site's.
    for label in ["Harbour ferry advice", "harbour.example"] {
        let article = page(&[("h1", "", label), PROSE], &head);
        assert_eq!(article.title.as_deref(), Some("Harbour ferries 2025: the complete guide"), "{label}");
    }
    // A heading further down says nearly what the head says, the headline says it in its own words.
    let h2 = ("h2", "", "The complete harbour ferries guide 2025");
    let article =
        page(&[("h1", "", "Every ferry in the harbour and where it goes"), PROSE, h2, PROSE], &head);
    assert_eq!(article.title.as_deref(), Some("Every ferry in the harbour and where it goes"));
}

#[test]
fn authors_that_agree_outweigh_one_that_does_not_and_the_loser_is_told() {
    let byline = ("p", "byline", "By Jane Doe and John Roe");
    let hints = [("jsonld:author", "Mary Major"), ("meta:author", "Jane Doe")];
    let article = page(&[H1, byline, PROSE], &hints);
    assert_eq!(article.authors, ["Jane Doe", "John Roe"]);
    let evidence = &article.evidence["authors"];
    assert_eq!((evidence.rule.as_str(), evidence.span), ("byline", Some(article.blocks()[1].span)));
    assert_eq!(evidence.conflicts[0].value, "Mary Major");
    assert_eq!(evidence.conflicts[0].rule, "jsonld:author");
    assert!(evidence.confidence.is_some_and(|share| share > 0.5 && share < 1.0));
}

#[test]
fn organisations_accounts_and_labels_give_way_to_people() {
    let authors =
        |hints: &[(&str, &str)], byline: &str| page(&[H1, ("p", "author", byline), PROSE], hints).authors;
    let firm = ("jsonld:authorOrganization", "Seagull Holdings");
    assert_eq!(authors(&[firm], "By Jane Doe"), ["Jane Doe"]);
    assert_eq!(authors(&[("jsonld:author", "brandon-x7")], "Share"), [""; 0]);
    assert_eq!(authors(&[], "Written By"), [""; 0]);
    assert_eq!(authors(&[], "Sat, 20 Dec 2025"), [""; 0]);
    assert_eq!(authors(&[("rel:author", "View more posts")], "Share"), [""; 0]);
    let label = [("meta:twitter:label2", "Written by"), ("meta:twitter:data2", "Jane Doe")];
    assert_eq!(authors(&label, "Share"), ["Jane Doe"]);
    assert_eq!(
        authors(&[("meta:twitter:label2", "Time"), ("meta:twitter:data2", "Jane Doe")], "Share"),
        [""; 0]
    );
}

#[test]
fn what_is_marked_far_from_the_headline_counts_only_if_nobody_else_is() {
    let filler = [("p", "", "Buy now"); 60];
    let far = |names: &[&'static str], class: &'static str| {
        let mut elements = vec![H1, PROSE];
        elements.extend(filler);
        elements.extend(names.iter().map(|name| ("p", class, *name)));
        page(&elements, &[]).authors
    };
    assert_eq!(far(&["Written by Jane Doe"], ""), ["Jane Doe"]);
    assert_eq!(far(&["Written by Jane Doe", "Written by Mary Major"], ""), [""; 0]);
    assert_eq!(far(&["Written by Jane Doe"], "comment-body"), [""; 0]);
    assert_eq!(far(&["By Jane Doe"], ""), [""; 0]);
}

#[test]
fn dates_are_weighed_and_updates_are_no_publication() {
    let hints =
        |published| [("jsonld:datePublished", published), ("jsonld:dateModified", "2025-11-20T08:00:00Z")];
    let shown = |published, line| page(&[H1, ("div", "post-date", line), PROSE], &hints(published));
    // The page shows the day of the last change and does not say so.
    let article = shown("2025-01-04T08:00:00Z", "November 20, 2025");
    assert_eq!(article.published.as_deref(), Some("2025-01-04T08:00:00Z"));
    assert!(article.evidence["published"].conflicts.is_empty());
    // A machine published anew what the page shows to be older.
    let article = shown("2025-11-20T08:00:00Z", "May 14, 2023");
    assert_eq!(article.published.as_deref(), Some("2023-05-14"));
    assert_eq!(article.evidence["published"].conflicts[0].value, "2025-11-20T08:00:00Z");
    // One instant in two zones: the one that tells the place's own time is kept.
    let zones = [
        ("meta:article:published_time", "2025-12-19T03:05:00Z"),
        ("itemprop:datePublished", "2025-12-18T19:05:00-08:00"),
    ];
    let article = page(&[H1, PROSE], &zones);
    assert_eq!(article.published.as_deref(), Some("2025-12-18T19:05:00-08:00"));
    assert!(article.evidence["published"].conflicts.is_empty());
}

#[test]
fn another_date_of_the_page_settles_the_order_of_day_and_month() {
    let published = |other: &'static str| {
        let elements = [H1, ("div", "post-date", "03/12/2025"), PROSE, ("p", "", other)];
        page(&elements, &[("html:lang", "en")]).published
    };
    assert_eq!(published("Next sailing: 17/12/2025").as_deref(), Some("2025-12-03"));
    assert_eq!(published("Next sailing: 12/17/2025").as_deref(), Some("2025-03-12"));
    assert_eq!(published("Sailings from 12/17/2025 to 17/12/2025 are full."), None);
    assert_eq!(published("Next sailing: 4/5/2025"), None);
}

#[test]
fn a_record_states_its_own_fields() {
    let raw = "The crew tested both engines for a week before the first passengers came on board.";
    let span = Span::new(raw, 0, raw.len()).expect("the whole is a span");
    let block = Block::plain(span, BlockKind::Paragraph);
    let mut article = Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw, vec![block]);
    let fields = [
        ("title", "Ferry returns"),
        ("author", "Jane Doe"),
        ("published", "2025-12-03"),
        ("description", "It is back."),
    ];
    article.hints = fields
        .iter()
        .map(|(name, value)| Hint { name: format!("json:{name}"), value: (*value).to_owned(), block: None })
        .collect();
    let mut enricher = Enricher::new(EnricherOptions::default()).expect("the defaults are valid");
    enricher.process(&mut article).expect("this stage cannot fail");
    assert_eq!(article.title.as_deref(), Some("Ferry returns"));
    assert_eq!(article.authors, ["Jane Doe"]);
    assert_eq!(article.published.as_deref(), Some("2025-12-03"));
    assert_eq!(article.standfirst.as_deref(), Some("It is back."));
    assert_eq!(article.text(), raw);
}

#[test]
fn options_are_checked() {
    let wrong = EnricherOptions { words_per_minute: Some(0), ..EnricherOptions::default() };
    assert!(Enricher::new(wrong).is_err());
    let wrong = EnricherOptions { off: vec!["titel".into()], ..EnricherOptions::default() };
    let error = Enricher::new(wrong).expect_err("there is none of this name").to_string();
    assert!(error.contains("did you mean `title`?") && error.contains("keywords"), "{error}");
}

#[test]
fn section_site_and_address_are_what_the_page_states() {
    let read = |hints: &[(&str, &str)]| {
        let article = page(&[("h1", "", "Ferry returns to the harbour"), PROSE], hints);
        (article.section, article.site, article.url)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        read(&[
            ("meta:article:section", "Transport"),
            ("meta:og:site_name", "Harbour Post"),
            ("jsonld:publisher", "Tide Media Group"),
            ("link:canonical", "https://harbour.example/transport/ferry"),
            ("meta:og:url", "https://harbour.example/"),
        ]),
        (some("Transport"), some("Harbour Post"), some("https://harbour.example/transport/ferry"))
    );
    // Trails name the section before the article, templates name none, and a host is no name.
    let trail = [
        ("meta:article:section", "Uncategorized"),
        ("jsonld:breadcrumb", "Startseite"),
        ("jsonld:breadcrumb", "Verkehr"),
        ("jsonld:breadcrumb", "Ferry returns to the harbour"),
        ("link:canonical", "/verkehr/ferry"),
        ("warc:target-uri", "https://hafen.example/verkehr/ferry?x=1"),
    ];
    assert_eq!(read(&trail), (some("Verkehr"), None, some("https://hafen.example/verkehr/ferry")));
    assert_eq!(
        read(&[("link:canonical", "/ferry"), ("meta:og:site_name", "https://harbour.example")]),
        (None, None, None)
    );
    let article =
        page(&[PROSE], &[("meta:og:site_name", "Harbour Post"), ("jsonld:publisher", "Tide Media")]);
    assert_eq!(article.evidence["site"].rule, "meta:og:site_name");
    assert_eq!(article.evidence["site"].conflicts[0].value, "Tide Media");
}

#[test]
fn dates_of_boxes_lists_and_notes_are_told_from_the_articles_own() {
    let published = |elements: &[(&str, &str, &str)], hints: &[(&str, &str)]| page(elements, hints).published;
    // Above the headline stands a list of other articles.
    let elements = [("p", "", "4 December 2025"), H1, ("p", "", "3 December 2025"), PROSE];
    assert_eq!(published(&elements, &[]).as_deref(), Some("2025-12-03"));
    // The day that the page shows goes before the one that only a machine reads.
    let stated = [("jsonld:datePublished", "2025-12-05T08:00:00Z")];
    assert_eq!(published(&elements, &stated).as_deref(), Some("2025-12-03"));
    // What a note says of the first publication goes before both.
    let note = ("p", "", "This article was first published on 1 December 2025 and has been updated since.");
    let elements = [H1, ("p", "", "3 December 2025"), PROSE, note];
    assert_eq!(published(&elements, &stated).as_deref(), Some("2025-12-01"));
    // `Publish date` and the date stand on two lines, far from the headline.
    let mut elements = vec![H1];
    elements.extend([PROSE; 50]);
    elements.extend([("h3", "", "Publish date"), ("p", "", "2 December 2025")]);
    assert_eq!(published(&elements, &[]).as_deref(), Some("2025-12-02"));
}

#[test]
fn what_is_marked_below_the_text_counts_if_it_says_who_wrote_it() {
    let mut elements = vec![H1];
    elements.extend([PROSE; 50]);
    elements.push(("p", "", "Authors: Jane Doe and John Roe"));
    assert_eq!(page(&elements, &[]).authors, ["Jane Doe", "John Roe"]);
    elements.pop();
    elements.push(("p", "", "By Jane Doe"));
    assert_eq!(page(&elements, &[]).authors, [""; 0]);
}

#[test]
fn a_description_that_is_shown_below_the_headline_and_is_no_text_is_the_standfirst() {
    let summary = "New engines bring the oldest ferry of the harbour back into service.";
    let hints = [("meta:description", summary)];
    let elements = [H1, ("p", "", summary), PROSE, PROSE];
    // As text it stays where it is.
    assert_eq!(page(&elements, &hints).standfirst, None);
    let mut article = page(&elements, &hints);
    let span = article.blocks()[1].span;
    article.cut(vec![Cut::new(span, Reason::Other, "head", "strip_boilerplate", 0.9)]);
    let mut enricher = Enricher::new(EnricherOptions::default()).expect("the defaults are valid");
    enricher.process(&mut article).expect("this stage cannot fail");
    assert_eq!(article.standfirst.as_deref(), Some(summary));
    assert_eq!(
        (article.evidence["standfirst"].span, &*article.evidence["standfirst"].rule),
        (Some(span), "meta:description")
    );
}

#[test]
fn every_field_tells_how_sure_it_is_and_a_title_what_other_places_say() {
    let mut article = page(
        &[
            ("h1", "", "Ferry to Skerrow sails again in May"),
            ("p", "byline", "By Nora Quill"),
            (
                "p",
                "",
                "The ferry to Skerrow will sail again in May, the harbour board said on Monday, two years late.",
            ),
        ],
        &[
            ("meta:og:title", "Skerrow ferry: all you need to know"),
            ("html:title", "Ferry to Skerrow sails again in May"),
        ],
    );
    Enricher::new(EnricherOptions::default())
        .expect("the defaults are valid")
        .process(&mut article)
        .expect("cannot fail");
    let title = &article.evidence["title"];
    assert_eq!(article.title.as_deref(), Some("Ferry to Skerrow sails again in May"));
    let other: Vec<&str> = title.conflicts.iter().map(|one| one.value.as_str()).collect();
    assert_eq!(other, ["Skerrow ferry: all you need to know"]);
    for (field, evidence) in &article.evidence {
        let sure = evidence.confidence.unwrap_or_default();
        assert!((0.5..=1.0).contains(&sure) || *field == "summary", "{field}: {sure}");
    }
    assert!(title.confidence < article.evidence["authors"].confidence, "it is contradicted");
}

#[test]
fn words_that_only_look_like_a_name_give_way_to_what_markup_says() {
    let read = |line: &str| {
        let elements = [H1, ("p", "", line), ("p", "", "3 December 2025"), PROSE];
        page(&elements, &[("meta:author", "Jane Doe")]).authors
    };
    assert_eq!(read("Sidebar Harbour"), ["Jane Doe"]);
    assert_eq!(read("By John Roe"), ["John Roe"]);
}
