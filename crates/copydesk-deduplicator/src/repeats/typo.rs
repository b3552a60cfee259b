//! Whether two lines differ by slips of the pen alone.
//!
//! Two captions of one frame with other facts (another player, another day) are two captions: a number, a
//! weekday or a month that differs is a fact, and so is a word that is more than a letter or two away.

use strsim::levenshtein;

use crate::fold::Words;

/// Words that one letter turns into one another and that are facts all the same.
const FACTS: [&str; 24] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "north",
    "south",
    "east",
    "west",
    "left",
];

/// Letters longer than which a word is compared for equality alone.
const LONG: usize = 40;

/// True if `a` and `b` are the same words but for a few letters.
pub(super) fn alike(a: &Words, b: &Words) -> bool {
    let allowed = 2 + a.len().min(b.len()) / 40;
    let (mut i, mut j, mut n_edits) = (0, 0, 0);
    while let (Some(one), Some(other)) = (a.get(i), b.get(j)) {
        if one == other {
            i += 1;
            j += 1;
            continue;
        }
        if let Some(distance) = a.get(i + 1).and_then(|next| joined(one, next, other)) {
            n_edits += distance;
            i += 2;
            j += 1;
        } else if let Some(distance) = b.get(j + 1).and_then(|next| joined(other, next, one)) {
            n_edits += distance;
            i += 1;
            j += 2;
        } else if let Some(distance) = slip(one, other) {
            n_edits += distance;
            i += 1;
            j += 1;
        } else {
            return false;
        }
        if n_edits > allowed {
            return false;
        }
    }
    i == a.len() && j == b.len()
}

/// The letters by which two words differ, if it may be a slip.
fn slip(one: &str, other: &str) -> Option<usize> {
    let is_number = |word: &str| word.chars().all(char::is_numeric);
    let fact = |word: &str| FACTS.contains(&word);
    if (is_number(one) && is_number(other)) || (fact(one) && fact(other)) || one.len().max(other.len()) > LONG
    {
        return None;
    }
    let n_chars = |word: &str| word.chars().count();
    let n_digits = |word: &str| word.chars().filter(|c| c.is_numeric()).count();
    // `4XL` for `3XL` is another size; `2o20` for `2020` is a slip.
    let sized = n_digits(one) + n_digits(other) > 0;
    if sized && (n_digits(one) == n_digits(other) || n_chars(one) != n_chars(other)) {
        return None;
    }
    let distance = levenshtein(one, other);
    // `Houston` and `Boston` are two letters apart.
    let long = n_chars(one).min(n_chars(other)) >= 8 && one.chars().next() == other.chars().next();
    let allowed = if long { 2 } else { 1 };
    (distance <= allowed).then_some(distance)
}

/// The letters by which `joined` differs from two words, the space among them.
fn joined(first: &str, second: &str, joined: &str) -> Option<usize> {
    // `9, 2020` and `9i 2020` are two words both; only a word that is longer than each can be the two.
    let n_chars = |word: &str| word.chars().count();
    let long = n_chars(first) + n_chars(second);
    if n_chars(joined) < long || n_chars(joined) > long + 1 || long > LONG {
        return None;
    }
    let distance = levenshtein(&format!("{first} {second}"), joined);
    (distance <= 2).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike_text(a: &str, b: &str) -> bool {
        alike(&crate::fold::words(a), &crate::fold::words(b))
    }

    #[test]
    fn forgives_slips_alone() {
        let line = "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020";
        for slip in [
            "Shoppors wait for news near the rivar in Oslo on Monday, May 4, 2020",
            "Shoppers waitefor news near the river in Oslo on Monday, May 4, 2020",
            "Shoppers wait for news near the river in Oslo on Monday, May 4, 2o20",
            "Shoppers wait fo r news near the river in Oslo on Monday, May 4, 2020",
        ] {
            assert!(alike_text(line, slip) && alike_text(slip, line), "{slip}");
        }
        for other in [
            "Shoppers wait for news near the river in Oslo on Sunday, May 4, 2020",
            "Shoppers wait for news near the river in Oslo on Monday, May 5, 2020",
            "Shoppers wait for news near the river in Lima on Monday, May 4, 2020",
            "Shoppers wait for news near the river in Oslo on Monday, May 14, 2020",
            "Shoppers wait for news near the river in Oslo on Monday, May 4",
        ] {
            assert!(!alike_text(line, other) && !alike_text(other, line), "{other}");
        }
    }
}
