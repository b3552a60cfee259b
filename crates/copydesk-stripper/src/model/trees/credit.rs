//! What each feature adds to a row's score.
//!
//! Along the walk of a row through a tree, each split changes the score to be expected from that of the node to
//! that of the child; the change is the split's feature's (Saabas, "Interpreting random forests", 2014). The
//! weights' file keeps no counts of rows, so what is expected at a node is the mean of its two children.

use super::{Forest, Tree};

/// What a forest expects at each node, whoever comes there.
#[derive(Debug)]
pub(in crate::model) struct Expected {
    nodes: Vec<f32>,
    /// Before anything is asked.
    pub(in crate::model) base: f32,
}

impl Forest {
    /// The scores to be expected at each node.
    pub(in crate::model) fn expected(&self) -> Expected {
        let mut expected = Expected { nodes: vec![0.0; self.nodes.len()], base: self.prior };
        for tree in &self.trees {
            let first = tree.first_node as usize;
            // Children stand after parents.
            for at in (first..first + tree.n_nodes as usize).rev() {
                let node = self.nodes[at];
                let two = [node.left, node.right].map(|child| self.at(tree, child, &expected.nodes));
                expected.nodes[at] = f32::midpoint(two[0], two[1]);
            }
            expected.base += self.at(tree, root(tree), &expected.nodes);
        }
        expected
    }

    /// What each feature adds to the score of `row`: with [`Expected::base`] they make up the score.
    pub(in crate::model) fn credits(&self, expected: &Expected, row: &[f32]) -> Vec<f32> {
        let mut credits = vec![0.0; self.width];
        for tree in &self.trees {
            let mut at = root(tree);
            while let Ok(node) = usize::try_from(at) {
                let node = self.nodes[tree.first_node as usize + node];
                let value = row.get(usize::from(node.feature)).copied().unwrap_or(0.0);
                let next = if value <= node.bar { node.left } else { node.right };
                credits[usize::from(node.feature)] +=
                    self.at(tree, next, &expected.nodes) - self.at(tree, at, &expected.nodes);
                at = next;
            }
        }
        credits
    }

    /// What is to be expected at a node or leaf of a tree.
    fn at(&self, tree: &Tree, child: i16, nodes: &[f32]) -> f32 {
        match usize::try_from(child) {
            Ok(node) => nodes[tree.first_node as usize + node],
            Err(_) => self.leaves[tree.first_leaf as usize + usize::from((-1 - child).unsigned_abs())],
        }
    }
}

/// The first node, or the only leaf.
fn root(tree: &Tree) -> i16 {
    if tree.n_nodes == 0 { -1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use crate::model::trees::{Split, TreeParts};

    use super::*;

    fn forest() -> Forest {
        let node = |feature, left, right| Split { feature, bar: 0.5, left, right };
        let two = TreeParts { nodes: vec![node(0, 1, -3), node(1, -1, -2)], leaves: vec![-4.0, 0.0, 6.0] };
        let one = TreeParts { nodes: vec![node(2, -1, -2)], leaves: vec![1.0, 3.0] };
        let none = TreeParts { nodes: Vec::new(), leaves: vec![0.25] };
        Forest::new(3, 0.5, &[two, one, none]).unwrap()
    }

    #[test]
    fn each_split_changes_what_is_expected() {
        let forest = forest();
        let expected = forest.expected();
        assert!((expected.base - (0.5 + 2.0 + 2.0 + 0.25)).abs() < 1e-6);
        assert_eq!(forest.credits(&expected, &[0.0, 1.0, 0.0]), [-4.0, 2.0, -1.0]);
        assert_eq!(forest.credits(&expected, &[1.0, 0.0, 1.0]), [4.0, 0.0, 1.0]);
    }

    #[test]
    fn base_and_credits_make_up_the_score() {
        let mut state = 7_u32;
        let mut value = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as f32 / 16.0
        };
        for forest in
            [&forest(), &crate::model::TEXT.body, &crate::model::HTML.body, &crate::model::HTML.head]
        {
            let expected = forest.expected();
            for _ in 0..50 {
                let row: Vec<f32> = (0..forest.width()).map(|_| value()).collect();
                let sum = expected.base + forest.credits(&expected, &row).iter().sum::<f32>();
                let score = forest.score(&row);
                assert!((sum - score).abs() < 1e-3 * (1.0 + score.abs()), "{sum} {score}");
            }
        }
    }
}
