//! The report over a module made for these tests: lamps that are mended, well or badly.

mod lamps;
mod pages;
mod written;
