//! Reading GeoJSON: the few things that a map of units is made of, within bounds, with errors that whoever made the file
//! understands. Whatever else a file holds is passed over.

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

/// Bytes of a file.
pub const MOST_BYTES: usize = 12 << 20;
/// Features of a file.
pub const MOST_FEATURES: usize = 5_000;
/// Points of a file.
pub const MOST_POINTS: usize = 600_000;
/// Areas that are wrong and are told at once: who made the file mends them all before they try again.
pub const MOST_TOLD: usize = 8;

/// Where a code may stand among a feature's properties, in lower case, the likeliest first.
const CODES: [&str; 14] = [
    "code",
    "unit_code",
    "grid_code",
    "adcode",
    "gb",
    "xzqdm",
    "dm",
    "代码",
    "编码",
    "单位代码",
    "区划代码",
    "行政区划代码",
    "网格编码",
    "网格代码",
];
/// Where a name may stand.
const NAMES: [&str; 7] = ["name", "xzqmc", "mc", "名称", "单位名称", "网格名称", "区划名称"];

/// A point, in degrees: longitude and latitude.
pub type Point = (f64, f64);

/// An area with the code of its unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Its place in the file, from 1.
    pub number: usize,
    /// The code as the file has it.
    pub code: String,
    /// The name as the file has it; empty where there is none.
    pub name: String,
    /// Outlines and holes, without the last point where it repeats the first.
    pub rings: Vec<Vec<Point>>,
}

/// What is wrong with a file. `Display` is English, [`GeoError::zh`] Chinese.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GeoError {
    /// More bytes than are taken.
    #[error("the file is larger than {} MB", MOST_BYTES >> 20)]
    TooLarge,
    /// Not JSON, at this line.
    #[error("this is not JSON: line {0} cannot be read")]
    NotJson(usize),
    /// JSON, but not what a map is written in.
    #[error("this is not a GeoJSON feature collection")]
    NotCollection,
    /// No feature at all.
    #[error("there is no area in this file")]
    Empty,
    /// More features than are taken.
    #[error("there are more than {MOST_FEATURES} areas in this file")]
    TooMany,
    /// More points than are taken.
    #[error("there are more than {MOST_POINTS} points in this file: simplify the outlines first")]
    TooManyPoints,
    /// A feature without a code.
    #[error("area {0} has no code: give it a property `code` with the code of its unit")]
    NoCode(usize),
    /// A feature that is not an area.
    #[error("area {0} is not a polygon")]
    NotArea(usize),
    /// Coordinates that are not longitude and latitude.
    #[error("area {0} has coordinates that are not longitude and latitude: export the file in degrees (WGS 84 or CGCS2000)")]
    NotDegrees(usize),
    /// Latitude before longitude.
    #[error("area {0} has the latitude before the longitude: in GeoJSON the longitude comes first, export the file again in that order")]
    Swapped(usize),
    /// A system of coordinates that is named and is not in degrees, or is shifted.
    #[error("the file says that its coordinates are {0}: export it in degrees of CGCS2000 (EPSG:4490) or WGS 84 (EPSG:4326)")]
    System(String),
    /// A system of coordinates that moves everything by some hundred metres.
    #[error(
        "the file says that its coordinates are {0}, which lie some hundred metres off: convert them to CGCS2000 (EPSG:4490) or WGS 84 (EPSG:4326)"
    )]
    Shifted(String),
    /// An outline of fewer than three points.
    #[error("area {0} has an outline of fewer than three points")]
    Degenerate(usize),
}

