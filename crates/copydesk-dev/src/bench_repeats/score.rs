//! The measures of repeat removal, as the benchmark's own scorer takes them.
//!
//! In a group of repeats one line must stay. Which one is free, but another than the truth's counts as `wrong_kept`,
//! apart from precision and recall.

use std::collections::BTreeMap;

use anyhow::ensure;
use serde::Deserialize;

/// What must stay of an article.
#[derive(Debug, Deserialize)]
pub(super) struct Truth {
    id: String,
    keep: Vec<bool>,
    tag: Vec<String>,
    groups: Vec<Vec<usize>>,
}

impl Truth {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// What a line was made as.
    pub(super) fn tag(&self, line: usize) -> &str {
        self.tag.get(line).map_or("", String::as_str)
    }

    /// The lines of a line's group, itself among them.
    pub(super) fn group_of(&self, line: usize) -> impl Iterator<Item = usize> {
        self.groups.iter().find(|group| group.contains(&line)).into_iter().flatten().copied()
    }

    fn stays(&self, line: usize) -> bool {
        self.keep.get(line).copied().unwrap_or(true)
    }
}

/// Counts over articles.
#[derive(Debug, Default)]
pub(super) struct Score {
    n_docs: usize,
    n_right: usize,
    /// Lines that had to go and went, those that went wrongly, and those that stayed wrongly.
    found: usize,
    false_alarms: usize,
    missed: usize,
    lost: usize,
    wrong_kept: usize,
    /// Lines outside of any group: all of them must stay.
    n_others: usize,
    removed: BTreeMap<String, usize>,
    /// Of each kind of copy: dealt with, and all.
    kinds: BTreeMap<String, (usize, usize)>,
}

impl Score {
    /// Counts an article, and returns the lines that are decided wrongly.
    ///
    /// # Errors
    /// The truth has another number of lines.
    pub(super) fn add(&mut self, truth: &Truth, keep: &[bool]) -> anyhow::Result<Vec<usize>> {
        ensure!(truth.keep.len() == keep.len(), "{} lines, {} expected", keep.len(), truth.keep.len());
        let kept = |line: &usize| keep.get(*line).copied().unwrap_or(true);
        let mut wrong = Vec::new();
        for group in &truth.groups {
            let staying: Vec<usize> = group.iter().copied().filter(kept).collect();
            let (must, gone) = (group.len() - 1, group.len() - staying.len());
            match staying.as_slice() {
                [] => {
                    self.lost += 1;
                    self.false_alarms += 1;
                }
                [one] => self.wrong_kept += usize::from(!truth.stays(*one)),
                _ => {}
            }
            self.found += gone.min(must);
            self.missed += must - gone.min(must);
            if gone != must {
                wrong.extend(group.iter().copied().filter(|line| kept(line) != truth.stays(*line)));
            }
            for line in group.iter().filter(|line| !truth.stays(**line)) {
                let (dealt_with, n_all) = self.kinds.entry(truth.tag(*line).to_owned()).or_default();
                *dealt_with += usize::from(!kept(line) || staying.len() == 1);
                *n_all += 1;
            }
        }
        for line in (0..keep.len()).filter(|line| truth.group_of(*line).next().is_none()) {
            self.n_others += 1;
            if !kept(&line) {
                self.false_alarms += 1;
                *self.removed.entry(truth.tag(line).to_owned()).or_default() += 1;
                wrong.push(line);
            }
        }
        self.n_docs += 1;
        self.n_right += usize::from(wrong.is_empty());
        Ok(wrong)
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let share = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
        let (p, r) =
            (share(self.found, self.found + self.false_alarms), share(self.found, self.found + self.missed));
        let f1 = if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 };
        let n_removed: usize = self.removed.values().sum();
        writeln!(
            f,
            "P {p:.4}  R {r:.4}  F1 {f1:.4}  articles right {:.4}  groups lost {}  another kept {}  removed wrongly {n_removed} of {} ({:.3} %)",
            share(self.n_right, self.n_docs),
            self.lost,
            self.wrong_kept,
            self.n_others,
            100.0 * n_removed as f64 / self.n_others.max(1) as f64,
        )?;
        write!(f, "dealt with:")?;
        for (kind, (dealt_with, n_all)) in &self.kinds {
            write!(f, " {kind} {:.3}", share(*dealt_with, *n_all))?;
        }
        if !self.removed.is_empty() {
            write!(f, "\nremoved:")?;
            for (kind, n) in &self.removed {
                write!(f, " {kind} {n}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_group_keeps_one_and_others_stay() {
        let truth = || -> Truth {
            serde_json::from_str(
                r#"{"id": "a", "keep": [true, true, false, false], "tag": ["body", "caption", "exact", "cut"], "groups": [[1, 2, 3]]}"#,
            )
            .unwrap()
        };
        let wrong = |keep: &[bool]| Score::default().add(&truth(), keep).unwrap();
        assert!(wrong(&[true, true, false, false]).is_empty());
        assert!(wrong(&[true, false, true, false]).is_empty(), "which one stays is free");
        assert_eq!(wrong(&[true, true, false, true]), [3]);
        assert_eq!(wrong(&[true, false, false, false]), [1]);
        assert_eq!(wrong(&[false, true, false, false]), [0]);
        assert!(Score::default().add(&truth(), &[true]).is_err());
        let mut score = Score::default();
        score.add(&truth(), &[true, false, true, false]).unwrap();
        score.add(&truth(), &[false, true, false, true]).unwrap();
        assert_eq!((score.found, score.false_alarms, score.missed, score.wrong_kept), (3, 1, 1, 1));
    }
}
