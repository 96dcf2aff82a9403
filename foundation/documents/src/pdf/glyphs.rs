//! Which glyph of which font stands for a character.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use fontdb::ID;
use subsetter::GlyphRemapper;
use ttf_parser::Face;

use crate::fonts::{Fonts, Found, Role};
use crate::pdf::PdfError;

/// Whether it is a Han character, of whatever block.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// A character as it is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    /// The font, by its place in [`Glyphs::fonts`].
    pub(super) font: usize,
    /// Its number in the font as embedded.
    pub(super) id: u16,
    /// How far it moves the pen, at a size of one.
    pub(super) advance: f32,
}

/// A font that is used.
pub(super) struct Used {
    pub(super) id: ID,
    pub(super) family: String,
    pub(super) official: bool,
    /// The glyphs that are embedded.
    pub(super) remapper: GlyphRemapper,
    /// What each embedded glyph says and how wide it is, in thousandths.
    pub(super) said: BTreeMap<u16, (char, f32)>,
}

/// What is looked for in a font.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// All that is left: it is a font of the role.
    All,
    /// Han characters alone: it is any font that the machine has.
    Han,
}

/// All characters of a document.
pub(super) struct Glyphs {
    pub(super) fonts: Vec<Used>,
    pub(super) missing: Vec<char>,
    by: HashMap<(Role, char), Glyph>,
}

impl Glyphs {
    /// Looks each character up, in the fonts of its role in turn.
    pub(super) fn of(fonts: &Fonts, wanted: &[(Role, BTreeSet<char>)]) -> Result<Glyphs, PdfError> {
        let mut glyphs = Glyphs { fonts: Vec::new(), missing: Vec::new(), by: HashMap::new() };
        let mut missing = BTreeSet::new();
        for (role, characters) in wanted {
            let mut left: BTreeSet<char> = characters.clone();
            for found in fonts.of(*role) {
                glyphs.take(fonts, *role, found, &mut left, Wanted::All)?;
            }
            // A name is printed whole, if not in the font that it should be in.
            if left.iter().any(|c| is_han(*c)) {
                for found in fonts.others(*role) {
                    if !left.iter().any(|c| is_han(*c)) {
                        break;
                    }
                    // A font that cannot be used is none that was wanted: the next one may do.
                    let _ = glyphs.take(fonts, *role, &found, &mut left, Wanted::Han);
                }
            }
            missing.extend(left.into_iter().filter(|c| !c.is_whitespace()));
        }
        glyphs.missing = missing.into_iter().collect();
        Ok(glyphs)
    }

    /// Takes from one font what it has of these characters.
    fn take(&mut self, fonts: &Fonts, role: Role, found: &Found, left: &mut BTreeSet<char>, wanted: Wanted) -> Result<(), PdfError> {
        if left.is_empty() {
            return Ok(());
        }
        let bad = |why: &str| PdfError::BadFont { family: found.family.clone(), why: why.to_owned() };
        let looked = fonts.database.with_face_data(found.id, |data, index| {
            let face = Face::parse(data, index).map_err(|error| bad(&error.to_string()))?;
            // Pictures cannot be cut down to what is used. A font that changes its shape gives the one that it has by itself,
            // which is good enough where the district chose it, and not where any font would do.
            if (face.is_variable() && wanted == Wanted::Han) || (face.tables().glyf.is_none() && face.tables().cff.is_none()) {
                return Err(bad("it has no plain outlines"));
            }
            let units = f32::from(face.units_per_em());
            let has = |c: &char| face.glyph_index(*c).map(|id| (*c, id.0, f32::from(face.glyph_hor_advance(id).unwrap_or(0)) / units));
            Ok::<_, PdfError>(left.iter().filter(|c| wanted == Wanted::All || is_han(**c)).filter_map(has).collect::<Vec<_>>())
        });
        let looked = looked.ok_or_else(|| bad("the file cannot be read"))??;
        if looked.is_empty() {
            return Ok(());
        }
        let n = match self.fonts.iter().position(|used| used.id == found.id) {
            Some(n) => n,
            None => {
                self.fonts.push(Used {
                    id: found.id,
                    family: found.family.clone(),
                    official: found.official,
                    remapper: GlyphRemapper::new(),
                    said: BTreeMap::new(),
                });
                self.fonts.len() - 1
            }
        };
        for (c, old, advance) in looked {
            if let Some(used) = self.fonts.get_mut(n) {
                let id = used.remapper.remap(old);
                used.said.entry(id).or_insert((c, advance * 1000.0));
                self.by.insert((role, c), Glyph { font: n, id, advance });
            }
            left.remove(&c);
        }
        Ok(())
    }

    /// The glyph of a character; 〓 for one that no font has.
    pub(super) fn get(&self, role: Role, c: char) -> Option<Glyph> {
        self.by.get(&(role, c)).or_else(|| self.by.get(&(role, '〓'))).copied()
    }

    /// The families used, official ones first.
    pub(super) fn families(&self) -> Vec<String> {
        let mut out: Vec<(bool, String)> = self.fonts.iter().map(|used| (!used.official, used.family.clone())).collect();
        out.sort();
        out.dedup();
        out.into_iter().map(|(_, family)| family).collect()
    }
}
