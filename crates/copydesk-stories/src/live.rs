//! All stories that may still get articles: which of them share terms with an article, and what an article changes.
//!
//! What must stay true here: the state is a function of the articles applied, in their order.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use crate::features::{Likeness, Subject};
use crate::frequencies::Frequencies;
use crate::memory::Remembered;
use crate::story::{Changes, LiveStory, front};

/// Terms of an article by which stories are looked for: the heaviest.
const MOST_SOUGHT: usize = 32;
/// Places of the index that are looked at for an article.
const MOST_PLACES: usize = 30_000;
/// Stories that are compared with an article in full.
const MOST_CANDIDATES: usize = 8;

/// Live stories up to which articles since a story's latest are counted as if there were so many.
const FEW: usize = 16;

/// Bounds of what is remembered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) bytes: usize,
    /// A story without news in so many articles is closed.
    pub(crate) articles: u64,
    /// And one without news for so many seconds of published time.
    pub(crate) seconds: i64,
}

/// Stories and the frequencies of their terms.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) frequencies: Frequencies,
    slots: Vec<Option<LiveStory>>,
    free: Vec<u32>,
    /// Slots by id, and by the beginning of the id of an article.
    by_id: HashMap<u64, u32>,
    by_article: HashMap<u64, u32>,
    /// Slots of the stories that hold a term.
    index: HashMap<u32, Vec<u32>>,
    /// By when each got its latest article.
    oldest: BTreeSet<(u64, u64)>,
    bytes: usize,
    bounds: Bounds,
    /// The place of the latest article applied.
    pub(crate) order: u64,
}

/// A story that an article may join.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) story: u64,
    pub(crate) likeness: Likeness,
}

