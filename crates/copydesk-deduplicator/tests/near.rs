//! Fingerprints and verdicts over invented texts, in several scripts.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use copydesk_deduplicator::near::{Fingerprint, Fingerprinter, Keyed, MatchKind, choose};
use proptest::prelude::*;

fn keyed(text: &str) -> Keyed {
    Fingerprinter::new().of(text.split('\n'))
}

fn print(text: &str) -> Fingerprint {
    keyed(text).fingerprint
}

fn kind(new: &str, old: &str) -> Option<MatchKind> {
    choose(&print(new), &[(1, print(old))]).map(|found| found.kind)
}

const FERRY: &str = "The crew of the Halmstad tested both engines for a week before the first 312 passengers came on board in Ystad.\n\
    Nobody was hurt when the ferry ran aground in the autumn, but the harbour master, Elin Brask, closed the eastern channel for nine days.\n\
    Divers found that a steel plate of 40 square metres had come loose, and the yard in Gdynia needed two attempts to weld it.\n\
    \"We waited for calm weather, and then for a crane,\" said Brask. The owner puts the damage at 1,250,000 kronor.\n\
    From Monday the boat leaves every three hours again, and the night crossing returns in March.";

const FERRY_EDITED: &str = "YSTAD, Feb 11 (ZNB) - The crew of the Halmstad tested both engines for one week before the first 312 passengers came on board in Ystad.\n\
    Nobody was injured when the ferry ran aground in the autumn, but the harbor master, Elin Brask, closed the eastern channel for nine days.\n\
    \"We waited for calm weather, and then for a crane,\" Brask told reporters. The owner puts the damage at 1,250,000 kronor.\n\
    From Monday the boat leaves every three hours again, and the night crossing returns in March.\n\
    Sign up for our letter from the harbours.";

#[test]
fn an_edited_copy_is_found_and_says_what_it_shares() {
    let found = choose(&print(FERRY_EDITED), &[(1, print(FERRY))]).unwrap();
    assert_eq!(found.kind, MatchKind::Near);
    assert!(found.similarity > 0.6 && found.similarity < 1.0, "{found:?}");
    assert!(found.shingles.both <= found.shingles.shorter() && found.facts.both >= 5, "{found:?}");
}

#[test]
fn half_of_a_text_is_a_copy_of_it() {
    let half: Vec<&str> = FERRY.split('\n').take(3).collect();
    assert_eq!(kind(&half.join("\n"), FERRY), Some(MatchKind::Near));
    assert_eq!(kind(FERRY, &half.join("\n")), Some(MatchKind::Near));
}

#[test]
fn another_story_of_the_same_event_is_none() {
    let other = "After four months in a Polish dock the ferry Halmstad is back. Its owner said on Thursday that all inspections had gone well.\n\
        In October the ship hit a sandbank off Ystad with 290 people on board, none of whom came to harm. Elin Brask, who runs the harbour, had to send other boats around the island.\n\
        A trade union had asked for a second pilot on the bridge. The company refused, but will train ten officers this spring.";
    assert_eq!(kind(other, FERRY), None);
}

fn forecast(town: &str, day: &str, high: u32, low: u32, rain: u32) -> String {
    format!(
        "The forecast for {town} on {day} shows a high of {high} degrees and a low of {low} degrees.\n\
         Winds will turn to the west in the course of the day, the service said, and grow stronger towards the coast.\n\
         Rain is expected to reach {rain} millimetres by the evening, and drivers are asked to take care on the roads.\n\
         The rest of the week stays unsettled, with more showers likely before the weekend."
    )
}

#[test]
fn reports_of_one_frame_with_other_facts_are_no_copies() {
    let monday = forecast("Ystad", "February 9", 4, 11, 23);
    let tuesday = forecast("Malmö", "March 10", 17, 6, 31);
    assert_eq!(kind(&tuesday, &monday), None);
    assert_eq!(kind(&monday.replace("stays unsettled", "remains unsettled"), &monday), Some(MatchKind::Near));
}

