//! The page of GB/T 9704-2012, in points: A4, 版心 156 × 225 mm, 22 lines of 28 characters in 3号 (16 pt).

const fn mm(value: f32) -> f32 {
    value * 72.0 / 25.4
}

/// Width of A4.
pub(crate) const WIDTH: f32 = mm(210.0);
/// Height of A4.
pub(crate) const HEIGHT: f32 = mm(297.0);
/// 天头.
pub(crate) const TOP: f32 = mm(37.0);
/// 订口.
pub(crate) const LEFT: f32 = mm(28.0);
/// Width of the 版心.
pub(crate) const TEXT_WIDTH: f32 = mm(156.0);
/// Height of the 版心.
pub(crate) const TEXT_HEIGHT: f32 = mm(225.0);
/// From line to line.
pub(crate) const PITCH: f32 = TEXT_HEIGHT / 22.0;
/// 3号.
pub(crate) const BODY: f32 = 16.0;
/// 2号, the title.
pub(crate) const TITLE: f32 = 22.0;
/// 4号, page numbers and captions.
pub(crate) const SMALL: f32 = 14.0;
/// 小四, tables.
pub(crate) const TABLE: f32 = 12.0;
/// From character to character: 28 of them fill a line, so that each gives up a hundredth of its width.
pub(crate) const GRID: f32 = TEXT_WIDTH / 28.0 / BODY;
/// Page numbers stand 7 mm under the 版心.
pub(crate) const NUMBER_DROP: f32 = mm(7.0);

/// Where GB/T 9704 is cited.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_is_that_of_the_standard() {
        assert!((PITCH - 28.99).abs() < 0.01);
        assert!((GRID * BODY * 28.0 - TEXT_WIDTH).abs() < 0.01);
        const { assert!(PITCH * 22.0 <= TEXT_HEIGHT + 0.01) };
    }
}
