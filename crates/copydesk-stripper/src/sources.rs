//! Sources and what is known of each, in bounded memory: the least recently seen go first.

use std::collections::BTreeSet;

use hashbrown::HashMap;

/// By the key of the source.
#[derive(Debug)]
pub(crate) struct Sources<T> {
    known: HashMap<u64, Known<T>>,
    /// By when each was last seen.
    seen: BTreeSet<(u64, u64)>,
    bytes: usize,
    most_bytes: usize,
    /// A source not seen for so many articles is forgotten.
    forget_after: u64,
    now: u64,
}

#[derive(Debug)]
struct Known<T> {
    what: T,
    last: u64,
    bytes: usize,
}

/// What an entry costs beside what is known: its places in the map and in the set, with the room both keep free.
const OVERHEAD: usize = 96;

impl<T: Default> Sources<T> {
    pub(crate) fn new(most_bytes: usize, forget_after: u64) -> Sources<T> {
        Sources { known: HashMap::new(), seen: BTreeSet::new(), bytes: 0, most_bytes, forget_after, now: 0 }
    }

    /// The latest place any article came from.
    pub(crate) fn now(&self) -> u64 {
        self.now
    }

    /// An article at this place was seen, of whatever source: those not seen for too long are forgotten.
    pub(crate) fn advance(&mut self, order: u64) {
        self.now = self.now.max(order);
        let horizon = self.now.saturating_sub(self.forget_after);
        while self.seen.first().is_some_and(|(last, _)| *last < horizon) && self.forget_first() {}
    }

    pub(crate) fn get(&self, key: u64) -> Option<&T> {
        self.known.get(&key).map(|known| &known.what)
    }

    /// For a change that leaves its size as it is.
    pub(crate) fn get_mut(&mut self, key: u64) -> Option<&mut T> {
        self.known.get_mut(&key).map(|known| &mut known.what)
    }

    /// Changes what is known of a source, of which an article at `order` was seen. `bytes` says how much that is.
    pub(crate) fn change<R>(
        &mut self,
        key: u64,
        order: u64,
        change: impl FnOnce(&mut T) -> R,
        bytes: impl FnOnce(&T) -> usize,
    ) -> R {
        self.advance(order);
        let known = self.known.entry(key).or_insert_with(|| Known { what: T::default(), last: 0, bytes: 0 });
        let result = change(&mut known.what);
        self.seen.remove(&(known.last, key));
        known.last = known.last.max(order);
        self.seen.insert((known.last, key));
        let size = bytes(&known.what) + OVERHEAD;
        self.bytes = self.bytes + size - known.bytes;
        known.bytes = size;
        while self.bytes > self.most_bytes && self.known.len() > 1 && self.forget_first() {}
        result
    }

    fn forget_first(&mut self) -> bool {
        let Some((_, key)) = self.seen.pop_first() else { return false };
        if let Some(known) = self.known.remove(&key) {
            self.bytes -= known.bytes;
        }
        true
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.known.values().map(|known| &known.what)
    }

    /// How many sources are known.
    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    /// Bytes they take, roughly.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_seen_go_first() {
        let mut sources: Sources<u32> = Sources::new(3 * (OVERHEAD + 4), 100);
        for (order, key) in (1..).zip([1, 2, 3, 1, 4]) {
            sources.change(key, order, |n| *n += 1, |_| 4);
        }
        assert_eq!((sources.get(1), sources.get(2), sources.len()), (Some(&2), None, 3));
        sources.change(9, 104, |n| *n += 1, |_| 4);
        assert_eq!((sources.get(1), sources.get(3), sources.len()), (Some(&2), None, 3));
        sources.change(9, 200, |n| *n += 1, |_| 4);
        assert_eq!(
            (sources.len(), sources.bytes()),
            (1, OVERHEAD + 4),
            "what was not seen for long is forgotten"
        );
    }
}
