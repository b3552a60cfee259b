//! Everything there is to learn from, as rows with targets, each tied to the page it came from.

use copydesk_stripper::model::Features;

use super::label::Target;
use super::sample::Sample;

/// Where a document comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// The page as it is: what the figures are of.
    Real,
    /// A changed copy.
    Changed,
    /// The article alone: nothing may go.
    Clean,
    /// The page as another tool wrote it as text.
    Dump,
    /// The page without a class, an id or a role: nothing is learnt from it.
    Nameless,
}

/// Which of a model's forests learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taught {
    /// The one that knows the text.
    Body,
    /// The one that knows headlines, bylines, dates and standfirsts.
    Head,
}

/// One version of a page: as it is, or changed to teach what pages elsewhere are like.
pub(super) struct Document {
    /// The page, by its place in the list of truths.
    pub(super) page: usize,
    /// The part of the cross-validation that holds it out.
    pub(super) fold: usize,
    /// How much it counts; 1 for a page as it is.
    pub(super) weight: f32,
    pub(super) version: Version,
    pub(super) sample: Sample,
    pub(super) targets: Vec<Target>,
    pub(super) features: Features,
}

impl Document {
    pub(super) fn new(
        page: usize,
        fold: usize,
        weight: f32,
        sample: Sample,
        targets: Vec<Target>,
    ) -> Document {
        let features = Features::of(&sample.article());
        Document { page, fold, weight, version: Version::Real, sample, targets, features }
    }

    /// What each block is to become in the eyes of one forest, and what an error costs: long blocks more than
    /// short ones, but no page more than its share.
    pub(super) fn lessons(&self, forest: Taught) -> impl Iterator<Item = (f32, f32)> + '_ {
        let n = self.targets.len().max(1) as f32;
        let page = self.weight / n.powf(0.3);
        self.targets.iter().zip(&self.features.words).map(move |(target, words)| {
            let (wanted, weight) = match forest {
                // What is no text for certain, though perhaps a field, teaches here all the same.
                Taught::Body if target.field || target.weight == 0.0 => (0.0, 1.0),
                Taught::Body => (target.keep, target.weight),
                Taught::Head => (f32::from(u8::from(target.field)), target.weight),
            };
            (wanted, weight * page * words.clamp(1.0, 60.0).sqrt())
        })
    }

    /// The text of the kept blocks that are no fields.
    pub(super) fn text(&self, keep: &[bool]) -> String {
        let mut text = String::new();
        let mut seen = std::collections::HashSet::new();
        for ((piece, target), _) in
            self.sample.pieces.iter().zip(&self.targets).zip(keep).filter(|(_, keep)| **keep)
        {
            // Fields leave the text by their kind, and a later stage takes repeats.
            let repeat = piece.text.len() > 40 && !seen.insert(piece.text.as_str());
            if !target.field && !repeat {
                text.push_str(&piece.text);
                text.push('\n');
            }
        }
        text
    }
}

/// All rows of all documents, in order.
pub(super) fn rows(documents: &[Document]) -> Vec<&[f32]> {
    documents.iter().flat_map(|document| document.features.rows.iter().map(Vec::as_slice)).collect()
}
