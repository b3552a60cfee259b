//! Words that tell what stands next to them, by language.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::stem;
use crate::text::fold;

/// Languages whose names and nouns have endings of cases.
const INFLECTS: [&str; 11] = ["ru", "uk", "be", "bg", "sr", "mk", "pl", "cs", "sk", "hr", "sl"];

/// What a word says of its neighbours, or of the name it is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Class(u32);

impl Class {
    pub(crate) const HONORIFIC: Class = Class(1);
    pub(crate) const TITLE: Class = Class(1 << 1);
    pub(crate) const GOVERNS: Class = Class(1 << 2);
    pub(crate) const RELATION: Class = Class(1 << 3);
    pub(crate) const SPEECH: Class = Class(1 << 4);
    pub(crate) const IN: Class = Class(1 << 5);
    pub(crate) const TO: Class = Class(1 << 6);
    pub(crate) const LOCALITY: Class = Class(1 << 7);
    pub(crate) const PLACE: Class = Class(1 << 8);
    pub(crate) const ORG: Class = Class(1 << 9);
    pub(crate) const FIRM: Class = Class(1 << 10);
    pub(crate) const BODY: Class = Class(1 << 11);
    pub(crate) const SIDE: Class = Class(1 << 12);
    pub(crate) const ARTICLE: Class = Class(1 << 13);
    pub(crate) const PARTICLE: Class = Class(1 << 14);
    pub(crate) const LINK: Class = Class(1 << 15);
    pub(crate) const HEAD: Class = Class(1 << 16);
    pub(crate) const PLAIN: Class = Class(1 << 17);
    /// A small word of the language: large only where a sentence begins.
    pub(crate) const SMALL: Class = Class(1 << 18);

    /// A preposition before firms and places.
    pub(crate) const AT: Class = Class(1 << 19);

    /// Bits that a class takes.
    pub(super) const BITS: u32 = 20;

    pub(super) fn bits(self) -> u32 {
        self.0
    }

    /// The class of the lowest bits.
    pub(super) fn of_bits(bits: u32) -> Class {
        Class(bits & ((1 << Class::BITS) - 1))
    }

    pub(crate) fn any(self, other: Class) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn with(self, other: Class) -> Class {
        Class(self.0 | other.0)
    }

    fn named(name: &str) -> Option<Class> {
        Some(match name {
            "honorific" => Class::HONORIFIC,
            "title" => Class::TITLE,
            "governs" => Class::GOVERNS,
            "relation" => Class::RELATION,
            "speech" => Class::SPEECH,
            "in" => Class::IN,
            "to" => Class::TO,
            "at" => Class::AT,
            "locality" => Class::LOCALITY,
            "place" => Class::PLACE,
            "org" => Class::ORG,
            "firm" => Class::FIRM,
            "body" => Class::BODY,
            "side" => Class::SIDE,
            "article" => Class::ARTICLE,
            "particle" => Class::PARTICLE,
            "link" => Class::LINK,
            "head" => Class::HEAD,
            "plain" => Class::PLAIN,
            _ => return None,
        })
    }
}

/// The words of one language.
#[expect(clippy::struct_excessive_bools, reason = "each is a habit of its own")]
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    words: HashMap<u64, Class>,
    /// The same by their stems, where words have endings of cases.
    stems: HashMap<u64, Class>,
    /// Ends of compounds.
    ends: HashMap<u64, Class>,
    /// Bytes of the longest of them.
    longest_end: usize,
    /// Nouns are written large, so a large letter says little.
    pub(super) large_nouns: bool,
    /// Inside a sentence little but names of people, places and firms is written large.
    pub(super) large_in_names: bool,
    /// Organisations' names go on in small letters: `Cour des comptes`.
    pub(super) small_names: bool,
    /// Some organisations' names open with a small word.
    pub(super) has_heads: bool,
    /// A firm's name stands before what somebody is there: `the Norvane spokesman`.
    pub(super) nouns_before: bool,
    /// Names have endings of cases.
    pub(super) inflects: bool,
    /// A genitive is an `s` behind the name.
    pub(super) genitive_s: bool,
}

