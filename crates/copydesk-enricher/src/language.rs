//! The language of the body, from its letters and words.
//!
//! Two detectors, for each has a gap: whichlang is right nearly always but knows sixteen languages only, and
//! answers with one of these whatever it is shown; whatlang knows seventy and mixes up neighbours. So whatlang
//! says whether the text is in one of the sixteen, whichlang says in which, and between neighbours (Danish and
//! Norwegian, Dutch and Afrikaans) letters and small words decide.

use std::collections::HashMap;
use std::sync::LazyLock;

use copydesk_core::Language;
use whatlang::{Detector, Lang};

/// Bytes of the body that are looked at: more tells no more, and costs most of the stage.
pub(crate) const WINDOW: usize = 1000;

/// Letters below which a text has no language: a word or two could be any.
const MIN_LETTERS: usize = 14;

/// Languages that are taken for one another, each with the codes it may be in truth.
const NEIGHBOURS: [&[&str]; 9] = [
    &["ru", "bg", "mk", "sr", "uk"],
    &["da", "nb", "sv"],
    &["nl", "af"],
    &["hi", "mr", "ne"],
    &["cs", "sk", "sl", "pl", "hr"],
    &["es", "ca", "pt", "gl", "it"],
    &["ro", "it", "pt", "fr", "es", "ca"],
    &["it", "id"],
    &["fr", "ca"],
];

const SMALL_WORDS: &str = include_str!("words/close_languages.txt");

/// Letters that a language of a group has and most of its neighbours have not.
const LETTERS: [(&str, &str); 16] = [
    ("cs", "ěřů"),
    ("sk", "ľĺŕôä"),
    ("pl", "ąęłńśźż"),
    ("hr", "đć"),
    ("ro", "ăâîșțşţ"),
    ("da", "æø"),
    ("nb", "æø"),
    ("sv", "äö"),
    ("es", "ñ¿¡"),
    ("gl", "ñ"),
    ("ca", "çòè"),
    ("pt", "ãõç"),
    ("fr", "çêœèù"),
    ("it", "òìùè"),
    ("af", "ŉ"),
    ("mr", "ळ"),
];

/// Languages that whichlang takes for a neighbour that it knows: here its answer says nothing.
const UNKNOWN: [&str; 13] = ["da", "nb", "cs", "sk", "sl", "pl", "hr", "ro", "ca", "bg", "mk", "sr", "uk"];

/// Languages that hardly any newspaper is written in, and that short texts are taken for.
const DENIED: [Lang; 9] =
    [Lang::Epo, Lang::Cym, Lang::Lat, Lang::Tuk, Lang::Aka, Lang::Zul, Lang::Sna, Lang::Jav, Lang::Yid];

/// The languages that whichlang knows.
const SIXTEEN: [&str; 16] =
    ["ar", "zh", "de", "en", "fr", "hi", "it", "ja", "ko", "nl", "pt", "ru", "es", "sv", "tr", "vi"];

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::with_denylist(DENIED.to_vec()));

/// The language of `text`, if there is enough of it to tell.
pub(crate) fn detect(text: &str) -> Option<Language> {
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= WINDOW).last().unwrap_or(0);
    let window = if text.len() <= WINDOW { text } else { text.get(..end)? };
    let n_letters: usize = window.chars().filter(|c| c.is_alphabetic()).map(weight).sum();
    if n_letters < MIN_LETTERS {
        return None;
    }
    let info = DETECTOR.detect(window)?;
    let first = whatlang_code(info.lang());
    let second = whichlang_code(window);
    let settled = by_letters(window, first).or_else(|| by_small_words(window, first, second));
    let code = match settled {
        Some(code) => code,
        None if SIXTEEN.contains(&first) => second,
        None => first,
    };
    // Two that agree are surer than either.
    let agree = code == first && (code == second || !SIXTEEN.contains(&code));
    let confidence = if agree { info.confidence().max(0.9) } else { info.confidence().min(0.8) };
    Some(Language { code: code.to_owned(), confidence: (confidence * 1000.0).round() / 1000.0 })
}

/// A character that is a syllable or a word says as much as several letters.
fn weight(c: char) -> usize {
    if matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}') {
        4
    } else {
        1
    }
}

/// Cyrillic is told apart by letters that a language has alone.
fn by_letters(text: &str, first: &str) -> Option<&'static str> {
    if !matches!(first, "ru" | "uk" | "bg" | "mk" | "sr" | "be") {
        return None;
    }
    let has = |letters: &str| text.chars().filter(|c| letters.contains(*c)).count();
    let (ukrainian, russian, belarusian) = (has("іїєґІЇЄҐ"), has("ыэёЫЭЁ"), has("ўЎ"));
    let (serbian, macedonian) = (has("ђћЂЋ"), has("ѓќѕЃЌЅ"));
    if belarusian > 0 && ukrainian > 0 {
        Some("be")
    } else if ukrainian > russian {
        Some("uk")
    } else if russian > 0 {
        Some("ru")
    } else if serbian > 0 {
        Some("sr")
    } else if macedonian > 0 || has("јљњџ") > 0 {
        Some(if macedonian > 0 { "mk" } else { "sr" })
    } else {
        None
    }
}

