//! Two texts side by side: the passages they share, and what only one of them says. For people who look at a
//! verdict; the verdict itself needs none of it.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use crate::fold::{is_dense, is_sign, words};

/// Words in a row that are no passage if there are fewer: names, idioms and figures are shared by chance.
const LEAST: usize = 6;
/// Places of the same words that are looked at: a text that says one thing over and over has too many.
const MAX_PLACES: usize = 32;
/// Words that are looked at before time is saved. The words of ordinary texts are looked at about once.
const MAX_LOOKS: usize = 5_000_000;

/// A run of words that both texts hold, whatever their case, spacing and punctuation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Where it stands in the first text, in bytes.
    pub first: Range<usize>,
    /// Where it stands in the second text.
    pub second: Range<usize>,
    /// Its length; Chinese, Japanese and Thai characters are a word each.
    pub words: usize,
}

/// What one text says and the other does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    /// Words in no shared passage.
    pub words: usize,
    /// Numbers, in the order of the text, each once.
    pub numbers: Vec<String>,
    /// Words with a capital inside a sentence, in the order of the text, each once.
    pub names: Vec<String>,
}

/// Two texts side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What both say, the longest first. No word of the second text is in two.
    pub passages: Vec<Passage>,
    /// What only the first says.
    pub first: Own,
    /// What only the second says.
    pub second: Own,
}

/// Compares two texts.
///
/// ```
/// # use copydesk_deduplicator::compare;
/// let one = "Rain fell on the old harbour all day, and 12 ferries stayed in port.";
/// let other = "Heavy rain fell on the old harbour all day. Only 2 ferries sailed.";
/// let found = compare(one, other);
/// assert_eq!(other.get(found.passages[0].second.clone()), Some("rain fell on the old harbour all day"));
/// assert_eq!((&found.first.numbers[..], &found.second.numbers[..]), (&["12".into()][..], &["2".into()][..]));
/// ```
pub fn compare(first: &str, second: &str) -> Comparison {
    let (one, other) = (tokens(first), tokens(second));
    let runs = runs(&one, &other);
    let n_shared: usize = runs.iter().map(|run| run.words).sum();
    let mut in_first = vec![false; one.len()];
    for run in &runs {
        in_first.iter_mut().skip(run.first).take(run.words).for_each(|covered| *covered = true);
    }
    let place = |tokens: &[Token<'_>], start: usize, n: usize| {
        let (from, to) = (tokens.get(start), tokens.get(start + n - 1));
        from.zip(to).map_or(0..0, |(from, to)| from.place.start..to.place.end)
    };
    let passages = runs.iter().map(|run| Passage {
        first: place(&one, run.first, run.words),
        second: place(&other, run.second, run.words),
        words: run.words,
    });
    Comparison {
        passages: passages.collect(),
        first: own(&one, &other, in_first.iter().filter(|covered| !**covered).count()),
        second: own(&other, &one, other.len() - n_shared),
    }
}

/// A word where it stands.
struct Token<'a> {
    place: Range<usize>,
    /// As it is written.
    text: &'a str,
    /// As it is compared.
    folded: Vec<u8>,
    /// It may have its capital from the sentence that it opens.
    opens: bool,
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut start: Option<usize> = None;
    let mut opens = true;
    let mut push = |place: Range<usize>, opens: &mut bool| {
        let piece = text.get(place.clone()).unwrap_or_default();
        let piece = piece.trim_end_matches(|c: char| !c.is_alphanumeric() && !is_sign(c));
        let folded = words(piece).as_bytes().to_vec();
        if !folded.is_empty() {
            let place = place.start..place.start + piece.len();
            tokens.push(Token { place, text: piece, folded, opens: *opens });
            *opens = false;
        }
    };
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let goes_on = c.is_alphanumeric()
            || is_sign(c)
            || (start.is_some() && matches!(c, '\'' | '’'))
            || (start.is_some() && matches!(c, '.' | ',' | ':') && next.is_some_and(|c| c.is_ascii_digit()));
        if goes_on && !is_dense(c) {
            start.get_or_insert(at);
            continue;
        }
        if let Some(start) = start.take() {
            push(start..at, &mut opens);
        }
        if is_dense(c) {
            push(at..at + c.len_utf8(), &mut opens);
        }
        opens |= matches!(c, '.' | '!' | '?' | ':' | '\n' | '"' | '“' | '„' | '«' | '»' | '”' | '…');
    }
    if let Some(start) = start {
        push(start..text.len(), &mut opens);
    }
    tokens
}

/// A shared run, by the numbers of its first words.
struct Run {
    first: usize,
    second: usize,
    words: usize,
}

