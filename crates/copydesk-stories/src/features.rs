//! What the decision knows of an article and a story that it may join.

use crate::frequencies::Frequencies;
use crate::live::Candidate;
use crate::sketch::{Sketch, Term};
use crate::story::{Held, LiveStory, MOST_MARKS, Member};

/// An article with its weights at the frequencies of now.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) terms: Vec<Term>,
    idfs: Vec<f32>,
    weights: Vec<f32>,
    /// Seconds since 1970.
    pub(crate) time: Option<i64>,
    n_terms: u32,
    all: f32,
    names: f32,
    lead: f32,
    /// The heaviest terms of the lead.
    marks: Vec<(f32, Term)>,
}

impl Subject {
    pub(crate) fn new(sketch: &Sketch, time: Option<i64>, frequencies: &Frequencies) -> Subject {
        let idfs: Vec<f32> = sketch.terms.iter().map(|term| frequencies.idf(term.hash)).collect();
        let weights: Vec<f32> = sketch
            .terms
            .iter()
            .zip(&idfs)
            .map(|(term, idf)| term.weight() * idf * crate::frequencies::boost(*term))
            .collect();
        let mut subject = Subject {
            terms: sketch.terms.clone(),
            idfs,
            weights,
            time,
            n_terms: sketch.n_terms,
            all: 0.0,
            names: 0.0,
            lead: 0.0,
            marks: Vec::new(),
        };
        for ((term, idf), weight) in subject.terms.iter().zip(&subject.idfs).zip(&subject.weights) {
            subject.all += weight * weight;
            if term.is_name() {
                subject.names += weight * weight;
            }
            if term.in_lead() {
                subject.lead += idf * idf;
            }
        }
        subject.all = subject.all.sqrt();
        subject.names = subject.names.sqrt();
        subject.lead = subject.lead.sqrt();
        subject.marks = subject.heaviest(usize::MAX).into_iter().filter(|(_, term)| term.in_lead()).collect();
        subject.marks.truncate(MOST_MARKS);
        subject
    }

    /// Share of the story's marks, by squared weight, that are not in the article.
    fn missed(&self, story: &LiveStory) -> f32 {
        let (mut missed, mut all) = (0.0, 0.0);
        for (hash, weight) in &story.marks {
            all += weight * weight;
            if self.terms.binary_search_by_key(hash, |term| term.hash).is_err() {
                missed += weight * weight;
            }
        }
        ratio(missed, all)
    }

    /// Share of the article's own marks that no article of the story holds.
    fn unknown(&self, story: &LiveStory) -> f32 {
        let (mut unknown, mut all) = (0.0, 0.0);
        for (weight, term) in &self.marks {
            all += weight * weight;
            if story.held(term.hash).is_none() {
                unknown += weight * weight;
            }
        }
        ratio(unknown, all)
    }

    /// The heaviest terms with their weights, the heaviest first.
    pub(crate) fn heaviest(&self, n: usize) -> Vec<(f32, Term)> {
        let mut terms: Vec<(f32, Term)> =
            self.weights.iter().copied().zip(self.terms.iter().copied()).collect();
        terms.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.hash.cmp(&b.1.hash)));
        terms.truncate(n);
        terms
    }
}

/// Different terms of a long headline.
const BRIEF: f32 = 20.0;