impl Lexicon {
    /// The lexicon for a language; that of all languages where it has none.
    pub(crate) fn of(language: &str) -> &'static Lexicon {
        static ALL: LazyLock<HashMap<&'static str, Lexicon>> = LazyLock::new(Lexicon::build);
        static EMPTY: LazyLock<Lexicon> = LazyLock::new(Lexicon::default);
        ALL.get(language).or_else(|| ALL.get("*")).unwrap_or(&EMPTY)
    }

    fn build() -> HashMap<&'static str, Lexicon> {
        let mut all: HashMap<&'static str, Lexicon> = HashMap::new();
        let small = include_str!("../words/languages.txt").lines().filter(|line| !line.starts_with('#'));
        let rows: Vec<&'static str> = small.collect();
        all.insert("*", Lexicon::default());
        for code in rows.iter().filter_map(|row| row.split(' ').next()) {
            let lexicon = all.entry(code).or_default();
            lexicon.inflects = INFLECTS.contains(&code);
        }
        let mut codes: Vec<&'static str> = Vec::new();
        for line in include_str!("lexicon.txt").lines().filter(|line| !line.starts_with('#')) {
            if let Some(head) = line.strip_prefix('[') {
                codes = head.trim_end_matches(']').split(' ').collect();
                continue;
            }
            let Some((class, words)) = line.split_once(' ') else { continue };
            let Some(class) = Class::named(class) else { continue };
            for (code, lexicon) in &mut all {
                if codes.contains(&"*") || codes.contains(code) {
                    words.split_whitespace().for_each(|word| lexicon.add(word, class));
                }
            }
        }
        for row in rows {
            let Some((code, words)) = row.split_once(' ') else { continue };
            if let Some(lexicon) = all.get_mut(code) {
                words.split(' ').for_each(|word| lexicon.add(word, Class::SMALL));
            }
        }
        for (code, lexicon) in &mut all {
            lexicon.large_nouns = matches!(*code, "de" | "lb");
            lexicon.large_in_names = !matches!(*code, "de" | "lb" | "en" | "*");
            lexicon.small_names = matches!(*code, "fr" | "it");
            lexicon.nouns_before = *code == "en";
            lexicon.has_heads = lexicon.words.values().any(|class| class.any(Class::HEAD));
            lexicon.genitive_s = matches!(*code, "de" | "nl" | "sv" | "da" | "nb" | "no" | "nn");
        }
        all
    }

    fn add(&mut self, word: &str, class: Class) {
        let is_noun = class
            .any(Class::TITLE.with(Class::ORG).with(Class::LOCALITY).with(Class::PLACE).with(Class::BODY));
        if self.inflects
            && is_noun
            && let Some(stem) = stem::of(word)
        {
            let known = self.stems.entry(fold::of_word(&stem)).or_default();
            *known = known.with(class);
        }
        let (word, is_end) = word.strip_prefix('*').map_or((word, false), |word| (word, true));
        let hash = fold::of_word(word);
        let known = self.words.entry(hash).or_default();
        *known = known.with(class);
        if is_end {
            let known = self.ends.entry(hash).or_default();
            *known = known.with(class);
            self.longest_end = self.longest_end.max(word.len());
        }
        // What is written with a hyphen is read as two words, of which the last decides.
        if let Some((_, last)) = word.rsplit_once('-') {
            let known = self.words.entry(fold::of_word(last)).or_default();
            *known = known.with(class);
        }
    }

    /// What a word says, by its hash alone.
    pub(crate) fn get(&self, hash: u64) -> Class {
        self.words.get(&hash).copied().unwrap_or_default()
    }

    /// As [`Lexicon::get`], compounds too: `Außenministerin`.
    pub(super) fn of_compound(&self, hash: u64, word: &str) -> Class {
        let class = self.get(hash);
        if class != Class::default() || word.len() < 7 {
            return class;
        }
        if self.inflects {
            let stem = stem::of(word).and_then(|stem| self.stems.get(&fold::of_word(&stem)).copied());
            return stem.unwrap_or_default();
        }
        if self.ends.is_empty() {
            return class;
        }
        // `des Deutschen Zentrums`
        if self.large_nouns
            && let Some(base) = word.strip_suffix("es").or_else(|| word.strip_suffix('s'))
            && let class = self.get(fold::of_word(base))
            && class.any(Class::ORG)
        {
            return class;
        }
        // The longest end decides: `Kremlsprecher`.
        let ends = word.char_indices().skip(3).map(|(at, _)| word.get(at..).unwrap_or_default());
        let mut ends = ends.skip_while(|end| end.len() > self.longest_end).take_while(|end| end.len() > 2);
        ends.find_map(|end| self.ends.get(&fold::of_word(end)).copied()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_names_a_class_and_says_nothing_twice() {
        for line in include_str!("lexicon.txt").lines().filter(|line| !line.starts_with(['#', '['])) {
            let (class, words) = line.split_once(' ').unwrap_or_default();
            assert!(Class::named(class).is_some(), "{line}");
            assert_eq!(words.to_lowercase(), words, "{line}");
        }
    }

    #[test]
    fn knows_words_by_language() {
        let german = Lexicon::of("de");
        assert!(german.of_compound(fold::of_word("Außenministerin"), "Außenministerin").any(Class::TITLE));
        assert!(german.get(fold::of_word("aus")).any(Class::IN));
        assert!(!Lexicon::of("en").get(fold::of_word("aus")).any(Class::IN));
        assert!(Lexicon::of("sw").get(fold::of_word("GmbH")).any(Class::FIRM));
    }
}
