//! All that is known of stories, as one file: so that a start reads it, and not what every article before said.
//!
//! What must stay true here: a state that is read back is the one that was written, to the last bit, or it is
//! not read back at all.

use crate::codec::{Reader, Writer};
use crate::frequencies::Frequencies;
use crate::live::{Bounds, Live};
use crate::story::{Held, LiveStory, Member, Mention, Norms};

/// What the file begins with; the number is the version of the format.
const MAGIC: &[u8] = b"copydesk stories 1\n";

/// The state as bytes, a checksum at the end.
pub(crate) fn write(live: &Live) -> Vec<u8> {
    let mut out = Writer::default();
    out.bytes(MAGIC);
    out.number(live.order);
    let (rows, n_stories) = live.frequencies.parts();
    out.number(u64::from(n_stories));
    for row in rows {
        write_row(&mut out, row);
    }
    out.number(live.len() as u64);
    live.stories().for_each(|story| write_story(&mut out, story));
    let mut bytes = out.finish();
    let checksum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

/// `None` for what is not whole, or of another version.
pub(crate) fn read(bytes: &[u8], bounds: Bounds) -> Option<Live> {
    let (body, checksum) = bytes.split_last_chunk::<4>()?;
    if crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
        return None;
    }
    let mut from = Reader::new(body);
    if from.bytes(MAGIC.len())? != MAGIC {
        return None;
    }
    let order = from.number()?;
    let n_stories = from.small()?;
    let rows = [read_row(&mut from)?, read_row(&mut from)?];
    let mut live = Live::new(Frequencies::from_parts(rows, n_stories)?, bounds);
    live.order = order;
    for story in from.list(read_story)? {
        live.reopen(story);
    }
    from.is_empty().then_some(live)
}

/// Its length, then each count that is not 0, behind the number of zeros before it.
fn write_row(out: &mut Writer, row: &[u16]) {
    out.number(row.len() as u64);
    let mut n_zeros = 0_u64;
    for count in row {
        if *count == 0 {
            n_zeros += 1;
        } else {
            out.number(n_zeros);
            out.number(u64::from(*count));
            n_zeros = 0;
        }
    }
    out.number(n_zeros);
}

fn read_row(from: &mut Reader<'_>) -> Option<Vec<u16>> {
    let len = usize::try_from(from.number()?).ok()?;
    if len > 1 << 24 {
        return None;
    }
    let mut row = Vec::with_capacity(len);
    loop {
        let n_zeros = usize::try_from(from.number()?).ok()?;
        let filled = row.len().checked_add(n_zeros).filter(|filled| *filled <= len)?;
        row.resize(filled, 0);
        if filled == len {
            return Some(row);
        }
        row.push(u16::try_from(from.number()?).ok()?);
    }
}

fn write_story(out: &mut Writer, story: &LiveStory) {
    out.bytes(&story.id.to_le_bytes());
    out.number(u64::from(story.n_articles));
    out.number(story.opened);
    out.number(story.order);
    out.number(story.terms.len() as u64);
    for held in &story.terms {
        out.bytes(&held.hash.to_le_bytes());
        out.float(held.weight);
        for n in [held.n, held.n_lead, held.n_name] {
            out.number(u64::from(n));
        }
    }
    let Norms { all, names, lead, core } = story.norms;
    for norm in [all, names, lead, core] {
        out.float(norm);
    }
    out.number(story.marks.len() as u64);
    for (hash, weight) in &story.marks {
        out.bytes(&hash.to_le_bytes());
        out.float(*weight);
    }
    out.number(story.members.len() as u64);
    for member in &story.members {
        out.float(member.norm);
        out.number(member.terms.len() as u64);
        member.terms.iter().for_each(|term| out.term(*term));
    }
    out.bytes(&story.leader.to_le_bytes());
    write_mention(out, &story.first);
    write_mention(out, &story.last);
    out.byte(u8::from(story.times.is_some()));
    if let Some((from, to)) = story.times {
        out.bytes(&from.to_le_bytes());
        out.bytes(&to.to_le_bytes());
    }
    out.text(&story.title);
    out.number(story.sources.len() as u64);
    story.sources.iter().for_each(|source| out.text(source));
    out.number(u64::from(story.n_sources));
    out.number(story.names.len() as u64);
    for (name, n) in &story.names {
        out.text(name);
        out.number(u64::from(*n));
    }
    out.number(story.articles.len() as u64);
    story.articles.iter().for_each(|article| out.bytes(&article.to_le_bytes()));
}

fn read_story(from: &mut Reader<'_>) -> Option<LiveStory> {
    Some(LiveStory {
        id: u64::from_le_bytes(from.array()?),
        n_articles: from.small()?,
        opened: from.number()?,
        order: from.number()?,
        terms: from.list(read_held)?,
        norms: Norms { all: from.float()?, names: from.float()?, lead: from.float()?, core: from.float()? },
        marks: from.list(|from| Some((u32::from_le_bytes(from.array()?), from.float()?)))?,
        members: from
            .list(|from| Some(Member { norm: from.float()?, terms: from.list(Reader::term)? }))?
            .into(),
        leader: u64::from_le_bytes(from.array()?),
        first: read_mention(from)?,
        last: read_mention(from)?,
        times: match from.byte()? {
            0 => None,
            _ => Some((i64::from_le_bytes(from.array()?), i64::from_le_bytes(from.array()?))),
        },
        title: from.text()?,
        sources: from.list(Reader::text)?,
        n_sources: from.small()?,
        names: from.list(|from| Some((from.text()?, from.small()?)))?,
        articles: from.list(|from| Some(u64::from_le_bytes(from.array()?)))?,
    })
}

fn read_held(from: &mut Reader<'_>) -> Option<Held> {
    let count = |from: &mut Reader<'_>| u16::try_from(from.number()?).ok();
    Some(Held {
        hash: u32::from_le_bytes(from.array()?),
        weight: from.float()?,
        n: count(from)?,
        n_lead: count(from)?,
        n_name: count(from)?,
    })
}

fn write_mention(out: &mut Writer, mention: &Mention) {
    out.bytes(&mention.article);
    out.byte(u8::from(mention.published.is_some()) | (u8::from(mention.day_only) << 1));
    if let Some(time) = mention.published {
        out.bytes(&time.to_le_bytes());
    }
}

fn read_mention(from: &mut Reader<'_>) -> Option<Mention> {
    let article = from.array()?;
    let flags = from.byte()?;
    let published = match flags & 1 {
        0 => None,
        _ => Some(i64::from_le_bytes(from.array()?)),
    };
    Some(Mention { article, published, day_only: flags & 2 != 0 })
}