impl Live {
    pub(crate) fn new(frequencies: Frequencies, bounds: Bounds) -> Live {
        Live {
            frequencies,
            slots: Vec::new(),
            free: Vec::new(),
            by_id: HashMap::new(),
            by_article: HashMap::new(),
            index: HashMap::new(),
            oldest: BTreeSet::new(),
            bytes: 0,
            bounds,
            order: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    fn slot(&self, slot: u32) -> Option<&LiveStory> {
        self.slots.get(slot as usize)?.as_ref()
    }

    pub(crate) fn story(&self, id: u64) -> Option<&LiveStory> {
        self.slot(*self.by_id.get(&id)?)
    }

    /// The story of an article, by the beginning of its id.
    pub(crate) fn story_of(&self, article: u64) -> Option<&LiveStory> {
        self.slot(*self.by_article.get(&article)?)
    }

    /// Stories in the order of their latest articles.
    pub(crate) fn stories(&self) -> impl Iterator<Item = &LiveStory> {
        self.oldest.iter().filter_map(|(_, id)| self.story(*id))
    }

    /// The stories most like an article, compared in full, the most like first.
    pub(crate) fn candidates(&self, subject: &Subject) -> Vec<Candidate> {
        let mut shared: HashMap<u32, f32> = HashMap::new();
        let mut n_places = 0;
        for (weight, term) in subject.heaviest(MOST_SOUGHT) {
            let Some(slots) = self.index.get(&term.hash) else { continue };
            n_places += slots.len();
            if n_places > MOST_PLACES {
                break;
            }
            let gain = weight * self.frequencies.idf(term.hash);
            for slot in slots {
                let Some(story) = self.slot(*slot) else { continue };
                let held = story.held(term.hash).map_or(0.0, |held| held.weight);
                *shared.entry(*slot).or_default() += gain * held / story.norms.all.max(f32::MIN_POSITIVE);
            }
        }
        let mut found: Vec<(f32, &LiveStory)> =
            shared.into_iter().filter_map(|(slot, shared)| Some((shared, self.slot(slot)?))).collect();
        let more =
            |a: &(f32, &LiveStory), b: &(f32, &LiveStory)| b.0.total_cmp(&a.0).then(a.1.id.cmp(&b.1.id));
        if found.len() > MOST_CANDIDATES {
            found.select_nth_unstable_by(MOST_CANDIDATES, more);
            found.truncate(MOST_CANDIDATES);
        }
        let is_open = |story: &LiveStory| match (story.last_time(), subject.time) {
            (Some(last), Some(now)) => (now - last).abs() <= self.bounds.seconds,
            _ => true,
        };
        let mut candidates: Vec<Candidate> = found
            .into_iter()
            .filter(|(_, story)| is_open(story))
            .map(|(_, story)| {
                let passed = self.order.saturating_sub(story.order) as f32;
                let n_spaces = story.n_articles.saturating_sub(1).max(1) as f32;
                let spacing = (story.order.saturating_sub(story.opened) as f32 / n_spaces).max(1.0);
                let silence = if story.n_articles > 2 { passed / spacing } else { 1.0 };
                let since = passed / self.len().max(FEW) as f32;
                let likeness = Likeness { since, silence, ..Likeness::of(subject, story) };
                Candidate { story: story.id, likeness }
            })
            .collect();
        candidates
            .sort_by(|a, b| b.likeness.cosine.total_cmp(&a.likeness.cosine).then(a.story.cmp(&b.story)));
        Likeness::rank(&mut candidates);
        candidates
    }

    /// Takes an article into the story that it was given to.
    pub(crate) fn apply(&mut self, article: &Remembered) {
        self.order = self.order.max(article.order);
        let id = front(&article.mention.article);
        if let Some(revised) = &article.revises {
            if let Some(slot) = self.by_id.get(&article.story).copied()
                && let Some(story) = self.slots.get_mut(slot as usize).and_then(Option::as_mut)
            {
                story.revise(&revised.ids, article);
                revised.ids.iter().chain([&id]).for_each(|id| self.touch(slot, article.order, *id));
            }
            return;
        }
        let slot = match self.by_id.get(&article.story) {
            Some(slot) => *slot,
            None => self.open(article.story, article.order),
        };
        let Some(mut story) = self.slots.get_mut(slot as usize).and_then(Option::take) else { return };
        let bytes = story.bytes();
        let Changes { gained, lost } = story.add(article, &self.frequencies);
        for hash in gained {
            self.frequencies.add_term(hash);
            self.index.entry(hash).or_default().push(slot);
        }
        for hash in lost {
            self.unindex(hash, slot);
        }
        story.measure(&self.frequencies);
        self.bytes = self.bytes + story.bytes() - bytes;
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some(story);
        }
        self.touch(slot, article.order, id);
        self.close_old();
    }

    /// Notes that a story got an article.
    fn touch(&mut self, slot: u32, order: u64, article: u64) {
        let Some(story) = self.slots.get_mut(slot as usize).and_then(Option::as_mut) else { return };
        self.oldest.remove(&(story.order, story.id));
        story.order = story.order.max(order);
        self.oldest.insert((story.order, story.id));
        if self.by_article.insert(article, slot).is_none() {
            story.articles.push(article);
        }
    }

    fn open(&mut self, id: u64, opened: u64) -> u32 {
        self.frequencies.add_story();
        self.place(LiveStory { id, opened, ..LiveStory::default() })
    }

    /// Puts a story into a slot.
    fn place(&mut self, story: LiveStory) -> u32 {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            (self.slots.len() - 1) as u32
        });
        self.by_id.insert(story.id, slot);
        self.oldest.insert((story.order, story.id));
        self.bytes += story.bytes();
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some(story);
        }
        slot
    }

    /// Brings back a story as it was.
    pub(crate) fn reopen(&mut self, story: LiveStory) {
        let (terms, articles) = (story.terms.clone(), story.articles.clone());
        let slot = self.place(story);
        for held in terms {
            self.index.entry(held.hash).or_default().push(slot);
        }
        for article in articles {
            self.by_article.insert(article, slot);
        }
    }

    /// Closes the stories that are beyond the bounds, those without news for longest first.
    fn close_old(&mut self) {
        let horizon = self.order.saturating_sub(self.bounds.articles);
        while let Some((order, id)) = self.oldest.first().copied() {
            let too_much = self.bytes > self.bounds.bytes && self.oldest.len() > 1;
            if order >= horizon && !too_much {
                break;
            }
            self.oldest.pop_first();
            let Some(slot) = self.by_id.remove(&id) else { continue };
            let Some(story) = self.slots.get_mut(slot as usize).and_then(Option::take) else { continue };
            self.bytes -= story.bytes();
            for held in &story.terms {
                self.unindex(held.hash, slot);
            }
            for article in &story.articles {
                self.by_article.remove(article);
            }
            self.free.push(slot);
        }
    }

    fn unindex(&mut self, hash: u32, slot: u32) {
        if let Some(slots) = self.index.get_mut(&hash) {
            if let Some(place) = slots.iter().position(|known| *known == slot) {
                slots.swap_remove(place);
            }
            if slots.is_empty() {
                self.index.remove(&hash);
            }
        }
    }
}
