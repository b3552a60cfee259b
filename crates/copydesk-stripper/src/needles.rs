//! Many short texts, looked for at once: the words that tell rules and model where to look closer.
//!
//! Hardly a place in a text holds one of them, so what counts is how fast a place is passed over. A needle is
//! known by its four rarest bytes in a row. Three tables, one for each pair of neighbours among the four, name the
//! needles that may stand at a place, as bits of 64 groups; where a group is in all three, its needles are compared.
//! That is Teddy of the `aho-corasick` crate with whole bytes for half ones, and with more groups.

/// Pairs of bytes, five bits of each: letters whatever their case.
const N_PAIRS: usize = 1 << 10;
/// As many as a word has bits.
const N_GROUPS: usize = u64::BITS as usize;
/// Bytes a needle is known by.
const WINDOW: usize = 4;

/// The bit by which the two cases of a letter differ, in each byte of a window.
const CASE: u32 = 0x2020_2020;

/// How often a byte stands in prose, by its lower five bits: blank, letters in order, then the rest.
const COMMON: [u8; 32] = [
    200, 82, 15, 28, 43, 127, 22, 20, 61, 70, 2, 8, 40, 24, 67, 75, 19, 1, 60, 63, 91, 28, 10, 24, 2, 20, 1,
    1, 8, 1, 30, 1,
];

/// Texts to look for, in any ASCII case.
#[derive(Default)]
pub(crate) struct Needles {
    /// By a window's first, second and last pair of bytes.
    pairs: [Vec<u64>; 3],
    /// Where each group ends in `sorted`.
    ends: Vec<usize>,
    sorted: Vec<Needle>,
}

struct Needle {
    /// In lower case as far as ASCII goes.
    text: Box<[u8]>,
    /// Bytes before its window.
    before: usize,
    /// Its window without regard to case, and which bits of it count.
    bits: u32,
    mask: u32,
    id: usize,
}

/// A needle in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    /// Its first byte.
    pub(crate) start: usize,
    /// One past its last byte.
    pub(crate) end: usize,
    /// Its place among the needles.
    pub(crate) id: usize,
}

impl Needles {
    /// Needles of two bytes or more, each known by its place.
    pub(crate) fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Needles {
        let mut needles: Vec<Needle> = texts
            .into_iter()
            .enumerate()
            .map(|(id, text)| {
                let text = text.to_ascii_lowercase().into_bytes().into_boxed_slice();
                Needle::new(text, id)
            })
            .collect();
        // Needles that begin alike share a group, so that few pairs lead to each.
        needles.sort_by(|a, b| a.window().cmp(b.window()).then(a.id.cmp(&b.id)));
        let mut built = Needles {
            pairs: std::array::from_fn(|_| vec![0; N_PAIRS]),
            ends: Vec::new(),
            sorted: Vec::new(),
        };
        for group in 0..N_GROUPS {
            let end = needles.len() * (group + 1) / N_GROUPS;
            let start = built.ends.last().copied().unwrap_or(0);
            for needle in needles.get(start..end).unwrap_or(&[]) {
                built.admit(needle.window(), 1 << group);
            }
            built.ends.push(end);
        }
        built.sorted = needles;
        built
    }

    /// Lets a window through to its group.
    fn admit(&mut self, window: &[u8], group: u64) {
        // What a short needle leaves open may be anything.
        let bits = |at: usize| match window.get(at) {
            Some(byte) => byte & 31..=byte & 31,
            None => 0..=31,
        };
        for (at, groups) in self.pairs.iter_mut().enumerate() {
            for first in bits(at) {
                for second in bits(at + 1) {
                    groups[pair(first, second)] |= group;
                }
            }
        }
    }

    /// Every place of every needle, by the place of its first byte.
    pub(crate) fn find(&self, text: &str) -> Vec<Found> {
        let mut found = Vec::new();
        self.each(text, |one| found.push(one));
        found.sort_unstable();
        found
    }

    /// Every place of every needle, in no order.
    pub(crate) fn each(&self, text: &str, mut on_found: impl FnMut(Found)) {
        let [firsts, middles, lasts] = &self.pairs;
        let table = |pairs| <&[u64; N_PAIRS]>::try_from(pairs);
        let (Ok(firsts), Ok(middles), Ok(lasts)) =
            (table(firsts.as_slice()), table(middles.as_slice()), table(lasts.as_slice()))
        else {
            return;
        };
        let bytes = text.as_bytes();
        // The byte before, and the pairs that end there and one byte earlier.
        let (mut last, mut middle, mut first) = (0_u8, 0_usize, 0_usize);
        let mut at = 0;
        // A short needle may stand at the very end.
        for part in [bytes, &[0, 0]] {
            for &byte in part {
                let here = pair(last, byte);
                let groups = firsts[first & (N_PAIRS - 1)] & middles[middle & (N_PAIRS - 1)] & lasts[here];
                (last, first, middle) = (byte, middle, here);
                at += 1;
                if groups != 0 && at >= WINDOW {
                    self.compare(groups, bytes, at - WINDOW, &mut on_found);
                }
            }
        }
    }

