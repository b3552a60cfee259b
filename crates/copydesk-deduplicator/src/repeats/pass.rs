//! One pass over the lines of an article, each compared with those before it that stay.

use super::Repeat;
use super::index::{Index, Keys};
use super::line::Line;
use super::{pair, typo};

/// A pass, and what it found.
#[derive(Debug)]
pub(super) struct Pass<'a, 'b> {
    lines: &'a [Line<'b>],
    index: Index,
    gone: Vec<bool>,
    /// What was found before and now.
    pub repeats: Vec<Repeat>,
    /// True if a line went that others had been compared with: without it they may be compared with more.
    pub displaced: bool,
    /// Words of the lines that lines were compared with.
    pub compared: usize,
}

impl<'a, 'b> Pass<'a, 'b> {
    /// A pass over the lines that are no repeats yet.
    pub(super) fn over(lines: &'a [Line<'b>], repeats: Vec<Repeat>) -> Pass<'a, 'b> {
        let index = Index::with_room_for(lines);
        let mut pass =
            Pass { lines, index, gone: vec![false; lines.len()], repeats, displaced: false, compared: 0 };
        for idx in 0..pass.repeats.len() {
            let line = pass.repeats.get(idx).map(|repeat| repeat.line);
            pass.mark(line);
        }
        pass
    }

    /// Goes over the lines, and adds those that are repeats.
    pub(super) fn run(&mut self) {
        let lines = self.lines;
        let mut keys = Keys::default();
        for (idx, line) in lines.iter().enumerate() {
            if self.is_gone(idx) || line.is_row() || line.weight < pair::MIN_WEIGHT {
                continue;
            }
            self.index.keys(line, &mut keys);
            let repeat = self.repeat_of(idx, line, &keys);
            if let Some(repeat) = repeat {
                self.mark(Some(repeat.line));
                // The earlier copy was cut short: the fuller one stays.
                self.displaced |= repeat.line != idx;
                self.repeats.push(repeat);
            }
            if !self.is_gone(idx) {
                self.index.add(idx, &keys);
            }
        }
    }

    fn is_gone(&self, idx: usize) -> bool {
        self.gone.get(idx).copied().unwrap_or(false)
    }

    fn mark(&mut self, idx: Option<usize>) {
        if let Some(slot) = idx.and_then(|idx| self.gone.get_mut(idx)) {
            *slot = true;
        }
    }

    /// Whether line `idx` repeats one in the index, or is the fuller copy of one.
    fn repeat_of(&mut self, idx: usize, line: &Line<'_>, keys: &Keys) -> Option<Repeat> {
        let gone = &self.gone;
        let stays = |twin: &usize| !gone.get(*twin).copied().unwrap_or(false);
        let later = |twin, rule, confidence| Some(Repeat { line: idx, twin, rule, confidence });
        let earlier = |line, rule, confidence| Some(Repeat { line, twin: idx, rule, confidence });
        for twin in self.index.same(keys).filter(stays) {
            let other = self.lines.get(twin)?;
            self.compared += other.words.len();
            if pair::same_words(other, line) {
                return later(twin, "same_words", 0.98);
            }
            if pair::is_unlabelled(line, other) {
                return later(twin, "unlabelled", 0.9);
            }
            if pair::is_unlabelled(other, line) {
                return earlier(twin, "unlabelled", 0.9);
            }
        }
        for twin in self.index.same_start(keys).filter(stays) {
            let other = self.lines.get(twin)?;
            self.compared += other.words.len();
            if pair::is_cut_copy(line, other) || pair::is_uncredited(line, other) {
                return later(twin, "cut_short", 0.92);
            }
            if pair::is_cut_before(other, line) || pair::is_uncredited(other, line) {
                return earlier(twin, "cut_short", 0.9);
            }
        }
        if line.weight >= typo::MIN_WEIGHT && line.may_repeat() {
            for twin in self.index.similar(keys).into_iter().filter(stays) {
                let other = self.lines.get(twin)?;
                self.compared += other.words.len();
                if typo::alike(other, line) {
                    return later(twin, "mistyped", 0.85);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words compared for each word there is.
    fn effort(lines: &[String]) -> f64 {
        let lines: Vec<Line<'_>> = lines.iter().map(|line| Line::of(line)).collect();
        let n_words: usize = lines.iter().map(|line| line.words.len()).sum();
        let mut pass = Pass::over(&lines, Vec::new());
        pass.run();
        pass.compared as f64 / n_words as f64
    }

    #[test]
    fn lines_are_compared_with_few_others() {
        let prose = "The harbour was closed on Monday after a crane fell onto the quay, said the council.";
        let frame =
            "The crew tested both engines for a week before the first passengers came on board, on day";
        let words: Vec<&str> = frame.split(' ').collect();
        let word = |number: usize| words.get(number % words.len()).copied().unwrap_or_default();
        let same = |_| prose.to_owned();
        let numbered = |idx| format!("{frame} {idx}.");
        let changed = |idx: usize| format!("{frame} {} {} {}.", word(idx), word(idx / 7), word(idx / 49));
        let shuffled = |idx: usize| (1..20).map(|step| word(idx * step * step)).collect::<Vec<_>>().join(" ");
        let cut = |idx: usize| format!("{} …", vec![frame; 1 + idx % 50].join(" "));
        let made: [(&str, &dyn Fn(usize) -> String); 5] = [
            ("same", &same),
            ("numbered", &numbered),
            ("changed", &changed),
            ("shuffled", &shuffled),
            ("cut", &cut),
        ];
        for (name, line) in made {
            let lines: Vec<String> = (0..4000).map(line).collect();
            let effort = effort(&lines);
            assert!(effort <= 24.0, "{name}: {effort} words compared for each");
        }
    }
}
