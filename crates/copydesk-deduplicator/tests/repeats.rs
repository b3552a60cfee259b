//! Repeats within invented articles: what goes, what stays, and that a second pass finds nothing.

use copydesk_core::{Article, ArticleId, Block, BlockKind, Hint, Origin, Reason, Span, Stage, laws};
use copydesk_deduplicator::{DropRepeats, REPEAT_RULES};
use proptest::prelude::*;

const CAPTION: &str = "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020.";
const PARAGRAPH: &str = "The crew tested both engines for a week before the first passengers came on board, and nobody was hurt when the ferry ran aground.";

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

fn article(lines: &[impl AsRef<str>]) -> Article {
    let raw = lines.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join("\n");
    let block = |line: &str| {
        let span = Span::of(&raw, line.trim_matches(is_space)).filter(|span| !span.is_empty())?;
        Some(Block::plain(span, BlockKind::Paragraph))
    };
    let blocks = raw.split('\n').filter_map(block).collect();
    Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw.as_str(), blocks)
}

fn dropped(mut article: Article) -> Article {
    // A stateless stage without ways to fail.
    assert_eq!(DropRepeats::default().process(&mut article).ok(), Some(copydesk_core::Verdict::Keep));
    article
}

/// The lines of which a cut is made, and their twins.
fn cuts(lines: &[&str]) -> Vec<(String, String)> {
    let article = dropped(article(lines));
    assert_eq!(laws::check(&article), Ok(()));
    let raw = article.raw();
    let cut = |cut: &copydesk_core::Cut| {
        assert_eq!((cut.reason, &*cut.stage), (Reason::Repeat, "drop_repeats"));
        assert!(
            REPEAT_RULES.iter().any(|rule| rule.name == &*cut.rule),
            "{} is not in the reference",
            cut.rule
        );
        let twin = cut.twin.map_or("", |twin| twin.of_text(raw));
        (cut.span.of_text(raw).to_owned(), twin.to_owned())
    };
    article.cuts().iter().map(cut).collect()
}

#[test]
fn copies_of_a_caption_go() {
    let upper = CAPTION.to_uppercase();
    let cut_off = "Shoppers wait for news near the river in Oslo …";
    for copy in [
        CAPTION,
        &upper,
        "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020. (Anna Keller/AP)",
        "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020. Photo: Anna Keller",
        "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020. /Anna Keller/Pool via Reuters",
        "Image caption Shoppers wait for news near the river in Oslo on Monday, May 4, 2020.",
        "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020. Hide caption",
        "Shoppers  wait for news\u{a0}near the river in Oslo on Monday , May 4 , 2020 …",
        "Shoppars wait for news near the rever in Oslo on Monday, May 4, 2020.",
        "Watch: Shoppers wait for news near the river in Oslo on Monday, May 4, 2020.",
        "FILE - Shoppers wait for news near the river in Oslo on Monday, May 4, 2020. Anna Keller/AP",
        "Shoppers wait for news near the river in Oslo … Read more",
        "Shoppers wait for news near the river in Oslo on Monday,",
        cut_off,
    ] {
        assert_eq!(cuts(&[CAPTION, PARAGRAPH, copy]), [(copy.to_owned(), CAPTION.to_owned())], "{copy}");
    }
    // The fuller copy stays where the first was cut off.
    let unmarked = "Shoppers wait for news near the river in Oslo on Monday, May";
    for cut_off in [cut_off, unmarked] {
        assert_eq!(cuts(&[cut_off, PARAGRAPH, CAPTION]), [(cut_off.to_owned(), CAPTION.to_owned())]);
    }
    // So does what may be a credit.
    let signed = "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020. Phato: Anna Keller";
    assert_eq!(cuts(&[CAPTION, PARAGRAPH, signed]), [(CAPTION.to_owned(), signed.to_owned())]);
    // A line that a fuller copy takes the place of may be like others still.
    let mistyped = "Shoppars wait for news near the rever in Oslo on Monday, May 4, 2020.";
    let gone: Vec<String> = cuts(&[mistyped, cut_off, CAPTION]).into_iter().map(|(line, _)| line).collect();
    assert_eq!(gone, [cut_off, CAPTION]);
}

