//! Days and quantities in running text.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use copydesk_core::{Article, ArticleId, Block, BlockKind, Hint, Origin, Span, Stage};
use copydesk_enricher::{Enricher, EnricherOptions};

/// What is mentioned in `raw`: the text, its value and its unit.
fn mentions(raw: &str, published: Option<&str>) -> Vec<(String, String, String)> {
    let blocks =
        raw.lines().map(|line| Block::plain(Span::of(raw, line).unwrap(), BlockKind::Paragraph)).collect();
    let mut article = Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw, blocks);
    let hint = |value: &str| Hint { name: "json:published".into(), value: value.into(), block: None };
    article.hints = published.map(hint).into_iter().collect();
    Enricher::new(EnricherOptions::default()).unwrap().process(&mut article).unwrap();
    let shown = |one: &copydesk_core::Mention| {
        (one.span.of_text(raw).to_owned(), one.value.clone(), one.unit.clone().unwrap_or_default())
    };
    article.mentions.iter().map(shown).collect()
}

#[track_caller]
fn expect(raw: &str, expected: &[(&str, &str, &str)]) {
    let found = mentions(raw, None);
    let found: Vec<(&str, &str, &str)> =
        found.iter().map(|(text, value, unit)| (text.as_str(), value.as_str(), unit.as_str())).collect();
    assert_eq!(found, expected, "{raw}");
}

#[test]
fn quantities_have_a_number_and_a_unit() {
    expect(
        "The board has paid £4.2m for the engine and 30 per cent of the 1,500 tonnes of steel, or about $12 billion.",
        &[
            ("£4.2m", "4.2", "GBP"),
            ("30 per cent", "30", "percent"),
            ("1,500 tonnes", "1500", "t"),
            ("$12 billion", "12000000000", "dollar"),
        ],
    );
    expect(
        "It was 12.5% of what the city had, US$5bn in all, and the ferry crossed 14 km in 35 minutes at 20°C or so.",
        &[
            ("12.5%", "12.5", "percent"),
            ("US$5bn", "5000000000", "USD"),
            ("14 km", "14", "km"),
            ("35 minutes", "35", "min"),
            ("20°C", "20", "°C"),
        ],
    );
    expect(
        "Der Umbau kostete 1,5 Millionen Euro, der Weg ist 3.400 Meter lang, und 45,5 Prozent der Leute waren dafür.",
        &[
            ("1,5 Millionen Euro", "1500000", "EUR"),
            ("3.400 Meter", "3400", "m"),
            ("45,5 Prozent", "45.5", "percent"),
        ],
    );
    expect(
        "Le pont a coûté 4 200 000 euros à la ville, soit 15 % de plus que ce que le conseil avait voté pour lui.",
        &[("4 200 000 euros", "4200000", "EUR"), ("15 %", "15", "percent")],
    );
    expect(
        "Строительство моста обошлось городу в 12 млн рублей, и это на 8 процентов больше, чем было в плане.",
        &[("12 млн рублей", "12000000", "RUB"), ("8 процентов", "8", "percent")],
    );
    expect(
        "该市将在三年内投资3亿元修建新的大桥，桥长12公里，工程由市政府负责。",
        &[("3亿元", "300000000", "CNY"), ("12公里", "12", "km")],
    );
}

#[test]
fn ranges_scores_and_bare_numbers_are_none() {
    expect(
        "They won 3-5 and walked 3-5 km with 12 people, flight 447 and version 2.0 of the plan for the year.",
        &[],
    );
}

#[test]
fn dates_are_as_precise_as_the_text() {
    expect(
        "The mill closed on 3 December 2024, was sold in March 2025 and had stood there since 1911, they said on 5 May.",
        &[
            ("3 December 2024", "2024-12-03", ""),
            ("March 2025", "2025-03", ""),
            ("1911", "1911", ""),
            ("5 May", "--05-05", ""),
        ],
    );
    expect(
        "Die Mühle schloss am 3. Dezember 2024 und wurde im März 2025 verkauft, sie stand dort seit 1911 am Fluss.",
        &[("3. Dezember 2024", "2024-12-03", ""), ("März 2025", "2025-03", ""), ("1911", "1911", "")],
    );
    expect(
        "磨坊于2024年12月3日关闭，后来被卖给了一个年轻的面包师，他从小就住在那里。",
        &[("2024年12月3日", "2024-12-03", "")],
    );
}

#[test]
fn a_day_without_a_year_is_the_one_nearest_to_the_article() {
    let text = "The mill will close on December 30, the owner said, and open again on January 12 with another wheel.";
    let dates: Vec<String> =
        mentions(text, Some("2025-12-03")).into_iter().map(|(_, value, _)| value).collect();
    assert_eq!(dates, ["2025-12-30", "2026-01-12"]);
}
