//! Whether Chinese is written in simplified or in traditional characters.

use std::sync::LazyLock;

use hashbrown::HashMap;

const PAIRS: &str = include_str!("../words/han.txt");

/// Characters of one of the two alone, with whether they are traditional.
static TRADITIONAL: LazyLock<HashMap<char, bool>> = LazyLock::new(|| {
    let pairs = PAIRS.lines().filter(|line| !line.starts_with('#')).flat_map(|line| line.split(' '));
    pairs.flat_map(|pair| pair.chars().zip([false, true])).collect()
});

/// The script by ISO 15924: `Hans`, `Hant`, or `Hani` where no character tells.
pub(super) fn script(text: &str) -> &'static str {
    let (mut simplified, mut traditional) = (0, 0);
    for c in text.chars().filter(|c| *c >= '\u{3400}') {
        match TRADITIONAL.get(&c) {
            Some(true) => traditional += 1,
            Some(false) => simplified += 1,
            None => {}
        }
    }
    match simplified.cmp(&traditional) {
        std::cmp::Ordering::Greater => "Hans",
        std::cmp::Ordering::Less => "Hant",
        std::cmp::Ordering::Equal => "Hani",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_simplified_from_traditional() {
        for (text, expect) in [
            ("渡轮中午离开港口，船上没有人。", "Hans"),
            ("渡輪中午離開港口，船上沒有人。", "Hant"),
            ("中午下雨。", "Hani"),
            ("", "Hani"),
        ] {
            assert_eq!(script(text), expect, "{text}");
        }
    }

    #[test]
    fn every_pair_is_two_characters_and_none_stands_on_both_sides() {
        let mut sides: HashMap<char, bool> = HashMap::new();
        for pair in PAIRS.lines().filter(|line| !line.starts_with('#')).flat_map(|line| line.split(' ')) {
            assert_eq!(pair.chars().count(), 2, "{pair}");
            for (c, is_traditional) in pair.chars().zip([false, true]) {
                assert!(
                    sides.insert(c, is_traditional).is_none_or(|known| known == is_traditional),
                    "{pair}"
                );
            }
        }
        assert!(sides.len() > 1500);
    }
}
