//! Grows boosted trees: histograms of at most 255 bins, leaf by leaf, logistic loss.
//!
//! One thread and one seeded stream of chance: the same data gives the same weights.

use copydesk_stripper::model::{Split, TreeParts};

/// How trees are grown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) n_trees: usize,
    pub(super) rate: f64,
    pub(super) n_leaves: usize,
    pub(super) min_rows: u32,
    pub(super) features: f64,
    pub(super) bag: f64,
    pub(super) lambda: f64,
    pub(super) seed: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            n_trees: 350,
            rate: 0.06,
            n_leaves: 16,
            min_rows: 120,
            features: 0.15,
            bag: 0.6,
            lambda: 6.0,
            seed: 7,
        }
    }
}

/// Chance that can be repeated (SplitMix64).
#[derive(Debug, Clone)]
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// True in `share` of the cases.
    pub(super) fn hit(&mut self, share: f64) -> bool {
        (self.next() >> 11) as f64 / ((1_u64 << 53) as f64) < share
    }

    /// A number below `n`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// Rows in bins, a column a feature.
pub(super) struct Table {
    columns: Vec<Vec<u8>>,
    bars: Vec<Vec<f32>>,
    n_rows: usize,
}

const N_BINS: usize = 255;

impl Table {
    /// Features of a row.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Cuts each feature's values into bins of about equal size.
    pub(super) fn new(rows: &[&[f32]]) -> Table {
        let width = rows.first().map_or(0, |row| row.len());
        let step = (rows.len() / 60_000).max(1);
        let mut table = Table { columns: Vec::new(), bars: Vec::new(), n_rows: rows.len() };
        for feature in 0..width {
            let mut sample: Vec<f32> = rows.iter().step_by(step).map(|row| row[feature]).collect();
            sample.sort_by(f32::total_cmp);
            let bars = bars(&sample);
            let column =
                rows.iter().map(|row| bars.partition_point(|&bar| bar < row[feature]) as u8).collect();
            table.columns.push(column);
            table.bars.push(bars);
        }
        table
    }
}

/// Upper ends of the bins but the last.
fn bars(sorted: &[f32]) -> Vec<f32> {
    let mut distinct: Vec<(f32, usize)> = Vec::new();
    for &value in sorted {
        match distinct.last_mut() {
            Some((last, count)) if last.total_cmp(&value).is_eq() => *count += 1,
            _ => distinct.push((value, 1)),
        }
    }
    let quota = if distinct.len() <= N_BINS { 0 } else { sorted.len() / N_BINS + 1 };
    let mut bars = Vec::new();
    let mut filled = 0;
    for pair in distinct.windows(2) {
        filled += pair[0].1;
        if filled > quota && bars.len() < N_BINS - 1 {
            bars.push(f32::midpoint(pair[0].0, pair[1].0));
            filled = 0;
        }
    }
    bars
}

#[derive(Clone, Copy, Default)]
struct Bin {
    gradient: f64,
    hessian: f64,
    rows: u32,
}

struct Leaf {
    rows: Vec<u32>,
    histograms: Vec<Bin>,
    sum: Bin,
    best: Option<Candidate>,
    /// Its parent, and whether it is the left child.
    from: Option<(usize, bool)>,
}

#[derive(Clone, Copy)]
struct Candidate {
    gain: f64,
    /// Place in the sampled features.
    slot: usize,
    bin: usize,
}

struct Grower<'a> {
    table: &'a Table,
    settings: Settings,
    features: Vec<usize>,
    gradients: &'a [(f32, f32)],
}