#[test]
fn copies_go_in_any_language() {
    for (line, before, behind, cut_off) in [
        (
            "Taucher warten am Freitag in Halden auf die erste Fähre des Tages, 280 Tage nach der Wahl.",
            "Archivbild: ",
            " (Foto: Jost Winkel/dpa)",
            "Taucher warten am Freitag in Halden auf die erste …",
        ),
        (
            "Des plongeurs attendent le premier bac de la journée à Norville, trois jours après le vote.",
            "Vidéo : ",
            " Crédit : Anne Kellier/AFP",
            "Des plongeurs attendent le premier bac de la journée...",
        ),
        (
            "Рыбаки ждут первый паром в городе Халдино в пятницу, через три дня после голосования.",
            "Смотрите: ",
            " Фото: Глеб Остров/ТАСС",
            "Рыбаки ждут первый паром в городе Халдино…",
        ),
        (
            "الصيادون ينتظرون العبارة الأولى في مدينة هالدن يوم الجمعة بعد ثلاثة أيام من التصويت.",
            "شاهد: ",
            " تصوير: عمر حداد",
            "الصيادون ينتظرون العبارة الأولى في مدينة…",
        ),
        (
            "शुक्रवार को हाल्डन में मछुआरे दिन की पहली नाव का इंतज़ार करते हुए, मतदान के तीन दिन बाद।",
            "देखें: ",
            " फोटो: ओमर हद्दाद",
            "शुक्रवार को हाल्डन में मछुआरे दिन की पहली…",
        ),
        (
            "星期五，渔民们在哈尔登等待当天的第一班渡轮，此时距离投票已经过去十二天。",
            "图片：",
            "（李明/路透社）",
            "星期五，渔民们在哈尔登等待当天的…",
        ),
        (
            "金曜日、ハルデンでその日最初の渡し船を待つ漁師たち。投票から十二日後のことだった。",
            "【写真】",
            "撮影：田中芽衣",
            "金曜日、ハルデンでその日最初の渡し船を待つ…",
        ),
        (
            "금요일 할덴에서 어부들이 그날의 첫 나룻배를 기다리고 있다, 투표가 끝난 지 사흘 만이다.",
            "[사진] ",
            " 사진=김민수",
            "금요일 할덴에서 어부들이 그날의 첫 나룻배를…",
        ),
        (
            "Dalgıçlar Cuma günü İzmir'de günün ilk vapurunu bekliyor, oylamadan üç gün sonra yine erken.",
            "İzle: ",
            " Fotoğraf: Ayşe Keler/AA",
            "Dalgıçlar Cuma günü İzmir'de günün ilk vapurunu…",
        ),
    ] {
        let copies = [
            line.to_owned(),
            line.to_uppercase(),
            format!("{before}{line}"),
            format!("{line}{behind}"),
            format!("{before}{line}{behind}"),
            cut_off.to_owned(),
        ];
        for copy in &copies {
            assert_eq!(cuts(&[line, PARAGRAPH, copy]), [(copy.clone(), line.to_owned())], "{copy}");
        }
        assert_eq!(cuts(&[cut_off, PARAGRAPH, line]), [(cut_off.to_owned(), line.to_owned())]);
    }
}

#[test]
fn a_label_nobody_knows_is_furniture_only_against_a_line_without_one() {
    let bare = "Rain in the morning, sun from noon on, and a light wind from the sea.";
    let (oslo, lima) = (format!("Oslo: {bare}"), format!("Lima: {bare}"));
    assert_eq!(cuts(&[&oslo, PARAGRAPH, bare]), [(bare.to_owned(), oslo.clone())]);
    assert_eq!(cuts(&[bare, PARAGRAPH, &oslo]), [(bare.to_owned(), oslo.clone())]);
    assert_eq!(cuts(&[&oslo, &lima]), []);
    assert_eq!(cuts(&[bare, &format!("She said: “{bare}”")]), []);
}

