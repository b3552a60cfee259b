//! The laws of the article record, over the whole row of default stages.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use copydesk::{CleanOutcome, Cleaner};
use copydesk_core::{Article, RecordView, laws};
use proptest::prelude::*;

fn clean(name: &str, bytes: &[u8]) -> Option<Article> {
    let cleaner = Cleaner::standard().unwrap();
    let mut outcomes = cleaner.clean_bytes(name, bytes);
    match outcomes.pop() {
        Some(CleanOutcome::Article(mut article)) => {
            // The one field that may differ between two runs.
            article.origin.received.clear();
            Some(*article)
        }
        _ => None,
    }
}

/// Lines as they stand in scraped articles: furniture and prose, in several languages.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(PROSE).prop_map(str::to_owned),
        3 => prop::sample::select(FURNITURE).prop_map(str::to_owned),
        1 => "[A-Z][a-z]{2,9}( [a-z]{1,9}){0,12}[.!?:]?",
        1 => "\\PC{0,40}",
        1 => Just(String::new()),
    ]
}

const PROSE: &[&str] = &[
    "The harbour board closed the eastern channel on Monday after fog had hidden the lights for three days in a row.",
    "Pilots expect it to open again on Thursday, when the wind is due to turn to the north, the board said.",
    "\"We share the channel with the fishing fleet,\" said Ida Invented, who signs the permits, \"and nobody subscribes to that.\"",
    "Der Hafenrat hat die östliche Rinne am Montag gesperrt, nachdem der Nebel drei Tage lang die Lichter verdeckt hatte.",
    "Le conseil du port a fermé le chenal lundi, après trois jours de brouillard, et les pilotes attendent le vent du nord.",
    "港湾委員会は月曜日、三日間の霧の後に東側の水路を閉鎖したと発表した。再開は木曜日になる見通しだ。",
    "What the divers found",
    "A town cut in two",
    "- Russets in flower: 80 per cent",
    "Fog over the eastern channel, Monday. Photo: Tobias Venn/Coastline Pictures",
    "Storm closes the harbour bridge for a third week",
    "By Marit Osterlund",
    "12 January 2026",
];

const FURNITURE: &[&str] = &[
    "We use cookies to improve your experience. Read our Cookie Policy.",
    "Accept all",
    "I agree",
    "Alle akzeptieren",
    "Share this article",
    "Artikel teilen",
    "Facebook",
    "Copy link",
    "Sign up for our newsletter",
    "Abonnez-vous à notre newsletter",
    "Log in",
    "Home",
    "Search Trends",
    "Topics",
    "Related articles",
    "Read more:",
    "Most popular",
    "Advertisement",
    "Anzeige",
    "Comments",
    "Leave a comment",
    "© 2026 The Invented Courier. All rights reserved.",
    "Terms of use",
    "Download our app",
];

fn by_rule(article: &Article) -> Vec<String> {
    let rules = article.cuts().iter().filter(|cut| !cut.rule.starts_with("block_model"));
    rules.map(|cut| format!("{}: {:?}", cut.rule, cut.span.of_text(article.raw()))).collect()
}

fn hold(name: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    let Some(article) = clean(name, bytes) else { return Ok(()) };
    prop_assert_eq!(laws::check(&article), Ok(()), "law 1");
    let again = clean(name, bytes).map(|again| RecordView(&again).to_json());
    prop_assert_eq!(Some(RecordView(&article).to_json()), again, "law 3");
    let text = article.text();
    if let Some(cleaned) = clean("again.txt", text.as_bytes()) {
        prop_assert_eq!(laws::check(&cleaned), Ok(()), "law 1, second time");
        prop_assert_eq!(by_rule(&cleaned), Vec::<String>::new(), "law 2, of {}", text);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn laws_hold_for_scraped_text(lines in prop::collection::vec(line(), 1..40)) {
        hold("a.txt", lines.join("\n").as_bytes())?;
    }

    #[test]
    fn laws_hold_for_pages(lines in prop::collection::vec((0..8u8, line()), 1..40)) {
        let mut page = String::from("<html><head><title>Storm closes the harbour bridge</title></head><body>");
        for (tag, line) in lines {
            let line = line.replace('&', "&amp;").replace('<', "&lt;");
            let element = match tag {
                0 => format!("<div class=menu><a href=/>{line}</a></div>"),
                1 => format!("<h2>{line}</h2>"),
                2 => format!("<ul><li>{line}</li></ul>"),
                3 => format!("<div class='share bar'><span>{line}</span></div>"),
                4 => format!("<figure><figcaption>{line}</figcaption></figure>"),
                _ => format!("<p>{line}</p>"),
            };
            page.push_str(&element);
        }
        hold("a.html", page.as_bytes())?;
    }

    #[test]
    fn laws_hold_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        hold("a.txt", &bytes)?;
        hold("a.html", &bytes)?;
    }
}
