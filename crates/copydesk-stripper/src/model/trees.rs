//! Boosted trees: the weights' file, and the score of a row.
//!
//! The file is the trainer's: `CDT1`, number of features (u16), number of trees (u16), a shrunken prior (f32);
//! for each tree its number of inner nodes (u16), the nodes (feature u16, bar f32, left i16, right i16), and
//! its leaves (f32, one more than nodes). A child below zero is the leaf `-1 - child`. All little endian.
//! Every index is checked when the file is read, so scoring cannot go astray.

/// An ensemble of decision trees.
#[derive(Debug, Clone)]
pub struct Forest {
    width: usize,
    prior: f32,
    trees: Vec<Tree>,
    nodes: Vec<Split>,
    leaves: Vec<f32>,
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
pub struct BadWeights(&'static str);

const MAGIC: &[u8; 4] = b"CDT1";
/// Rows scored side by side.
const LANES: usize = 8;

impl Forest {
    /// Puts trees together.
    ///
    /// # Errors
    /// A child or a feature out of range.
    pub fn new(width: usize, prior: f32, parts: &[TreeParts]) -> Result<Forest, BadWeights> {
        let mut forest = Forest { width, prior, trees: Vec::new(), nodes: Vec::new(), leaves: Vec::new() };
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
        Ok(())
    }

    /// Features a row must have.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The log-odds of a row; features it lacks count as 0.
    pub fn score(&self, row: &[f32]) -> f32 {
        self.score_lanes(&[row; 1])[0]
    }

    /// The log-odds of each row.
    pub fn scores(&self, rows: &[Vec<f32>]) -> Vec<f32> {
        let mut scores = Vec::with_capacity(rows.len());
        let mut lanes = rows.chunks_exact(LANES);
        for chunk in lanes.by_ref() {
            let lanes: [&[f32]; LANES] = std::array::from_fn(|lane| chunk[lane].as_slice());
            scores.extend(self.score_lanes(&lanes));
        }
        scores.extend(lanes.remainder().iter().map(|row| self.score(row)));
        scores
    }

    /// Rows walk side by side, for a walk alone waits for memory at each step.
    fn score_lanes<const N: usize>(&self, rows: &[&[f32]; N]) -> [f32; N] {
        let mut sums = [self.prior; N];
        for tree in &self.trees {
            let first = tree.first_node as usize;
            let nodes = self.nodes.get(first..first + tree.n_nodes as usize).unwrap_or(&[]);
            let mut at = [if nodes.is_empty() { -1_i16 } else { 0 }; N];
            while at.iter().any(|&at| at >= 0) {
                for (at, row) in at.iter_mut().zip(rows) {
                    // A lane that has its leaf stays there; the walk ends, for children stand after parents.
                    if let Some(node) = usize::try_from(*at).ok().and_then(|at| nodes.get(at)) {
                        let value = row.get(usize::from(node.feature)).copied().unwrap_or(0.0);
                        *at = if value <= node.bar { node.left } else { node.right };
                    }
                }
            }
            for (sum, at) in sums.iter_mut().zip(at) {
                *sum += self.leaves[tree.first_leaf as usize + usize::from((-1 - at).unsigned_abs())];
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
        let rows: Vec<Vec<f32>> = (0..19_u8).map(|at| vec![0.0, f32::from(at) / 4.0]).collect();
        let alone: Vec<f32> = rows.iter().map(|row| read.score(row)).collect();
        assert_eq!(read.scores(&rows), alone);
        for cut in 0..bytes.len() {
            assert!(Forest::read(&bytes[..cut]).is_err());
        }
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
