//! What is remembered of an article, and its bytes in the ledger.

use crate::codec::{Reader, Writer};
use crate::sketch::Term;
use crate::story::Mention;

/// An article in its story.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Remembered {
    /// Its place in the order in which articles were judged: its own, or a later one's if it came late.
    pub(crate) order: u64,
    /// The story's id as a number.
    pub(crate) story: u64,
    pub(crate) mention: Mention,
    /// In the order of their hashes. None for a revision, which counts as what it revises did.
    pub(crate) terms: Vec<Term>,
    pub(crate) names: Vec<String>,
    pub(crate) source: String,
    /// Only of an article that leads its story.
    pub(crate) title: String,
    pub(crate) revises: Option<Revised>,
}

/// What a revision takes the place of.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Revised {
    /// The beginnings of the articles' ids, the latest last.
    pub(crate) ids: Vec<u64>,
    /// The place of the first of them and what was remembered of it, unless that is kept safe elsewhere.
    pub(crate) memory: Option<(u64, Vec<u8>)>,
}

impl Revised {
    fn read(from: &mut Reader<'_>) -> Option<Revised> {
        let ids = from.list(|from| Some(u64::from_le_bytes(from.array()?)))?;
        let (seq, n) = (from.number()?, usize::try_from(from.number()?).ok()?);
        let bytes = from.bytes(n)?.to_vec();
        Some(Revised { ids, memory: (n > 0).then_some((seq, bytes)) })
    }
}

const VERSION: u8 = 1;
const HAS_TIME: u8 = 1;
const DAY_ONLY: u8 = 2;
const REVISES: u8 = 4;
/// Bytes kept of a headline and of a source.
const MOST_TITLE: usize = 160;
const MOST_SOURCE: usize = 80;

impl Remembered {
    /// As bytes, for the ledger. `seq` is the article's own place.
    pub(crate) fn write(&self, seq: u64) -> Vec<u8> {
        let mut out = Writer::default();
        out.byte(VERSION);
        let published = self.mention.published;
        let flags = (u8::from(published.is_some()) * HAS_TIME)
            | (u8::from(self.mention.day_only) * DAY_ONLY)
            | (u8::from(self.revises.is_some()) * REVISES);
        out.byte(flags);
        out.number(self.order.saturating_sub(seq));
        out.bytes(&self.story.to_le_bytes());
        out.bytes(&self.mention.article);
        if let Some(time) = published {
            out.bytes(&time.to_le_bytes());
        }
        out.number(self.terms.len() as u64);
        for term in &self.terms {
            out.term(*term);
        }
        out.number(self.names.len() as u64);
        self.names.iter().for_each(|name| out.text(name));
        out.text(&self.source);
        out.text(&self.title);
        if let Some(Revised { ids, memory }) = &self.revises {
            out.number(ids.len() as u64);
            for id in ids {
                out.bytes(&id.to_le_bytes());
            }
            let (seq, bytes) = memory.as_ref().map_or((0, &[][..]), |(seq, bytes)| (*seq, bytes));
            out.number(seq);
            out.number(bytes.len() as u64);
            out.bytes(bytes);
        }
        out.finish()
    }

    /// `None` for what is no memory of this version: it is of no use, and no harm.
    pub(crate) fn read(seq: u64, bytes: &[u8]) -> Option<Remembered> {
        let mut from = Reader::new(bytes);
        if from.byte()? != VERSION {
            return None;
        }
        let flags = from.byte()?;
        let order = seq.checked_add(from.number()?)?;
        let story = u64::from_le_bytes(from.array()?);
        let article = from.array()?;
        let published = match flags & HAS_TIME {
            0 => None,
            _ => Some(i64::from_le_bytes(from.array()?)),
        };
        let mention = Mention { article, published, day_only: flags & DAY_ONLY != 0 };
        let terms = from.list(Reader::term)?;
        let names = from.list(Reader::text)?;
        let source = from.text()?;
        let title = from.text()?;
        let revises = if flags & REVISES != 0 { Some(Revised::read(&mut from)?) } else { None };
        let in_order = terms.is_sorted_by(|a, b| a.hash < b.hash);
        (from.is_empty() && in_order).then_some(Remembered {
            order,
            story,
            mention,
            terms,
            names,
            source,
            title,
            revises,
        })
    }
}

/// A headline, as much as is kept of it.
pub(crate) fn short_title(title: &str) -> String {
    shortened(title, MOST_TITLE)
}

/// The name of a source, as much as is kept of it: of a folder its end.
pub(crate) fn short_source(source: &str) -> String {
    if source.len() <= MOST_SOURCE {
        return source.to_owned();
    }
    let n_out = source.len() - MOST_SOURCE;
    source.char_indices().filter(|(at, _)| *at >= n_out).map(|(_, c)| c).collect()
}

fn shortened(text: &str, most: usize) -> String {
    text.char_indices().take_while(|(at, c)| at + c.len_utf8() <= most).map(|(_, c)| c).collect()
}
