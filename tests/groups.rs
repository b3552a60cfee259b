//! Copies and stories, as the program tells of them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::process::Output;
use std::sync::Arc;

use copydesk_core::{
    Article, ArticleId, Block, BlockKind, Duplicate, DuplicateKind, Origin, Parcel, Seq, Sink, Span, Story,
    StoryArticle, StoryRecord,
};
use copydesk_sink_sqlite::{SqliteOptions, SqliteSink};
use serde_json::Value;

use common::{BOTH_SINKS, Desk, stderr, stdout};

const HARBOUR: &str = "Storm closes the old harbour\n\n\
The old harbour of Lantern was closed on Tuesday after a storm tore 14 boats from their moorings, the harbour \
master, Ada Quill, said. Waves of four metres broke over the northern pier, and the ferry to Skerry stayed in port \
for the second day in a row.\n\n\
Nobody was hurt. Divers will look at the foundations of the pier as soon as the sea is calm, which according to the \
weather service will not be before Friday. Until then the road along the quay is closed to cars, and the fish market \
moves to the square in front of the town hall.\n\n\
Quill said that the damage would cost about 300,000 crowns. The town council meets on Monday to decide whether the \
pier, built in 1911, is to be repaired or replaced.\n";

fn json_lines(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", stderr(output));
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The harbour's report as another desk edits it: one word more, other figures for the damage.
fn edited() -> String {
    HARBOUR.replace("Nobody was hurt.", "Fortunately, nobody was hurt.") + "\nReporting by Brin Ashdown.\n"
}

fn desk(config: &str) -> Desk {
    let desk = Desk::new(config);
    desk.drop_file("1.txt", HARBOUR);
    desk.drop_file("2.txt", common::article(7));
    desk.drain(0);
    desk.drop_file("3.txt", edited());
    desk.drain(0);
    desk
}

#[test]
fn copies_are_listed_with_what_they_copy_and_compared_word_by_word() {
    let desk = desk(BOTH_SINKS);
    let groups = json_lines(&desk.run(&["duplicates", "--json"]));
    assert_eq!(groups.len(), 1, "{groups:?}");
    let (lead, copies) = (&groups[0]["lead"], groups[0]["copies"].as_array().unwrap());
    assert!(lead["uri"].as_str().unwrap().ends_with("/1.txt"), "{lead}");
    assert_eq!((copies.len(), &copies[0]["duplicate"]["of"]), (1, &lead["id"]));
    assert_eq!((&copies[0]["dropped"], &copies[0]["passages"]), (&Value::Null, &Value::Null));
    // By either id, and by the start of it.
    for id in [&lead["id"], &copies[0]["id"]] {
        let start: String = id.as_str().unwrap().chars().take(8).collect();
        let group = &json_lines(&desk.run(&["duplicates", &start, "--json"]))[0];
        let copy = &group["copies"][0];
        assert_eq!((&group["lead"]["id"], &copy["id"]), (&lead["id"], &copies[0]["id"]));
        let longest = &copy["passages"][0];
        assert!(longest["words"].as_u64().unwrap() > 50, "{copy}");
        assert!(longest["text"].as_str().unwrap().starts_with("nobody was hurt. Divers"), "{copy}");
        assert_eq!(copy["only_here"]["names"], serde_json::json!(["Brin", "Ashdown"]), "{copy}");
        assert_eq!(copy["only_in_lead"]["words"], 0, "{copy}");
    }
    let shown = stdout(&desk.run(&["duplicates"]));
    assert!(
        shown.contains("inbox/1.txt") && shown.contains("Storm closes the old harbour  near "),
        "{shown}"
    );
    let shown = stdout(&desk.run(&["duplicates", &lead["id"].as_str().unwrap().to_uppercase()]));
    assert!(shown.contains(" words  nobody was hurt. Divers") && shown.contains("only here  "), "{shown}");
    let alone =
        json_lines(&desk.run(&["search", "lighthouse", "--json"]))[0]["id"].as_str().unwrap().to_owned();
    assert!(stdout(&desk.run(&["duplicates", &alone])).contains("has no copies, and is none"));
}

#[test]
fn dropped_copies_stay_findable() {
    let desk = desk(&BOTH_SINKS.replace("\"find_duplicates\"", "\"find_duplicates\"\nnear = \"drop\""));
    assert_eq!((desk.count("dropped"), desk.n_rows()), (1, 2));
    let groups = json_lines(&desk.run(&["duplicates", "--json"]));
    assert_eq!(groups.len(), 1, "{groups:?}");
    let copy = &groups[0]["copies"][0];
    assert!(groups[0]["lead"]["uri"].as_str().unwrap().ends_with("/1.txt"), "{groups:?}");
    assert!(copy["uri"].as_str().unwrap().ends_with("/3.txt"), "{groups:?}");
    assert!(copy["dropped"].as_str().unwrap().contains("near duplicate of"), "{groups:?}");
    let group = json_lines(&desk.run(&["duplicates", copy["id"].as_str().unwrap(), "--json"]));
    assert_eq!(group[0]["lead"]["id"], groups[0]["lead"]["id"]);
    assert!(stdout(&desk.run(&["duplicates"])).contains("dropped"), "{}", stdout(&desk.run(&["duplicates"])));
    // A revision stands in the place of what led.
    desk.drop_file("1.txt", HARBOUR.replace("14 boats", "15 boats"));
    desk.drain(0);
    let revised = json_lines(&desk.run(&["duplicates", "--json"]));
    assert_ne!(revised[0]["lead"]["id"], groups[0]["lead"]["id"]);
    assert_eq!((&revised[0]["lead"]["stored"], revised.len()), (&Value::Bool(true), 1));
    assert_eq!(revised[0]["copies"][0]["id"], copy["id"], "{revised:?}");
}

#[test]
fn a_better_copy_leads_with_all_its_copies() {
    let config = BOTH_SINKS.replace("\"find_duplicates\"", "\"find_duplicates\"\nlead = \"longest\"");
    let desk = desk(&config);
    let before = json_lines(&desk.run(&["duplicates", "--json"]));
    assert!(before[0]["lead"]["uri"].as_str().unwrap().ends_with("/1.txt"), "{before:?}");
    let more = "The storm was the strongest since the winter of 1987, when the sea took the lighthouse keeper's \
                garden and half of the chapel yard, the weather service wrote in its report.";
    desk.drop_file("4.txt", format!("{HARBOUR}\n{more}\n"));
    desk.drain(0);
    let groups = json_lines(&desk.run(&["duplicates", "--json"]));
    assert!(groups[0]["lead"]["uri"].as_str().unwrap().ends_with("/4.txt"), "{groups:?}");
    let copies = groups[0]["copies"].as_array().unwrap();
    assert_eq!((groups.len(), copies.len()), (1, 2), "{groups:?}");
    assert_eq!(
        (&copies[0]["id"], &copies[1]["id"]),
        (&before[0]["lead"]["id"], &before[0]["copies"][0]["id"])
    );
    assert_eq!(copies[0]["duplicate"]["of"], groups[0]["lead"]["id"]);
    assert!(desk.run(&["verify"]).status.success(), "{}", stdout(&desk.run(&["verify"])));
}

/// A parcel of a story, as of its so many-th article.
fn told(seq: u64, published: &str, of: Option<ArticleId>) -> Parcel {
    let raw = format!("Report {seq} from the harbour.");
    let span = Span::new(&raw, 0, raw.len()).unwrap();
    let origin = Origin { uri: format!("file:/in/lantern/{seq}.txt"), ..Origin::default() };
    let id = ArticleId::from_bytes([seq as u8; 32]);
    let mut article = Article::new(id, origin, raw.as_str(), vec![Block::plain(span, BlockKind::Paragraph)]);
    article.seq = Seq(seq);
    article.title = Some(format!("Storm, day {seq}\u{1b}[2J"));
    article.published = Some(published.to_owned());
    article.duplicate =
        of.map(|of| Duplicate { of, kind: DuplicateKind::Near, similarity: 0.9, shared: None, via: None });
    let story = if seq < 9 { "s-00aa" } else { "s-00bb" };
    article.story = Some(Story { id: story.to_owned(), similarity: 0.625 });
    article.story_record = Some(StoryRecord {
        id: story.to_owned(),
        title: Some("Storm".to_owned()),
        articles: seq,
        first: StoryArticle { id: ArticleId::from_bytes([1; 32]), published: Some("2026-03-01".to_owned()) },
        last: StoryArticle { id, published: Some(published.to_owned()) },
        sources: vec!["lantern.example".to_owned()],
        n_sources: 2,
        names: vec!["Ada Quill".to_owned(), "Lantern".to_owned()],
        version: seq,
    });
    Parcel::new(&article, None)
}

#[tokio::test]
async fn stories_are_listed_and_shown() {
    let desk = Desk::new(BOTH_SINKS);
    let missing = desk.run(&["stories"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("nothing has been delivered yet"), "{}", stderr(&missing));
    let mut sink = SqliteSink::new(SqliteOptions { path: desk.path("articles.db") });
    let parcels = [
        told(1, "2026-03-01", None),
        told(2, "2026-03-03", Some(ArticleId::from_bytes([1; 32]))),
        told(3, "2026-03-02", None),
        told(9, "2026-03-09", None),
    ];
    sink.write(&parcels.map(Arc::new)).await.unwrap();
    // Beside the open sink, as beside a daemon.
    let stories = json_lines(&desk.run(&["stories", "--json"]));
    let ids: Vec<&str> = stories.iter().map(|story| story["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["s-00bb", "s-00aa"]);
    assert_eq!(json_lines(&desk.run(&["stories", "--json", "--limit", "1"])).len(), 1);
    let list = stdout(&desk.run(&["stories"]));
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines[1], "s-00aa  3 articles  2 sources  2026-03-01–2026-03-02  Storm  Ada Quill, Lantern");

    let story = &json_lines(&desk.run(&["stories", "s-00a", "--json"]))[0];
    assert_eq!((&story["articles"], &story["names"][0]), (&3.into(), &"Ada Quill".into()));
    let members = story["members"].as_array().unwrap();
    let days: Vec<&str> = members.iter().map(|member| member["published"].as_str().unwrap()).collect();
    assert_eq!(days, ["2026-03-01", "2026-03-02", "2026-03-03"]);
    assert_eq!(
        (&members[0]["similarity"], &members[2]["duplicate"]["similarity"]),
        (&0.625.into(), &0.9.into())
    );
    let shown = stdout(&desk.run(&["stories", "s-00aa"]));
    let last = shown.lines().last().unwrap();
    assert_eq!(
        last,
        "2026-03-03  0.62  020202020202  lantern/2.txt             Storm, day 2\u{fffd}[2J  copy of 010101010101"
    );
    assert!(stdout(&desk.run(&["stories", "s-00aa", "--limit", "2"])).ends_with("… and 1 more\n"));
    for (id, part) in [("s-00", "more than one story begins with `s-00`"), ("s-01", "no story `s-01` in")] {
        let failed = desk.run(&["stories", id]);
        assert_eq!(failed.status.code(), Some(1));
        assert!(stderr(&failed).contains(part), "{}", stderr(&failed));
    }
    assert!(stderr(&desk.run(&["stories", "s-00"])).contains("s-00aa, s-00bb"));
}

#[test]
fn what_is_no_article_is_said() {
    let desk = desk(BOTH_SINKS);
    for (id, part) in [("12", "not an article id"), ("00000000000000", "no article `00000000000000`")] {
        let failed = desk.run(&["duplicates", id]);
        assert_eq!(failed.status.code(), Some(1));
        assert!(stderr(&failed).contains(part), "{}", stderr(&failed));
    }
}