/// The runs of both, the longest first; of those that overlap in the second text the longer one has the words.
/// This is greedy string tiling (Wise, 1993) over runs that cannot be longer.
fn runs(one: &[Token<'_>], other: &[Token<'_>]) -> Vec<Run> {
    let key = |tokens: &[Token<'_>], at: usize| -> Option<Vec<u8>> {
        Some(tokens.get(at..at + LEAST)?.iter().flat_map(|token| token.folded.iter().copied()).collect())
    };
    let mut places: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
    for (at, key) in (0..one.len()).map_while(|at| Some((at, key(one, at)?))) {
        let places = places.entry(key).or_default();
        if places.len() < MAX_PLACES {
            places.push(at);
        }
    }
    let same = |first: usize, second: usize| {
        one.get(first).zip(other.get(second)).is_some_and(|(one, other)| one.folded == other.folded)
    };
    let mut found = Vec::new();
    let (mut n_looks, mut reach) = (0, 0);
    for (second, key) in (0..other.len()).map_while(|at| Some((at, key(other, at)?))) {
        for &first in places.get(&key).map_or(&[][..], Vec::as_slice) {
            let goes_back = first > 0 && second > 0 && same(first - 1, second - 1);
            // Texts that say the same over and over have too many runs: within one, no other is begun any more.
            if !goes_back && (n_looks < MAX_LOOKS || second >= reach) {
                let words = (0..one.len()).take_while(|n| same(first + n, second + n)).count();
                (n_looks, reach) = (n_looks + words, reach.max(second + words));
                found.push(Run { first, second, words });
            }
        }
    }
    found.sort_by_key(|run| (std::cmp::Reverse(run.words), run.second, run.first));
    let mut covered = vec![false; other.len()];
    found.retain_mut(|run| {
        let is_free = |at: &usize| covered.get(*at) == Some(&false);
        let all = run.second..run.second + run.words;
        let Some(start) = all.clone().find(is_free) else { return false };
        let n_free = (start..all.end).take_while(is_free).count();
        *run = Run { first: run.first + start - run.second, second: start, words: n_free };
        if n_free >= LEAST {
            covered.iter_mut().skip(start).take(n_free).for_each(|covered| *covered = true);
        }
        n_free >= LEAST
    });
    found.sort_by_key(|run| (std::cmp::Reverse(run.words), run.second));
    found
}

fn own(of: &[Token<'_>], than: &[Token<'_>], n_words: usize) -> Own {
    let theirs: BTreeSet<&[u8]> = than.iter().map(|token| &token.folded[..]).collect();
    let mut told: BTreeSet<&[u8]> = BTreeSet::new();
    let mut own = Own { words: n_words, ..Own::default() };
    for token in of.iter().filter(|token| !theirs.contains(&token.folded[..])) {
        let is_number = token.text.chars().any(char::is_numeric);
        let is_name = !token.opens && token.text.chars().next().is_some_and(char::is_uppercase);
        if (is_number || is_name) && told.insert(&token.folded) {
            let list = if is_number { &mut own.numbers } else { &mut own.names };
            list.push(token.text.to_owned());
        }
    }
    own
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use super::*;

    fn check(first: &str, second: &str, expected: &[(&str, usize)]) -> Comparison {
        let found = compare(first, second);
        let shown: Vec<(&str, usize)> = found
            .passages
            .iter()
            .map(|passage| (second.get(passage.second.clone()).unwrap(), passage.words))
            .collect();
        assert_eq!(shown, expected);
        for passage in &found.passages {
            let [one, other] = [(first, &passage.first), (second, &passage.second)]
                .map(|(text, place)| words(text.get(place.clone()).unwrap()));
            assert_eq!(one, other);
        }
        found
    }

    #[test]
    fn the_longest_run_has_the_words() {
        let first = "A b c d e f g. Then: c d e f g h i j k l m n.";
        let found = check(first, "a B c-d e f g h i j k l m n", &[("c-d e f g h i j k l m n", 12)]);
        assert_eq!((found.first.words, found.second.words), (8, 2));
    }

    #[test]
    fn what_is_moved_is_found_where_it_went() {
        let (one, two) = ("rain fell on the old harbour today", "nobody saw the ferry sail at noon");
        check(&format!("{one}. {two}."), &format!("{two}; {one}"), &[(two, 7), (one, 7)]);
    }

    #[test]
    fn scripts_without_spaces_are_compared_by_character() {
        let found =
            check("昨日、港に大雨が降った。", "港に大雨が降った、と市は言う。", &[("港に大雨が降った", 8)]);
        assert_eq!(found.second.words, 5);
    }

    #[test]
    fn numbers_and_names_of_one_alone_are_told() {
        let found = compare(
            "Storm closes port. The mayor, Ada Quill, said 1,200 people and 3.5 km of quay were hit in Lantern.",
            "The mayor, Ada Quill, said 1,300 people in Лантерн were hit at 10:30 and at 10:30. Nobody died.",
        );
        assert_eq!(
            (found.first.numbers, found.second.numbers),
            (vec!["1,200".into(), "3.5".into()], vec!["1,300".into(), "10:30".into()])
        );
        assert_eq!(
            (found.first.names, found.second.names),
            (vec!["Lantern".to_owned()], vec!["Лантерн".to_owned()])
        );
    }

    #[test]
    fn nothing_and_the_same() {
        assert_eq!(compare("", ""), Comparison::default());
        assert_eq!(compare("a b c d e", "a b c d e").passages, []);
        let text = "la ".repeat(3000);
        let found = compare(&text, &text);
        assert_eq!((found.passages.len(), found.passages[0].words, found.first.words), (1, 3000, 0));
        let text = "la ".repeat(60_000);
        assert_eq!(compare(&text, &text).passages[0].words, 60_000);
    }

    proptest::proptest! {
        #[test]
        fn passages_are_in_both_and_apart(one in "[a-c ]{0,200}", other in "[a-c .’é雨1]{0,200}") {
            let found = compare(&one, &other);
            let mut places: Vec<_> = found.passages.iter().map(|passage| passage.second.clone()).collect();
            places.sort_by_key(|place| place.start);
            proptest::prop_assert!(places.windows(2).all(|pair| pair[0].end <= pair[1].start));
            for passage in &found.passages {
                let part = |text: &str, place: &Range<usize>| words(text.get(place.clone()).unwrap());
                proptest::prop_assert_eq!(part(&one, &passage.first), part(&other, &passage.second));
            }
        }
    }
}
