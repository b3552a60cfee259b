//! The laws, over invented pages in random order.

mod common;

use common::{article, options, render, rules_only, stripped};
use copydesk_core::{Article, BlockKind, Stage};
use copydesk_stripper::{StripperOptions, rules};
use proptest::prelude::*;

const FURNITURE: &[&str] = &[
    "Home",
    "News",
    "World",
    "Politics",
    "Sport",
    "Facebook",
    "Twitter",
    "Instagram",
    "Email",
    "Share",
    "Share this article",
    "Menu",
    "Search",
    "Log in",
    "Skip to content",
    "Topics",
    "Tags:",
    "Related articles",
    "Read more",
    "Read more:",
    "Also read:",
    "Most popular",
    "Comments",
    "Leave a comment",
    "3 Comments",
    "Reply",
    "Report",
    "Jane Roe says: March 3, 2026 at 9:14 pm",
    "Subscribe",
    "Newsletter",
    "Enter your email address",
    "First name",
    "I agree",
    "We use cookies to improve your experience on our website.",
    "Marketing",
    "Statistics",
    "Accept",
    "© 2026 Example Media. All rights reserved.",
    "Terms of Use",
    "Privacy Policy | Terms of Use | Contact",
    "Advertisement",
    "Sponsored",
    "Story continues below",
    "Play",
    "Mute",
    "Your browser does not support the video tag.",
    "Download our app for Android and iOS",
    "Support our journalism",
    "Donate",
    "Anzeige",
    "Mehr zum Thema",
    "Lesen Sie auch: Der Hafen zieht um",
    "À lire aussi",
    "Te puede interesar",
    "Leggi anche",
    "Leia também",
    "Lees ook",
    "Next article",
    "Page 1 of 3",
    "Home > News > World",
    "Password",
    "Popular",
    "About us",
    "Contact us",
    "RSS",
    "Close",
    "1",
    "2",
    "×",
];

const PROSE: &[&str] = &[
    "The harbour of Lindmoor was closed on Monday after a crane fell onto the northern quay, and nobody was hurt.",
    "\"We use cookies in the shop window because they smell of Sunday,\" said the baker, who opens at five.",
    "Members of the council agreed that the bridge should be closed to lorries until the spring, and that a ferry should run.",
    "Der Rat der Stadt hat am Dienstag beschlossen, die Brücke bis zum Frühjahr für Lastwagen zu sperren.",
    "The regulator said that sites must ask their visitors before they store cookies on a device.",
    "Rain.",
    "He shrugged.",
];

const SHORT: &[&str] = &[
    "A bridge too old",
    "Fjord towns",
    "What happens next",
    "By Jane Roe",
    "March 3, 2026",
    "Lindmoor",
    "The crane that fell",
    "Ferry strike enters its second week",
    "Jane Roe",
    "Photo: Jane Roe",
    "- a list item",
    "Opinion",
    "7",
    "Q: And then?",
    "Background",
];

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(FURNITURE).prop_map(str::to_owned),
        3 => prop::sample::select(PROSE).prop_map(str::to_owned),
        3 => prop::sample::select(SHORT).prop_map(str::to_owned),
        // With a letter in it: blanks alone are no article.
        1 => "[ ,.:]{0,3}[a-zA-Z][a-zA-Z ,.:]{0,56}",
    ]
}

