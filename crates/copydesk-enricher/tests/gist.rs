//! Keywords and summary of invented articles.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin, Span, Stage};
use copydesk_enricher::{Enricher, EnricherOptions};

fn enriched(raw: &str) -> Article {
    let blocks = raw
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| Block::plain(Span::of(raw, line).unwrap(), BlockKind::Paragraph))
        .collect();
    let mut article = Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw, blocks);
    Enricher::new(EnricherOptions::default()).unwrap().process(&mut article).unwrap();
    article
}

const FERRY: &str = "Ferry to Skerrow returns after two years
By Nora Quill
March 3, 2025
The ferry to Skerrow will sail again in May, the harbour board said on Monday, two years after its engine failed.
The board has paid four million pounds for a second-hand engine. It was built for a trawler that never sailed.
“We waited long enough,” said the head of the harbour board, who has lived on Skerrow since 1988. “The children \
had to stay with strangers during the week.”
The harbour board wants to sell tickets from April. A return ticket for the ferry will cost nine pounds.
Islanders had asked for a bridge instead of a ferry. A bridge would cost a hundred times as much as the engine.
Buses will meet the ferry at both ends. The school keeps its hostel open until the summer.
";

#[test]
fn a_summary_is_made_of_the_article_s_own_sentences() {
    let article = enriched(FERRY);
    let evidence = article.evidence.get("summary").unwrap();
    let sentences: Vec<&str> = evidence.spans.iter().map(|span| span.of_text(article.raw())).collect();
    assert_eq!(article.summary.as_deref(), Some(sentences.join(" ").as_str()));
    assert!((1..=3).contains(&sentences.len()), "{sentences:?}");
    assert!(sentences.first().unwrap().starts_with("The ferry to Skerrow will sail again"), "{sentences:?}");
    assert!(sentences.iter().all(|sentence| article.text().contains(sentence) && sentence.ends_with('.')));
    assert!(evidence.spans.is_sorted(), "sentences stand in the order of the article");
}

#[test]
fn keywords_are_what_is_said_again_and_no_small_words() {
    let keywords = enriched(FERRY).keywords;
    for expect in ["ferry", "harbour board", "Skerrow", "engine"] {
        assert!(keywords.iter().any(|one| one == expect), "{expect} is not in {keywords:?}");
    }
    assert!(keywords.len() <= 8, "{keywords:?}");
    for never in ["the", "Monday", "said", "May", "harbour", "trawler"] {
        assert!(!keywords.iter().any(|one| one == never), "{never} is in {keywords:?}");
    }
}

#[test]
fn keywords_of_scripts_without_spaces_are_whole_words() {
    let article = enriched(
        "白榆市试验关闭路灯\n白榆市从周一开始试验关闭路灯。试验为期三个月，居民可以提出意见。\n路灯在午夜关闭，市长说白榆市的夜空会更加明亮。居民对试验表示欢迎。\n",
    );
    for expect in ["白榆市", "试验", "路灯"] {
        assert!(
            article.keywords.iter().any(|one| one.contains(expect)),
            "{expect} is not in {:?}",
            article.keywords
        );
    }
    assert!(!article.keywords.iter().any(|one| one == "白榆" || one == "榆市"), "{:?}", article.keywords);
}

#[test]
fn a_brief_has_no_summary_and_an_empty_article_nothing() {
    let brief = enriched("The ferry to Skerrow will sail again in May, the harbour board said on Monday.\n");
    assert_eq!((brief.summary, brief.evidence.contains_key("summary")), (None, false));
    let empty = enriched("\n");
    assert_eq!((empty.summary, empty.keywords), (None, Vec::new()));
}
