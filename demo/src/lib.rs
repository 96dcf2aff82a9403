//! A believable demo district, made through the same operations as a real one.
//!
//! [`plan`] draws the district on paper, [`staff`] who works in it, [`words`] what is said in it; all of
//! it is invented and decided by a seed.

pub mod data;
pub mod dice;
pub mod naming;
pub mod phrase;
pub mod plan;
pub mod scene;
pub mod staff;
pub mod words;