fn cleaned_again(kept: &[String]) -> Article {
    stripped(&kept.join("\n\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cleaned_text_is_left_alone_whatever_else_goes(lines in prop::collection::vec(line(), 1..40), gone in prop::collection::vec(any::<bool>(), 40)) {
        let first = stripped(&lines.join("\n"));
        let kept: Vec<String> = first.kept().map(|kept| kept.text.to_owned()).collect();
        prop_assert!(!kept.is_empty(), "rules emptied the article");
        let again = cleaned_again(&kept);
        prop_assert!(again.cuts().is_empty(), "cut again:\n{}", render(&again));
        let fewer: Vec<String> = kept.iter().zip(&gone).filter(|(_, gone)| !**gone).map(|(kept, _)| kept.clone()).collect();
        let again = cleaned_again(&fewer);
        prop_assert!(again.cuts().is_empty(), "cut once others were gone:\n{}", render(&again));
    }

    #[test]
    fn a_second_run_on_the_same_article_cuts_nothing(lines in prop::collection::vec(line(), 1..40)) {
        let mut article = stripped(&lines.join("\n"));
        let n_cuts = article.cuts().len();
        rules_only().process(&mut article).unwrap();
        prop_assert_eq!(article.cuts().len(), n_cuts);
    }

    #[test]
    fn kinds_change_nothing(lines in prop::collection::vec(line(), 1..30), kinds in prop::collection::vec(0..4usize, 30)) {
        let raw = lines.join("\n");
        let mut other = article(&raw);
        let all = [BlockKind::Paragraph, BlockKind::Heading, BlockKind::ListItem, BlockKind::Quote];
        for (block, kind) in kinds.iter().enumerate() {
            other.set_kind(block, all[*kind]);
        }
        rules_only().process(&mut other).unwrap();
        prop_assert_eq!(render(&other), render(&stripped(&raw)));
    }

    #[test]
    fn law_two_holds_with_any_rules_off(lines in prop::collection::vec(line(), 1..30), off in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let rules_off = off.iter().map(|idx| idx.get(rules()).name.to_owned()).collect();
        let mut stripper = options(&StripperOptions { model: false, rules_off, ..StripperOptions::default() });
        let mut first = article(&lines.join("\n"));
        stripper.process(&mut first).unwrap();
        let kept: Vec<&str> = first.kept().map(|kept| kept.text).collect();
        let mut again = article(&kept.join("\n\n"));
        stripper.process(&mut again).unwrap();
        prop_assert!(again.cuts().is_empty(), "cut again:\n{}", render(&again));
    }

    #[test]
    fn any_text_is_survived(raw in "\\PC{0,400}", lines in prop::collection::vec("[\\s\\PC]{0,80}", 0..10)) {
        stripped(&raw);
        stripped(&lines.join("\n"));
    }

    #[test]
    fn furniture_with_noise_in_it_is_survived(mut line in line(), noise in "\\PC{0,3}", at in any::<prop::sample::Index>()) {
        let at = at.get(&line.char_indices().map(|(at, _)| at).collect::<Vec<_>>()[..]).to_owned();
        line.insert_str(at, &noise);
        stripped(&line);
    }
}

#[test]
fn rules_alone_never_empty_an_article() {
    for raw in ["I agree", "Share\nTweet\nSubscribe\n© 2026 Example Media", "Home\nNews\nSport"] {
        let article = stripped(raw);
        assert!(!article.text().is_empty(), "{}", render(&article));
    }
}

#[test]
fn options_that_do_not_exist_are_named() {
    let wrong_rule = StripperOptions { rules_off: vec!["share_promt".into()], ..StripperOptions::default() };
    let error = copydesk_stripper::Stripper::new("s", &wrong_rule).unwrap_err().to_string();
    assert!(error.contains("`share_promt`, did you mean `share_prompt`?"), "{error}");
    let wrong_reason = StripperOptions { keep: vec!["relatd".into()], ..StripperOptions::default() };
    let error = copydesk_stripper::Stripper::new("s", &wrong_reason).unwrap_err().to_string();
    assert!(error.contains("`related`"), "{error}");
}

#[test]
fn what_is_kept_by_reason_is_kept() {
    let raw = "The harbour was closed.\nRead more: The harbour that moved\nShare this article";
    let mut kept = article(raw);
    let keep = vec!["related".to_owned()];
    options(&StripperOptions { model: false, keep, ..StripperOptions::default() })
        .process(&mut kept)
        .unwrap();
    insta::assert_snapshot!(render(&kept), @"
      The harbour was closed.
      Read more: The harbour that moved
    - [share share_prompt] Share this article
    ");
}

/// Work grows with the page, not with its square: this would not end otherwise.
#[test]
fn a_hundred_thousand_lines_of_furniture_end() {
    let mut raw =
        String::from("The harbour of Lindmoor was closed on Monday after a crane fell onto the quay.\n");
    for _ in 0..15_000 {
        raw.push_str("Menu\nTags\nRelated articles\nA short line\nComments\nFacebook\nShare this\n");
    }
    let article = stripped(&raw);
    assert!(article.cuts().len() > 80_000);
}

#[test]
fn one_endless_line_is_left_alone() {
    let raw = "we use cookies to improve your experience and subscribe to our newsletter ".repeat(20_000);
    assert!(stripped(&raw).cuts().is_empty());
}