/// A paragraph of words of its own, told by `seed`.
fn own(seed: u32, n_words: u32) -> String {
    let word = |n: u32| {
        let mut number = (seed * 7919 + n).wrapping_mul(2_654_435_761);
        let mut word = String::new();
        for _ in 0..6 {
            word.push(char::from(b'a' + (number % 26) as u8));
            number /= 26;
        }
        word
    };
    (0..n_words).map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_notice_that_many_share_makes_no_copies() {
    let notice = own(0, 120);
    let pages: Vec<(u32, Fingerprint)> =
        (1..9).map(|seed| (seed, print(&format!("{}\n{notice}", own(seed, 80))))).collect();
    let new = format!("{}\n{notice}", own(20, 60));
    assert_eq!(choose(&print(&new), &pages), None);
    let copy = format!("{} and so on\n{notice}", own(5, 76));
    assert_eq!(choose(&print(&copy), &pages).map(|found| found.of), Some(5));
}

#[test]
fn scripts_without_spaces_and_without_case_are_compared_too() {
    let chinese = "港务局周一表示，渡轮在东侧航道搁浅后，工程人员花了九天时间才把四十平方米的钢板重新焊好。船上三百一十二名乘客全部平安，没有人受伤。从三月起，夜间航班将恢复，每三小时一班。船东估计损失约为一百二十五万克朗。";
    let edited = chinese.replace("周一表示", "昨天表示").replace("全部平安，", "");
    assert_eq!(kind(&edited, chinese), Some(MatchKind::Near));
    let thai = "การท่าเรือแจ้งว่าเรือข้ามฟากเกยตื้นที่ร่องน้ำด้านตะวันออกเมื่อฤดูใบไม้ร่วงที่ผ่านมา ผู้โดยสารทั้ง 312 คนปลอดภัย และไม่มีใครได้รับบาดเจ็บ ช่างเชื่อมแผ่นเหล็กขนาด 40 ตารางเมตรอยู่นานเก้าวัน";
    assert_eq!(kind(&thai.replace("ปลอดภัย และ", ""), thai), Some(MatchKind::Near));
    assert_eq!(kind(chinese, thai), None);
    let arabic = "قالت هيئة الميناء إن العبارة جنحت في القناة الشرقية في الخريف وإن جميع الركاب البالغ عددهم ٣١٢ بخير ولم يصب أحد بأذى واحتاج العمال إلى تسعة أيام لإصلاح لوح من الصلب مساحته ٤٠ مترا مربعا وستعود الرحلات الليلية في مارس";
    assert_eq!(kind(&arabic.replace("٣١٢", "312").replace("بخير", "سالمون"), arabic), Some(MatchKind::Near));
}

#[test]
fn short_texts_are_copies_only_if_they_are_the_same() {
    let brief = "The harbour of Ystad stays closed until Monday because of the storm, the town said.";
    assert_eq!(kind(&brief.to_uppercase(), brief), Some(MatchKind::Exact));
    assert_eq!(kind(&brief.replace("closed", "shut"), brief), None);
    assert_eq!(keyed(brief).keys.len(), 1);
    assert_eq!((keyed(" – ").keys.len(), kind("", " – ")), (0, None));
}

#[test]
fn look_alike_letters_and_broken_words_share_keys() {
    let scanned = FERRY
        .replace("tested", "tcsted")
        .replace("harbour master", "harbour rnaster")
        .replace("passengers", "passen-\ngers")
        .replace("hours", "h0urs");
    let (one, other) = (keyed(FERRY), keyed(&scanned));
    assert_eq!(one.keys[1..], other.keys[1..]);
    assert!(!one.fingerprint.same_text(&other.fingerprint));
    assert_eq!(choose(&other.fingerprint, &[(1, one.fingerprint)]).map(|found| found.similarity), Some(1.0));
}

#[test]
fn a_fingerprint_stays_small() {
    let text = |n_sentences| {
        let name = |n| own(n, 1).replacen(char::is_alphabetic, "Q", 1);
        (0..n_sentences).map(|n| format!("Line {n} of {}, {}. ", name(n), own(n, 9))).collect::<String>()
    };
    let n_bytes = |text: &str| {
        let mut bytes = Vec::new();
        print(text).encode(&mut bytes);
        bytes.len()
    };
    assert_eq!((n_bytes(&text(40)), keyed(&text(40)).keys.len()), (Fingerprint::MOST_BYTES, 17));
    assert!(n_bytes(&text(4000)) <= Fingerprint::MOST_BYTES && Fingerprint::MOST_BYTES <= 220);
}

fn words() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        "[a-zé]{1,9}|[A-Z][a-z]{2,8}|[0-9]{1,4}|[а-я]{3,8}|漢字|«[a-z]{3}»|don’t|Straße",
        0..120,
    )
    .prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn encoding_loses_nothing(text in words()) {
        let print = print(&text);
        let mut bytes = Vec::new();
        print.encode(&mut bytes);
        prop_assert!(bytes.len() <= Fingerprint::MOST_BYTES);
        prop_assert_eq!(Fingerprint::decode(&bytes), Some(print));
        bytes.push(0);
        prop_assert_eq!(Fingerprint::decode(&bytes), None);
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), known in any::<bool>()) {
        if known && let Some(first) = bytes.first_mut() {
            *first = 1;
        }
        if let Some(print) = Fingerprint::decode(&bytes) {
            let _ = choose(&print, &[(1, print.clone()), (2, self::print(FERRY))]);
        }
    }

    #[test]
    fn any_bytes_with_the_right_lengths_can_be_compared(noise in proptest::collection::vec(any::<u8>(), 200)) {
        let mut bytes = Vec::new();
        print(FERRY).encode(&mut bytes);
        for (byte, noise) in bytes.iter_mut().skip(1).zip(&noise).filter(|(_, noise)| **noise > 240) {
            *byte ^= noise;
        }
        if let Some(print) = Fingerprint::decode(&bytes) {
            let _ = choose(&print, &[(1, self::print(FERRY)), (2, self::print(FERRY_EDITED))]);
        }
    }

    #[test]
    fn case_spaces_and_marks_make_no_difference(text in words()) {
        let plain = keyed(&text);
        let changed = text.to_uppercase().replace(' ', " \u{a0}\u{200b} ").replace('’', "'").replace('«', "“").replace('»', "”");
        let changed = keyed(&changed);
        prop_assert_eq!(&plain.keys, &changed.keys);
        prop_assert_eq!(plain.fingerprint.text_hash(), changed.fingerprint.text_hash());
        prop_assert_eq!(plain.fingerprint.n_words(), changed.fingerprint.n_words());
        let lines = keyed(&text.replace(' ', "\n"));
        prop_assert_eq!(plain, lines);
    }

    #[test]
    fn the_same_text_is_always_found(text in words(), others in proptest::collection::vec(words(), 0..5)) {
        let same = keyed(&text.replace(' ', "  "));
        prop_assert_eq!(&same.keys, &keyed(&text).keys);
        let mut candidates: Vec<(usize, Fingerprint)> = others.iter().map(|other| print(other)).enumerate().collect();
        candidates.push((9, print(&text)));
        let found = choose(&same.fingerprint, &candidates);
        if same.keys.is_empty() {
            prop_assert_eq!(found, None);
        } else {
            prop_assert_eq!(found.map(|found| (found.kind, found.similarity)), Some((MatchKind::Exact, 1.0)));
        }
    }

    #[test]
    fn the_order_of_candidates_makes_no_difference(
        (sorted, shuffled) in Just(texts()).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        new in 0_usize..12,
    ) {
        let new = &texts()[new].1;
        let others = |all: &[(usize, Fingerprint)]| all.iter().filter(|(_, old)| old != new).cloned().collect::<Vec<_>>();
        prop_assert_eq!(choose(new, &others(&sorted)), choose(new, &others(&shuffled)));
    }
}

fn texts() -> Vec<(usize, Fingerprint)> {
    let mut texts = vec![FERRY.to_owned(), FERRY_EDITED.to_owned(), FERRY.replace("nine days", "a week")];
    texts.push(FERRY.replace("Brask", "Lund"));
    texts.extend(
        (0..4).map(|n| forecast(["Ystad", "Malmö", "Lund", "Kivik"][n as usize], "May 3", 7 + n, 2 * n, 31)),
    );
    texts.extend((0..4).map(|n| format!("{}\n{}", own(n, 60), own(99, 100))));
    texts.iter().map(|text| print(text)).enumerate().collect()
}
