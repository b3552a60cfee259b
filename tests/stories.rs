//! Five reports of one event among others are one story, and the same ids come out whatever the number of workers,
//! kills and restarts.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::collections::BTreeMap;

use common::{BOTH_SINKS, Desk, wait_for};
use serde_json::{Value, json};

/// The event, the day, the headline and the text of reports, as five papers would write them.
const REPORTS: [(&str, &str, &str, &str); 9] = [
    (
        "talks",
        "2026-05-04",
        "Envoy leaves Norrin without a deal on the Wend dam",
        "Special envoy Mara Quill left Norrin on Monday after five hours of talks with President Oleg Sarn brought no agreement on the Wend dam. Sarn refused to lower the water before winter, his aide Pavel Ilk said. Eastmere, which lies below the dam, was not at the table.",
    ),
    (
        "fire",
        "2026-05-04",
        "Fire destroys the covered market of Saltby",
        "A fire destroyed the covered market of Saltby in the night. Forty stalls burned, and nobody was hurt. The fire brigade under Ines Holm suspects a cable in the fish hall.",
    ),
    (
        "talks",
        "2026-05-05",
        "Why the Quill-Sarn meeting failed",
        "Five hours in Norrin were not enough. Mara Quill, the special envoy, and President Oleg Sarn parted without a word on when the water behind the Wend dam will be lowered. Analysts see no will to give way before winter, and fear in Eastmere grows.",
    ),
    (
        "talks",
        "2026-05-05",
        "Eastmere watches as envoy and president talk",
        "Mayors of Eastmere, downstream of the Wend dam, said they had learnt from the radio that the talks between envoy Mara Quill and President Sarn in Norrin had ended without agreement. Pavel Ilk, an aide of Sarn, spoke of a useful exchange.",
    ),
    (
        "vote",
        "2026-05-05",
        "Hallow Bay votes for a new harbour",
        "Hallow Bay has voted for a new harbour by 5,210 votes to 4,880. Councillor Bea Lund, who led the campaign, wants the first pier to stand in three years.",
    ),
    (
        "talks",
        "2026-05-05",
        "Norrin: no breakthrough over dam",
        "There was no breakthrough in Norrin, where special envoy Mara Quill met President Oleg Sarn for five hours. The plan for the Wend dam, which Eastmere had backed, was set aside, the president's aide Pavel Ilk said.",
    ),
    (
        "fire",
        "2026-05-05",
        "Saltby traders look for a roof after the fire",
        "A day after the fire in the covered market of Saltby, traders of the forty burned stalls asked the town for a hall. Ines Holm of the fire brigade said that a cable in the fish hall was to blame.",
    ),
    (
        "vote",
        "2026-05-06",
        "Recount in Hallow Bay confirms the harbour",
        "A recount in Hallow Bay has confirmed the vote for a new harbour, 5,209 to 4,880. Bea Lund said the first pier would be begun this year.",
    ),
    (
        "talks",
        "2026-05-06",
        "Quill to return to Norrin for more talks on the dam",
        "Envoy Mara Quill will return to Norrin for another round with President Oleg Sarn, two days after five hours of talks on the Wend dam failed. Eastmere asked to take part.",
    ),
];

fn config(workers: usize) -> String {
    let stage = "[[stage]]\ntype = \"find_stories\"\n[[sink]]\ntype = \"sqlite\"";
    let config = BOTH_SINKS.replace("[[sink]]\ntype = \"sqlite\"", stage);
    format!("{config}[runtime]\nworkers = {workers}\n")
}

fn fill(desk: &Desk) {
    for (number, (_, day, title, text)) in REPORTS.iter().enumerate() {
        let url = format!("https://paper{}.example/{number}", number % 5);
        let record = json!({"url": url, "title": title, "published": day, "text": text});
        desk.drop_file(&format!("{number}.json"), record.to_string());
    }
}

/// The story of each report.
fn stories(desk: &Desk) -> BTreeMap<String, Value> {
    let name =
        |record: &Value| record["source"]["uri"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    desk.rows().into_values().map(|record| (name(&record), record["story"].clone())).collect()
}

#[test]
fn reports_of_one_event_are_one_story_whatever_happens() {
    let desk = Desk::in_memory(&config(1));
    fill(&desk);
    desk.drain(0);
    let expected = stories(&desk);
    let mut events: BTreeMap<&str, &Value> = BTreeMap::new();
    for (number, (event, ..)) in REPORTS.iter().enumerate() {
        let id = &expected[&format!("{number}.json")]["id"];
        assert!(id.is_string(), "{number}: {expected:?}");
        assert_eq!(*events.entry(event).or_insert(id), id, "{number}: {expected:?}");
    }
    assert_eq!(events.values().map(|id| id.as_str()).collect::<std::collections::BTreeSet<_>>().len(), 3);
    for workers in [2, 4] {
        let desk = Desk::in_memory(&config(workers));
        fill(&desk);
        let mut daemon = desk.daemon();
        wait_for("some articles", || desk.count("seen") >= 3);
        daemon.kill();
        desk.drain(0);
        assert_eq!(stories(&desk), expected, "{workers} workers");
    }
}
