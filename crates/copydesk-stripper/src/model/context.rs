//! Features of a block among its neighbours: what a reader sees of a page without its markup.
//!
//! Whatever is added here must be the same for training and for use, so both call [`text_rows`].

mod names;

use copydesk_core::BlockKind;

use super::lexicon::{N_GROUPS, group};
use super::line::{Line, Words};
use super::reason::Looks;
pub(super) use names::{around, own as own_names, place, whole as whole_names};

/// Lexical groups whose last header above a block matters, however far up.
const HEADERS: [usize; 7] =
    [group::RELATED, group::COMMENT, group::SUBSCRIBE, group::LEGAL, group::SHARE, group::BIO, group::PROMO];

/// Kinds a reader can be sure of.
const KINDS: [BlockKind; 6] = [
    BlockKind::Heading,
    BlockKind::ListItem,
    BlockKind::Quote,
    BlockKind::Caption,
    BlockKind::Table,
    BlockKind::Code,
];

/// What the features of one article are computed from.
pub(super) struct Sheet {
    pub(super) words: Words,
    /// Lexical groups of each block.
    pub(super) flags: Vec<u16>,
    /// Words of each block that looks like prose, else 0.
    pub(super) prose: Vec<f32>,
    /// The stretch of blocks with the most prose for its length.
    pub(super) core: (usize, usize),
    /// Share of each block's words that prose elsewhere in the core has too; -1 without words to compare.
    pub(super) topic: Vec<f32>,
    /// Share of the title's words in the block, and of the block's in the title; -1 without a title.
    pub(super) title: Vec<(f32, f32)>,
    /// What the reader took each block for.
    pub(super) kinds: Vec<BlockKind>,
    /// How often each block's words occur as a block, and whether they did before.
    repeats: Vec<(u32, bool)>,
}

impl Sheet {
    pub(super) fn new(words: Words, flags: Vec<u16>, title: Option<&str>, kinds: Vec<BlockKind>) -> Sheet {
        let prose: Vec<f32> = words.lines.iter().map(Line::prose).collect();
        let core = best_stretch(&prose);
        let topic = topics(&words, &prose, core);
        let title = titles(&words, title);
        let repeats = repeats(&words);
        Sheet { words, flags, prose, core, topic, title, kinds, repeats }
    }

    pub(super) fn len(&self) -> usize {
        self.words.lines.len()
    }

    /// Share of a text's words in each block, and of the block's in the text; -1 without one.
    pub(super) fn shared_with(&self, text: Option<&str>) -> Vec<(f32, f32)> {
        titles(&self.words, text)
    }
}

/// The stretch with the greatest sum, where a block of prose counts its words less a toll and any other block
/// costs the toll.
fn best_stretch(prose: &[f32]) -> (usize, usize) {
    const TOLL: f32 = 6.0;
    let (mut best, mut sum, mut start) = ((0.0, 0, 0), 0.0, 0);
    for (idx, &words) in prose.iter().enumerate() {
        if sum <= 0.0 {
            (sum, start) = (0.0, idx);
        }
        sum += words - TOLL;
        if sum > best.0 {
            best = (sum, start, idx + 1);
        }
    }
    (best.1, best.2)
}

fn topics(words: &Words, prose: &[f32], core: (usize, usize)) -> Vec<f32> {
    let in_core = |idx: usize| prose[idx] > 0.0 && (core.0..core.1).contains(&idx);
    let core_lines = || words.lines.iter().enumerate().filter(|(idx, _)| in_core(*idx));
    let mut seen = Seen::new(core_lines().map(|(_, line)| words.tokens(line).len()).sum());
    for (idx, line) in core_lines() {
        for &token in words.tokens(line) {
            seen.add(token, idx as u32);
        }
    }
    let share = |idx: usize, line: &Line| {
        let tokens = words.tokens(line);
        let own = u32::from(in_core(idx));
        let known = tokens.iter().filter(|&&token| seen.n_blocks(token) > own).count();
        if tokens.is_empty() { -1.0 } else { known as f32 / tokens.len() as f32 }
    };
    words.lines.iter().enumerate().map(|(idx, line)| share(idx, line)).collect()
}

/// For each word, the blocks of prose in the core that hold it: a table by the words' hashes.
struct Seen {
    /// A power of two, at most half of them taken.
    places: Vec<Place>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    token: u32,
    /// 0 for a free place.
    n_blocks: u32,
    /// The last of the blocks.
    last: u32,
}

impl Seen {
    fn new(n_tokens: usize) -> Seen {
        Seen { places: vec![Place::default(); (n_tokens * 2 + 1).next_power_of_two()] }
    }

