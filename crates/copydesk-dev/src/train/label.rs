//! Which blocks of a page are its article: the page's words aligned with the true text's.
//!
//! The true text holds no headline, byline, date or standfirst, yet a cleaner must leave them for the enricher
//! to find. So the ones near the body count as kept, and what is in doubt weighs nothing.

use std::collections::HashMap;

use super::sample::{Sample, Truth};

/// What a block should become.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Target {
    /// 1 if it belongs to the article, 0 if not, between if in part.
    pub(crate) keep: f32,
    /// How much an error matters, before the block's length is counted.
    pub(crate) weight: f32,
    /// True for the blocks that become fields and leave the text.
    pub(crate) field: bool,
}

/// The words of a text as the benchmark counts them, in lower case.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

#[derive(Default)]
struct Ids(HashMap<String, u32>);

impl Ids {
    fn of(&mut self, text: &str) -> Vec<u32> {
        words(text)
            .map(|word| {
                let next = self.0.len() as u32;
                *self.0.entry(word).or_insert(next)
            })
            .collect()
    }
}

/// A block's place in the true text.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    block: usize,
    start: usize,
    end: usize,
    share: f32,
}

/// Labels the blocks of a page.
pub(crate) fn label(sample: &Sample, truth: &Truth) -> Vec<Target> {
    let mut ids = Ids::default();
    let true_words = ids.of(&truth.text);
    let true_lines: Vec<Vec<u32>> = truth.text.lines().map(|line| ids.of(line)).collect();
    let blocks: Vec<Vec<u32>> = sample.pieces.iter().map(|piece| ids.of(&piece.text)).collect();
    let anchors = anchors(&blocks, &true_words);
    let chain = heaviest_chain(&anchors);
    let mut covered = vec![false; true_words.len()];
    let mut targets = vec![Target { keep: 0.0, weight: 1.0, field: false }; blocks.len()];
    for anchor in &chain {
        targets[anchor.block].keep = if anchor.share >= 0.5 { 1.0 } else { anchor.share };
        covered.iter_mut().take(anchor.end).skip(anchor.start).for_each(|word| *word = true);
    }
    fill_gaps(&blocks, &true_words, &true_lines, &chain, &mut targets);
    for anchor in &anchors {
        if targets[anchor.block].keep == 0.0 && anchor.share >= 0.5 {
            let held = covered.iter().take(anchor.end).skip(anchor.start).filter(|&&held| held).count();
            let repeat = held * 2 > anchor.end - anchor.start;
            targets[anchor.block].keep = if repeat { 0.0 } else { 1.0 };
            targets[anchor.block].weight = 0.3;
        }
    }
    fields(&blocks, truth, &mut ids, &chain, &mut targets);
    targets
}

/// Every place of the true text that a block of four words or more repeats to at least three parts in ten.
fn anchors(blocks: &[Vec<u32>], true_words: &[u32]) -> Vec<Anchor> {
    let mut places: HashMap<&[u32], Vec<usize>> = HashMap::new();
    for (at, gram) in true_words.windows(4).enumerate() {
        places.entry(gram).or_default().push(at);
    }
    let mut anchors = Vec::new();
    for (block, tokens) in blocks.iter().enumerate() {
        let n_grams = tokens.len().saturating_sub(3);
        let mut hits = 0;
        // Votes for where the block starts in the true text, in steps that forgive a few words more or less.
        let mut votes: HashMap<usize, usize> = HashMap::new();
        for (offset, gram) in tokens.windows(4).enumerate() {
            let found = places.get(gram).map_or(&[][..], Vec::as_slice);
            hits += usize::from(!found.is_empty());
            for &place in found.iter().take(6) {
                *votes.entry((place + 64).saturating_sub(offset)).or_default() += 1;
            }
        }
        let share = hits as f32 / n_grams.max(1) as f32;
        if n_grams == 0 || share < 0.3 {
            continue;
        }
        let mut votes: Vec<(usize, usize)> = votes.into_iter().collect();
        votes.sort_by_key(|&(start, count)| (std::cmp::Reverse(count), start));
        let most = votes.first().map_or(0, |vote| vote.1);
        for (start, _) in votes.into_iter().filter(|vote| vote.1 * 2 > most).take(4) {
            let start = start.saturating_sub(64).min(true_words.len());
            let end = (start + tokens.len()).min(true_words.len());
            anchors.push(Anchor { block, start, end, share });
        }
    }
    anchors
}

/// The anchors that follow one another in the page as in the true text, and hold the most words.
fn heaviest_chain(anchors: &[Anchor]) -> Vec<Anchor> {
    let mut best: Vec<(f32, Option<usize>)> = Vec::with_capacity(anchors.len());
    for (idx, anchor) in anchors.iter().enumerate() {
        let own = (anchor.end - anchor.start) as f32 * anchor.share;
        let mut entry = (own, None);
        for (before, other) in anchors.iter().enumerate().take(idx) {
            let slack = (anchor.end - anchor.start).min(other.end - other.start) / 4 + 2;
            if other.block < anchor.block
                && other.end <= anchor.start + slack
                && best[before].0 + own > entry.0
            {
                entry = (best[before].0 + own, Some(before));
            }
        }
        best.push(entry);
    }
    let mut at = (0..best.len()).max_by(|&a, &b| best[a].0.total_cmp(&best[b].0).then(b.cmp(&a)));
    let mut chain = Vec::new();
    while let Some(idx) = at {
        chain.push(anchors[idx]);
        at = best[idx].1;
    }
    chain.reverse();
    chain
}

