//! Logistic regression, by Newton's method with a penalty on squared weights.

use copydesk_stories::N_FEATURES;

/// What is learnt from.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) features: [f32; N_FEATURES],
    pub(super) joins: bool,
    pub(super) weight: f64,
}

type Vector = [f64; N_FEATURES];

/// Fits weights. Features are put on one scale first, so that the penalty treats them alike; the first is the
/// bias, and is not penalised.
pub(super) fn fit(rows: &[Row], penalty: f64) -> [f32; N_FEATURES] {
    let scales = scales(rows);
    let mut weights: Vector = [0.0; N_FEATURES];
    for _ in 0..40 {
        let mut gradient: Vector = [0.0; N_FEATURES];
        let mut curvature = [[0.0; N_FEATURES]; N_FEATURES];
        for row in rows {
            let x: Vector = std::array::from_fn(|at| f64::from(row.features[at]) / scales[at]);
            let sum: f64 = x.iter().zip(&weights).map(|(x, weight)| x * weight).sum();
            let p = 1.0 / (1.0 + (-sum).exp());
            let error = (f64::from(u8::from(row.joins)) - p) * row.weight;
            let slope = (p * (1.0 - p)).max(1e-9) * row.weight;
            for (at, x_at) in x.iter().enumerate() {
                gradient[at] += error * x_at;
                for (with, x_with) in x.iter().enumerate().take(at + 1) {
                    curvature[at][with] += slope * x_at * x_with;
                }
            }
        }
        for at in 0..N_FEATURES {
            let penalty = if at == 0 { 1e-9 } else { penalty };
            gradient[at] -= penalty * weights[at];
            curvature[at][at] += penalty;
            let row = curvature[at];
            for (above, value) in curvature.iter_mut().zip(row).take(at) {
                above[at] = value;
            }
        }
        let step = solve(curvature, gradient);
        weights.iter_mut().zip(step).for_each(|(weight, step)| *weight += step);
        if step.iter().all(|step| step.abs() < 1e-7) {
            break;
        }
    }
    std::array::from_fn(|at| (weights[at] / scales[at]) as f32)
}

/// The root of the mean square of each feature.
fn scales(rows: &[Row]) -> Vector {
    let total: f64 = rows.iter().map(|row| row.weight).sum();
    std::array::from_fn(|at| {
        let squares: f64 = rows.iter().map(|row| row.weight * f64::from(row.features[at]).powi(2)).sum();
        (squares / total.max(1e-9)).sqrt().max(1e-6)
    })
}

/// Gauss's elimination with pivots.
fn solve(mut matrix: [[f64; N_FEATURES]; N_FEATURES], mut right: Vector) -> Vector {
    for at in 0..N_FEATURES {
        let pivot = (at..N_FEATURES).max_by(|a, b| matrix[*a][at].abs().total_cmp(&matrix[*b][at].abs()));
        let pivot = pivot.unwrap_or(at);
        matrix.swap(at, pivot);
        right.swap(at, pivot);
        if matrix[at][at].abs() < 1e-12 {
            continue;
        }
        for below in at + 1..N_FEATURES {
            let factor = matrix[below][at] / matrix[at][at];
            let row = matrix[at];
            matrix[below].iter_mut().zip(row).for_each(|(value, above)| *value -= factor * above);
            right[below] -= factor * right[at];
        }
    }
    let mut solution: Vector = [0.0; N_FEATURES];
    for at in (0..N_FEATURES).rev() {
        let known: f64 = (at + 1..N_FEATURES).map(|with| matrix[at][with] * solution[with]).sum();
        if matrix[at][at].abs() >= 1e-12 {
            solution[at] = (right[at] - known) / matrix[at][at];
        }
    }
    solution
}
