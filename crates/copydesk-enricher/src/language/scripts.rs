//! Which script a character belongs to, and the languages that a script is proof of.

use super::han;

/// A script that languages share, or the language that alone is written in it, as far as newspapers go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Devanagari,
    Han,
    Kana,
    /// The language's code.
    Sole(&'static str),
    Other,
}

/// Ranges of code points beyond Latin, in order. After the Unicode blocks of these scripts.
const RANGES: [(u32, u32, Script); 30] = [
    (0x370, 0x3ff, Script::Sole("el")),
    (0x400, 0x52f, Script::Cyrillic),
    (0x531, 0x58f, Script::Sole("hy")),
    (0x591, 0x5f4, Script::Sole("he")),
    (0x600, 0x6ff, Script::Arabic),
    (0x750, 0x77f, Script::Arabic),
    (0x900, 0x97f, Script::Devanagari),
    (0x980, 0x9ff, Script::Sole("bn")),
    (0xa01, 0xa7f, Script::Sole("pa")),
    (0xa81, 0xaff, Script::Sole("gu")),
    (0xb01, 0xb7f, Script::Sole("or")),
    (0xb82, 0xbff, Script::Sole("ta")),
    (0xc00, 0xc7f, Script::Sole("te")),
    (0xc80, 0xcff, Script::Sole("kn")),
    (0xd00, 0xd7f, Script::Sole("ml")),
    (0xd80, 0xdff, Script::Sole("si")),
    (0xe01, 0xe7f, Script::Sole("th")),
    (0x1000, 0x109f, Script::Sole("my")),
    (0x10a0, 0x10ff, Script::Sole("ka")),
    (0x1100, 0x11ff, Script::Sole("ko")),
    (0x1200, 0x139f, Script::Sole("am")),
    (0x1780, 0x17ff, Script::Sole("km")),
    (0x1e00, 0x1eff, Script::Latin),
    (0x1f00, 0x1fff, Script::Sole("el")),
    (0x3040, 0x30ff, Script::Kana),
    (0x3130, 0x318f, Script::Sole("ko")),
    (0x3400, 0x9fff, Script::Han),
    (0xac00, 0xd7a3, Script::Sole("ko")),
    (0xf900, 0xfaff, Script::Han),
    (0x20000, 0x3134f, Script::Han),
];

impl Script {
    /// The script of a letter.
    pub(super) fn of(letter: char) -> Script {
        let point = letter as u32;
        if point < 0x2b0 {
            return Script::Latin;
        }
        let at = RANGES.partition_point(|(_, last, _)| *last < point);
        match RANGES.get(at) {
            Some((first, _, script)) if *first <= point => *script,
            _ => Script::Other,
        }
    }

    /// Letters that a character of it counts for: a syllable or a word says as much as several.
    pub(super) fn weight(self) -> u32 {
        if matches!(self, Script::Han | Script::Kana | Script::Sole("ko")) { 4 } else { 1 }
    }
}

/// Languages that are not written in Latin letters, with the script that each is usually written in.
const USUAL: [(&str, &str); 38] = [
    ("am", "Ethi"),
    ("ar", "Arab"),
    ("be", "Cyrl"),
    ("bg", "Cyrl"),
    ("bn", "Beng"),
    ("ckb", "Arab"),
    ("el", "Grek"),
    ("fa", "Arab"),
    ("gu", "Gujr"),
    ("he", "Hebr"),
    ("hi", "Deva"),
    ("hy", "Armn"),
    ("ja", "Jpan"),
    ("ka", "Geor"),
    ("kk", "Cyrl"),
    ("km", "Khmr"),
    ("kn", "Knda"),
    ("ko", "Kore"),
    ("ky", "Cyrl"),
    ("mk", "Cyrl"),
    ("ml", "Mlym"),
    ("mn", "Cyrl"),
    ("mr", "Deva"),
    ("my", "Mymr"),
    ("ne", "Deva"),
    ("or", "Orya"),
    ("pa", "Guru"),
    ("ps", "Arab"),
    ("ru", "Cyrl"),
    ("si", "Sinh"),
    ("sr", "Cyrl"),
    ("ta", "Taml"),
    ("te", "Telu"),
    ("th", "Thai"),
    ("uk", "Cyrl"),
    ("ur", "Arab"),
    ("yi", "Hebr"),
    ("zh", "Hans"),
];

/// The script that a language is usually written in, by ISO 15924: the likely one of CLDR.
fn usual(language: &str) -> &'static str {
    USUAL.iter().find(|(code, _)| *code == language).map_or("Latn", |(_, script)| script)
}

/// The script of a text in this language, by ISO 15924.
pub(super) fn code(language: &str, text: &str) -> &'static str {
    match language {
        "zh" => han::script(text),
        // Written in both.
        "sr" | "uz" => {
            let count =
                |script| text.chars().filter(|c| c.is_alphabetic() && Script::of(*c) == script).count();
            if count(Script::Cyrillic) * 2 >= count(Script::Latin) { "Cyrl" } else { "Latn" }
        }
        _ => usual(language),
    }
}

/// Language and script by BCP 47. As CLDR's likely subtags have it, a script goes without saying where the language
/// is usually written in it: `en`, `sr`, `sr-Latn`, `zh`, `zh-Hant`, `uz`, `uz-Cyrl`.
pub(super) fn tag(language: &str, script: &str) -> String {
    if script == usual(language) || script == "Hani" {
        language.to_owned()
    } else {
        format!("{language}-{script}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_in_order() {
        assert!(RANGES.windows(2).all(|pair| pair[0].1 < pair[1].0));
        assert!(RANGES.iter().all(|(first, last, _)| first <= last));
    }

    #[test]
    fn names_a_script_only_where_it_is_not_the_usual_one() {
        for (language, text, script, tag) in [
            ("en", "harbour", "Latn", "en"),
            ("sr", "лука", "Cyrl", "sr"),
            ("sr", "luka", "Latn", "sr-Latn"),
            ("uz", "порт эди", "Cyrl", "uz-Cyrl"),
            ("uz", "port edi", "Latn", "uz"),
            ("zh", "渡轮离开", "Hans", "zh"),
            ("zh", "渡輪離開", "Hant", "zh-Hant"),
            ("zh", "中午", "Hani", "zh"),
            ("ja", "港", "Jpan", "ja"),
        ] {
            assert_eq!(code(language, text), script, "{text}");
            assert_eq!(super::tag(language, script), tag, "{text}");
        }
        assert!(USUAL.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn knows_scripts() {
        for (letter, script) in [
            ('a', Script::Latin),
            ('ș', Script::Latin),
            ('ế', Script::Latin),
            ('ж', Script::Cyrillic),
            ('λ', Script::Sole("el")),
            ('港', Script::Han),
            ('の', Script::Kana),
            ('항', Script::Sole("ko")),
            ('ک', Script::Arabic),
            ('🚢', Script::Other),
        ] {
            assert_eq!(Script::of(letter), script, "{letter}");
        }
    }
}