impl GeoError {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            GeoError::TooLarge => format!("文件超过 {} MB", MOST_BYTES >> 20),
            GeoError::NotJson(line) => format!("这不是 JSON 文件，第 {line} 行读不下去"),
            GeoError::NotCollection => "这不是 GeoJSON 要素集合（FeatureCollection）".into(),
            GeoError::Empty => "文件里没有任何区域".into(),
            GeoError::TooMany => format!("文件里的区域超过 {MOST_FEATURES} 个"),
            GeoError::TooManyPoints => format!("文件里的点超过 {MOST_POINTS} 个，请先在制图软件里简化边界"),
            GeoError::NoCode(n) => format!("第 {n} 个区域没有代码，请在属性里加上“code”，填单位代码"),
            GeoError::NotArea(n) => format!("第 {n} 个区域不是面（Polygon 或 MultiPolygon）"),
            GeoError::NotDegrees(n) => format!("第 {n} 个区域的坐标不是经纬度，请按经纬度（CGCS2000 或 WGS 84）导出"),
            GeoError::Swapped(n) => format!("第 {n} 个区域把纬度写在了前面，GeoJSON 要求先经度、后纬度，请按这个顺序重新导出"),
            GeoError::System(name) => {
                format!("文件写明坐标系是 {name}，请转换成经纬度后再导入：CGCS2000（EPSG:4490）或 WGS 84（EPSG:4326）")
            }
            GeoError::Shifted(name) => {
                format!("文件写明坐标系是 {name}，会整体偏移几百米，请转换成 CGCS2000（EPSG:4490）或 WGS 84（EPSG:4326）后再导入")
            }
            GeoError::Degenerate(n) => format!("第 {n} 个区域的边界不到三个点"),
        }
    }
}

#[derive(Deserialize)]
struct Collection {
    #[serde(rename = "type")]
    kind: String,
    /// Which system the coordinates are in: no part of GeoJSON any more, but most programs still write it.
    #[serde(default)]
    crs: Option<serde_json::Value>,
    #[serde(default)]
    features: Vec<RawFeature>,
}

#[derive(Deserialize)]
struct RawFeature {
    #[serde(default)]
    properties: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    geometry: Option<RawGeometry>,
}

#[derive(Deserialize)]
struct RawGeometry {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    coordinates: Option<Coordinates>,
}

/// Arrays in arrays, with points of two numbers at the bottom; a third number is passed over.
enum Coordinates {
    Number(f64),
    Point(Point),
    List(Vec<Coordinates>),
}