#[test]
fn each_copy_points_to_the_first() {
    let lines = [CAPTION, CAPTION, PARAGRAPH, CAPTION, PARAGRAPH];
    let article = dropped(article(&lines));
    let first = article.blocks()[0].span;
    let twins: Vec<Span> = article.cuts().iter().filter_map(|cut| cut.twin).collect();
    assert_eq!(twins, [first, first, article.blocks()[2].span]);
    assert_eq!(article.text(), format!("{CAPTION}\n\n{PARAGRAPH}"));
}

#[test]
fn a_headline_that_stands_twice_goes_once() {
    let title = "Harbour ferry returns after repairs";
    // A hint must say that it is the headline.
    assert_eq!(cuts(&[title, title, "By Jane Doe", PARAGRAPH]), []);
    let mut article = article(&[title, "TRANSPORT", title, PARAGRAPH]);
    assert_eq!(dropped(article.clone()).cuts().len(), 0);
    article.hints = vec![Hint { name: "meta:og:title".to_owned(), value: title.to_uppercase(), block: None }];
    assert_eq!(dropped(article).text(), format!("{title}\n\nTRANSPORT\n\n{PARAGRAPH}"));
}

#[test]
fn a_body_that_is_there_twice_goes_with_its_headings() {
    let second = "Fares will rise by a tenth in spring, the company said, because the new engines burn a dearer fuel than the old ones did.";
    let lines = [PARAGRAPH, "What next", second, PARAGRAPH, "What next", second];
    let article = dropped(article(&lines));
    assert_eq!(article.text(), format!("{PARAGRAPH}\n\nWhat next\n\n{second}"));
}

#[test]
fn what_comes_back_for_a_reason_stays() {
    for lines in [
        // A refrain, and the first line of a song sung twice.
        vec![
            "And the river keeps on rolling home",
            "One went down",
            "And the river keeps on rolling home",
            "Two went down",
        ],
        vec!["We shall all meet by the river", "We shall all meet by the river", "Some day soon"],
        vec![
            PARAGRAPH,
            "One went down to the river",
            "We shall all meet by the river",
            "We shall all meet by the river",
            "Some day soon",
        ],
        // Interviews, questions, speech.
        vec!["Q:", "What did you see?", "A:", "Nothing.", "Q:", "What did you hear?", "A:", "Nothing."],
        vec![
            "What can you do about the cost of heating?",
            PARAGRAPH,
            "What can you do about the cost of heating?",
        ],
        vec!["\"No, I did not,\" she said.", "He asked again.", "\"No, I did not,\" she said."],
        // Tables, scores, lists.
        vec!["Oslo | 1 | 0 | 3", "Lima | 2 | 2 | 2", "Oslo | 1 | 0 | 3"],
        vec!["Oslo 0 - 0 Lima", "No change", "Oslo 0 - 0 Lima"],
        vec!["- Oslo: Open", "- Lima: Closed", "- Oslo: Open"],
        vec![
            "for (let i = 0; i < lines.length; i += 1) { draw(lines[i]); }",
            PARAGRAPH,
            "for (let i = 0; i < lines.length; i += 1) { draw(lines[i]); }",
        ],
        // Section headings, captions of one frame, a sentence quoted again in another.
        vec!["What we know", PARAGRAPH, "What we know"],
        vec![
            "Anna Keller of Oslo scores during the match against Lima on Monday.",
            "Anna Keller of Oslo scores during the match against Lima on Sunday.",
            "Anna Keller of Oslo scores during the match against Perth on Monday.",
        ],
        vec![
            "Shirts come in all sizes from the smallest, XS, to 3XL.",
            "Shirts come in all sizes from the smallest, XS, to 4XL.",
        ],
        // Other facts, a letter apart.
        vec![
            "He scored once and won the title for Iran on the last day of the cup.",
            "He scored once and won the title for Iraq on the last day of the cup.",
        ],
        vec![
            "The winner of Group A will play the runner-up on the first weekend.",
            "The winner of Group B will play the runner-up on the first weekend.",
        ],
        vec![
            "A walk through the rooms of the new museum before the doors open (Day 1)",
            "A walk through the rooms of the new museum before the doors open (Day 2)",
        ],
        vec![
            "李明在决赛中攻入一球，帮助球队以微弱优势夺得冠军，观众欢呼不已。",
            "李刚在决赛中攻入一球，帮助球队以微弱优势夺得冠军，观众欢呼不已。",
        ],
        // Refrains and speech elsewhere.
        vec!["河水一直流向大海", "一个人走了", "河水一直流向大海"],
        vec![
            "「いいえ、私はしていません」と彼女は言った。",
            "彼はもう一度尋ねた。",
            "「いいえ、私はしていません」と彼女は言った。",
        ],
        vec!["แม่น้ำไหลลงสู่ทะเล", "คนหนึ่งไปแล้ว", "แม่น้ำไหลลงสู่ทะเล"],
        vec![
            "— Нет, я этого не делал, — сказал он.",
            "Судья спросил ещё раз.",
            "— Нет, я этого не делал, — сказал он.",
        ],
        // A sentence pulled out, with which a paragraph begins; a headline likewise.
        vec![
            "The crew tested both engines for a week before the first passengers came on board, and nobody asked how much it had cost.",
            PARAGRAPH,
            "The crew tested both engines for a week before the first passengers came on board, and nobody asked how much it had cost. Now they do.",
        ],
        vec![
            "Harbour ferry returns after two weeks of repairs",
            "Harbour ferry returns after two weeks of repairs, and fares go up.",
        ],
        vec![
            CAPTION,
            "Asked again, she said: \"Shoppers wait for news near the river in Oslo on Monday, May 4, 2020\", and left.",
        ],
    ] {
        assert_eq!(cuts(&lines), [], "{lines:?}");
    }
}

