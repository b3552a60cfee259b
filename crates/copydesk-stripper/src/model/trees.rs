//! Boosted trees: the weights' file, and the score of a row.
//!
//! The file is the trainer's: `CDT1`, number of features (u16), number of trees (u16), a shrunken prior (f32);
//! for each tree its number of inner nodes (u16), the nodes (feature u16, bar f32, left i16, right i16), and
//! its leaves (f32, one more than nodes). A child below zero is the leaf `-1 - child`. All little endian.
//! Every index is checked when the file is read, so scoring cannot go astray.

mod credit;

pub(super) use credit::Expected;

/// An ensemble of decision trees.
#[derive(Debug, Clone)]
pub struct Forest {
    width: usize,
    prior: f32,
    trees: Vec<Tree>,
    nodes: Vec<Split>,
    leaves: Vec<f32>,
    /// One for each node: to ask all of a tree, for many rows at once, is faster than to walk.
    tests: Vec<Test>,
    /// The leaves of each tree from left to right.
    exits: Vec<f32>,
    /// True if a tree has more leaves than [`Test`] has bits, or is none: then rows walk.
    walks: bool,
}

/// An inner node that is asked without regard to the others. Each node that sends a row right rules out the
/// leaves on its left; of those that no node ruled out, the leftmost is the row's.
#[derive(Debug, Clone, Copy, Default)]
struct Test {
    feature: u16,
    bar: f32,
    /// The leaves that are left for rows that go right, as bits from left to right.
    rest: u16,
}

#[derive(Debug, Clone, Copy)]
struct Tree {
    first_node: u32,
    first_leaf: u32,
    n_nodes: u32,
}

/// An inner node: rows whose feature is at most `bar` go left.
#[derive(Debug, Clone, Copy)]
pub struct Split {
    /// The feature's place in the row.
    pub feature: u16,
    /// The greatest value that goes left.
    pub bar: f32,
    /// A node of the same tree, or a leaf as `-1 - leaf`.
    pub left: i16,
    /// As `left`.
    pub right: i16,
}

/// One tree as the trainer grows it.
#[derive(Debug, Clone, Default)]
pub struct TreeParts {
    /// Inner nodes; a node comes before its children.
    pub nodes: Vec<Split>,
    /// Scores.
    pub leaves: Vec<f32>,
}

