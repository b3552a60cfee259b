//! The last articles of one source, and which lines each of them holds.
//!
//! What must stay true: a window is made by its articles alone, whatever the order in which they were put in. So a
//! restart, which puts them in again, changes nothing.

use hashbrown::HashTable;

use super::memory::Remembered;

/// Articles remembered of a source. A line that none of them holds is forgotten.
pub(super) const ARTICLES: usize = 32;
/// The latest of them, for a line that has just come up.
const LATEST: u32 = 8;

/// One article of the window; its number is its bit in [`Known::articles`].
#[derive(Debug, Clone, Copy)]
struct Slot {
    /// Its place in the ledger.
    order: u64,
    /// The beginning of its id.
    id: u64,
    /// Lines of prose remembered of it, and other lines.
    n_prose: u8,
    n_short: u8,
}

/// A line, and the articles that hold it.
#[derive(Debug, Clone, Copy)]
struct Known {
    hash: u32,
    articles: u32,
}

/// The last articles of one source.
#[derive(Debug, Default)]
pub(super) struct Window {
    slots: Vec<Option<Slot>>,
    lines: HashTable<Known>,
    /// What was restored and not looked at yet: the articles that the slots would hold. Of most sources of a large
    /// ledger no article comes again.
    restored: Vec<Remembered>,
}

/// What one article may know of the window: the articles before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    articles: u32,
    latest: u32,
    /// The place of the article that this one is a revision of, if the window has it.
    pub(super) revises: Option<u64>,
}

/// In how many articles a line was seen, and of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) seen: u32,
    pub(super) of: u32,
    seen_latest: u32,
    of_latest: u32,
}

impl Count {
    /// True for a line of half of the articles, or of three quarters of the latest.
    pub(super) fn is_usual(self) -> bool {
        self.seen >= super::FEWEST && (2 * self.seen >= self.of || 4 * self.seen_latest >= 3 * self.of_latest)
    }
}

impl Window {
    /// Articles remembered.
    pub(super) fn len(&self) -> usize {
        self.slots.iter().flatten().count()
    }

    /// Takes a restored article in, for the time when the window is first looked at.
    pub(super) fn restore(&mut self, article: Remembered) {
        if !self.slots.is_empty() {
            return self.insert(&article);
        }
        self.restored.retain(|other| other.order != article.order);
        if self.restored.len() == ARTICLES {
            let oldest = self.restored.iter().map(|other| other.order).min();
            if oldest.is_some_and(|oldest| oldest > article.order) {
                return;
            }
            self.restored.retain(|other| Some(other.order) != oldest);
        }
        self.restored.push(article);
    }

    /// Makes what was restored known.
    pub(super) fn settle(&mut self) {
        for article in std::mem::take(&mut self.restored) {
            self.insert(&article);
        }
    }

    /// What an article at this place may know. `revises` begins the id of the article it takes the place of.
    pub(super) fn look(&self, order: u64, revises: Option<u64>) -> Look {
        let mut look = Look { articles: 0, latest: 0, revises: None };
        for (bit, slot) in self.slots() {
            if slot.order < order && revises == Some(slot.id) {
                look.revises = Some(slot.order);
            } else if slot.order < order {
                look.articles |= bit;
            }
        }
        let mut orders: Vec<(u64, u32)> = self
            .slots()
            .filter(|(bit, _)| look.articles & bit != 0)
            .map(|(bit, slot)| (slot.order, bit))
            .collect();
        orders.sort_unstable();
        look.latest = orders.iter().rev().take(LATEST as usize).fold(0, |bits, (_, bit)| bits | bit);
        look
    }

    fn slots(&self) -> impl Iterator<Item = (u32, &Slot)> {
        self.slots.iter().enumerate().filter_map(|(idx, slot)| Some((1 << idx, slot.as_ref()?)))
    }

