//! The lowest of many hashes: a sample that texts with the same content agree on.

/// The `k` lowest different hashes offered (bottom-k sketch: Cohen and Kaplan, 2007).
#[derive(Debug)]
pub(super) struct Lowest {
    k: usize,
    /// Low bits that say something else than which hash it is.
    blind: u32,
    /// Hashes from here on are not among the lowest.
    bound: u64,
    held: Vec<u64>,
}

impl Lowest {
    pub(super) fn new(k: usize, blind: u32) -> Lowest {
        Lowest { k, blind, bound: u64::MAX, held: Vec::with_capacity(4 * k) }
    }

    pub(super) fn clear(&mut self) {
        self.bound = u64::MAX;
        self.held.clear();
    }

    pub(super) fn offer(&mut self, hash: u64) {
        if hash < self.bound {
            self.held.push(hash);
            if self.held.len() == 4 * self.k {
                self.trim();
            }
        }
    }

    /// The sample, lowest first.
    pub(super) fn sample(&mut self) -> &[u64] {
        self.trim();
        &self.held
    }

    fn trim(&mut self) {
        self.held.sort_unstable();
        self.held.dedup_by_key(|hash| *hash >> self.blind);
        if let Some(bound) = self.held.get(self.k - 1) {
            self.bound = *bound;
            self.held.truncate(self.k);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn the_sample_is_the_lowest_of_all(hashes in proptest::collection::vec(0_u64..200, 0..400)) {
            let mut lowest = Lowest::new(5, 0);
            for hash in &hashes {
                lowest.offer(*hash);
            }
            let mut all = hashes;
            all.sort_unstable();
            all.dedup();
            all.truncate(5);
            proptest::prop_assert_eq!(lowest.sample(), &all);
            lowest.clear();
            proptest::prop_assert!(lowest.sample().is_empty());
        }
    }
}
