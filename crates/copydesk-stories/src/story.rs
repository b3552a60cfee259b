//! A story that may still get articles, as the stage knows it.

use std::collections::VecDeque;

use crate::frequencies::Frequencies;
use crate::memory::Remembered;
use crate::sketch::Term;

/// Terms a story keeps; a few more are let grow before the lightest go.
const MOST_HELD: usize = 160;
const SLACK: usize = 48;
/// Latest articles that a new one is compared with one by one.
const MOST_MEMBERS: usize = 6;
/// Terms that mark a story, or an article, out.
pub(crate) const MOST_MARKS: usize = 8;
/// Sources that are named; more are counted.
pub(crate) const MOST_SOURCES: usize = 20;
/// Names that are counted, of which a record shows the first few.
const MOST_NAMES: usize = 32;

/// A term over all articles of a story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Held {
    pub(crate) hash: u32,
    /// Sum over articles of the term's share of its article.
    pub(crate) weight: f32,
    /// Articles that hold it, that hold it in the lead, and as a name.
    pub(crate) n: u16,
    pub(crate) n_lead: u16,
    pub(crate) n_name: u16,
}

impl Held {
    pub(crate) fn is_name(&self) -> bool {
        self.n_name * 2 >= self.n.max(1)
    }

    fn boost(&self) -> f32 {
        if self.is_name() { crate::frequencies::NAME_BOOST } else { 1.0 }
    }

    /// Its weight in the story, at these frequencies.
    pub(crate) fn weight(&self, idf: f32) -> f32 {
        self.weight * idf * self.boost()
    }
}

/// One of the latest articles.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    pub(crate) terms: Vec<Term>,
    /// Length of its vector, at the frequencies of its day.
    pub(crate) norm: f32,
}

/// Lengths of a story's vectors, at the frequencies of its latest article.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Norms {
    pub(crate) all: f32,
    pub(crate) names: f32,
    pub(crate) lead: f32,
    /// Squared, of what at least half of its articles hold.
    pub(crate) core: f32,
}

/// An article as a record names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) article: [u8; 32],
    /// Seconds since 1970.
    pub(crate) published: Option<i64>,
    /// The time is a day: no time of day was stated.
    pub(crate) day_only: bool,
}

/// What is known of a story.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct LiveStory {
    /// Its id as a number.
    pub(crate) id: u64,
    pub(crate) n_articles: u32,
    /// In the order of their hashes.
    pub(crate) terms: Vec<Held>,
    pub(crate) norms: Norms,
    /// The heaviest terms of its core's leads: what marks it out.
    pub(crate) marks: Vec<(u32, f32)>,
    pub(crate) members: VecDeque<Member>,
    /// The beginning of the id of the article that opened it, or of its latest revision.
    pub(crate) leader: u64,
    /// By time, and by place where no time is stated.
    pub(crate) first: Mention,
    pub(crate) last: Mention,
    /// The earliest and the latest stated time.
    pub(crate) times: Option<(i64, i64)>,
    pub(crate) title: String,
    pub(crate) sources: Vec<String>,
    pub(crate) n_sources: u32,
    /// Names in the order they came, with the articles that hold them.
    pub(crate) names: Vec<(String, u32)>,
    /// The places of its first and its latest article in the order of all.
    pub(crate) opened: u64,
    pub(crate) order: u64,
    /// The beginnings of its articles' ids.
    pub(crate) articles: Vec<u64>,
}

impl LiveStory {
    /// Takes an article in. `new_term` is told what the story did not hold before, `lost_term` what it lets go.
    pub(crate) fn add(&mut self, article: &Remembered, frequencies: &Frequencies) -> Changes {
        self.n_articles += 1;
        let norm = article.terms.iter().map(|term| term.weight().powi(2)).sum::<f32>().sqrt().max(1.0);
        let mut changes = Changes::default();
        let old = std::mem::take(&mut self.terms);
        let mut old = old.into_iter().peekable();
        for term in &article.terms {
            while let Some(held) = old.next_if(|held| held.hash < term.hash) {
                self.terms.push(held);
            }
            let held = old.next_if(|held| held.hash == term.hash);
            if held.is_none() {
                changes.gained.push(term.hash);
            }
            let mut held = held.unwrap_or(Held { hash: term.hash, weight: 0.0, n: 0, n_lead: 0, n_name: 0 });
            held.weight += term.weight() / norm;
            held.n = held.n.saturating_add(1);
            held.n_lead = held.n_lead.saturating_add(u16::from(term.in_lead()));
            held.n_name = held.n_name.saturating_add(u16::from(term.is_name()));
            self.terms.push(held);
        }
        self.terms.extend(old);
        if self.terms.len() > MOST_HELD + SLACK {
            self.prune(frequencies, &mut changes);
        }
        let norm = article.terms.iter().map(|term| frequencies.weight(*term).powi(2)).sum::<f32>().sqrt();
        self.members.push_back(Member { terms: article.terms.clone(), norm });
        if self.members.len() > MOST_MEMBERS {
            self.members.pop_front();
        }
        self.describe(article);
        changes
    }

