//! What the fault tests of watching share.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::{Duration, Instant};

use crate::common::{Desk, article, at_full_length, pause, sha256};

/// Waits for a condition, at full length for as long as that takes.
pub(crate) fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let most = Duration::from_secs(if at_full_length() { 1_800 } else { 120 });
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < most, "waited in vain for {what}");
        pause(Duration::from_millis(20));
    }
}

/// The ids of the articles of these numbers.
pub(crate) fn ids(numbers: Range<u64>) -> BTreeSet<String> {
    numbers.map(|number| sha256(article(number))).collect()
}

/// True if the store holds this article.
pub(crate) fn is_there(desk: &Desk, id: &str) -> bool {
    desk.n_rows() > 0 && desk.rows().contains_key(id)
}
