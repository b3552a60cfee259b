//! The stage `drop_repeats`: captions and paragraphs that an article already has.
//!
//! What must stay true: the rules look at pairs of lines alone, so that a second pass finds nothing; and a
//! line is compared with few others, so that long articles take time in proportion to their length.

mod caption;
mod head;
mod index;
mod line;
mod typo;

use std::collections::HashMap;

use copydesk_core::{Article, BuildError, Component, Cut, OptionSpec, Reason, Stage, StageError, Verdict};
use serde::Deserialize;

use index::{Index, Keys};
use line::Line;

/// Passes over the lines: a second one finds something only where what was found made a difference to others.
const MAX_PASSES: usize = 8;

/// Options of the stage `drop_repeats`: none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DropRepeatsOptions {}

/// Cuts what an article says a second time: captions above all, with other credits, cut short or mistyped.
#[derive(Debug, Clone)]
pub struct DropRepeats {
    name: String,
}

impl Default for DropRepeats {
    fn default() -> DropRepeats {
        DropRepeats { name: "drop_repeats".to_owned() }
    }
}

impl DropRepeats {
    /// The stage, called `name` in cuts.
    pub fn new(name: &str, _options: DropRepeatsOptions) -> Result<DropRepeats, BuildError> {
        Ok(DropRepeats { name: name.to_owned() })
    }
}

impl Component for DropRepeats {
    type Options = DropRepeatsOptions;
    const OPTIONS: &'static [OptionSpec] = &[];
    const HELP: &'static str = "cuts captions, paragraphs and headlines that an article already has";
}

impl Stage for DropRepeats {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        let lines: Vec<Line> = article.kept().map(|kept| Line::new(&kept)).collect();
        let repeats = find(article, &lines);
        let cut = |repeat: &Repeat| {
            let (line, twin) = (lines.get(repeat.line)?, lines.get(repeat.twin)?);
            let cut = Cut::new(line.span, Reason::Repeat, repeat.rule, self.name.clone(), repeat.confidence);
            Some(cut.with_twin(twin.span))
        };
        article.cut(repeats.iter().filter_map(cut).collect());
        Ok(Verdict::Keep)
    }

    fn fork(&self) -> Option<Box<dyn Stage>> {
        Some(Box::new(self.clone()))
    }
}

/// A line that says what another does.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Repeat {
    line: usize,
    twin: usize,
    rule: &'static str,
    confidence: f64,
}

fn find(article: &Article, lines: &[Line]) -> Vec<Repeat> {
    let stated = head::stated_titles(article);
    let mut repeats = Vec::new();
    for _ in 0..MAX_PASSES {
        let before = repeats.len();
        // Places count from the top, and cuts above move them: so this is part of each pass.
        let copies = head::title_copies(&stated, lines, &repeats);
        repeats.extend(copies);
        pass(lines, &mut repeats);
        between_repeats(lines, &mut repeats);
        if repeats.len() == before {
            break;
        }
    }
    // A copy of a copy points to the one that stays.
    let twins: HashMap<usize, usize> = repeats.iter().map(|repeat| (repeat.line, repeat.twin)).collect();
    for repeat in &mut repeats {
        for _ in 0..MAX_PASSES * 2 {
            match twins.get(&repeat.twin) {
                Some(twin) => repeat.twin = *twin,
                None => break,
            }
        }
    }
    repeats
}

/// Goes over the lines that are no repeats yet, and adds those that are.
fn pass(lines: &[Line], repeats: &mut Vec<Repeat>) {
    let mut index = Index::with_room_for(lines);
    let mut keys = Keys::default();
    let mut gone = vec![false; lines.len()];
    for repeat in repeats.iter() {
        mark(&mut gone, repeat.line);
    }
    for (idx, line) in lines.iter().enumerate() {
        if gone.get(idx).copied().unwrap_or(false) {
            continue;
        }
        index.keys(line, &mut keys);
        match repeat_of(lines, &mut index, &keys, &gone, idx) {
            // The earlier copy was cut short: the fuller one stays.
            Some(repeat) if repeat.line < idx => {
                mark(&mut gone, repeat.line);
                repeats.push(repeat);
                index.add(idx, &keys);
            }
            Some(repeat) => {
                mark(&mut gone, idx);
                repeats.push(repeat);
            }
            None => index.add(idx, &keys),
        }
    }
}

