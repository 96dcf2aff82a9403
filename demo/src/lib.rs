//! A believable demo district, made through the same operations as a real one.
//!
//! [`plan`] draws the district on paper, [`staff`] who works in it, [`words`] what is said in it; all of
//! it is invented and decided by a seed. `settle` enters units and people, and `course` lets a year of
//! concerns pass under a simulated clock. [`create`] does it all; [`entries`] says as whom to enter.

mod act;
mod begin;
mod case;
mod conferences;
mod course;
mod create;
pub mod data;
mod decide;
pub mod dice;
mod entries;
mod hours;
mod inspections;
mod linked;
pub mod naming;
pub mod outlines;
pub mod phrase;
pub mod pictures;
pub mod plan;
mod registers;
mod report;
pub mod scene;
mod scores;
mod seen;
mod settle;
pub mod staff;
mod theory;
pub mod words;

pub use create::{Made, Make, Progress, Stage, create};
pub use entries::{Entry, State, entries, state};
pub use plan::Size;

/// Why a demo district could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The store holds something already.
    #[error("the store is not empty")]
    Taken,
    /// The texts in `data/` do not hold together.
    #[error("demo data: {0}")]
    Data(String),
    /// An operation refused what was drawn, which is a fault of the demo.
    #[error("the demo did what an operation refuses: {0}")]
    Refused(String),
    /// A picture could not be stored.
    #[error("a picture could not be stored: {0}")]
    Picture(String),
    /// The store's.
    #[error(transparent)]
    Store(#[from] store::StoreError),
}

impl CreateError {
    fn refused(error: impl std::fmt::Display) -> CreateError {
        CreateError::Refused(error.to_string())
    }
}