#[test]
fn ten_thousand_lines_of_one_frame_take_no_quadratic_time() {
    let line = |idx: usize| {
        format!(
            "Player number {idx} of the home team scores in the match against the visitors on day {}.",
            idx / 7
        )
    };
    let lines: Vec<String> = (0..10_000).map(line).chain((0..10_000).map(line)).collect();
    let article = dropped(article(&lines));
    assert_eq!(article.cuts().len(), 10_000);
}

fn line() -> impl Strategy<Value = String> {
    const LINES: [&str; 18] = [
        CAPTION,
        PARAGRAPH,
        "Shoppers wait for news near the river in Oslo …",
        "Shoppers wait for news near the river in Oslo on Monday",
        "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020. (Anna Keller/AP)",
        "Shoppars wait for news near the rever in Oslo on Monday, May 4, 2020.",
        "Image: Shoppers wait for news near the river in Oslo on Sunday, May 4, 2020.",
        "Harbour ferry returns after repairs",
        "HARBOUR FERRY RETURNS AFTER REPAIRS",
        "What we know",
        "- Oslo: Open",
        "The crew tested both engines for a week before the first passengers came on board",
        "The crew tested both engines for a week...",
        "By Jane Doe",
        "Oslo: Shoppers wait for news near the river in Oslo on Monday, May 4, 2020.",
        "Lima: Shoppers wait for news near the river in Oslo on Monday, May 4, 2020.",
        "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020. Photograph Anna Keller",
        "Watch: Shoppers wait for news near the river",
    ];
    prop_oneof![6 => proptest::sample::select(&LINES[..]).prop_map(str::to_owned), 1 => "\\PC{0,60}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_second_pass_cuts_nothing(lines in proptest::collection::vec(line(), 0..16)) {
        let once = dropped(article(&lines));
        prop_assert_eq!(laws::check(&once), Ok(()));
        let text = once.text();
        let again = dropped(article(&text.split("\n\n").collect::<Vec<_>>()));
        prop_assert_eq!(again.cuts(), &[]);
        let twice = dropped(once.clone());
        prop_assert_eq!(once.cuts(), twice.cuts());
    }

    #[test]
    fn a_twin_is_never_cut(lines in proptest::collection::vec(line(), 0..16)) {
        let article = dropped(article(&lines));
        for cut in article.cuts() {
            let twin = cut.twin.expect("a repeat has a twin");
            prop_assert!(!article.cuts().iter().any(|other| other.span.overlaps(twin)));
        }
    }

    #[test]
    fn any_text_keeps_law_one(raw in "(\\PC|\\s){0,300}") {
        let lines: Vec<&str> = raw.split('\n').collect();
        prop_assert_eq!(laws::check(&dropped(article(&lines))), Ok(()));
    }
}