    /// Where the word is, or would be.
    fn place(&self, token: u32) -> usize {
        let mask = self.places.len() - 1;
        let mut at = (u64::from(token).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & mask;
        while self.places[at].n_blocks > 0 && self.places[at].token != token {
            at = (at + 1) & mask;
        }
        at
    }

    /// Counts the block for the word, once. Blocks come in order.
    fn add(&mut self, token: u32, block: u32) {
        let at = self.place(token);
        let place = &mut self.places[at];
        if place.n_blocks == 0 || place.last != block {
            *place = Place { token, n_blocks: place.n_blocks + 1, last: block };
        }
    }

    fn n_blocks(&self, token: u32) -> u32 {
        self.places[self.place(token)].n_blocks
    }
}

fn titles(words: &Words, title: Option<&str>) -> Vec<(f32, f32)> {
    let title = Words::of(title.into_iter());
    let mut tokens: Vec<u32> = title.lines.iter().flat_map(|line| title.tokens(line)).copied().collect();
    tokens.sort_unstable();
    tokens.dedup();
    // Most words are not the title's, and most of these are told by six bits.
    let bits = tokens.iter().fold(0_u64, |bits, token| bits | 1 << (token & 63));
    let holds = |token: u32| bits >> (token & 63) & 1 == 1 && tokens.binary_search(&token).is_ok();
    let share = |line: &Line| {
        let own = words.tokens(line);
        if tokens.is_empty() || own.is_empty() {
            return (-1.0, -1.0);
        }
        let shared = own.iter().filter(|&&token| holds(token)).count() as f32;
        (shared / tokens.len() as f32, shared / own.len() as f32)
    };
    words.lines.iter().map(share).collect()
}

/// What each block looks like, to name a reason by.
pub(super) fn looks(sheet: &Sheet) -> Vec<Looks> {
    let look = |(idx, line): (usize, &Line)| Looks {
        flags: sheet.flags[idx],
        words: line.words,
        ends_sentence: line.ends_sentence,
        repeated: sheet.repeats[idx].0 > 1,
        prose: sheet.prose[idx] > 0.0 && sheet.flags[idx] & FURNITURE == 0,
        ..Looks::default()
    };
    sheet.words.lines.iter().enumerate().map(look).collect()
}

fn bit(flag: bool) -> f32 {
    f32::from(u8::from(flag))
}

/// Features of the block alone.
fn own(sheet: &Sheet, idx: usize, repeats: (u32, bool), row: &mut Vec<f32>) {
    let line = &sheet.words.lines[idx];
    let (title_share, share_of_title) = sheet.title[idx];
    row.extend([
        line.chars,
        line.words,
        line.word_len,
        line.longest,
        if line.uncased { -1.0 } else { line.lower },
        if line.uncased { -1.0 } else { line.upper },
        line.digit,
        line.short,
        line.sentences,
        line.sentences / (line.words + 1.0),
        line.commas,
        line.separators,
        line.quotes,
        line.shouts,
        line.marks,
        line.years,
        line.distinct,
        bit(line.ends_sentence),
        bit(line.ends_colon),
        bit(line.ends_ellipsis),
        bit(line.opens_bullet),
        bit(line.opens_lower),
        bit(line.at_sign),
        bit(line.url),
        bit(line.all_upper),
        bit(line.uncased),
        repeats.0 as f32,
        bit(repeats.1),
        sheet.topic[idx],
        title_share,
        share_of_title,
    ]);
    row.extend((0..N_GROUPS).map(|group| bit(sheet.flags[idx] >> group & 1 == 1)));
    row.extend(KINDS.map(|kind| bit(sheet.kinds[idx] == kind)));
}

/// How often each block's words occur as a block, and whether they did before.
fn repeats(words: &Words) -> Vec<(u32, bool)> {
    let mut by_hash: Vec<(u32, u32)> = words.lines.iter().map(|line| line.hash).zip(0..).collect();
    by_hash.sort_unstable();
    let mut repeats = vec![(0, false); words.lines.len()];
    for same in by_hash.chunk_by(|a, b| a.0 == b.0) {
        for (nth, (_, line)) in same.iter().enumerate() {
            repeats[*line as usize] = (same.len() as u32, nth > 0);
        }
    }
    repeats
}

fn sums(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut sums = vec![0.0];
    let mut sum = 0.0;
    for value in values {
        sum += value;
        sums.push(sum);
    }
    sums
}

/// For each block, the distance to the nearest block of prose before it and after it.
fn nearest(prose: &[f32]) -> (Vec<f32>, Vec<f32>) {
    const FAR: f32 = 60.0;
    let walk = |order: &mut dyn Iterator<Item = usize>| {
        let mut out = vec![FAR; prose.len()];
        let mut distance = FAR;
        for idx in order {
            out[idx] = distance;
            distance = if prose[idx] > 0.0 { 1.0 } else { (distance + 1.0).min(FAR) };
        }
        out
    };
    (walk(&mut (0..prose.len())), walk(&mut (0..prose.len()).rev()))
}

/// Features of the article as a whole: how much of a page it is, and how much of an article.
fn whole(sheet: &Sheet, total: f32, total_prose: f32) -> Vec<f32> {
    let n = sheet.len().max(1) as f32;
    let lines = &sheet.words.lines;
    let n_prose = sheet.prose.iter().filter(|&&words| words > 0.0).count() as f32;
    let n_short = lines.iter().filter(|line| line.words < 4.0).count() as f32;
    let n_flagged = sheet.flags.iter().filter(|&&flags| flags & FURNITURE != 0).count() as f32;
    let (start, end) = sheet.core;
    vec![
        n,
        total,
        total_prose,
        total_prose / total.max(1.0),
        n_prose / n,
        n_short / n,
        n_flagged,
        n_flagged / n,
        (end - start) as f32 / n,
        lines.first().map_or(0.0, Line::prose),
        lines.last().map_or(0.0, Line::prose),
    ]
}

/// Groups that say a page's furniture is still there.
const FURNITURE: u16 =
    1 << group::CONSENT | 1 << group::SHARE | 1 << group::SUBSCRIBE | 1 << group::NAV | 1 << group::LEGAL;

/// One row of features a block, from its text and its neighbours'.
pub(super) fn text_rows(sheet: &Sheet) -> Vec<Vec<f32>> {
    let n = sheet.len();
    let lines = &sheet.words.lines;
    let prose = &sheet.prose;
    let words_to = sums(lines.iter().map(|line| line.words));
    let prose_to = sums(prose.iter().copied());
    let total = words_to[n];
    let total_prose = prose_to[n];
    let (per, per_prose) = (1.0 / total.max(1.0), 1.0 / total_prose.max(1.0));
    let (before, after) = nearest(prose);
    let whole = whole(sheet, total, total_prose);
    let repeats = &sheet.repeats;
    let (start, end) = sheet.core;
    let core_prose = prose_to[end] - prose_to[start];
    let mut last_header = [-1.0_f32; HEADERS.len()];
    let mut rows = Vec::with_capacity(n);
    for idx in 0..n {
        let mut row = Vec::with_capacity(192);
        own(sheet, idx, repeats[idx], &mut row);
        row.extend([
            idx as f32 / n as f32,
            idx as f32,
            (n - idx) as f32,
            words_to[idx] * per,
            words_to[idx],
            total - words_to[idx + 1],
            prose_to[idx] * per_prose,
            prose_to[idx + 1] * per_prose,
            prose_to[idx],
            total_prose - prose_to[idx + 1],
            bit((start..end).contains(&idx)),
            idx as f32 - start as f32,
            end as f32 - idx as f32,
            core_prose * per_prose,
            before[idx],
            after[idx],
        ]);
        row.extend_from_slice(&whole);
        neighbours(sheet, idx, &mut row);
        let near = repeats.get(idx.saturating_sub(3)..(idx + 4).min(n)).unwrap_or(&[]);
        row.push(near.iter().filter(|(count, before)| *count > 1 && !before).count() as f32);
        row.push(near.iter().filter(|(_, before)| *before).count() as f32);
        for reach in [2, 5, 10, 25] {
            let (low, high) = (idx.saturating_sub(reach), (idx + reach + 1).min(n));
            let span = (high - low) as f32;
            row.extend([(prose_to[high] - prose_to[low]) / span, (words_to[high] - words_to[low]) / span]);
        }
        let above = sheet.flags.get(idx.saturating_sub(6)..idx).unwrap_or(&[]);
        row.extend(
            (0..N_GROUPS).map(|group| above.iter().filter(|&&flags| flags >> group & 1 == 1).count() as f32),
        );
        row.extend(
            last_header
                .iter()
                .map(|&header| if header < 0.0 { 99.0 } else { (idx as f32 - header).clamp(0.0, 99.0) }),
        );
        if prose[idx] == 0.0 && lines[idx].words < 10.0 {
            for (header, group) in last_header.iter_mut().zip(HEADERS) {
                if sheet.flags[idx] >> group & 1 == 1 {
                    *header = idx as f32;
                }
            }
        }
        rows.push(row);
    }
    rows
}

/// The three blocks before and the three after.
fn neighbours(sheet: &Sheet, idx: usize, row: &mut Vec<f32>) {
    for step in [-3_isize, -2, -1, 1, 2, 3] {
        let at = idx.checked_add_signed(step).filter(|&at| at < sheet.len());
        let Some(at) = at else {
            row.extend([-1.0; 6]);
            continue;
        };
        let line = &sheet.words.lines[at];
        row.extend([
            line.words,
            if line.uncased { -1.0 } else { line.lower },
            bit(line.ends_sentence),
            line.sentences,
            sheet.prose[at],
            sheet.topic[at],
        ]);
    }
}