impl<'de> Deserialize<'de> for Coordinates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Coordinates, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Coordinates;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("coordinates")
            }

            fn visit_f64<E>(self, number: f64) -> Result<Coordinates, E> {
                Ok(Coordinates::Number(number))
            }

            #[allow(clippy::cast_precision_loss, reason = "a coordinate so large is refused in any case")]
            fn visit_i64<E>(self, number: i64) -> Result<Coordinates, E> {
                Ok(Coordinates::Number(number as f64))
            }

            #[allow(clippy::cast_precision_loss, reason = "a coordinate so large is refused in any case")]
            fn visit_u64<E>(self, number: u64) -> Result<Coordinates, E> {
                Ok(Coordinates::Number(number as f64))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Coordinates, A::Error> {
                let (mut numbers, mut seen, mut list) = ([0.0; 2], 0_usize, Vec::new());
                while let Some(item) = seq.next_element::<Coordinates>()? {
                    match item {
                        Coordinates::Number(number) => {
                            if let Some(slot) = numbers.get_mut(seen) {
                                *slot = number;
                            }
                            seen += 1;
                        }
                        other => list.push(other),
                    }
                }
                match (seen, list.is_empty()) {
                    (0, _) => Ok(Coordinates::List(list)),
                    (2.., true) => Ok(Coordinates::Point((numbers[0], numbers[1]))),
                    _ => Err(serde::de::Error::custom("numbers among lists")),
                }
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// Systems of coordinates that are degrees and differ by less than is seen, by their number: WGS 84 flat and with heights,
/// CGCS2000 flat and with heights.
const DEGREES: [&str; 4] = ["4326", "4979", "4490", "4480"];

/// Whether the system that a file names is one whose degrees can be taken as they are.
fn system(crs: &serde_json::Value) -> Result<(), GeoError> {
    let Some(name) = crs.pointer("/properties/name").and_then(serde_json::Value::as_str) else { return Ok(()) };
    let shown: String = base::text::clean_line(name).chars().take(60).collect();
    let plain: String = name.to_uppercase().chars().filter(char::is_ascii_alphanumeric).collect();
    if ["GCJ02", "BD09"].iter().any(|shifted| plain.contains(shifted)) {
        return Err(GeoError::Shifted(shown));
    }
    let number = name.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    if plain.ends_with("CRS84") || plain.ends_with("CRS84H") || DEGREES.contains(&number) { Ok(()) } else { Err(GeoError::System(shown)) }
}

/// The areas of a file.
///
/// # Errors
/// What is wrong: with the file, or with each of its areas, as far as [`MOST_TOLD`].
pub fn read(bytes: &[u8]) -> Result<Vec<Feature>, Vec<GeoError>> {
    let collection = collection(bytes).map_err(|error| vec![error])?;
    let (mut features, mut points, mut wrong) = (Vec::with_capacity(collection.features.len()), 0, Vec::new());
    for (number, raw) in (1..).zip(collection.features) {
        match feature(number, raw) {
            Ok(feature) => {
                points += feature.rings.iter().map(Vec::len).sum::<usize>();
                features.push(feature);
            }
            Err(error) => wrong.push(error),
        }
        if points > MOST_POINTS {
            return Err(vec![GeoError::TooManyPoints]);
        }
        if wrong.len() >= MOST_TOLD {
            break;
        }
    }
    if wrong.is_empty() { Ok(features) } else { Err(wrong) }
}

/// What the file is, before its areas are looked at.
fn collection(bytes: &[u8]) -> Result<Collection, GeoError> {
    if bytes.len() > MOST_BYTES {
        return Err(GeoError::TooLarge);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let collection: Collection = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => GeoError::NotCollection,
        _ => GeoError::NotJson(error.line()),
    })?;
    if collection.kind != "FeatureCollection" {
        return Err(GeoError::NotCollection);
    }
    if collection.features.is_empty() {
        return Err(GeoError::Empty);
    }
    if collection.features.len() > MOST_FEATURES {
        return Err(GeoError::TooMany);
    }
    if let Some(crs) = &collection.crs {
        system(crs)?;
    }
    Ok(collection)
}

fn feature(number: usize, raw: RawFeature) -> Result<Feature, GeoError> {
    let properties = raw.properties.unwrap_or_default();
    let code = property(&properties, &CODES).ok_or(GeoError::NoCode(number))?;
    let name = property(&properties, &NAMES).unwrap_or_default();
    let geometry = raw.geometry.filter(|geometry| matches!(geometry.kind.as_str(), "Polygon" | "MultiPolygon"));
    let coordinates = geometry.and_then(|geometry| geometry.coordinates).ok_or(GeoError::NotArea(number))?;
    let mut rings = Vec::new();
    collect(coordinates, number, &mut rings)?;
    if rings.is_empty() { Err(GeoError::NotArea(number)) } else { Ok(Feature { number, code, name, rings }) }
}

/// The first of these properties that is there, as text.
fn property(properties: &serde_json::Map<String, serde_json::Value>, names: &[&str]) -> Option<String> {
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => Some(base::text::clean_line(text)),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    names.iter().find_map(|name| {
        let found = properties.iter().find(|(key, _)| key.to_lowercase() == *name)?;
        text(found.1).filter(|text| !text.is_empty() && text.chars().count() <= 60)
    })
}

/// Takes the rings out of the arrays: a list of points is a ring, wherever it stands.
fn collect(coordinates: Coordinates, number: usize, rings: &mut Vec<Vec<Point>>) -> Result<(), GeoError> {
    let Coordinates::List(list) = coordinates else { return Err(GeoError::NotArea(number)) };
    if !list.iter().any(|item| matches!(item, Coordinates::Point(_))) {
        return list.into_iter().try_for_each(|item| collect(item, number, rings));
    }
    let mut ring = Vec::with_capacity(list.len());
    for item in list {
        let Coordinates::Point((x, y)) = item else { return Err(GeoError::NotArea(number)) };
        let (east, north) = (-180.0..=180.0, -90.0..=90.0);
        if !east.contains(&x) || !north.contains(&y) {
            let swapped = north.contains(&x) && east.contains(&y);
            return Err(if swapped { GeoError::Swapped(number) } else { GeoError::NotDegrees(number) });
        }
        ring.push((x, y));
    }
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    if ring.len() < 3 {
        return Err(GeoError::Degenerate(number));
    }
    rings.push(ring);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(properties: &str, geometry: &str) -> String {
        format!(r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{properties},"geometry":{geometry}}}]}}"#)
    }

    const SQUARE: &str = r#"{"type":"Polygon","coordinates":[[[150,20,5],[150.1,20],[150.1,20.1],[150,20.1],[150,20]]]}"#;

    #[test]
    fn an_area_is_read() {
        let found = read(file(r#"{"XZQDM":990105001000,"名称":"东街街道"}"#, SQUARE).as_bytes()).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].code.as_str(), found[0].name.as_str(), found[0].rings[0].len()), ("990105001000", "东街街道", 4));
        let two = r#"{"type":"MultiPolygon","coordinates":[[[[1,1],[2,1],[2,2]]],[[[3,3],[4,3],[4,4]],[[3.1,3.1],[3.2,3.1],[3.2,3.2]]]]}"#;
        assert_eq!(read(file(r#"{"code":"1"}"#, two).as_bytes()).unwrap()[0].rings.len(), 3);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let code = r#"{"code":"1"}"#;
        for (text, error) in [
            ("{\n\n,".to_owned(), GeoError::NotJson(3)),
            ("[]".to_owned(), GeoError::NotCollection),
            (r#"{"type":"Feature"}"#.to_owned(), GeoError::NotCollection),
            (r#"{"type":"FeatureCollection","features":[]}"#.to_owned(), GeoError::Empty),
            (file("{}", SQUARE), GeoError::NoCode(1)),
            (file("null", SQUARE), GeoError::NoCode(1)),
            (file(code, "null"), GeoError::NotArea(1)),
            (file(code, r#"{"type":"Point","coordinates":[1,2]}"#), GeoError::NotArea(1)),
            (file(code, r#"{"type":"Polygon","coordinates":[]}"#), GeoError::NotArea(1)),
            (file(code, r#"{"type":"Polygon","coordinates":[[[1,2],[3,4]]]}"#), GeoError::Degenerate(1)),
            (file(code, r#"{"type":"Polygon","coordinates":[[[500000,3000000],[1,2],[3,4]]]}"#), GeoError::NotDegrees(1)),
            (file(code, r#"{"type":"Polygon","coordinates":[[[24.1,150],[24.2,150],[24.2,150.1]]]}"#), GeoError::Swapped(1)),
        ] {
            let found = read(text.as_bytes()).unwrap_err();
            assert_eq!(found, [error], "{text}");
            assert!(!found[0].zh().is_empty() && !found[0].to_string().is_empty());
        }
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let bad = r#"{"type":"Feature","properties":{},"geometry":null}"#;
        let flat = format!(r#"{{"type":"Feature","properties":{{"code":"1"}},"geometry":{SQUARE}}}"#);
        let text = |features: &[&str]| format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        assert_eq!(read(text(&[bad, &flat, bad]).as_bytes()).unwrap_err(), [GeoError::NoCode(1), GeoError::NoCode(3)]);
        assert_eq!(read(text(&[bad; 30]).as_bytes()).unwrap_err().len(), MOST_TOLD);
    }

    #[test]
    fn the_system_of_coordinates_is_looked_at() {
        let named = |name: &str| {
            let crs = format!(r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"{name}"}}}},"#);
            read(file(r#"{"code":"1"}"#, SQUARE).replacen(r#"{"type":"FeatureCollection","#, &crs, 1).as_bytes())
        };
        for good in ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4490"] {
            assert_eq!(named(good).map(|found| found.len()), Ok(1), "{good}");
        }
        for wrong in ["urn:ogc:def:crs:EPSG::3857", "EPSG:4547", "EPSG:14326"] {
            assert_eq!(named(wrong), Err(vec![GeoError::System(wrong.into())]));
        }
        for shifted in ["GCJ-02", "urn:x:BD09LL"] {
            assert_eq!(named(shifted), Err(vec![GeoError::Shifted(shifted.into())]));
        }
    }
}
