//! A small classifier of Chinese texts, trained inside the product: pairs and single characters weighed by
//! how rare they are, and one linear support vector machine for each class. No network, no dependency; the
//! same cases in the same order give the same model.
//!
//! It suggests; what is made of it is decided by a person.

mod check;
mod features;
mod model;
mod solve;

pub use check::{Measured, measure};
pub use model::{BadModel, Case, Guess, Model};