    fn articles_with(&self, hash: u32) -> u32 {
        self.lines.find(spread(hash), |known| known.hash == hash).map_or(0, |known| known.articles)
    }

    pub(super) fn count(&self, hash: u32, look: Look) -> Count {
        let articles = self.articles_with(hash);
        Count {
            seen: (articles & look.articles).count_ones(),
            of: look.articles.count_ones(),
            seen_latest: (articles & look.latest).count_ones(),
            of_latest: look.latest.count_ones(),
        }
    }

    /// True if one of the articles says most of what this one says: a copy, or an edited one. What its source
    /// says everywhere is no sign of that.
    pub(super) fn holds_copy(&self, of: &Remembered, look: Look) -> bool {
        let is_own = |hash: &&u32| !self.count(**hash, look).is_usual();
        let own_prose = of.prose().iter().filter(is_own);
        let by_prose = own_prose.clone().next().is_some();
        let own: Vec<u32> = if by_prose {
            own_prose.copied().collect()
        } else {
            of.short().iter().filter(is_own).copied().collect()
        };
        let mut shared = [0_usize; ARTICLES];
        for hash in &own {
            let mut articles = self.articles_with(*hash) & look.articles;
            while articles != 0 {
                if let Some(n_shared) = shared.get_mut(articles.trailing_zeros() as usize) {
                    *n_shared += 1;
                }
                articles &= articles - 1;
            }
        }
        self.slots().any(|(bit, slot)| {
            let n_shared = shared.get(bit.trailing_zeros() as usize).copied().unwrap_or_default();
            let n_lines = usize::from(if by_prose { slot.n_prose } else { slot.n_short });
            n_shared > 0 && 3 * n_shared > 2 * n_lines.min(own.len())
        })
    }

    /// Takes an article in, and the oldest out if there are too many.
    pub(super) fn insert(&mut self, article: &Remembered) {
        self.remove(|slot| slot.order == article.order);
        if self.len() == ARTICLES {
            let oldest = self.slots().map(|(_, slot)| slot.order).min();
            if oldest.is_some_and(|oldest| oldest > article.order) {
                return;
            }
            self.remove(|slot| Some(slot.order) == oldest);
        }
        let free = self.slots.iter().position(Option::is_none);
        let place = free.unwrap_or(self.slots.len());
        if free.is_none() {
            self.slots.push(None);
        }
        self.slots[place] = Some(Slot {
            order: article.order,
            id: article.id,
            n_prose: article.prose().len() as u8,
            n_short: article.short().len() as u8,
        });
        for &hash in article.lines() {
            let entry =
                self.lines.entry(spread(hash), |known| known.hash == hash, |known| spread(known.hash));
            entry.or_insert(Known { hash, articles: 0 }).into_mut().articles |= 1 << place;
        }
    }

    fn remove(&mut self, which: impl Fn(&Slot) -> bool) {
        let Some(place) = self.slots.iter().position(|slot| slot.as_ref().is_some_and(&which)) else {
            return;
        };
        self.slots[place] = None;
        let bit = 1_u32 << place;
        self.lines.retain(|known| {
            known.articles &= !bit;
            known.articles != 0
        });
    }

    /// Bytes it holds, about: by what is remembered of its articles, so that it is the same after a restart.
    pub(super) fn bytes(&self) -> usize {
        let in_slots = self.slots().map(|(_, slot)| usize::from(slot.n_prose) + usize::from(slot.n_short));
        let restored = self.restored.iter().map(|article| article.lines().len());
        let (n_articles, n_lines) =
            in_slots.chain(restored).fold((0, 0), |(n, sum), n_lines| (n + 1, sum + n_lines));
        size_of::<Window>() + n_articles * size_of::<Option<Slot>>() + n_lines * LINE_BYTES
    }
}

/// What a line takes: an entry of the table, which is half full in the middle, and shared by some articles.
const LINE_BYTES: usize = 12;

/// The hash as a table wants it: with something in its high bits.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}