/// Blocks between two anchors whose words stand between those anchors' places in the true text.
fn fill_gaps(
    blocks: &[Vec<u32>],
    true_words: &[u32],
    true_lines: &[Vec<u32>],
    chain: &[Anchor],
    targets: &mut [Target],
) {
    let mut links = chain.iter().peekable();
    let mut from = 0;
    for (block, tokens) in blocks.iter().enumerate() {
        if let Some(anchor) = links.next_if(|anchor| anchor.block == block) {
            from = anchor.end;
            continue;
        }
        let to = links.peek().map_or(true_words.len(), |anchor| anchor.start);
        let gap = true_words.get(from.saturating_sub(2)..(to + 2).min(true_words.len())).unwrap_or(&[]);
        if tokens.is_empty() || tokens.len() > gap.len() {
            continue;
        }
        let Some(place) = gap.windows(tokens.len()).position(|window| window == tokens.as_slice()) else {
            continue;
        };
        let is_line = true_lines.iter().any(|line| line == tokens);
        if is_line || tokens.len() >= 3 || gap.len() < 40 && tokens.len() >= 2 {
            targets[block].keep = 1.0;
            from = (from.saturating_sub(2) + place + tokens.len()).max(from);
        }
    }
}

/// How far above the body a headline may stand.
const HEAD: usize = 30;

fn fields(blocks: &[Vec<u32>], truth: &Truth, ids: &mut Ids, chain: &[Anchor], targets: &mut [Target]) {
    let title = truth.title.as_deref().map(|title| ids.of(title)).unwrap_or_default();
    let author = truth.author.as_deref().map(|author| ids.of(author)).unwrap_or_default();
    let date = truth.date.as_deref().map(date_parts).unwrap_or_default();
    let body =
        chain.iter().find(|anchor| anchor.end - anchor.start >= 8).map_or(blocks.len(), |first| first.block);
    let head = body.saturating_sub(HEAD);
    let is_title = |block: &[u32]| {
        let shared = block.iter().filter(|word| title.contains(word)).count();
        !title.is_empty() && shared * 5 >= title.len() * 4 && shared * 5 >= block.len() * 4
    };
    let field = Target { keep: 1.0, weight: 2.0, field: true };
    let mut seen = false;
    for idx in (0..blocks.len()).rev() {
        if targets[idx].keep > 0.0 || !is_title(&blocks[idx]) || idx > body {
            continue;
        }
        targets[idx] = if !seen && idx >= head { field } else { Target { weight: 0.0, ..targets[idx] } };
        seen = true;
    }
    let top = (head..body).find(|&idx| targets[idx].field).unwrap_or_else(|| body.saturating_sub(6));
    let near = top.saturating_sub(4)..(body + 3).min(blocks.len());
    for idx in near {
        if targets[idx].keep > 0.0 {
            continue;
        }
        let block = &blocks[idx];
        let names = !author.is_empty() && block.len() < 16 && author.iter().all(|word| block.contains(word));
        let dates = block.len() < 16 && has_date(block, &date, ids);
        if names || dates {
            targets[idx] = Target { weight: 1.3, ..field };
        } else if (top..body).contains(&idx) && block.len() >= 8 {
            targets[idx].weight = 0.0;
        }
    }
}

/// Year and day of a date, as words that would stand in it.
fn date_parts(date: &str) -> Vec<String> {
    let parts: Vec<&str> =
        date.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [year, _, day, ..] if year.len() == 4 => {
            vec![(*year).to_owned(), day.trim_start_matches('0').to_owned(), (*day).to_owned()]
        }
        _ => Vec::new(),
    }
}

fn has_date(block: &[u32], date: &[String], ids: &Ids) -> bool {
    let has = |word: &String| ids.0.get(word).is_some_and(|id| block.contains(id));
    match date {
        [year, bare, full] => has(year) && (has(bare) || has(full)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeps(lines: &[&str], text: &str) -> Vec<f32> {
        let truth = Truth {
            id: String::new(),
            url: String::new(),
            text: text.to_owned(),
            title: Some("Old bridge to close".into()),
            author: Some("Ann Lee".into()),
            date: Some("2025-03-07".into()),
        };
        let article = super::super::sample::read("a.txt", lines.join("\n").into_bytes()).unwrap();
        let sample = Sample::of(&article);
        label(&sample, &truth).iter().map(|target| target.keep).collect()
    }

    #[test]
    fn a_page_is_labelled() {
        let first = "The council voted on Monday to close the old bridge over the river";
        let second = "Traders on the east bank fear that they will lose half of their customers";
        let lines = [
            "Home",
            "Old bridge to close",
            "By Ann Lee",
            "March 7, 2025",
            first,
            "Costs",
            "Share",
            second,
            "Old bridge to close",
            first,
            "Home",
        ];
        let text = format!("{first}\n\nCosts\n\n{second}");
        assert_eq!(keeps(&lines, &text), [0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    }
}