/// How alike an article and a story are, in every respect that the decision looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Likeness {
    /// Of all terms.
    pub(crate) cosine: f32,
    pub(crate) names: f32,
    pub(crate) has_names: bool,
    pub(crate) lead: f32,
    /// Of the latest article most like it.
    pub(crate) nearest: f32,
    /// Share of the article that the story knows, and share of the story's core that the article holds, by
    /// squared weight.
    pub(crate) known: f32,
    pub(crate) core: f32,
    /// Weight of the heaviest name of the lead that the story does not know, against the heaviest term.
    pub(crate) strange: f32,
    /// Numbers they share, by squared weight of the article's.
    pub(crate) numbers: f32,
    pub(crate) has_numbers: bool,
    /// Shared terms, each by how rare it is and by how many of the story's articles hold it: their sum, the
    /// strongest of them, and as a share of the article by squared weight.
    pub(crate) evidence: f32,
    pub(crate) key: f32,
    pub(crate) typical: f32,
    /// Weight of the few terms that mark the story out and that the article lacks, and the other way round.
    pub(crate) missed: f32,
    pub(crate) unknown: f32,
    /// Cosine of the most like of the other stories.
    pub(crate) rival: f32,
    pub(crate) n_articles: u32,
    pub(crate) n_terms: u32,
    /// Days between the article and the story's times.
    pub(crate) gap: Option<f32>,
    /// Articles that have come since the story's latest, for each story that is live: where no times are stated, and
    /// where all are of one day, news of one event still come together.
    pub(crate) since: f32,
    /// The same, for each that came between two of the story's: 1 while news come as they did.
    pub(crate) silence: f32,
}

/// Names of the features, in the order of [`Likeness::features`].
pub const FEATURES: [&str; N_FEATURES] = [
    "bias",
    "cosine",
    "names",
    "has_names",
    "lead",
    "nearest",
    "known",
    "core",
    "strange",
    "numbers",
    "has_numbers",
    "rival",
    "size",
    "length",
    "gap",
    "has_gap",
    "cosine_size",
    "cosine_length",
    "nearest_length",
    "core_size",
    "evidence",
    "key",
    "typical",
    "evidence_length",
    "missed",
    "unknown",
    "missed_size",
    "since",
    "since_length",
    "since_cosine",
    "silence",
    "silence_size",
];
/// The place of `length`, and what the logarithm of the number of terms is divided by there.
const LENGTH: usize = 13;
const LENGTH_SCALE: f32 = 5.0;
/// The place of `has_gap`.
pub(crate) const HAS_GAP: usize = 15;
/// How many there are.
pub const N_FEATURES: usize = 32;

impl Likeness {
    pub(crate) fn of(subject: &Subject, story: &LiveStory) -> Likeness {
        let n_core = story.n_core();
        let n_articles = story.n_articles.max(1) as f32;
        let mut sums = Sums::default();
        let mut held = story.terms.as_slice();
        for ((term, idf), weight) in subject.terms.iter().zip(&subject.idfs).zip(&subject.weights) {
            let is_number = term.is_number();
            if is_number {
                sums.all_numbers += weight * weight;
            }
            match seek(&mut held, term.hash) {
                Some(held) => {
                    let theirs = held.weight(*idf);
                    sums.dot += weight * theirs;
                    sums.known += weight * weight;
                    let share = f32::from(held.n) / n_articles;
                    sums.evidence += idf * share;
                    sums.key = sums.key.max(idf * share);
                    sums.typical += weight * weight * share;
                    if term.is_name() && held.is_name() {
                        sums.names += weight * theirs;
                    }
                    if term.in_lead() {
                        sums.lead += idf * idf * f32::from(held.n_lead);
                    }
                    if u32::from(held.n) >= n_core {
                        sums.core += theirs * theirs;
                    }
                    if is_number {
                        sums.numbers += weight * weight;
                    }
                }
                None if term.is_name() && term.in_lead() => sums.strange = sums.strange.max(*weight),
                None => {}
            }
            sums.heaviest = sums.heaviest.max(*weight);
        }
        let nearest = story.members.iter().map(|member| nearness(subject, member));
        let norms = &story.norms;
        Likeness {
            cosine: ratio(sums.dot, subject.all * norms.all),
            names: ratio(sums.names, subject.names * norms.names),
            has_names: subject.names > 0.0 && norms.names > 0.0,
            lead: ratio(sums.lead, subject.lead * norms.lead),
            nearest: nearest.fold(0.0, f32::max),
            known: ratio(sums.known, subject.all * subject.all),
            core: ratio(sums.core, norms.core),
            strange: ratio(sums.strange, sums.heaviest),
            numbers: ratio(sums.numbers, sums.all_numbers),
            has_numbers: sums.all_numbers > 0.0,
            evidence: sums.evidence,
            key: sums.key,
            typical: ratio(sums.typical, subject.all * subject.all),
            missed: subject.missed(story),
            unknown: subject.unknown(story),
            rival: 0.0,
            n_articles: story.n_articles,
            n_terms: subject.n_terms,
            gap: subject.time.zip(story.times).map(|(time, (from, to))| {
                let seconds = (time - to).max(from - time).max(0);
                seconds as f32 / 86_400.0
            }),
            since: 0.0,
            silence: 1.0,
        }
    }