    fn prune(&mut self, frequencies: &Frequencies, changes: &mut Changes) {
        let mut weighed: Vec<(f32, Held)> =
            self.terms.iter().map(|held| (held.weight(frequencies.idf(held.hash)), *held)).collect();
        weighed.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.hash.cmp(&b.1.hash)));
        changes.lost.extend(weighed.iter().skip(MOST_HELD).map(|(_, held)| held.hash));
        self.terms = weighed.into_iter().take(MOST_HELD).map(|(_, held)| held).collect();
        self.terms.sort_unstable_by_key(|held| held.hash);
    }

    /// Measures the vectors anew.
    pub(crate) fn measure(&mut self, frequencies: &Frequencies) {
        let mut norms = Norms::default();
        let n_core = self.n_core();
        for held in &self.terms {
            let idf = frequencies.idf(held.hash);
            let weight = held.weight(idf);
            norms.all += weight * weight;
            if held.is_name() {
                norms.names += weight * weight;
            }
            if u32::from(held.n) >= n_core {
                norms.core += weight * weight;
            }
            norms.lead += (f32::from(held.n_lead) * idf).powi(2);
        }
        let in_lead = self.terms.iter().filter(|held| u32::from(held.n_lead) * 2 >= n_core);
        let mut marks: Vec<(u32, f32)> = in_lead
            .map(|held| {
                let share = f32::from(held.n_lead) / self.n_articles.max(1) as f32;
                (held.hash, held.weight(frequencies.idf(held.hash)) * share)
            })
            .collect();
        marks.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        marks.truncate(MOST_MARKS);
        self.marks = marks;
        let Norms { all, names, lead, core } = norms;
        self.norms = Norms { all: all.sqrt(), names: names.sqrt(), lead: lead.sqrt(), core };
    }

    /// Articles that must hold a term that is of the core.
    pub(crate) fn n_core(&self) -> u32 {
        self.n_articles.div_ceil(2).min(u32::from(u16::MAX))
    }

    /// What is held of a term.
    pub(crate) fn held(&self, hash: u32) -> Option<&Held> {
        let at = self.terms.binary_search_by_key(&hash, |held| held.hash).ok()?;
        self.terms.get(at)
    }

    /// The latest time that an article stated.
    pub(crate) fn last_time(&self) -> Option<i64> {
        self.times.map(|(_, to)| to)
    }

    fn describe(&mut self, article: &Remembered) {
        if self.n_articles == 1 {
            self.id = article.story;
            self.leader = front(&article.mention.article);
            self.first = article.mention;
            self.last = article.mention;
            self.title.clone_from(&article.title);
        }
        let time = article.mention.published;
        if time.zip(self.first.published).is_some_and(|(time, first)| time < first) {
            self.first = article.mention;
        }
        if time.zip(self.last.published).is_none_or(|(time, last)| time >= last) {
            self.last = article.mention;
        }
        if let Some(time) = article.mention.published {
            let (from, to) = self.times.unwrap_or((time, time));
            self.times = Some((from.min(time), to.max(time)));
        }
        if !article.source.is_empty() && !self.sources.contains(&article.source) {
            self.n_sources += 1;
            if self.sources.len() < MOST_SOURCES {
                self.sources.push(article.source.clone());
            }
        }
        article.names.iter().for_each(|name| self.count_name(name));
    }

    /// Counts a name; the last that was seen once makes room for a new one.
    fn count_name(&mut self, name: &str) {
        if let Some((_, n)) = self.names.iter_mut().find(|(known, _)| known == name) {
            *n += 1;
            return;
        }
        if self.names.len() >= MOST_NAMES {
            let Some(place) = self.names.iter().rposition(|(_, n)| *n == 1) else { return };
            self.names.remove(place);
        }
        self.names.push((name.to_owned(), 1));
    }

    /// A revision takes the place of an article, or of the revisions before it.
    pub(crate) fn revise(&mut self, old: &[u64], article: &Remembered) {
        if old.contains(&front(&self.first.article)) {
            self.first = article.mention;
        }
        if old.contains(&self.leader) {
            self.leader = front(&article.mention.article);
            self.title.clone_from(&article.title);
        }
        if old.contains(&front(&self.last.article)) {
            self.last = article.mention;
        }
    }

    /// Bytes it takes, with its places in the index, roughly.
    pub(crate) fn bytes(&self) -> usize {
        let members: usize = self.members.iter().map(|member| member.terms.len() * 8 + 32).sum();
        let strings = self.names.iter().map(|(name, _)| name.len() + 32).sum::<usize>()
            + self.sources.iter().map(|source| source.len() + 24).sum::<usize>()
            + self.title.len();
        360 + self.terms.len() * (16 + 16) + members + strings + self.articles.len() * 32
    }
}

/// The first eight bytes of an id as a number.
pub(crate) fn front(id: &[u8; 32]) -> u64 {
    id.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

/// Terms that came to a story, and terms that it lost.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) gained: Vec<u32>,
    pub(crate) lost: Vec<u32>,
}