    /// The needles of these groups whose window stands at `at`.
    #[inline(never)]
    fn compare(&self, mut groups: u64, bytes: &[u8], at: usize, on_found: &mut impl FnMut(Found)) {
        let window = bytes.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or_else(|| {
            let mut window = [0; WINDOW];
            for (to, byte) in window.iter_mut().zip(bytes.iter().skip(at)) {
                *to = *byte;
            }
            window
        });
        let window = u32::from_le_bytes(window) | CASE;
        while groups != 0 {
            let group = groups.trailing_zeros() as usize;
            groups &= groups - 1;
            let start = group.checked_sub(1).map_or(0, |before| self.ends[before]);
            for needle in self.sorted.get(start..self.ends[group]).unwrap_or(&[]) {
                if window & needle.mask != needle.bits {
                    continue;
                }
                let Some(start) = at.checked_sub(needle.before) else { continue };
                let end = start + needle.text.len();
                if bytes.get(start..end).is_some_and(|text| text.eq_ignore_ascii_case(&needle.text)) {
                    on_found(Found { start, end, id: needle.id });
                }
            }
        }
    }
}

impl Needle {
    fn new(text: Box<[u8]>, id: usize) -> Needle {
        let mut needle = Needle { before: rarest_window(&text), bits: 0, mask: 0, text, id };
        let (mut bits, mut mask) = ([0; WINDOW], [0; WINDOW]);
        for ((byte, bits), mask) in needle.window().iter().zip(&mut bits).zip(&mut mask) {
            (*bits, *mask) = (*byte, u8::MAX);
        }
        needle.mask = u32::from_le_bytes(mask);
        needle.bits = (u32::from_le_bytes(bits) | CASE) & needle.mask;
        needle
    }

    fn window(&self) -> &[u8] {
        let rest = self.text.get(self.before..).unwrap_or(&[]);
        rest.get(..WINDOW).unwrap_or(rest)
    }
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first & 31) << 5 | usize::from(second & 31)
}

/// Where the four bytes begin that are least likely to stand in prose.
fn rarest_window(text: &[u8]) -> usize {
    let cost = |window: &[u8]| -> u64 {
        window.iter().map(|byte| u64::from(COMMON[usize::from(byte & 31)])).product()
    };
    let windows = text.windows(WINDOW).enumerate();
    windows.min_by_key(|(_, window)| cost(window)).map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::*;

    const TEXTS: [&str; 14] = [
        "©",
        "ap",
        "jan",
        "cookie",
        "cookies",
        "ok",
        "read more",
        "à lire",
        "구독",
        "more",
        "e",
        "a",
        "mo",
        "kie",
    ];

    fn by_automaton(needles: &[&str], text: &str) -> Vec<Found> {
        let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(needles).unwrap();
        let mut found: Vec<Found> = automaton
            .find_overlapping_iter(text)
            .map(|found| Found { start: found.start(), end: found.end(), id: found.pattern().as_usize() })
            .collect();
        found.sort_unstable();
        found
    }

    proptest! {
        #[test]
        fn finds_what_an_automaton_finds(
            parts in prop::collection::vec(prop::sample::select(TEXTS.to_vec()), 0..30),
            gaps in "[ -éa-zA-Z©\n]{0,30}",
        ) {
            let needles: Vec<&str> = TEXTS.into_iter().filter(|text| text.len() > 1).collect();
            let text: String = parts.iter().zip(gaps.chars().chain(" ".repeat(30).chars()))
                .flat_map(|(part, gap)| [part.to_string(), gap.to_string()]).collect();
            for text in [text.clone(), text.to_uppercase(), gaps] {
                prop_assert_eq!(Needles::new(needles.iter().copied()).find(&text), by_automaton(&needles, &text));
            }
        }
    }

    #[test]
    fn finds_needles_at_both_ends() {
        let needles = Needles::new(["ab", "abc", "abcd", "abcde"]);
        let ids = |text: &str| needles.find(text).iter().map(|found| found.id).collect::<Vec<_>>();
        assert_eq!(ids("ab"), [0]);
        assert_eq!(ids("abc"), [0, 1]);
        assert_eq!(ids("abcde"), [0, 1, 2, 3]);
        assert_eq!(ids("xABC"), [0, 1]);
        assert_eq!(ids("a"), [0_usize; 0]);
    }
}
