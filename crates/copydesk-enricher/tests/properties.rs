//! What must hold for any text: law 1, no panic, the same answer twice, and a head that is read once.

use copydesk_core::{Article, ArticleId, Block, BlockKind, Cut, Hint, Origin, Reason, Span, Stage, laws};
use copydesk_enricher::{Enricher, EnricherOptions};
use proptest::prelude::*;

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

fn article(raw: &str) -> Article {
    let block = |line: &str| {
        let line = line.trim_matches(is_space);
        let span = Span::of(raw, line).filter(|span| !span.is_empty())?;
        Some(Block::plain(span, BlockKind::Paragraph))
    };
    let blocks = raw.split('\n').filter_map(block).collect();
    Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw, blocks)
}

fn enrich(mut article: Article) -> Article {
    let mut enricher = Enricher::new(EnricherOptions::default()).expect("the defaults are valid");
    enricher.process(&mut article).expect("this stage cannot fail");
    article
}

/// Lines that articles are made of, so that chance makes heads.
fn line() -> impl Strategy<Value = String> {
    const LINES: [&str; 26] = [
        "Harbour ferry returns after winter repairs",
        "What the engineers found below the water line",
        "Repairs",
        "Opening Analysis",
        "By Jane Doe",
        "Sarah Whitcombe",
        "Jane Doe in Moscow",
        "December 3, 2025",
        "Updated 2 hours ago",
        "Published 3 Dec 2025 | Updated 4 Dec 2025",
        "Written by",
        "Posted on",
        "Brief",
        "TRANSPORT",
        "Photography by John Roe",
        "JANE DOE | STAFF WRITER",
        "5 min read",
        "Reuters",
        "PARIS (AP) — The harbour ferry returned to service on Wednesday after a winter of repairs.",
        "The crew tested both engines for a week before the first passengers came on board.",
        "Engines that failed in a storm have been replaced, and fares will rise by a tenth.",
        "Nobody was hurt.",
        "- a list item of five words",
        "The ferry at its berth in the old harbour on Monday. Photograph: Ann Poe/Harbour Post",
        "“We are ready,” the captain said.",
        "Hafenfähre kehrt nach Reparatur zurück",
    ];
    prop_oneof![9 => proptest::sample::select(&LINES[..]).prop_map(str::to_owned), 1 => "\\PC{0,40}"]
}

fn hint() -> impl Strategy<Value = Hint> {
    const NAMES: [&str; 9] = [
        "meta:og:title",
        "jsonld:headline",
        "html:title",
        "jsonld:author",
        "meta:author",
        "jsonld:datePublished",
        "time:datetime",
        "link:canonical",
        "html:lang",
    ];
    (proptest::sample::select(&NAMES[..]), line(), proptest::option::of(0_u32..8))
        .prop_map(|(name, value, block)| Hint { name: name.to_owned(), value, block })
}

fn view(article: &Article) -> String {
    copydesk_core::RecordView(article).to_json()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_keeps_law_one(raw in "(\\PC|\\s){0,400}") {
        let enriched = enrich(article(&raw));
        prop_assert_eq!(laws::check(&enriched), Ok(()));
        prop_assert_eq!(view(&enriched), view(&enrich(article(&raw))));
    }

    #[test]
    fn made_up_articles_keep_law_one(
        lines in proptest::collection::vec(line(), 0..14),
        hints in proptest::collection::vec(hint(), 0..5),
        gone in proptest::collection::vec(0_usize..14, 0..4),
    ) {
        let mut article = article(&lines.join("\n"));
        article.hints = hints;
        let cut = |idx: &usize| Some(Cut::new(article.blocks().get(*idx)?.span, Reason::Other, "r", "s", 1.0));
        let cuts = gone.iter().filter_map(cut).collect();
        article.cut(cuts);
        let once = enrich(article.clone());
        prop_assert_eq!(laws::check(&once), Ok(()));
        prop_assert_eq!(view(&once), view(&enrich(article)));
    }

    #[test]
    fn a_text_loses_its_head_once(lines in proptest::collection::vec(line(), 0..14)) {
        let text = enrich(article(&lines.join("\n\n"))).text();
        prop_assert_eq!(enrich(article(&text)).text(), text);
    }
}
