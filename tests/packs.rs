//! Rule packs of users: what is wrong with them is said at once and in place, and what they say is done.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::fs;

use common::{BOTH_SINKS, Desk, sha256, stderr, stdout, wait_for};
use serde_json::Value;

const PACK: &str = r#"version = 1
sites = ["blatt.example"]
[rule.slogan]
reason = "promo"
why = "The house advertises itself."
phrases = ["Näher dran am Leben"]
cut = ["Näher dran am Leben!"]
keep = ["Sie war näher dran am Leben als zuvor."]
"#;

const TEXT: &str = "The harbour was closed on Monday after a crane fell onto the quay, the town said.\n\nNäher dran am \
                    Leben!\n\nNobody was hurt, but the ferry stayed where it was until the evening.\n";

fn desk(stage: &str, pack: &str) -> Desk {
    let stages = format!("type = \"strip_boilerplate\"\npacks = [\"packs/ours.toml\"]\n{stage}");
    let desk = Desk::new(&BOTH_SINKS.replace("type = \"strip_boilerplate\"\n", &stages));
    fs::create_dir(desk.path("packs")).unwrap();
    fs::write(desk.path("packs/ours.toml"), pack).unwrap();
    desk
}

/// The rules by which the file `name` loses lines.
fn rules(desk: &Desk, name: &str) -> Vec<String> {
    let output = desk.run(&["clean", "--format", "json", name]);
    assert!(output.status.success(), "{}", stderr(&output));
    let record: Value = serde_json::from_str(&stdout(&output)).unwrap();
    record["cuts"].as_array().unwrap().iter().map(|cut| cut["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn check_finds_every_mistake_of_every_pack_with_its_line() {
    let desk = desk("", PACK);
    let config = fs::read_to_string(desk.path("copydesk.toml")).unwrap();
    let config = config.replace("[\"packs/ours.toml\"]", "[\"packs/ours.toml\", \"packs/theirs.toml\"]");
    fs::write(desk.path("copydesk.toml"), config).unwrap();
    let theirs = r#"version = 1
colour = "red"
[rule.consent_buton]
phrases = ["Jo, passt"]
[rule.menu]
patterns = [
    '.*',
    '(?:foo',
    'é+x',
    '\w+ \w+.*',
    '(?:\pL{50}){50}ж',
]
confidence = 0.3
[rule.mine]
reason = "nonsense"
stems = ["a"]
weak = ["x"]
"#;
    fs::write(desk.path("packs/theirs.toml"), theirs).unwrap();
    fs::write(desk.path("packs/ours.toml"), PACK.replace("[rule.slogan]", "[rule.slogan]\nphrase = 3"))
        .unwrap();
    let output = desk.run(&["check"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    for part in [
        "ours.toml:4: unknown key `phrase`",
        "theirs.toml:2: unknown key `colour`",
        "theirs.toml:3: unknown rule `consent_buton`, did you mean `consent_button`?",
        "theirs.toml:7: `.*` matches the empty line",
        "theirs.toml:8: `(?:foo` is no expression: unclosed group",
        "theirs.toml:9: `é+x`: lines are folded before they are compared, write `e` for `é`",
        "lines of ordinary prose",
        "theirs.toml:11: `(?:\\pL{50}){50}ж` is too large",
        "theirs.toml:13: `menu` is built in",
        "theirs.toml:15: unknown reason `nonsense` (available: consent",
        "theirs.toml:16: the stem `a` is too short",
        "theirs.toml:17: `weak` words belong to a rule over rows",
    ] {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
}

#[test]
fn check_runs_the_examples_and_says_what_matched_instead() {
    let wrong = PACK
        .replace("cut = [", "cut = [\n\"About us\",\n\"Alles\",\n")
        .replace("keep = [", "keep = [\n\"Näher dran am Leben\",\n");
    let desk = desk("", &wrong);
    let output = desk.run(&["check"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    for part in [
        "ours.toml:8: example “About us” is not cut by `slogan`: it goes by `menu` (phrase `about us`) instead",
        "ours.toml:9: example “Alles” is not cut by `slogan`: nothing matches",
        "ours.toml:12: example “Näher dran am Leben” does not stay: it goes by `slogan`",
    ] {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
}

#[test]
fn a_pack_that_cannot_be_read_is_named() {
    let desk = desk("", PACK);
    fs::remove_file(desk.path("packs/ours.toml")).unwrap();
    let output = desk.run(&["check"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("packs/ours.toml"), "{}", stderr(&output));
}

#[test]
fn rules_for_a_site_cut_there_alone() {
    let desk = desk("model = false\n", PACK);
    fs::create_dir(desk.inbox("www.blatt.example")).unwrap();
    fs::write(desk.inbox("www.blatt.example/a.txt"), TEXT).unwrap();
    fs::write(desk.inbox("a.txt"), TEXT).unwrap();
    assert_eq!(rules(&desk, "inbox/www.blatt.example/a.txt"), ["slogan"]);
    assert_eq!(rules(&desk, "inbox/a.txt"), [""; 0]);
    let page = |url: &str| {
        let body: String =
            TEXT.lines().filter(|line| !line.is_empty()).map(|l| format!("<p>{l}</p>")).collect();
        format!(
            "<html><head><link rel=canonical href=\"{url}\"></head><body><main>{body}</main></body></html>"
        )
    };
    fs::write(desk.inbox("ours.html"), page("https://news.blatt.example/a")).unwrap();
    // What a page states goes before the folder it lies in.
    fs::write(desk.inbox("www.blatt.example/other.html"), page("https://other.example/a")).unwrap();
    assert_eq!(rules(&desk, "inbox/ours.html"), ["slogan"]);
    assert_eq!(rules(&desk, "inbox/www.blatt.example/other.html"), [""; 0]);

    let output = desk.run(&["explain", "inbox/ours.html"]);
    assert!(stdout(&output).contains("slogan in strip_boilerplate, 90 % sure"), "{}", stdout(&output));
}

#[test]
fn a_rule_of_a_pack_can_be_switched_off() {
    let everywhere = PACK.replace("sites = [\"blatt.example\"]\n", "");
    let on = desk("model = false\n", &everywhere);
    fs::write(on.inbox("a.txt"), TEXT).unwrap();
    assert_eq!(rules(&on, "inbox/a.txt"), ["slogan"]);
    let off = desk("model = false\nrules_off = [\"slogan\"]\n", &everywhere);
    fs::write(off.inbox("a.txt"), TEXT).unwrap();
    assert_eq!(rules(&off, "inbox/a.txt"), [""; 0]);
    let wrong = desk("rules_off = [\"slogam\"]\n", &everywhere);
    let output = wrong.run(&["check"]);
    assert!(stderr(&output).contains("did you mean `slogan`?"), "{}", stderr(&output));
}

#[test]
fn a_reload_takes_a_changed_pack_and_refuses_a_wrong_one() {
    let everywhere = PACK.replace("sites = [\"blatt.example\"]\n", "");
    let desk = desk("model = false\n", &everywhere);
    let daemon = desk.daemon();
    desk.drop_file("a.txt", TEXT);
    wait_for("the first article", || desk.count("delivered") == 1);
    fs::write(desk.path("packs/ours.toml"), everywhere.replace("reason = \"promo\"", "reason = \"pormo\""))
        .unwrap();
    let refused = desk.run(&["reload"]);
    assert!(!refused.status.success() && stderr(&refused).contains("ours.toml:3"), "{}", stderr(&refused));
    fs::write(desk.path("packs/ours.toml"), everywhere.replace("rule.slogan", "rule.motto")).unwrap();
    let taken = desk.run(&["reload"]);
    assert!(taken.status.success(), "{}", stderr(&taken));
    let second = TEXT.replace("crane", "mast");
    desk.drop_file("b.txt", &second);
    wait_for("the second article", || desk.count("delivered") == 2);
    assert_eq!(daemon.stop(), Some(0));
    let rule_of = |text: &str| desk.lines()[&sha256(text)]["cuts"][0]["rule"].clone();
    assert_eq!((rule_of(TEXT), rule_of(&second)), ("slogan".into(), "motto".into()));
}

/// The guide to writing a pack is a pack.
#[test]
fn the_sample_pack_passes_check() {
    let sample = fs::read_to_string("config/packs/example.toml").unwrap();
    let desk = desk("", &sample);
    let output = desk.run(&["check"]);
    assert!(output.status.success(), "{}", stderr(&output));
}