fn mark(gone: &mut [bool], idx: usize) {
    if let Some(slot) = gone.get_mut(idx) {
        *slot = true;
    }
}

/// Whether line `idx` repeats one in the index, or is the fuller copy of one.
fn repeat_of(lines: &[Line], index: &mut Index, keys: &Keys, gone: &[bool], idx: usize) -> Option<Repeat> {
    let line = lines.get(idx)?;
    let stays = |twin: &usize| !gone.get(*twin).copied().unwrap_or(false);
    let found = |twin: usize, rule, confidence| Some(Repeat { line: idx, twin, rule, confidence });
    if line.is_row() || line.words.len() < 3 {
        return None;
    }
    for twin in index.same(keys).filter(stays) {
        let other = lines.get(twin)?;
        if other.words == line.words && !other.is_row() && (line.may_repeat() || other.may_repeat()) {
            return found(twin, "same_words", 0.98);
        }
    }
    for twin in index.same_start(keys).filter(stays) {
        let other = lines.get(twin)?;
        if is_cut_copy(line, other) {
            return found(twin, "cut_short", 0.92);
        }
        if other.cut_short && other.words.len() >= 8 && is_cut_copy(other, line) {
            return Some(Repeat { line: twin, twin: idx, rule: "cut_short", confidence: 0.9 });
        }
    }
    if line.words.len() >= 8 && line.may_repeat() {
        for twin in index.similar(keys).into_iter().filter(stays) {
            let other = lines.get(twin)?;
            if !other.is_row() && typo::alike(&other.words, &line.words) {
                return found(twin, "mistyped", 0.85);
            }
        }
    }
    None
}

/// True if `part` is the start of `whole`, and long enough or marked as cut.
fn is_cut_copy(part: &Line, whole: &Line) -> bool {
    let n_words = part.words.len();
    if n_words >= whole.words.len() || whole.is_row() || part.is_row() {
        return false;
    }
    let Some(n_before) = n_words.checked_sub(1) else { return false };
    let same = whole.words.run(0, n_before) == part.words.run(0, n_before);
    let (at_last, last) = (whole.words.get(n_before).unwrap_or(""), part.words.get(n_before).unwrap_or(""));
    // An ellipsis may stand in the middle of a word.
    let last_fits = at_last == last || (part.cut_short && at_last.starts_with(last));
    if !same || !last_fits {
        return false;
    }
    if part.cut_short {
        return n_words >= 5;
    }
    // A whole sentence is an echo; the start of one is a copy that was cut.
    let long = n_words >= if part.is_sentence() { 20 } else { 12 };
    long || (n_words >= 7
        && !part.is_sentence()
        && whole.is_caption_like()
        && n_words * 2 >= whole.words.len())
}

/// A short line between two repeats goes with them where it stands between their twins too: a page's body
/// that is there twice has its headings twice.
fn between_repeats(lines: &[Line], repeats: &mut Vec<Repeat>) {
    const MAX_GAP: usize = 3;
    repeats.sort_unstable_by_key(|repeat| repeat.line);
    let mut found = Vec::new();
    for pair in repeats.windows(2) {
        let [first, second] = pair else { continue };
        let gap = second.line - first.line - 1;
        let aligned = second.twin.checked_sub(first.twin) == Some(gap + 1);
        if !(1..=MAX_GAP).contains(&gap) || !aligned {
            continue;
        }
        let same = |step: usize| match (lines.get(first.line + step), lines.get(first.twin + step)) {
            (Some(line), Some(twin)) => line.words == twin.words && first.twin + step < first.line,
            _ => false,
        };
        if (1..=gap).all(same) {
            found.extend((1..=gap).map(|step| Repeat {
                line: first.line + step,
                twin: first.twin + step,
                rule: "between_repeats",
                confidence: 0.85,
            }));
        }
    }
    repeats.extend(found);
}
