//! The stage `find_stories`.

use std::collections::BTreeMap;
use std::path::Path;

use copydesk_core::{
    Article, BuildError, Component, Forgettable, OptionKind, OptionSpec, Seq, Stage, StageError, Story,
    Verdict,
};
use serde::Deserialize;
use serde_json::Value;

use crate::decision::Decision;
use crate::features::{N_FEATURES, Subject};
use crate::frequencies::Frequencies;
use crate::live::{Bounds, Candidate, Live};
use crate::memory::{Remembered, Revised, short_source, short_title};
use crate::record;
use crate::safe::Safe;
use crate::sketch::{Sketch, Sketcher};
use crate::source::source_of;
use crate::story::{Mention, front};

/// What a user may set.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoryOptions {
    /// Bytes for the stories that may still get articles.
    pub memory: u64,
    /// A story without news for so many milliseconds of published time gets none any more.
    pub window: u64,
    /// And one without news in so many articles.
    pub forget_after: u64,
    /// How likely it must be that an article and a story report one event.
    pub certainty: f64,
}

impl Default for StoryOptions {
    fn default() -> StoryOptions {
        StoryOptions { memory: 256 << 20, window: 720 * 3_600_000, forget_after: 1_000_000, certainty: 0.5 }
    }
}

/// Gives each article its story.
#[derive(Debug)]
pub struct FindStories {
    name: String,
    decision: Decision,
    certainty: f32,
    live: Live,
    bounds: Bounds,
    sketcher: Sketcher,
    /// Memories given back that no article came after yet, by their place and whether they came late.
    pending: BTreeMap<(u64, bool, u64), Remembered>,
    safe: Safe,
}

/// An article that looks for its story.
struct Arrival {
    sketch: Sketch,
    mention: Mention,
}

/// Where an article belongs, and how surely.
struct Place {
    story: u64,
    similarity: f64,
    revises: Option<u64>,
}

impl FindStories {
    /// The stage, called `name` in memories.
    ///
    /// # Errors
    /// A certainty that is no share.
    pub fn new(name: &str, options: &StoryOptions) -> Result<FindStories, BuildError> {
        FindStories::with_decision(name, options, Decision::learnt())
    }

    /// The stage with a decision of one's own, as training needs it.
    ///
    /// # Errors
    /// As [`FindStories::new`].
    pub fn with_decision(
        name: &str,
        options: &StoryOptions,
        decision: Decision,
    ) -> Result<FindStories, BuildError> {
        if !(0.0..=1.0).contains(&options.certainty) {
            return Err(BuildError(format!("`certainty` is {}, and must be from 0 to 1", options.certainty)));
        }
        let bounds = Bounds {
            bytes: usize::try_from(options.memory).unwrap_or(usize::MAX),
            articles: options.forget_after,
            seconds: i64::try_from(options.window / 1000).unwrap_or(i64::MAX),
        };
        Ok(FindStories {
            name: name.to_owned(),
            decision,
            certainty: options.certainty as f32,
            live: Live::new(Frequencies::new(), bounds),
            bounds,
            sketcher: Sketcher::default(),
            pending: BTreeMap::new(),
            safe: Safe::default(),
        })
    }

    /// Stories that may still get articles, and the bytes they take, roughly.
    pub fn size(&self) -> (usize, usize) {
        (self.live.len(), self.live.bytes())
    }

    /// For training: the features of an article beside the stories most like it, and their ids. The article is
    /// not taken in.
    pub fn compare(&mut self, article: &Article) -> Vec<(String, [f32; N_FEATURES])> {
        let Some(arrival) = self.arrival(article) else { return Vec::new() };
        let candidates = self.candidates(&arrival);
        candidates
            .into_iter()
            .map(|candidate| (record::id_text(candidate.story), candidate.likeness.features()))
            .collect()
    }

    fn arrival(&mut self, article: &Article) -> Option<Arrival> {
        let sketch = self.sketcher.sketch(article, &self.live.frequencies)?;
        let published = article.published.as_deref().and_then(record::published);
        let mention = Mention {
            article: *article.id.as_bytes(),
            published: published.map(|(seconds, _)| seconds),
            day_only: published.is_some_and(|(_, day_only)| day_only),
        };
        Some(Arrival { sketch, mention })
    }

    fn candidates(&self, arrival: &Arrival) -> Vec<Candidate> {
        let subject = Subject::new(&arrival.sketch, arrival.mention.published, &self.live.frequencies);
        self.live.candidates(&subject)
    }

