//! The second look: what the first forest thinks of a block's neighbours, as features of the block.
//!
//! A paragraph among boilerplate is boilerplate more often than its words say, and a short line between two
//! paragraphs is a heading more often than not.

use super::structure::Container;

/// A first opinion on each block.
pub(super) struct First<'a> {
    /// Probability that the block belongs to the article.
    pub(super) keep: &'a [f32],
    /// Words of the block.
    pub(super) words: &'a [f32],
    /// Elements around the block, nearest first; empty for plain text.
    pub(super) containers: &'a [Container],
}

const REACH: [usize; 3] = [2, 5, 12];

/// Adds the features of the second look to each row.
pub(super) fn extend(rows: &mut [Vec<f32>], first: &First<'_>) {
    let n = rows.len();
    let sums = |value: &dyn Fn(usize) -> f32| {
        let mut sums = vec![0.0_f32];
        for idx in 0..n {
            sums.push(sums[idx] + value(idx));
        }
        sums
    };
    let keep = first.keep;
    let p_to = sums(&|idx| keep[idx]);
    let w_to = sums(&|idx| first.words[idx]);
    let pw_to = sums(&|idx| keep[idx] * first.words[idx]);
    let (total, kept) = (w_to[n].max(1.0), pw_to[n].max(1.0));
    let (start, end) = best_stretch(first);
    let (up, down) = (nearest_sure(keep, false), nearest_sure(keep, true));
    for (idx, row) in rows.iter_mut().enumerate() {
        let at = |step: isize| idx.checked_add_signed(step).and_then(|at| keep.get(at)).copied().unwrap_or(-1.0);
        row.extend([-3, -2, -1, 0, 1, 2, 3].map(at));
        for reach in REACH {
            let (low, high) = (idx.saturating_sub(reach), (idx + reach + 1).min(n));
            row.push((p_to[high] - p_to[low]) / (high - low) as f32);
            row.push((pw_to[high] - pw_to[low]) / (w_to[high] - w_to[low]).max(1.0));
        }
        row.extend([
            pw_to[idx] / kept,
            (kept - pw_to[idx + 1]) / kept,
            kept,
            kept / total,
            f32::from(u8::from((start..end).contains(&idx))),
            idx as f32 - start as f32,
            end as f32 - idx as f32,
            (pw_to[end] - pw_to[start]) / kept,
            up[idx],
            down[idx],
        ]);
    }
    containers(rows, first, kept);
}

/// The stretch with the greatest sum of words weighed by how sure they are to stay or go.
fn best_stretch(first: &First<'_>) -> (usize, usize) {
    let (mut best, mut sum, mut start) = ((0.0_f32, 0, 0), 0.0_f32, 0);
    for (idx, (&keep, &words)) in first.keep.iter().zip(first.words).enumerate() {
        if sum <= 0.0 {
            (sum, start) = (0.0, idx);
        }
        sum += (keep - 0.5) * (words + 3.0);
        if sum > best.0 {
            best = (sum, start, idx + 1);
        }
    }
    (best.1, best.2)
}

/// Blocks to the nearest one that surely stays, below or above.
fn nearest_sure(keep: &[f32], below: bool) -> Vec<f32> {
    const FAR: f32 = 60.0;
    let mut out = vec![FAR; keep.len()];
    let mut distance = FAR;
    let mut visit = |idx: usize| {
        out[idx] = distance;
        distance = if keep[idx] > 0.8 { 1.0 } else { (distance + 1.0).min(FAR) };
    };
    if below {
        (0..keep.len()).rev().for_each(&mut visit);
    } else {
        (0..keep.len()).for_each(&mut visit);
    }
    out
}

/// The opinion on all that stands in the same element, for the three elements nearest above the block.
fn containers(rows: &mut [Vec<f32>], first: &First<'_>, kept: f32) {
    if first.containers.is_empty() {
        return;
    }
    let n_nodes = first.containers.iter().flatten().max().map_or(0, |&node| node as usize + 1);
    let mut sums = vec![(0.0_f32, 0.0_f32); n_nodes];
    for (idx, container) in first.containers.iter().enumerate() {
        let mut last = u32::MAX;
        for &node in container {
            if node != last {
                let sum = &mut sums[node as usize];
                sum.0 += first.words[idx];
                sum.1 += first.words[idx] * first.keep[idx];
            }
            last = node;
        }
    }
    for (idx, (row, container)) in rows.iter_mut().zip(first.containers).enumerate() {
        let own = first.words[idx];
        for &node in container {
            let (words, keeps) = sums[node as usize];
            row.push(keeps / words.max(1.0));
            row.push(keeps / kept);
            row.push((keeps - own * first.keep[idx]) / (words - own).max(1.0));
        }
    }
}
