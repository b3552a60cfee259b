#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use copydesk_core::{Article, ArticleId, Block, BlockKind, Language, Origin, Span};

use super::*;

fn article(raw: &str, language: &str) -> Article {
    let block = |line: &str| Some(Block::plain(Span::of(raw, line.trim())?, BlockKind::Paragraph));
    let blocks = raw.split('\n').filter(|line| !line.trim().is_empty()).filter_map(block).collect();
    let mut article = Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw, blocks);
    article.language = Some(Language {
        code: language.to_owned(),
        confidence: 1.0,
        script: String::new(),
        tag: String::new(),
    });
    article
}

/// Sentences parted by `|`.
fn sentences(raw: &str, language: &str) -> String {
    let article = article(raw, language);
    let text = Text::of(&article);
    let spans = (0..text.sentences.len()).map(|idx| text.span_of(idx).unwrap().of_text(raw));
    spans.collect::<Vec<_>>().join("|")
}

/// Words parted by `|`, with a mark for each of some flags.
fn words(raw: &str, language: &str) -> String {
    let article = article(raw, language);
    let text = Text::of(&article);
    let shown = text.words.iter().map(|word| {
        let mut shown = word.text(raw).to_owned();
        for (flag, mark) in [
            (Flags::START, "^"),
            (Flags::CAPS, "!"),
            (Flags::HYPHEN, "-"),
            (Flags::SUFFIXED, "'s"),
            (Flags::ELIDED, "'"),
            (Flags::ABBREVIATED, "."),
            (Flags::QUOTED, "\""),
        ] {
            if word.is(flag) {
                shown.push_str(mark);
            }
        }
        shown
    });
    shown.collect::<Vec<_>>().join("|")
}

#[test]
fn splits_sentences() {
    for (language, raw) in [
        ("en", "Mr. Smith met Dr. Hill.| They talked for 3.5 hours.| \"It rained.\" he said.| Nobody came!"),
        ("en", "The U.S. envoy left.| He flew to the U.S.| The talks ended."),
        ("en", "J. K. Rowe wrote it.| \"Yes,\" she said.| \"No.\"| (It was late.)| Then what?"),
        ("en", "He left in 2024.| The talks ended at 5 p.m. on Friday.| There was peace.|The end."),
        ("en", "Really?!| Well… yes.| Hm…| Now."),
        ("de", "Am 3. Dezember kam z. B. Herr Dr. Meier.| Das war am 5.| Die Menge ging."),
        ("de", "„Es regnet.“| Der Minister ging.| Er sagte: „Nein!“"),
        ("fr", "« Non. »| M. Dupont est parti.| Pourquoi ?| Rien."),
        ("es", "¿Por qué?| ¡No!| El Sr. López llegó a EE. UU. ayer."),
        ("ru", "В 2024 г. был пожар.| А. С. Попов уехал.| Почему?"),
        ("zh", "他说：“我不去。”|然后他走了。|为什么？|不知道！"),
        ("ja", "「雨です。」と彼は言った。|終わり。"),
        ("hi", "यह अच्छा है।| वह गया।"),
        ("ar", "ذهب الرجل.| لماذا؟| لا أعرف."),
        ("th", "เขาไปตลาด แล้วกลับบ้าน"),
        ("ko", "그는 갔다.| 왜?| 모른다."),
        ("am", "ሄደ።| መጣ።"),
        ("hy", "Նա գնաց։| Եկավ։"),
    ] {
        let text: String = raw.replace('|', "");
        let expect: Vec<&str> = raw.split('|').map(str::trim).filter(|one| !one.is_empty()).collect();
        assert_eq!(sentences(&text, language), expect.join("|"), "{language}");
    }
}

