//! Words that say that somebody speaks.

use std::sync::LazyLock;

use hashbrown::HashMap;

use crate::entities::{Class, Lexicon};
use crate::text::{Flags, Text, fold};

/// Verbs and the like of scripts without spaces, looked for inside a run of characters.
const DENSE: [&str; 16] = [
    "说", "說", "表示", "称", "稱", "指出", "强调", "強調", "告诉", "告訴", "认为", "認為", "述べ", "語",
    "話し", "話す",
];

/// What a word is to a quotation beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cue {
    Pronoun,
    /// `according to`
    By,
}

/// The words of one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cues {
    lexicon: &'static Lexicon,
    words: Option<&'static HashMap<u64, Cue>>,
}

impl Cues {
    pub(super) fn of(language: &str) -> Cues {
        static ALL: LazyLock<HashMap<&'static str, HashMap<u64, Cue>>> = LazyLock::new(|| {
            let mut all: HashMap<&'static str, HashMap<u64, Cue>> = HashMap::new();
            for line in include_str!("words.txt").lines().filter(|line| !line.starts_with('#')) {
                let mut row = line.split(' ');
                let (Some(code), Some(cue)) = (row.next(), row.next()) else { continue };
                let cue = if cue == "he" { Cue::Pronoun } else { Cue::By };
                all.entry(code).or_default().extend(row.map(|word| (fold::of_word(word), cue)));
            }
            all
        });
        let code = language.split('-').next().unwrap_or_default();
        Cues { lexicon: Lexicon::of(code), words: ALL.get(code) }
    }

    fn cue(&self, hash: u64) -> Option<Cue> {
        self.words?.get(&hash).copied()
    }

    /// True for a verb of speech.
    pub(super) fn speaks(&self, text: &Text<'_>, idx: usize) -> bool {
        let Some(word) = text.words.get(idx) else { return false };
        if word.is(Flags::DENSE) {
            let run = word.text(text.raw);
            return DENSE.iter().any(|verb| run.contains(verb));
        }
        self.lexicon.get(word.hash).any(Class::SPEECH) || ends_like_speech(word.text(text.raw))
    }

    /// True for `according` in `according to X`.
    pub(super) fn attributes(&self, text: &Text<'_>, idx: usize) -> bool {
        text.words.get(idx).is_some_and(|word| self.cue(word.hash) == Some(Cue::By))
    }

    pub(super) fn is_pronoun(&self, text: &Text<'_>, idx: usize) -> bool {
        text.words.get(idx).is_some_and(|word| self.cue(word.hash) == Some(Cue::Pronoun))
    }
}

/// Korean verbs of speech end their sentence in several forms.
fn ends_like_speech(word: &str) -> bool {
    const STEMS: [&str; 7] = ["말했", "밝혔", "전했", "강조했", "설명했", "덧붙였", "주장했"];
    word.chars().next().is_some_and(|c| ('\u{ac00}'..='\u{d7a3}').contains(&c))
        && STEMS.iter().any(|stem| word.contains(stem))
}
