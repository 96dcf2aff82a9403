//! Pictures as devices make them: turned, with coordinates, cut short, disguised.

use super::*;

/// A JPEG of 40 × 20, red on the left and blue on the right, with an EXIF block: orientation 6 and a GPS position.
fn with_exif(orientation: u8) -> Vec<u8> {
    let plain = jpeg(&RgbImage::from_fn(40, 20, |x, _| image::Rgb(if x < 20 { [255, 0, 0] } else { [0, 0, 255] })), 95, 1).unwrap();
    let mut tiff = b"MM\x00\x2a\x00\x00\x00\x08\x00\x02".to_vec();
    tiff.extend_from_slice(&[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    tiff.extend_from_slice(&[0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]);
    tiff.extend_from_slice(&[0; 4]);
    tiff.extend_from_slice(&[0, 1, 0, 1, 0, 2, 0, 0, 0, 2, b'N', 0, 0, 0, 0, 0, 0, 0]);
    tiff.extend_from_slice(b"SECRET-PLACE");
    let mut exif = b"Exif\x00\x00".to_vec();
    exif.extend_from_slice(&tiff);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], &[0xff, 0xe1], &length, &exif, &plain[2..]].concat()
}

#[test]
fn a_picture_loses_its_place_and_stands_upright() {
    let bytes = with_exif(6);
    assert!(bytes.windows(12).any(|w| w == b"SECRET-PLACE"));
    let out = clean(&bytes, 1).unwrap();
    assert_eq!((out.width, out.height), (20, 40));
    for bytes in [&out.full, &out.small] {
        assert!(!bytes.windows(12).any(|w| w == b"SECRET-PLACE"));
        assert!(!bytes.windows(4).any(|w| w == b"Exif"));
    }
    // Orientation 6 is a quarter to the right: what lay on the left is on top.
    let upright = image::load_from_memory(&out.full).unwrap().into_rgb8();
    assert!(upright.get_pixel(10, 5).0[0] > 200 && upright.get_pixel(10, 35).0[2] > 200);
}

#[test]
fn large_pictures_are_made_smaller_and_have_a_small_version() {
    let wide = jpeg(&RgbImage::from_pixel(3000, 600, image::Rgb([9, 200, 9])), 60, 1).unwrap();
    let out = clean(&wide, 1).unwrap();
    assert_eq!((out.width, out.height), (2560, 512));
    let small = image::load_from_memory(&out.small).unwrap();
    assert_eq!((small.width(), small.height()), (480, 96));
}

#[test]
fn transparency_becomes_white() {
    let mut png = Vec::new();
    let clear = image::RgbaImage::from_pixel(8, 8, image::Rgba([0, 0, 0, 0]));
    DynamicImage::ImageRgba8(clear).write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
    let out = image::load_from_memory(&clean(&png, 1).unwrap().full).unwrap().into_rgb8();
    assert!(out.get_pixel(4, 4).0.iter().all(|c| *c > 250));
}

#[test]
fn what_is_no_picture_is_refused_in_words() {
    assert_eq!(clean(b"GIF89a....", 2).err(), Some(PhotoError::NotAPicture(2)));
    assert_eq!(clean(b"<svg xmlns='http://www.w3.org/2000/svg'/>", 1).err(), Some(PhotoError::NotAPicture(1)));
    assert_eq!(clean(b"", 1).err(), Some(PhotoError::NotAPicture(1)));
    assert_eq!(clean(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", 3).err(), Some(PhotoError::Heic(3)));
    let whole = with_exif(1);
    assert_eq!(clean(&whole[..60], 1).err(), Some(PhotoError::Broken(1)));
    // A PNG that claims 60,000 × 60,000 pixels must be refused before memory is taken.
    let mut bomb = Vec::new();
    RgbImage::new(1, 1).write_to(&mut Cursor::new(&mut bomb), ImageFormat::Png).unwrap();
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    assert!(matches!(clean(&bomb, 1).err(), Some(PhotoError::TooWide(1) | PhotoError::Broken(1))));
    let words = PhotoError::Heic(3).words(Lang::Hans).unwrap();
    assert!(words.contains("第 3 张"), "{words}");
}

#[test]
fn digests_are_read_strictly() {
    let digest: Digest = std::array::from_fn(|at| u8::try_from(at).unwrap());
    assert_eq!(parse_digest(&record::hex(&digest)), Some(digest));
    for wrong in ["", "00", &"+1".repeat(32), &"zz".repeat(32), &"一".repeat(22)] {
        assert_eq!(parse_digest(wrong), None, "{wrong}");
    }
}