/// Between neighbours, the one whose small words are most frequent.
fn by_small_words(text: &str, first: &'static str, second: &'static str) -> Option<&'static str> {
    static WORDS: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
        let mut words: HashMap<&str, Vec<&str>> = HashMap::new();
        for line in SMALL_WORDS.lines().filter(|line| !line.starts_with('#')) {
            let Some((code, rest)) = line.split_once(' ') else { continue };
            for word in rest.split(' ') {
                words.entry(word).or_default().push(code);
            }
        }
        words
    });
    let candidates: Vec<&'static str> = NEIGHBOURS
        .iter()
        .filter(|group| group.contains(&first))
        .flat_map(|group| group.iter().copied())
        .collect();
    if candidates.is_empty() {
        return None;
    }
    let mut scores: HashMap<&str, f64> = HashMap::new();
    let lower = text.to_lowercase();
    for word in lower.split(|c: char| !c.is_alphabetic() && !is_sign(c)) {
        let Some(codes) = WORDS.get(word) else { continue };
        let among: Vec<&&str> = codes.iter().filter(|code| candidates.contains(code)).collect();
        for code in &among {
            *scores.entry(code).or_default() += 1.0 / among.len() as f64;
        }
    }
    for (code, letters) in LETTERS.iter().filter(|(code, _)| candidates.contains(code)) {
        let n_found = lower.chars().filter(|c| letters.contains(*c)).count();
        *scores.entry(code).or_default() += n_found as f64;
    }
    let score = |code: &str| scores.get(code).copied().unwrap_or(0.0);
    // The detectors' own answers break ties, so that a text without small words keeps them.
    let bonus = |code: &str| {
        let known = code == second && !UNKNOWN.contains(&first);
        f64::from(u8::from(code == first)) + f64::from(u8::from(known))
    };
    candidates.into_iter().max_by(|a, b| {
        let (a_score, b_score) = (score(a) + bonus(a), score(b) + bonus(b));
        a_score.total_cmp(&b_score).then_with(|| b.cmp(a))
    })
}

fn is_sign(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{963}')
}

fn whichlang_code(text: &str) -> &'static str {
    use whichlang::Lang as Which;
    match whichlang::detect_language(text) {
        Which::Ara => "ar",
        Which::Cmn => "zh",
        Which::Deu => "de",
        Which::Eng => "en",
        Which::Fra => "fr",
        Which::Hin => "hi",
        Which::Ita => "it",
        Which::Jpn => "ja",
        Which::Kor => "ko",
        Which::Nld => "nl",
        Which::Por => "pt",
        Which::Rus => "ru",
        Which::Spa => "es",
        Which::Swe => "sv",
        Which::Tur => "tr",
        Which::Vie => "vi",
    }
}

/// ISO 639-1 where there is a code, else ISO 639-3.
fn whatlang_code(lang: Lang) -> &'static str {
    const TWO_LETTERS: &str = "epo eo,eng en,rus ru,cmn zh,spa es,por pt,ita it,ben bn,fra fr,deu de,ukr uk,kat ka,ara ar,\
        hin hi,jpn ja,heb he,yid yi,pol pl,amh am,jav jv,kor ko,nob nb,dan da,swe sv,fin fi,tur tr,nld nl,hun hu,ces cs,\
        ell el,bul bg,bel be,mar mr,kan kn,ron ro,slv sl,hrv hr,srp sr,mkd mk,lit lt,lav lv,est et,tam ta,vie vi,urd ur,\
        tha th,guj gu,uzb uz,pan pa,aze az,ind id,tel te,pes fa,mal ml,ori or,mya my,nep ne,sin si,khm km,tuk tk,aka ak,\
        zul zu,sna sn,afr af,lat la,slk sk,cat ca,tgl tl,hye hy,cym cy";
    static CODES: LazyLock<HashMap<&str, &str>> =
        LazyLock::new(|| TWO_LETTERS.split(',').filter_map(|pair| pair.trim().split_once(' ')).collect());
    CODES.get(lang.code()).copied().unwrap_or(lang.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<String> {
        detect(text).map(|language| language.code)
    }

    #[test]
    fn tells_languages() {
        for (text, expect) in [
            ("The ferry left the harbour at noon, and nobody was on board.", "en"),
            ("Die Fähre verließ den Hafen am Mittag, und niemand war an Bord.", "de"),
            ("Færgen forlod havnen ved middagstid, og der var ikke nogen om bord efter det.", "da"),
            ("Fergen forlot havnen ved middagstid, og det var ikke noen om bord etter det.", "nb"),
            ("Färjan lämnade hamnen vid lunchtid, och det var inte någon ombord.", "sv"),
            ("De veerboot verliet de haven om twaalf uur en er was niemand aan boord.", "nl"),
            ("El transbordador salió del puerto al mediodía y no había nadie a bordo.", "es"),
            ("O barco saiu do porto ao meio-dia e não havia ninguém a bordo.", "pt"),
            ("Паром вышел из порта в полдень, и на борту никого не было.", "ru"),
            ("Пором вийшов із порту опівдні, і на борту нікого не було.", "uk"),
            ("渡轮中午离开港口，船上没有人。", "zh"),
            ("フェリーは正午に港を出て、誰も乗っていなかった。", "ja"),
            ("페리는 정오에 항구를 떠났고 배에는 아무도 없었다.", "ko"),
            ("नौका दोपहर को बंदरगाह से निकली और उस पर कोई नहीं था।", "hi"),
        ] {
            assert_eq!(code(text).as_deref(), Some(expect), "{text}");
        }
    }

    #[test]
    fn says_nothing_of_too_little() {
        for text in ["", "12:05", "OK", "!!! ??? 123 456 789 012", "Reuters"] {
            assert_eq!(code(text), None, "{text}");
        }
    }
}
