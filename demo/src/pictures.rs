//! A few small painted pictures in place of photos: a pothole, a full bin, a dark street and the like.
//!
//! They are painted by arithmetic and written as JPEG, the same bytes for the same number.

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

/// How many different pictures there are.
pub const COUNT: u32 = 8;

const WIDTH: u32 = 480;
const HEIGHT: u32 = 360;
/// The scenes are described on a sheet of 800 by 600.
const SHEET: u32 = 800;

/// A picture as JPEG, small enough for lists too.
pub struct Picture {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// Paint the picture with this number.
///
/// # Errors
/// The encoder's, which has no reason to fail on these.
pub fn paint(number: u32) -> Result<Picture, image::ImageError> {
    let scene = &SCENES[usize::try_from(number % COUNT).unwrap_or(0)];
    let picture = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| scene.at(x * SHEET / WIDTH, y * SHEET / WIDTH, number));
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 82).encode_image(&picture)?;
    Ok(Picture { bytes, width: WIDTH, height: HEIGHT })
}

type Colour = [i32; 3];

/// A sky or wall above, a ground below, and shapes upon them, later ones over earlier ones.
struct Scene {
    above: Colour,
    below: Colour,
    horizon: u32,
    shapes: &'static [Shape],
}

enum Shape {
    /// Left, top, right, bottom.
    Box(u32, u32, u32, u32, Colour),
    /// Centre, half width, half height.
    Oval(i64, i64, i64, i64, Colour),
}

impl Scene {
    fn at(&self, x: u32, y: u32, number: u32) -> Rgb<u8> {
        let mut colour = if y < self.horizon { self.above } else { self.below };
        // Lighter towards the horizon, as outdoors.
        let shade = (i32::try_from(y.abs_diff(self.horizon)).unwrap_or(0)) / -14;
        for shape in self.shapes {
            if let Some(over) = shape.covers(x, y) {
                colour = over;
            }
        }
        let grain = i32::try_from(grain(x / 2, y / 2, number) % 17).unwrap_or(0) - 8;
        Rgb(colour.map(|channel| u8::try_from((channel + shade + grain).clamp(0, 255)).unwrap_or(0)))
    }
}

impl Shape {
    fn covers(&self, x: u32, y: u32) -> Option<Colour> {
        match self {
            Shape::Box(left, top, right, bottom, colour) => {
                ((*left..*right).contains(&x) && (*top..*bottom).contains(&y)).then_some(*colour)
            }
            Shape::Oval(cx, cy, rx, ry, colour) => {
                let (dx, dy) = ((i64::from(x) - cx) * 1000 / rx, (i64::from(y) - cy) * 1000 / ry);
                let edge = i64::from(grain(x / 9, y / 9, 3) % 160);
                (dx * dx + dy * dy < 1_000_000 - edge * 1000).then_some(*colour)
            }
        }
    }
}

/// Noise that the place alone decides.
fn grain(x: u32, y: u32, number: u32) -> u32 {
    let mut n = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77) ^ number.wrapping_mul(0xc2b2_ae3d);
    n ^= n >> 15;
    n = n.wrapping_mul(0x2c1b_3c6d);
    n ^ (n >> 12)
}

const ASPHALT: Colour = [96, 97, 100];
const SKY: Colour = [186, 203, 214];
const NIGHT: Colour = [24, 28, 42];
const WALL: Colour = [206, 198, 184];
const SHADE: Colour = [58, 56, 54];

