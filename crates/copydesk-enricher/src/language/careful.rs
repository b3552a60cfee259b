//! The language of a text that its small words do not show clearly.
//!
//! Two detectors, for each has a gap: whichlang is right nearly always but knows sixteen languages only, and
//! answers with one of these whatever it is shown; whatlang knows seventy and mixes up neighbours. So whatlang
//! says whether the text is in one of the sixteen, whichlang says in which, and between neighbours (Danish and
//! Norwegian, Dutch and Afrikaans) letters and small words decide.

use std::collections::HashMap;
use std::sync::LazyLock;

use whatlang::{Detector, Lang};

use super::votes::Votes;

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

/// Languages that whichlang takes for a neighbour that it knows: here its answer says nothing.
const UNKNOWN: [&str; 13] = ["da", "nb", "cs", "sk", "sl", "pl", "hr", "ro", "ca", "bg", "mk", "sr", "uk"];

/// Languages that hardly any newspaper is written in, and that short texts are taken for.
const DENIED: [Lang; 9] =
    [Lang::Epo, Lang::Cym, Lang::Lat, Lang::Tuk, Lang::Aka, Lang::Zul, Lang::Sna, Lang::Jav, Lang::Yid];

/// The languages that whichlang knows.
const SIXTEEN: [&str; 16] =
    ["ar", "zh", "de", "en", "fr", "hi", "it", "ja", "ko", "nl", "pt", "ru", "es", "sv", "tr", "vi"];

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::with_denylist(DENIED.to_vec()));

/// The language of `window`, and how sure that is. `votes` are those of its small words.
pub(super) fn detect(window: &str, votes: &Votes) -> Option<(&'static str, f64)> {
    let info = DETECTOR.detect(window)?;
    let first = whatlang_code(info.lang());
    let second = whichlang_code(window);
    let settled = by_letters(window, first).or_else(|| by_small_words(votes, first, second));
    let code = match settled {
        Some(code) => code,
        None if SIXTEEN.contains(&first) => second,
        None => first,
    };
    // Two that agree are surer than either.
    let agree = code == first && (code == second || !SIXTEEN.contains(&code));
    let confidence = if agree { info.confidence().max(0.9) } else { info.confidence().min(0.8) };
    let Some((leader, margin)) = votes.leader() else { return Some((code, confidence)) };
    if leader == code || (margin < 3 && confidence >= 0.99) {
        return Some((code, confidence));
    }
    // Words that lead by one or two have proved right four times of five where the detectors are unsure.
    Some((leader, 0.8))
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

/// Between neighbours, the one whose small words and letters are most frequent.
fn by_small_words(votes: &Votes, first: &'static str, second: &'static str) -> Option<&'static str> {
    let groups = NEIGHBOURS.iter().filter(|group| group.contains(&first));
    let candidates = groups.flat_map(|group| group.iter().copied());
    // The detectors' own answers break ties, so that a text without small words keeps them.
    let score = |code: &str| {
        let known = code == second && !UNKNOWN.contains(&first);
        votes.score(code) + u32::from(code == first) + u32::from(known)
    };
    candidates.max_by(|a, b| score(a).cmp(&score(b)).then_with(|| b.cmp(a)))
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