/// A weights' file that does not hold together.
#[derive(Debug, thiserror::Error)]
#[error("weights are damaged: {0}")]
pub struct BadWeights(pub(super) &'static str);

const MAGIC: &[u8; 4] = b"CDT1";
/// Rows scored side by side, and where fewer are left.
const LANES: usize = 16;
const FEW_LANES: usize = 8;
const FEWEST_LANES: usize = 4;

impl Forest {
    /// Puts trees together.
    ///
    /// # Errors
    /// A child or a feature out of range.
    pub fn new(width: usize, prior: f32, parts: &[TreeParts]) -> Result<Forest, BadWeights> {
        let (trees, nodes, leaves) = (Vec::new(), Vec::new(), Vec::new());
        let (tests, exits) = (Vec::new(), Vec::new());
        let mut forest = Forest { width, prior, trees, nodes, leaves, tests, exits, walks: false };
        for part in parts {
            forest.push(part)?;
        }
        Ok(forest)
    }

    fn push(&mut self, part: &TreeParts) -> Result<(), BadWeights> {
        if part.leaves.len() != part.nodes.len() + 1 {
            return Err(BadWeights("leaves and nodes of a tree do not match"));
        }
        for (idx, node) in part.nodes.iter().enumerate() {
            let fits = |child: i16| {
                if child < 0 {
                    usize::from(child.unsigned_abs()) <= part.leaves.len()
                } else {
                    // A child stands after its parent, so every walk ends.
                    (idx + 1..part.nodes.len()).contains(&usize::from(child.unsigned_abs()))
                }
            };
            if !fits(node.left) || !fits(node.right) {
                return Err(BadWeights("a child out of range"));
            }
            if usize::from(node.feature) >= self.width {
                return Err(BadWeights("a feature out of range"));
            }
        }
        self.trees.push(Tree {
            first_node: self.nodes.len() as u32,
            first_leaf: self.leaves.len() as u32,
            n_nodes: part.nodes.len() as u32,
        });
        self.nodes.extend_from_slice(&part.nodes);
        self.leaves.extend_from_slice(&part.leaves);
        match part.laid_out() {
            Some((tests, exits)) => {
                self.tests.extend(tests);
                self.exits.extend(exits);
            }
            None => self.walks = true,
        }
        Ok(())
    }

    /// Features a row must have.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The log-odds of a row; features it lacks count as 0.
    pub fn score(&self, row: &[f32]) -> f32 {
        let mut sum = self.prior;
        for tree in &self.trees {
            let first = tree.first_node as usize;
            let nodes = self.nodes.get(first..first + tree.n_nodes as usize).unwrap_or(&[]);
            let mut at = if nodes.is_empty() { -1_i16 } else { 0 };
            // The walk ends, for children stand after parents.
            while let Some(node) = usize::try_from(at).ok().and_then(|at| nodes.get(at)) {
                let value = row.get(usize::from(node.feature)).copied().unwrap_or(0.0);
                at = if value <= node.bar { node.left } else { node.right };
            }
            sum += self.leaves[tree.first_leaf as usize + usize::from((-1 - at).unsigned_abs())];
        }
        sum
    }

    /// The log-odds of each row.
    pub fn scores(&self, rows: &[Vec<f32>]) -> Vec<f32> {
        if self.walks {
            return rows.iter().map(|row| self.score(row)).collect();
        }
        let mut scores = Vec::with_capacity(rows.len());
        let mut columns = Vec::new();
        for chunk in rows.chunks(LANES) {
            if chunk.len() > FEW_LANES {
                self.score_chunk::<LANES>(chunk, &mut columns, &mut scores);
            } else if chunk.len() > FEWEST_LANES {
                self.score_chunk::<FEW_LANES>(chunk, &mut Vec::new(), &mut scores);
            } else {
                self.score_chunk::<FEWEST_LANES>(chunk, &mut Vec::new(), &mut scores);
            }
        }
        scores
    }

    /// Adds the log-odds of up to `N` rows; `columns` is space.
    fn score_chunk<const N: usize>(
        &self,
        rows: &[Vec<f32>],
        columns: &mut Vec<[f32; N]>,
        scores: &mut Vec<f32>,
    ) {
        columns.clear();
        columns.resize(self.width, [0.0; N]);
        for (lane, row) in rows.iter().enumerate() {
            for (column, value) in columns.iter_mut().zip(row) {
                column[lane] = *value;
            }
        }
        scores.extend(self.score_lanes(columns).into_iter().take(rows.len()));
    }

    /// The log-odds of rows side by side, given feature by feature.
    fn score_lanes<const N: usize>(&self, columns: &[[f32; N]]) -> [f32; N] {
        let mut sums = [self.prior; N];
        for tree in &self.trees {
            let (first, n_nodes) = (tree.first_node as usize, tree.n_nodes as usize);
            let tests = self.tests.get(first..first + n_nodes).unwrap_or(&[]);
            let first = tree.first_leaf as usize;
            let exits = self.exits.get(first..=first + n_nodes).unwrap_or(&[]);
            let open = open_leaves(tests, columns);
            for (sum, open) in sums.iter_mut().zip(open) {
                // The last leaf stands left of no node, so one is always open.
                let exit = (u32::from(open) | 1 << u16::BITS).trailing_zeros();
                *sum += exits.get(exit as usize).copied().unwrap_or(0.0);
            }
        }
        sums
    }

    /// The forest as a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend((self.width as u16).to_le_bytes());
        bytes.extend((self.trees.len() as u16).to_le_bytes());
        bytes.extend(self.prior.to_le_bytes());
        for tree in &self.trees {
            bytes.extend((tree.n_nodes as u16).to_le_bytes());
            let nodes = self.nodes.iter().skip(tree.first_node as usize).take(tree.n_nodes as usize);
            for node in nodes {
                bytes.extend(node.feature.to_le_bytes());
                bytes.extend(node.bar.to_le_bytes());
                bytes.extend(node.left.to_le_bytes());
                bytes.extend(node.right.to_le_bytes());
            }
            let leaves = self.leaves.iter().skip(tree.first_leaf as usize).take(tree.n_nodes as usize + 1);
            bytes.extend(leaves.flat_map(|leaf| leaf.to_le_bytes()));
        }
        bytes
    }

    /// Reads a forest from its file.
    ///
    /// # Errors
    /// The bytes are no forest.
    pub fn read(bytes: &[u8]) -> Result<Forest, BadWeights> {
        let mut rest = Bytes(bytes);
        if &rest.take::<4>()? != MAGIC {
            return Err(BadWeights("not a weights' file"));
        }
        let width = usize::from(u16::from_le_bytes(rest.take()?));
        let n_trees = u16::from_le_bytes(rest.take()?);
        let mut forest = Forest::new(width, f32::from_le_bytes(rest.take()?), &[])?;
        for _ in 0..n_trees {
            let n_nodes = u16::from_le_bytes(rest.take()?);
            let mut part = TreeParts::default();
            for _ in 0..n_nodes {
                part.nodes.push(Split {
                    feature: u16::from_le_bytes(rest.take()?),
                    bar: f32::from_le_bytes(rest.take()?),
                    left: i16::from_le_bytes(rest.take()?),
                    right: i16::from_le_bytes(rest.take()?),
                });
            }
            for _ in 0..=n_nodes {
                part.leaves.push(f32::from_le_bytes(rest.take()?));
            }
            forest.push(&part)?;
        }
        if !rest.0.is_empty() {
            return Err(BadWeights("too long"));
        }
        Ok(forest)
    }
}

