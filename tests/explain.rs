//! `copydesk explain`, of files and of the store.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use common::{Desk, program, stderr, stdout};
use serde_json::Value;

const DIRTY: &str = "We use cookies to improve your experience.\n\nAccept all\n\nFog closes the eastern channel for a third day\n\nBy Ida Invented\n\nThe harbour board closed the eastern channel on Monday after fog had hidden the lights for three days in a row.\n\nPilots expect it to open again on Thursday, when the wind is due to turn to the north.\n\nShare this article on Facebook\n";

/// A page with a story and furniture that no rule knows.
const PAGE: &str = "<html><head><title>Fog closes the eastern channel</title></head><body><nav><ul><li><a href=/>Home</a></li><li><a href=/h>Harbour</a></li></ul></nav>\
<article><h1>Fog closes the eastern channel</h1><p>By Ida Invented</p><p>The harbour board closed the eastern channel on Monday after fog had hidden the lights for three days in a row, and told every skipper to wait outside.</p>\
<p>Pilots expect it to open again on Thursday, when the wind is due to turn to the north. \"We have seen worse,\" said one of them, \"but not for so long.\"</p>\
<p>Two trawlers and the ferry from the islands have been waiting off the breakwater since Sunday night, with their holds full.</p></article>\
<div class=teasers><ul><li><a href=/1>Ten bridges that moved</a></li><li><a href=/2>Ferry fares to rise in spring</a></li><li><a href=/3>The last keeper of the light</a></li><li><a href=/4>A market without fish</a></li></ul></div>\
<footer><p><a href=/a>About us</a></p><p><a href=/c>Contact</a></p><p>© 2031 The Harbour Post. All rights reserved.</p></footer></body></html>";

/// What stands below the first line of `page` that holds `line`, up to the next piece.
fn below(page: &str, line: &str) -> String {
    let mut lines = page.lines().skip_while(|shown| !shown.contains(line));
    let first = lines.next().unwrap_or_else(|| panic!("no {line:?} in\n{page}"));
    let is_said = |shown: &&str| shown.contains("│ ╰ ") || shown.contains("│   ");
    let said = lines.skip_while(|shown| !is_said(shown)).take_while(is_said);
    let said: Vec<&str> = said.map(|shown| shown.trim_start_matches([' ', '│', '╰'])).collect();
    format!("{first}\n{}", said.join(" "))
}

fn explained(desk: &Desk, args: &[&str]) -> String {
    let output = program().arg("explain").args(args).arg(desk.inbox("page")).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let page = stdout(&output);
    assert!(!page.contains('\u{1b}'), "colour without a terminal");
    page
}

#[test]
fn explain_why_tells_rules_and_model_of_every_block() {
    let text = format!("{DIRTY}\n\nTen bridges that moved\n\nFerry fares to rise in spring\n");
    for (input, as_type, model) in [(PAGE, "html", "block_model_html"), (&text, "text", "block_model_text")] {
        let desk = Desk::new("");
        desk.drop_file("page", input);
        let page = explained(&desk, &["--why", "--as", as_type]);
        // A paragraph that stays.
        let said = below(&page, "Pilots expect it");
        for part in
            ["strip_boilerplate: no rule fits", &format!("{model}: "), " % text, ", "; stays", "for text: "]
        {
            assert!(said.contains(part), "no {part:?} in {said}\n{page}");
        }
        let title = below(&page, "title │ Fog closes the eastern channel");
        assert!(title.contains("the field “title” comes from it"), "{title}");
        let n_blocks = page.lines().filter(|line| line.contains(&format!("{model}: "))).count();
        assert!(n_blocks >= 8, "{n_blocks}\n{page}");
        assert!(!explained(&desk, &["--as", as_type]).contains("no rule fits"));
    }
    let desk = Desk::new("");
    desk.drop_file("page", &text);
    let said = below(&explained(&desk, &["--why"]), "Share this article on Facebook");
    assert!(said.contains("strip_boilerplate: share_prompt: "), "{said}");
    assert!(said.contains("rules have cut it already"), "{said}");
}

#[test]
fn what_the_model_cuts_is_explained_in_words() {
    let desk = Desk::new("");
    desk.drop_file("page", PAGE);
    let page = explained(&desk, &["--as", "html"]);
    let lines: Vec<&str> = page.lines().filter(|line| line.contains("block_model_html in ")).collect();
    assert!(!lines.is_empty(), "{page}");
    for line in lines {
        let words = line.split("% sure: ").nth(1).unwrap_or_else(|| panic!("no words in {line}"));
        assert!(words.len() > 8, "{line}");
    }
    assert!(!page.contains("for text: "), "{page}");
    let all = explained(&desk, &["--why", "--as", "html"]);
    let teaser = below(&all, "A market without fish");
    assert!(teaser.contains("; goes") && teaser.contains("against text: "), "{teaser}\n{all}");
}

#[test]
fn a_stored_article_is_explained_as_long_as_its_original_lies_there() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("inbox")).unwrap();
    let file = dir.path().join("inbox/fog.txt");
    std::fs::write(&file, DIRTY).unwrap();
    let here = |args: &[&str]| program().current_dir(dir.path()).args(args).output().unwrap();
    assert!(here(&["run", "inbox", "--once"]).status.success());
    let hit: Value = serde_json::from_str(&stdout(&here(&["search", "--json", "pilots"]))).unwrap();
    let id = hit["id"].as_str().unwrap();
    let why = here(&["explain", "--why", id]);
    assert!(
        below(&stdout(&why), "Pilots expect it").contains("no rule fits"),
        "{}{}",
        stdout(&why),
        stderr(&why)
    );
    std::fs::remove_file(&file).unwrap();
    let why = here(&["explain", "--why", id]);
    assert_eq!(why.status.code(), Some(1));
    assert!(stderr(&why).contains("inbox/fog.txt"), "{}", stderr(&why));
    assert!(stdout(&here(&["explain", id])).contains("✂ consent"));
}