static SCENES: [Scene; 8] = [
    // A pothole with water in it.
    Scene {
        above: SKY,
        below: ASPHALT,
        horizon: 170,
        shapes: &[
            Shape::Box(0, 165, 800, 182, [168, 160, 146]),
            Shape::Oval(390, 400, 210, 86, SHADE),
            Shape::Oval(405, 412, 150, 56, [126, 132, 128]),
            Shape::Box(90, 330, 120, 470, [214, 90, 40]),
        ],
    },
    // Full bins with bags beside them.
    Scene {
        above: WALL,
        below: [128, 124, 118],
        horizon: 380,
        shapes: &[
            Shape::Box(180, 220, 330, 470, [46, 96, 72]),
            Shape::Box(350, 220, 500, 470, [64, 74, 86]),
            Shape::Oval(255, 215, 88, 44, [38, 38, 40]),
            Shape::Oval(430, 212, 84, 40, [210, 208, 200]),
            Shape::Oval(585, 455, 92, 62, [32, 32, 34]),
            Shape::Oval(660, 480, 66, 46, [196, 190, 176]),
            Shape::Oval(130, 488, 70, 40, [150, 110, 70]),
        ],
    },
    // A street at night where no lamp is lit.
    Scene {
        above: NIGHT,
        below: [34, 35, 40],
        horizon: 320,
        shapes: &[
            Shape::Box(150, 60, 158, 420, [64, 66, 72]),
            Shape::Box(150, 58, 230, 66, [64, 66, 72]),
            Shape::Box(520, 130, 526, 390, [56, 58, 64]),
            Shape::Oval(690, 250, 26, 20, [206, 180, 96]),
            Shape::Box(620, 190, 800, 330, [40, 42, 52]),
            Shape::Box(650, 210, 672, 236, [214, 190, 110]),
        ],
    },
    // A ceiling with a stain.
    Scene {
        above: [232, 229, 222],
        below: [216, 211, 202],
        horizon: 430,
        shapes: &[
            Shape::Oval(420, 210, 240, 130, [204, 188, 150]),
            Shape::Oval(430, 214, 160, 84, [186, 164, 120]),
            Shape::Oval(470, 230, 60, 34, [122, 112, 88]),
            Shape::Box(0, 424, 800, 436, [190, 186, 178]),
        ],
    },
    // Cars in the fire lane.
    Scene {
        above: WALL,
        below: [112, 112, 114],
        horizon: 300,
        shapes: &[
            Shape::Box(0, 470, 800, 484, [206, 178, 70]),
            Shape::Oval(230, 300, 120, 56, [60, 72, 96]),
            Shape::Box(90, 300, 380, 400, [60, 72, 96]),
            Shape::Oval(160, 404, 40, 40, [26, 26, 28]),
            Shape::Oval(315, 404, 40, 40, [26, 26, 28]),
            Shape::Oval(600, 310, 116, 52, [176, 176, 178]),
            Shape::Box(470, 308, 740, 404, [176, 176, 178]),
            Shape::Oval(535, 408, 38, 38, [26, 26, 28]),
            Shape::Oval(680, 408, 38, 38, [26, 26, 28]),
        ],
    },
    // A lift door with a notice on it.
    Scene {
        above: [178, 180, 184],
        below: [120, 116, 110],
        horizon: 520,
        shapes: &[
            Shape::Box(230, 70, 570, 520, [148, 152, 158]),
            Shape::Box(396, 70, 404, 520, [92, 96, 102]),
            Shape::Box(300, 200, 380, 320, [240, 236, 220]),
            Shape::Box(312, 224, 368, 230, SHADE),
            Shape::Box(312, 244, 368, 250, SHADE),
            Shape::Box(312, 264, 350, 270, SHADE),
            Shape::Box(640, 250, 680, 330, [80, 84, 90]),
        ],
    },
    // A river with scum.
    Scene {
        above: SKY,
        below: [72, 82, 70],
        horizon: 220,
        shapes: &[
            Shape::Box(0, 205, 800, 232, [96, 120, 80]),
            Shape::Oval(280, 400, 190, 52, [150, 152, 130]),
            Shape::Oval(560, 470, 130, 40, [164, 160, 138]),
            Shape::Box(600, 240, 690, 290, [132, 126, 118]),
            Shape::Oval(645, 290, 30, 18, [40, 40, 38]),
        ],
    },
    // Put right: a smooth patch of new asphalt.
    Scene {
        above: SKY,
        below: [110, 111, 113],
        horizon: 170,
        shapes: &[
            Shape::Box(0, 165, 800, 182, [168, 160, 146]),
            Shape::Box(190, 310, 610, 500, [52, 53, 56]),
            Shape::Box(0, 540, 800, 552, [226, 226, 222]),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pictures_the_same_each_time() {
        for number in 0..COUNT {
            let picture = paint(number).unwrap();
            assert!(picture.bytes.starts_with(&[0xff, 0xd8, 0xff]) && picture.bytes.len() < 100_000, "{}", picture.bytes.len());
            assert_eq!(picture.bytes, paint(number).unwrap().bytes);
        }
        assert_ne!(paint(0).unwrap().bytes, paint(1).unwrap().bytes);
    }
}