/// Grows a forest; returns its prior and trees.
pub(super) fn grow(
    table: &Table,
    truth: &[f32],
    weights: &[f32],
    settings: Settings,
) -> (f32, Vec<TreeParts>) {
    let mut chance = Chance(settings.seed);
    let total: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
    let positive: f64 = truth.iter().zip(weights).map(|(&y, &w)| f64::from(y) * f64::from(w)).sum();
    let share = (positive / total.max(1e-9)).clamp(0.01, 0.99);
    let prior = (share / (1.0 - share)).ln() as f32;
    let mut scores = vec![prior; table.n_rows];
    let mut gradients = vec![(0.0_f32, 0.0_f32); table.n_rows];
    let mut trees = Vec::new();
    for _ in 0..settings.n_trees {
        for (idx, gradient) in gradients.iter_mut().enumerate() {
            let p = 1.0 / (1.0 + (-scores[idx]).exp());
            *gradient = ((p - truth[idx]) * weights[idx], (p * (1.0 - p)).max(1e-6) * weights[idx]);
        }
        let rows: Vec<u32> = (0..table.n_rows as u32)
            .filter(|&row| chance.hit(settings.bag) && weights[row as usize] > 0.0)
            .collect();
        let mut features: Vec<usize> =
            (0..table.columns.len()).filter(|_| chance.hit(settings.features)).collect();
        if features.is_empty() {
            features.push(chance.below(table.columns.len()));
        }
        let grower = Grower { table, settings, features, gradients: &gradients };
        let (tree, bins) = grower.tree(rows);
        for (row, score) in scores.iter_mut().enumerate() {
            *score += walk(table, &tree, &bins, row);
        }
        trees.push(tree);
    }
    (prior, trees)
}

fn walk(table: &Table, tree: &TreeParts, bins: &[u8], row: usize) -> f32 {
    let mut at = if tree.nodes.is_empty() { -1 } else { 0_i16 };
    while at >= 0 {
        let node = &tree.nodes[at as usize];
        let left = table.columns[usize::from(node.feature)][row] <= bins[at as usize];
        at = if left { node.left } else { node.right };
    }
    tree.leaves[(-1 - at) as usize]
}

/// A place in a tree. Trees have far fewer leaves than an `i16` can count.
fn child_of(place: usize) -> i16 {
    i16::try_from(place).unwrap_or(i16::MAX)
}

