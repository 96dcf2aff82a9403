//! Documents out: the same bytes twice, layout by the grid, files that other programs open.

mod sample;
mod written;