    /// Tells each candidate of its strongest rival. They are in the order of their cosines.
    pub(crate) fn rank(candidates: &mut [Candidate]) {
        let first = candidates.first().map_or(0.0, |first| first.likeness.cosine);
        let second = candidates.get(1).map_or(0.0, |second| second.likeness.cosine);
        for (idx, candidate) in candidates.iter_mut().enumerate() {
            candidate.likeness.rival = if idx == 0 { second } else { first };
        }
    }

    /// 1 for a headline, towards 0 the longer an article is.
    pub(crate) fn brevity(&self) -> f32 {
        brevity_of(&self.features())
    }

    pub(crate) fn features(&self) -> [f32; N_FEATURES] {
        let size = (self.n_articles as f32).ln();
        let length = (self.n_terms.max(1) as f32).ln() / LENGTH_SCALE;
        let gap = self.gap.map_or(0.0, |days| (1.0 + days).ln());
        let since = self.since.ln_1p();
        let silence = self.silence.ln_1p();
        [
            1.0,
            self.cosine,
            self.names,
            f32::from(u8::from(self.has_names)),
            self.lead,
            self.nearest,
            self.known,
            self.core,
            self.strange,
            self.numbers,
            f32::from(u8::from(self.has_numbers)),
            self.rival,
            size,
            length,
            gap,
            f32::from(u8::from(self.gap.is_some())),
            self.cosine * size,
            self.cosine * length,
            self.nearest * length,
            self.core * size,
            self.evidence.ln_1p(),
            self.key / 10.0,
            self.typical,
            self.evidence.ln_1p() * length,
            self.missed,
            self.unknown,
            self.missed * size.min(2.0),
            since,
            since * length,
            since * self.cosine,
            silence,
            silence * size.min(3.0),
        ]
    }
}

/// 1 for the features of a headline, towards 0 the longer an article is.
pub fn brevity_of(features: &[f32; N_FEATURES]) -> f32 {
    (BRIEF / (features[LENGTH] * LENGTH_SCALE).exp()).min(1.0)
}

#[derive(Default)]
struct Sums {
    dot: f32,
    known: f32,
    evidence: f32,
    key: f32,
    typical: f32,
    names: f32,
    lead: f32,
    core: f32,
    strange: f32,
    numbers: f32,
    all_numbers: f32,
    heaviest: f32,
}

fn ratio(part: f32, of: f32) -> f32 {
    if of > 0.0 { (part / of).clamp(0.0, 1.0) } else { 0.0 }
}

/// Walks on to the term with this hash.
fn seek<'a>(held: &mut &'a [Held], hash: u32) -> Option<&'a Held> {
    while let Some((first, rest)) = held.split_first() {
        if first.hash > hash {
            return None;
        }
        *held = rest;
        if first.hash == hash {
            return Some(first);
        }
    }
    None
}

fn nearness(subject: &Subject, member: &Member) -> f32 {
    let mut terms = member.terms.as_slice();
    let mut dot = 0.0;
    for ((term, idf), weight) in subject.terms.iter().zip(&subject.idfs).zip(&subject.weights) {
        while let Some((first, rest)) = terms.split_first() {
            if first.hash > term.hash {
                break;
            }
            terms = rest;
            if first.hash == term.hash {
                dot += weight * first.weight() * idf * crate::frequencies::boost(*first);
            }
        }
    }
    ratio(dot, subject.all * member.norm)
}