impl Grower<'_> {
    /// One tree, and the bin each of its nodes splits at.
    fn tree(&self, rows: Vec<u32>) -> (TreeParts, Vec<u8>) {
        let mut tree = TreeParts::default();
        let mut bins = Vec::new();
        let histograms = self.histograms(&rows);
        let mut leaves = vec![self.leaf(rows, histograms, None)];
        while leaves.len() < self.settings.n_leaves {
            let best = (0..leaves.len())
                .filter_map(|idx| Some((leaves[idx].best?.gain, idx)))
                .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
            let Some((_, idx)) = best else { break };
            let leaf = leaves.swap_remove(idx);
            let (node, left, right) = self.split(leaf, tree.nodes.len());
            if let Some((parent, is_left)) = node.2 {
                let parent: &mut Split = &mut tree.nodes[parent];
                *(if is_left { &mut parent.left } else { &mut parent.right }) = child_of(bins.len());
            }
            tree.nodes.push(node.0);
            bins.push(node.1);
            leaves.push(left);
            leaves.push(right);
        }
        for leaf in leaves {
            if let Some((parent, is_left)) = leaf.from {
                let child = -1 - child_of(tree.leaves.len());
                let parent = &mut tree.nodes[parent];
                *(if is_left { &mut parent.left } else { &mut parent.right }) = child;
            }
            let value = -leaf.sum.gradient / (leaf.sum.hessian + self.settings.lambda);
            tree.leaves.push((value * self.settings.rate) as f32);
        }
        (tree, bins)
    }

    fn histograms(&self, rows: &[u32]) -> Vec<Bin> {
        let mut histograms = vec![Bin::default(); self.features.len() * 256];
        for (slot, &feature) in self.features.iter().enumerate() {
            let column = &self.table.columns[feature];
            let bins = &mut histograms[slot * 256..(slot + 1) * 256];
            for &row in rows {
                let (gradient, hessian) = self.gradients[row as usize];
                let bin = &mut bins[usize::from(column[row as usize])];
                bin.gradient += f64::from(gradient);
                bin.hessian += f64::from(hessian);
                bin.rows += 1;
            }
        }
        histograms
    }

    fn leaf(&self, rows: Vec<u32>, histograms: Vec<Bin>, from: Option<(usize, bool)>) -> Leaf {
        let mut sum = Bin::default();
        for &row in &rows {
            let (gradient, hessian) = self.gradients[row as usize];
            sum.gradient += f64::from(gradient);
            sum.hessian += f64::from(hessian);
            sum.rows += 1;
        }
        let best = self.best(&histograms, sum);
        Leaf { rows, histograms, sum, best, from }
    }

    fn best(&self, histograms: &[Bin], sum: Bin) -> Option<Candidate> {
        let Settings { lambda, min_rows, .. } = self.settings;
        let value = |gradient: f64, hessian: f64| gradient * gradient / (hessian + lambda);
        let whole = value(sum.gradient, sum.hessian);
        let mut best: Option<Candidate> = None;
        for (slot, &feature) in self.features.iter().enumerate() {
            let mut left = Bin::default();
            for bin in 0..self.table.bars[feature].len() {
                let here = histograms[slot * 256 + bin];
                left.gradient += here.gradient;
                left.hessian += here.hessian;
                left.rows += here.rows;
                let rows_right = sum.rows - left.rows;
                if left.rows < min_rows || here.rows == 0 {
                    continue;
                }
                if rows_right < min_rows {
                    break;
                }
                let gain = value(left.gradient, left.hessian)
                    + value(sum.gradient - left.gradient, sum.hessian - left.hessian)
                    - whole;
                if gain > 1e-3 && best.is_none_or(|best| gain > best.gain) {
                    best = Some(Candidate { gain, slot, bin });
                }
            }
        }
        best
    }

    #[expect(clippy::type_complexity, reason = "a node on its way into the tree")]
    fn split(&self, leaf: Leaf, at: usize) -> ((Split, u8, Option<(usize, bool)>), Leaf, Leaf) {
        // Only leaves with a best split are taken.
        let best = leaf.best.unwrap_or(Candidate { gain: 0.0, slot: 0, bin: 0 });
        let feature = self.features[best.slot];
        let column = &self.table.columns[feature];
        let (left, right): (Vec<u32>, Vec<u32>) =
            leaf.rows.iter().partition(|&&row| usize::from(column[row as usize]) <= best.bin);
        let left_is_small = left.len() <= right.len();
        let small = self.histograms(if left_is_small { &left } else { &right });
        let mut large = leaf.histograms;
        for (bin, less) in large.iter_mut().zip(&small) {
            bin.gradient -= less.gradient;
            bin.hessian -= less.hessian;
            bin.rows -= less.rows;
        }
        let (of_left, of_right) = if left_is_small { (small, large) } else { (large, small) };
        let bar = self.table.bars[feature][best.bin];
        let node = Split { feature: feature as u16, bar, left: -1, right: -1 };
        (
            (node, best.bin as u8, leaf.from),
            self.leaf(left, of_left, Some((at, true))),
            self.leaf(right, of_right, Some((at, false))),
        )
    }
}

#[cfg(test)]
mod tests {
    use copydesk_stripper::model::Forest;

    use super::*;

    #[test]
    fn learns_an_exclusive_or() {
        let mut chance = Chance(1);
        let rows: Vec<Vec<f32>> =
            (0..4000).map(|_| vec![chance.below(100) as f32, chance.below(100) as f32]).collect();
        let truth: Vec<f32> =
            rows.iter().map(|row| f32::from(u8::from((row[0] > 50.0) != (row[1] > 30.0)))).collect();
        let views: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let settings = Settings { n_trees: 60, features: 1.0, ..Settings::default() };
        let (prior, trees) = grow(&Table::new(&views), &truth, &vec![1.0; rows.len()], settings);
        let forest = Forest::new(2, prior, &trees).unwrap();
        let right =
            rows.iter().zip(&truth).filter(|(row, y)| (forest.score(row) > 0.0) == (**y > 0.5)).count();
        assert!(right > 3900, "{right} of 4000");
    }
}
