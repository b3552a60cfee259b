use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin};

use super::*;
use crate::entities;

/// `words <- speaker`, one a line.
fn quotations(raw: &str, language: &str) -> String {
    let text = Text::plain(raw, language);
    let entities = entities::find(&text, language);
    let shown = find(&text, language, &entities)
        .into_iter()
        .map(|one| format!("{} <- {}", one.span.of_text(raw), one.speaker.as_deref().unwrap_or("?")));
    shown.collect::<Vec<_>>().join("\n")
}

#[test]
fn finds_speakers_in_every_style() {
    for (language, raw, expect) in [
        (
            "en",
            "“We will not wait any longer,” said Anna Keller, the mayor. “The bridge must be closed.”",
            "We will not wait any longer, <- Anna Keller\nThe bridge must be closed. <- Anna Keller",
        ),
        (
            "en",
            "Mayor Anna Keller spoke first. \"I was there all night,\" she said. Nobody answered.",
            "I was there all night, <- Anna Keller",
        ),
        (
            "en",
            "Anna Keller met Peter Brown in the hall. \"I was there all night,\" he said.",
            "I was there all night, <- ?",
        ),
        (
            "en",
            "Peter Brown told reporters: \"It is over, and we know it.\"",
            "It is over, and we know it. <- Peter Brown",
        ),
        ("en", "The so-called “red lines” of Peter Brown were crossed, he said.", ""),
        (
            "en",
            "Peter Brown said the talks were “neither further nor closer” to a deal.",
            "neither further nor closer <- Peter Brown",
        ),
        (
            "en",
            "According to Peter Brown, “nobody knows what is next”.",
            "nobody knows what is next <- Peter Brown",
        ),
        (
            "en",
            "Peter Brown, a security analyst: “This is very much a show of will.”",
            "This is very much a show of will. <- Peter Brown",
        ),
        ("en", "“Never again,” said Peter Brown.", "Never again, <- Peter Brown"),
        ("en", "Peter Brown wrote “The Long Way Home” in 1999.", ""),
        (
            "de",
            "„Wir warten nicht länger“, sagte Bürgermeisterin Anna Keller. „Die Brücke wird gesperrt.“",
            "Wir warten nicht länger <- Anna Keller\nDie Brücke wird gesperrt. <- Anna Keller",
        ),
        (
            "de",
            "Peter Braun erklärte: »Das ist das Ende der Geduld.«",
            "Das ist das Ende der Geduld. <- Peter Braun",
        ),
        (
            "fr",
            "« Nous n’attendrons plus longtemps », a déclaré la maire Anne Keller.",
            "Nous n’attendrons plus longtemps <- Anne Keller",
        ),
        (
            "es",
            "«No vamos a esperar más», dijo la alcaldesa Ana López.",
            "No vamos a esperar más <- Ana López",
        ),
        (
            "es",
            "—No vamos a esperar más —dijo Ana López—. Mañana se cierra.",
            "No vamos a esperar más <- Ana López\nMañana se cierra <- Ana López",
        ),
        (
            "ru",
            "«Мы больше не будем ждать», — заявил Иван Петров.",
            "Мы больше не будем ждать <- Иван Петров",
        ),
        (
            "ru",
            "— Мы больше не будем ждать, — сказал Иван Петров.",
            "Мы больше не будем ждать <- Иван Петров",
        ),
        (
            "it",
            "«Non aspetteremo ancora a lungo», ha detto Anna Rossi.",
            "Non aspetteremo ancora a lungo <- Anna Rossi",
        ),
    ] {
        assert_eq!(quotations(raw, language), expect, "{raw}");
    }
}

#[test]
fn a_quotation_goes_on_in_the_next_paragraph() {
    let raw = "Peter Brown said: “It is over, and we know it.\n“Nobody will come back to this town.”\nRain fell all day.";
    let block = |line: &str| Some(Block::plain(Span::of(raw, line)?, BlockKind::Paragraph));
    let blocks = raw.split('\n').filter_map(block).collect();
    let article = Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw, blocks);
    let text = Text::of(&article);
    let entities = entities::find(&text, "en");
    let found = find(&text, "en", &entities);
    let speakers: Vec<Option<&str>> = found.iter().map(|one| one.speaker.as_deref()).collect();
    assert_eq!(speakers, [Some("Peter Brown"), Some("Peter Brown")]);
}
