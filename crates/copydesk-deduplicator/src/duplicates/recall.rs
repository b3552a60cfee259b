//! The index of a stage from outside: what it holds, what is wrong with it, and how it is mended.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;

use copydesk_core::{Article, ArticleId, Seq, Stage, StageError};

use super::remembered::{Memory, Place, Remembered, key_of_heir};
use super::{FindDuplicates, FindDuplicatesOptions, day, failed};
use crate::index::{self, Document, IndexOptions, Sources};

/// What the index in a stage's folder holds.
#[derive(Debug, Default)]
pub struct IndexContent {
    /// The articles, by their places.
    pub articles: BTreeMap<Seq, ArticleId>,
    /// Bytes on disk.
    pub bytes: u64,
    /// What is not as it was written, a line each.
    pub damage: Vec<String>,
}

impl IndexContent {
    /// Reads all of the index in `folder`, and changes nothing; an index that is not there holds nothing.
    ///
    /// # Errors
    /// It cannot be read, or is of a later version.
    pub fn read(folder: &Path) -> Result<IndexContent, StageError> {
        let inspection = index::inspect(folder).map_err(|error| failed(&error))?;
        let damage = inspection.damage.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut content = IndexContent { bytes: inspection.size, damage, ..IndexContent::default() };
        if content.damage.is_empty() {
            let each = index::each_document(folder, &mut |document| {
                if let Some(known) = Remembered::read(&document.record) {
                    content.articles.insert(Seq(document.seq), known.id);
                }
            });
            each.map_err(|error| failed(&error))?;
        }
        Ok(content)
    }
}

/// An article as it was judged, from what is stored elsewhere.
#[derive(Debug)]
pub struct Recalled {
    /// With its place in the ledger.
    pub article: Article,
    /// The article it was found to be a copy of.
    pub lead: Option<(Seq, ArticleId)>,
    /// The article it leads in the place of.
    pub takes_over: Option<(Seq, ArticleId)>,
}

/// Where a damaged index gets back what it has lost.
pub trait Recall {
    /// The places of all articles that the stage has judged, in a range.
    fn judged(&mut self, range: RangeInclusive<u64>) -> Vec<Seq>;

    /// One of them; `None` if its text is nowhere any more.
    fn recall(&mut self, seq: Seq) -> Option<Recalled>;
}

/// Mends the index in `folder`: files that are damaged are written anew, with what can be read and what is recalled.
/// Nobody else may use it meanwhile.
///
/// # Errors
/// The folder cannot be read or written.
pub fn mend_index(folder: &Path, recall: &mut dyn Recall) -> Result<(), StageError> {
    let desk = RefCell::new(Desk { stage: stage()?, recall });
    let sources = Sources {
        keys_of: &mut |document| desk.borrow_mut().keys_of(document),
        given: &mut |range| desk.borrow_mut().documents(range),
    };
    index::mend(folder, IndexOptions::default(), sources).map_err(|error| failed(&error))?;
    Ok(())
}

/// Adds articles to the index in `folder`: those in `memories`, which the ledger still holds, and those at the places
/// `missing`. `next` is the place of the first article to come. Nobody else may use it meanwhile.
///
/// # Errors
/// The folder cannot be read or written.
pub fn add_to_index(
    folder: &Path,
    memories: &[(Seq, Vec<u8>)],
    missing: &[Seq],
    recall: &mut dyn Recall,
    next: Seq,
) -> Result<(), StageError> {
    let mut stage = stage()?;
    stage.open(folder)?;
    for (seq, memory) in memories {
        stage.restore(*seq, memory);
    }
    let mut desk = Desk { stage, recall };
    for seq in missing {
        if let Some(mut memory) = desk.memory(*seq) {
            memory.late = true;
            desk.stage.remember(*seq, &memory).map_err(|error| failed(&error))?;
        }
    }
    desk.stage.index.flush(next.0).map_err(|error| failed(&error))
}

/// Whether an article has words to be known by: what has none is in no index.
pub fn is_known_by_words(article: &Article) -> bool {
    article.kept().any(|kept| kept.kind.is_body() && kept.text.chars().any(char::is_alphanumeric))
}

fn stage() -> Result<FindDuplicates, StageError> {
    let made = FindDuplicates::new("", FindDuplicatesOptions::default());
    made.map_err(|error| StageError::new(error.to_string(), copydesk_core::Action::Stop))
}

/// Makes memories of what is recalled.
struct Desk<'a> {
    stage: FindDuplicates,
    recall: &'a mut dyn Recall,
}

impl Desk<'_> {
    fn memory(&mut self, seq: Seq) -> Option<Memory> {
        let Recalled { article, lead, takes_over } = self.recall.recall(seq)?;
        let (mut remembered, mut keys) = self.stage.look(&article)?;
        let place = |(seq, id)| Place { seq, id };
        remembered.lead = lead.map(place);
        remembered.takes_over = takes_over.map(place);
        keys.extend(takes_over.map(|(seq, _)| key_of_heir(seq)));
        Some(Memory { late: false, day: day(&article.origin.received), keys, record: remembered.write() })
    }

    fn documents(&mut self, range: RangeInclusive<u64>) -> Vec<Document> {
        let judged = self.recall.judged(range);
        let document = |seq: Seq| {
            let memory = self.memory(seq)?;
            Some(Document { seq: seq.0, day: memory.day, record: memory.record })
        };
        judged.into_iter().filter_map(document).collect()
    }

    /// The keys of a document by its article's text. One whose text is nowhere any more still says in whose place it
    /// leads.
    fn keys_of(&mut self, document: &Document) -> Vec<u64> {
        if let Some(memory) = self.memory(Seq(document.seq)) {
            return memory.keys;
        }
        let takes_over = Remembered::read(&document.record).and_then(|old| old.takes_over);
        takes_over.map(|place| key_of_heir(place.seq)).into_iter().collect()
    }
}
