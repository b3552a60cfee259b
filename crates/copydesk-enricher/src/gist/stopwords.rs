//! Words that say nothing of what a text is about.

use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{LazyLock, OnceLock};

use hashbrown::{HashMap, HashSet};

use crate::text::fold;

const WORDS: &str = include_str!("../words/stopwords.txt");

/// A hasher for numbers that are hashes already.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

pub(super) type ByHash<T> = HashMap<u64, T, BuildHasherDefault<AsIs>>;

/// Hashes of one language's stop words, by [`fold::of_word`].
pub(super) type Stopwords = HashSet<u64, BuildHasherDefault<AsIs>>;

/// Languages by code, each with its words as listed, and hashed once they are asked for.
static BY_LANGUAGE: LazyLock<HashMap<&str, (&str, OnceLock<Stopwords>)>> = LazyLock::new(|| {
    let lines = WORDS.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(' '))
        .map(|(code, words)| (code, (words, OnceLock::new())))
        .collect()
});

/// The stop words of a language by its code; `None` for a language without a list.
pub(super) fn of(language: &str) -> Option<&'static Stopwords> {
    let (words, set) = BY_LANGUAGE.get(language)?;
    Some(set.get_or_init(|| words.split(' ').map(fold::of_word).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_found_by_language() {
        let has =
            |language: &str, word: &str| of(language).is_some_and(|set| set.contains(&fold::of_word(word)));
        assert!(has("en", "The") && has("de", "über") && has("ru", "который") && has("zh", "的"));
        assert!(!has("en", "ferry") && !has("de", "fähre") && of("xx").is_none());
        let codes: Vec<&str> = WORDS.lines().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(codes.len() - codes.iter().filter(|code| **code == "#").count(), BY_LANGUAGE.len());
    }
}
