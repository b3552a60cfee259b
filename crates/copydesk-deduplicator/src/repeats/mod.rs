//! The stage `drop_repeats`: captions and paragraphs that an article already has.
//!
//! What must stay true: the rules look at pairs of lines alone, so that a second pass finds nothing; and a
//! line is compared with few others, so that long articles take time in proportion to their length.

mod caption;
mod head;
mod index;
mod line;
mod pair;
mod pass;
mod rules;
mod typo;

use std::collections::HashMap;

use copydesk_core::{Article, BuildError, Component, Cut, OptionSpec, Reason, Stage, StageError, Verdict};
use serde::Deserialize;

pub use rules::{REPEAT_RULES, RepeatRule};

use line::Line;
use pass::Pass;

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
        let lines: Vec<Line<'_>> = article.kept().map(|kept| Line::new(&kept)).collect();
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

fn find(article: &Article, lines: &[Line<'_>]) -> Vec<Repeat> {
    let stated = head::stated_titles(article);
    let mut repeats = Vec::new();
    let mut changed = true;
    for _ in 0..MAX_PASSES {
        // Places count from the top, and cuts above move them: so this is part of each pass.
        let copies = head::title_copies(&stated, lines, &repeats);
        changed |= !copies.is_empty();
        repeats.extend(copies);
        if !changed {
            break;
        }
        let mut pass = Pass::over(lines, repeats);
        pass.run();
        let displaced = pass.displaced;
        repeats = pass.repeats;
        let n_found = repeats.len();
        between_repeats(lines, &mut repeats);
        // Otherwise the lines that stay were compared with all before them that stay.
        changed = displaced || repeats.len() > n_found;
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

/// A short line between two repeats goes with them where it stands between their twins too: a page's body
/// that is there twice has its headings twice.
fn between_repeats(lines: &[Line<'_>], repeats: &mut Vec<Repeat>) {
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