    /// The story of what an article revises or repeats, else the likeliest, else its own.
    fn place(&self, article: &Article, arrival: &Arrival) -> Place {
        let id = front(&arrival.mention.article);
        if let Some((old, story)) = revised(article).and_then(|old| Some((old, self.live.story_of(old)?))) {
            return Place { story: story.id, similarity: 1.0, revises: Some(old) };
        }
        if let Some(duplicate) = &article.duplicate
            && let Some(story) = [Some(duplicate.of), duplicate.via]
                .into_iter()
                .flatten()
                .find_map(|copy| self.live.story_of(front(copy.as_bytes())))
        {
            return Place { story: story.id, similarity: duplicate.similarity, revises: None };
        }
        // Of stories that a brief text may belong to, the larger leads: else an event that was split early stays
        // split for good.
        let judged = self.candidates(arrival).into_iter().filter_map(|candidate| {
            let probability = self.decision.probability(&candidate.likeness);
            let odds = self.decision.score(&candidate.likeness.features());
            let rank = odds + candidate.likeness.brevity() * (candidate.likeness.n_articles as f32).ln();
            (probability >= self.certainty).then_some((rank, candidate))
        });
        let likeliest = judged.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.story.cmp(&a.1.story)));
        match likeliest {
            Some((_, candidate)) => {
                let similarity = (f64::from(candidate.likeness.cosine) * 1e4).round() / 1e4;
                Place { story: candidate.story, similarity, revises: None }
            }
            _ => Place { story: id, similarity: 1.0, revises: None },
        }
    }

    /// What is to be remembered of an article in its place.
    fn remembered(&self, article: &Article, arrival: Arrival, place: &Place, order: u64) -> Remembered {
        let leads = match place.revises {
            None => place.story == front(&arrival.mention.article) && self.live.story(place.story).is_none(),
            Some(old) => self.live.story(place.story).is_some_and(|story| story.leader == old),
        };
        let title = article.title.as_deref().filter(|_| leads).map(short_title).unwrap_or_default();
        let revises = place.revises.map(|old| self.safe.revised(old));
        let counts = revises.is_none();
        Remembered {
            order,
            story: place.story,
            mention: arrival.mention,
            terms: if counts { arrival.sketch.terms } else { Vec::new() },
            names: if counts { arrival.sketch.names } else { Vec::new() },
            source: short_source(&source_of(article)),
            title,
            revises,
        }
    }

    /// Applies what was given back of the articles before this one; its own is of no use any more.
    fn catch_up(&mut self, seq: u64) {
        self.pending.remove(&(seq, false, seq));
        while let Some(entry) = self.pending.first_entry().filter(|entry| entry.key().0 < seq) {
            let (_, _, seq) = *entry.key();
            let remembered = entry.remove();
            self.take_in(seq, &remembered, remembered.write(seq));
        }
    }

    fn take_in(&mut self, seq: u64, remembered: &Remembered, bytes: Vec<u8>) {
        self.live.apply(remembered);
        self.safe.note(seq, remembered, bytes);
    }
}

/// The beginning of the id of the article that this one is a revision of.
fn revised(article: &Article) -> Option<u64> {
    let id = article.notes.get("supersedes").and_then(Value::as_str)?;
    u64::from_str_radix(id.get(..16)?, 16).ok()
}

impl Stage for FindStories {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        article.story = None;
        article.story_record = None;
        // Outside a ledger articles are numbered as they come.
        let seq = if article.seq == Seq(0) { self.live.order + 1 } else { article.seq.0 };
        self.catch_up(seq);
        let order = seq.max(self.live.order);
        if seq > self.live.order {
            self.safe.before(&self.live);
        }
        let Some(arrival) = self.arrival(article) else { return Ok(Verdict::Keep) };
        let place = self.place(article, &arrival);
        let remembered = self.remembered(article, arrival, &place, order);
        let bytes = remembered.write(seq);
        article.memories.push((self.name.clone(), bytes.clone()));
        self.take_in(seq, &remembered, bytes);
        article.story = Some(Story { id: record::id_text(place.story), similarity: place.similarity });
        article.story_record = self.live.story(place.story).map(record::record);
        Ok(Verdict::Keep)
    }

    fn open(&mut self, folder: &Path) -> Result<(), StageError> {
        if let Some(live) = self.safe.open(folder, self.bounds)? {
            self.live = live;
        }
        Ok(())
    }

    fn restore(&mut self, seq: Seq, bytes: &[u8]) {
        let Some(remembered) = Remembered::read(seq.0, bytes) else { return };
        if let Some(Revised { memory: Some((old_seq, old)), .. }) = &remembered.revises {
            self.restore(Seq(*old_seq), old);
        }
        if remembered.order > self.safe.order() {
            let key = (remembered.order, remembered.order != seq.0, seq.0);
            self.pending.insert(key, remembered);
        }
    }

    fn settled(&mut self, below: Seq) -> Result<Forgettable, StageError> {
        self.safe.settled(below)
    }
}

impl Component for FindStories {
    type Options = StoryOptions;
    const OPTIONS: &'static [OptionSpec] = &[
        OptionSpec {
            name: "memory",
            kind: OptionKind::Bytes,
            default: Some("\"256MiB\""),
            choices: &[],
            help: "For the stories that may still get articles, about 6 KiB each; those without news for longest are \
                   closed first.",
        },
        OptionSpec {
            name: "window",
            kind: OptionKind::Duration,
            default: Some("\"720h\""),
            choices: &[],
            help: "A story without news for so long, by the dates of the articles, gets none any more.",
        },
        OptionSpec {
            name: "forget_after",
            kind: OptionKind::Integer,
            default: Some("1000000"),
            choices: &[],
            help: "And a story without news in so many articles.",
        },
        OptionSpec {
            name: "certainty",
            kind: OptionKind::Number,
            default: Some("0.5"),
            choices: &[],
            help: "How likely it must be, from 0 to 1, that an article reports the event of a story for it to join: \
                   higher makes more and smaller stories.",
        },
    ];
    const HELP: &'static str = "Gives each article the story it belongs to, when it arrives: reports of one event \
                                share an id that never changes. Needs the articles before, so `clean` does without.";
}
