//! The measures of the near-duplicate benchmark.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

/// What is known of an article: copies of one family, up to grade 4, are duplicates.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Label {
    id: String,
    family: String,
    edit: String,
    grade: u8,
}

/// Two articles that look alike and are no duplicates.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Hard {
    a: String,
    b: String,
    kind: String,
}

/// Hits of how many.
type Tally<'a> = BTreeMap<&'a str, (usize, usize)>;

pub(super) fn print(labels: &[Label], hard: &[Hard], clusters: &HashMap<&str, usize>) {
    let cluster = |id: &str| clusters.get(id).copied();
    let (mut n_found, mut n_right, mut n_true) = (0_usize, 0_usize, 0_usize);
    let mut by_cluster: HashMap<usize, Vec<&Label>> = HashMap::new();
    let mut by_family: BTreeMap<&str, Vec<&Label>> = BTreeMap::new();
    for label in labels {
        if let Some(cluster) = cluster(&label.id) {
            by_cluster.entry(cluster).or_default().push(label);
        }
        by_family.entry(&label.family).or_default().push(label);
    }
    for members in by_cluster.values() {
        for (one, other) in pairs(members) {
            let same = one.family == other.family;
            let copies = same && one.grade.max(other.grade) <= 4;
            n_found += usize::from(copies || !same);
            n_right += usize::from(copies);
        }
    }
    let mut edits: Tally = Tally::new();
    for members in by_family.values() {
        let members: Vec<&Label> = members.iter().copied().filter(|label| label.grade <= 4).collect();
        n_true += members.len() * members.len().saturating_sub(1) / 2;
        let Some(original) = members.iter().find(|label| label.edit == "original") else { continue };
        for copy in members.iter().filter(|label| label.id != original.id) {
            count(&mut edits, &copy.edit, cluster(&copy.id) == cluster(&original.id));
        }
    }
    let mut alarms: Tally = Tally::new();
    for pair in hard {
        count(&mut alarms, &pair.kind, cluster(&pair.a) == cluster(&pair.b));
    }
    let ratio = |part: usize, all: usize| if all == 0 { 1.0 } else { part as f64 / all as f64 };
    let (precision, recall) = (ratio(n_right, n_found), ratio(n_right, n_true));
    println!("P {precision:.4}  R {recall:.4}  F1 {:.4}", 2.0 * precision * recall / (precision + recall));
    let shown = |tally: &Tally, digits: usize| -> String {
        tally
            .iter()
            .map(|(kind, (n, all))| format!("  {kind} {n}/{all} {:.digits$}", ratio(*n, *all)))
            .collect()
    };
    println!("recall:{}", shown(&edits, 3));
    println!("false alarms:{}", shown(&alarms, 3));
}

fn count<'a>(tally: &mut Tally<'a>, kind: &'a str, hit: bool) {
    let (hits, all) = tally.entry(kind).or_default();
    *hits += usize::from(hit);
    *all += 1;
}

fn pairs<T>(items: &[T]) -> impl Iterator<Item = (&T, &T)> {
    items.iter().enumerate().flat_map(|(idx, one)| items.iter().skip(idx + 1).map(move |other| (one, other)))
}