#[test]
fn finds_words() {
    for (language, raw, expect) in [
        ("en", "Witkoff's trip, U.S.-led.", "Witkoff^'s|trip|U.S.!.|led-"),
        ("en", "Don't: It's 5,000.50", "Don't^|It^'s|5,000.50"),
        ("en", "NATO and AT&T", "NATO^!|and|AT&T!"),
        ("en", "He said \"no way\" today", "He^|said|no^\"|way\"|today"),
        (
            "en",
            "See https://example.org/a-b?c=1. Or www.example.com.",
            "See^|https://example.org/a-b?c=1|Or^|www.example.com",
        ),
        ("en", "a [link](http://x.org/y) here", "a^|link|here"),
        ("fr", "L’Ukraine et l'envoyé d'Angelo", "L^'|Ukraine|et|l'|envoyé|d'|Angelo"),
        ("tr", "Ankara'da ve İstanbul’un", "Ankara^'s|ve|İstanbul's"),
        ("uk", "Прем'єр Лук’янов", "Прем'єр^|Лук’янов"),
        ("zh", "普京在莫斯科说", "普京在莫斯科说^"),
        ("ja", "プーチン大統領は", "プーチン^|大統領|は"),
    ] {
        assert_eq!(words(raw, language), expect, "{raw}");
    }
}

#[test]
fn a_word_has_one_hash_in_any_dress() {
    let raw = "U.S. US Jean-Luc Jean Luc";
    let article = article(raw, "en");
    let text = Text::of(&article);
    let hash = |idx: usize| text.words.get(idx).unwrap().hash;
    assert_eq!(hash(0), hash(1));
    assert_eq!((hash(2), hash(3)), (hash(4), hash(5)));
}

#[test]
fn knows_headlines_in_title_case() {
    let raw = "A Touristic Welcome and a Strategic Snub\nThe talks in Moscow ended without a result on Tuesday.\nRAIN FALLS IN NORTHERN TOWNS";
    let article = article(raw, "en");
    let text = Text::of(&article);
    assert_eq!(text.parts.iter().map(|part| part.is_titled).collect::<Vec<_>>(), [true, false, true]);
}

#[test]
fn pairs_quotation_marks() {
    for (raw, expect) in [
        ("He said \"yes, now\" and 'no'.", "yes, now|no"),
        ("“One ‘two’ three,” she said. “Four.”", "One ‘two’ three,|two|Four."),
        ("„Eins ‚zwei‘ drei“, sagte er.", "Eins ‚zwei‘ drei|zwei"),
        ("« Un », dit-il. «Deux»", "Un|Deux"),
        ("»Eins«, sagte sie, ›zwei‹.", "Eins|zwei"),
        ("「一『二』三」と言った", "一『二』三|二"),
        ("It's the dogs' bone, isn't it?", ""),
        ("”Ett”, sa han.", "Ett"),
        ("他说：“我不去。”", "我不去。"),
        ("“It goes on in the next paragraph.", "It goes on in the next paragraph."),
        ("A 5\" pipe and a 6' wall.", ""),
    ] {
        let article = article(raw, "en");
        let text = Text::of(&article);
        let shown: Vec<&str> = text.quotes.iter().map(|quote| quote.inner.of_text(raw)).collect();
        assert_eq!(shown.join("|"), expect, "{raw}");
    }
}

proptest::proptest! {
    #[test]
    fn words_and_sentences_are_in_order_and_whole(raw in "(\\PC|[ .!?\"'’“”a-zA-Z0-9\n-]){0,300}", language in "(en|de|fr|tr|zh)") {
        let article = article(&raw, &language);
        let text = Text::of(&article);
        let mut last = 0;
        for word in &text.words {
            proptest::prop_assert!(word.start() >= last && word.end() > word.start());
            proptest::prop_assert!(raw.get(word.start()..word.end()).is_some());
            last = word.end();
        }
        let mut last = 0;
        for idx in 0..text.sentences.len() {
            let span = text.span_of(idx).unwrap();
            proptest::prop_assert!(span.start() >= last && !span.is_empty());
            for word in text.words.get(text.words_of(idx)).unwrap() {
                proptest::prop_assert!(word.start() >= span.start() && word.end() <= span.end());
            }
            last = span.end();
        }
        for quote in &text.quotes {
            proptest::prop_assert!(raw.get(quote.inner.start()..quote.inner.end()).is_some());
        }
    }
}