/// The leaves that no node rules out, lane by lane. On its own, so that the compiler takes all lanes at once.
#[inline(never)]
fn open_leaves<const N: usize>(tests: &[Test], columns: &[[f32; N]]) -> [u16; N] {
    let mut open = [u16::MAX; N];
    for test in tests {
        let values = &columns[usize::from(test.feature)];
        for (open, value) in open.iter_mut().zip(values) {
            // All ones for rows that go left.
            let left = u16::from(*value <= test.bar).wrapping_neg();
            *open &= left | test.rest;
        }
    }
    open
}

impl TreeParts {
    /// The nodes as tests and the leaves from left to right. `None` if there are more leaves than bits, or if two
    /// nodes share a child. Every child is known to be in range, and to stand after its parent.
    fn laid_out(&self) -> Option<(Vec<Test>, Vec<f32>)> {
        let n_leaves = self.leaves.len();
        if n_leaves > u16::BITS as usize {
            return None;
        }
        // Nodes, then leaves.
        let place = |child: i16| {
            let at = usize::from(if child < 0 { -1 - child } else { child }.unsigned_abs());
            if child < 0 { self.nodes.len() + at } else { at }
        };
        let mut sizes = vec![1_usize; self.nodes.len() + n_leaves];
        let mut has_parent = vec![false; sizes.len()];
        for (idx, node) in self.nodes.iter().enumerate().rev() {
            for child in [node.left, node.right] {
                if std::mem::replace(has_parent.get_mut(place(child))?, true) {
                    return None;
                }
            }
            sizes[idx] = sizes[place(node.left)] + sizes[place(node.right)];
        }
        // The first leaf below each.
        let mut firsts = vec![0_usize; sizes.len()];
        let mut tests = Vec::with_capacity(self.nodes.len());
        for (idx, node) in self.nodes.iter().enumerate() {
            let (first, n_left) = (firsts[idx], sizes[place(node.left)]);
            firsts[place(node.left)] = first;
            firsts[place(node.right)] = first + n_left;
            let left = ((1_u32 << n_left) - 1) << first;
            tests.push(Test { feature: node.feature, bar: node.bar, rest: !(left as u16) });
        }
        let mut exits = vec![0.0; n_leaves];
        for (first, leaf) in firsts.iter().skip(self.nodes.len()).zip(&self.leaves) {
            *exits.get_mut(*first)? = *leaf;
        }
        Some((tests, exits))
    }
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], BadWeights> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(BadWeights("cut short"))?;
        self.0 = rest;
        Ok(*head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stump() -> TreeParts {
        TreeParts {
            nodes: vec![Split { feature: 1, bar: 2.5, left: -1, right: -2 }],
            leaves: vec![-1.0, 3.0],
        }
    }

    #[test]
    fn a_forest_survives_its_file() {
        let forest = Forest::new(2, 0.5, &[stump(), stump()]).unwrap();
        let bytes = forest.to_bytes();
        let read = Forest::read(&bytes).unwrap();
        assert!((read.score(&[0.0, 2.5]) - -1.5).abs() < 1e-6);
        assert!((read.score(&[0.0, 2.6]) - 6.5).abs() < 1e-6);
        let rows: Vec<Vec<f32>> = (0..47_u8).map(|at| vec![0.0, f32::from(at) / 4.0]).collect();
        let alone: Vec<f32> = rows.iter().map(|row| read.score(row)).collect();
        assert_eq!(read.scores(&rows), alone);
        for cut in 0..bytes.len() {
            assert!(Forest::read(&bytes[..cut]).is_err());
        }
    }

    #[test]
    fn asking_all_nodes_is_walking() {
        let forest = &super::super::TEXT.body;
        assert!(!forest.walks);
        let mut state = 1_u32;
        let mut value = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            match state >> 28 {
                0..6 => 0.0,
                6..10 => (state >> 20 & 7) as f32,
                10..15 => (state >> 16 & 255) as f32 / 64.0,
                _ => f32::NAN,
            }
        };
        let rows: Vec<Vec<f32>> = (0..200).map(|_| (0..forest.width()).map(|_| value()).collect()).collect();
        let walked: Vec<f32> = rows.iter().map(|row| forest.score(row)).collect();
        assert_eq!(forest.scores(&rows), walked);
    }

    #[test]
    fn rows_walk_where_nodes_share_a_child() {
        let node = |left, right| Split { feature: 1, bar: 2.5, left, right };
        let odd = TreeParts { nodes: vec![node(1, 1), node(-1, -2)], leaves: vec![1.0, 2.0, 3.0] };
        let forest = Forest::new(2, 0.0, &[odd]).unwrap();
        assert_eq!(forest.scores(&[vec![0.0, 2.0], vec![0.0, 3.0]]), [1.0, 2.0]);
    }

    #[test]
    fn a_walk_that_would_not_end_is_refused() {
        let mut tree = stump();
        tree.nodes[0].left = 0;
        assert!(Forest::new(2, 0.0, &[tree]).is_err());
        let mut tree = stump();
        tree.nodes[0].feature = 2;
        assert!(Forest::new(2, 0.0, &[tree]).is_err());
    }
}
