//! Month names, by which a date's order is beyond doubt. Words arrive here in lower case, letters only.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::fold;

const MONTHS: &str = include_str!("../words/months.txt");

static BY_NAME: LazyLock<HashMap<&str, i8>> = LazyLock::new(|| {
    let rows = MONTHS.lines().filter(|line| !line.starts_with('#'));
    (1_i8..).zip(rows).flat_map(|(number, row)| row.split(' ').map(move |name| (name, number))).collect()
});

/// The month of this name, 1 to 12.
pub(crate) fn month(word: &str) -> Option<i8> {
    BY_NAME.get(word).copied()
}

/// Months by the hash of their names.
static BY_HASH: LazyLock<hashbrown::HashMap<u64, i8>> =
    LazyLock::new(|| BY_NAME.iter().map(|(name, month)| (fold::of_word(name), *month)).collect());

/// The month whose name has this hash, by [`fold::of_word`].
pub(crate) fn month_by_hash(hash: u64) -> Option<i8> {
    BY_HASH.get(&hash).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_two_months() {
        let names: Vec<&str> =
            MONTHS.lines().filter(|line| !line.starts_with('#')).flat_map(|row| row.split(' ')).collect();
        assert_eq!(names.len(), BY_NAME.len());
        assert!(names.iter().all(|name| name.to_lowercase() == *name));
        assert!(BY_NAME.values().all(|number| (1..=12).contains(number)));
    }
}
