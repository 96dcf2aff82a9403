//! A linear support vector machine with squared hinge loss, by dual coordinate descent. The order in which
//! cases are visited is drawn from a fixed seed, so that a training can be repeated.

/// A weighed text: places in the vocabulary and weights, in the order of the places.
pub(crate) type Weighed = Vec<(u32, f32)>;

/// Rounds over all cases at most.
const ROUNDS: usize = 40;
/// The gradient below which nothing is to be gained any more.
const ENOUGH: f64 = 0.01;

/// Weights for one class against the others: the last one is the bias.
pub(crate) fn solve(cases: &[Weighed], is_of: &[bool], vocabulary: usize, cost: f64, balance: (f64, f64)) -> Vec<f32> {
    let mut weights = vec![0.0_f64; vocabulary + 1];
    let bounds = |of: bool| 1.0 / (2.0 * cost * if of { balance.0 } else { balance.1 });
    let squares: Vec<f64> = cases.iter().map(|case| 1.0 + case.iter().map(|(_, x)| f64::from(*x) * f64::from(*x)).sum::<f64>()).collect();
    let mut alphas = vec![0.0_f64; cases.len()];
    let mut order: Vec<usize> = (0..cases.len()).collect();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..ROUNDS {
        for at in (1..order.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let with = usize::try_from((seed >> 33) % (at as u64 + 1)).unwrap_or(0);
            order.swap(at, with);
        }
        let mut most = 0.0_f64;
        for &at in &order {
            let (Some(case), Some(&of), Some(&square), Some(alpha)) = (cases.get(at), is_of.get(at), squares.get(at), alphas.get_mut(at))
            else {
                continue;
            };
            let sign = if of { 1.0 } else { -1.0 };
            let slack = bounds(of);
            let gradient = sign * dot(&weights, case) - 1.0 + slack * *alpha;
            let projected = if *alpha == 0.0 { gradient.min(0.0) } else { gradient };
            most = most.max(projected.abs());
            if projected.abs() < 1e-12 {
                continue;
            }
            let before = *alpha;
            *alpha = (before - gradient / (square + slack)).max(0.0);
            let step = (*alpha - before) * sign;
            for (place, x) in case {
                if let Some(weight) = weights.get_mut(*place as usize) {
                    *weight += step * f64::from(*x);
                }
            }
            if let Some(bias) = weights.last_mut() {
                *bias += step;
            }
        }
        if most < ENOUGH {
            break;
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "the model keeps single precision")]
    weights.into_iter().map(|weight| weight as f32).collect()
}

fn dot(weights: &[f64], case: &Weighed) -> f64 {
    let sum: f64 = case.iter().filter_map(|(place, x)| weights.get(*place as usize).map(|weight| weight * f64::from(*x))).sum();
    sum + weights.last().copied().unwrap_or(0.0)
}
