//! The file: pages, structure, fonts cut down to what is used.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{CidFontType, FontFlags, StructRole, SystemInfo, UnicodeCmap};
use pdf_writer::{Date, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use ttf_parser::{Face, RawFace, Tag as TableTag};

use crate::fonts::Fonts;
use crate::model::Document;
use crate::page;
use crate::pdf::PdfError;
use crate::pdf::glyphs::{Glyphs, Used};
use crate::pdf::pages::{Filled, Tag};

const SYSTEM: SystemInfo<'_> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Hands out object numbers.
struct Numbers(i32);

impl Numbers {
    fn next(&mut self) -> Ref {
        self.0 += 1;
        Ref::new(self.0)
    }
}

pub(super) fn file(document: &Document, fonts: &Fonts, glyphs: &Glyphs, filled: &Filled) -> Result<Vec<u8>, PdfError> {
    let mut numbers = Numbers(0);
    let (catalog, info, tree, root, parents) = (numbers.next(), numbers.next(), numbers.next(), numbers.next(), numbers.next());
    let leaves: Vec<(Ref, Ref)> = filled.leaves.iter().map(|_| (numbers.next(), numbers.next())).collect();
    let elements: Vec<Ref> = filled.elements.iter().map(|_| numbers.next()).collect();
    let types: Vec<Ref> = glyphs.fonts.iter().map(|_| numbers.next()).collect();
    let whole = numbers.next();
    let mut pdf = Pdf::new();
    pdf.set_version(1, 7);
    {
        let mut out = pdf.catalog(catalog);
        out.pages(tree).lang(TextStr("zh-CN"));
        out.mark_info().marked(true);
        out.viewer_preferences().display_doc_title(true);
        out.pair(Name(b"StructTreeRoot"), root);
    }
    {
        let mut out = pdf.document_info(info);
        out.title(TextStr(&document.title.replace('\n', "")));
        out.author(TextStr(&document.author)).producer(TextStr("Lianxin"));
        if let Some(date) = date(&document.date) {
            out.creation_date(date);
        }
    }
    pdf.pages(tree).kids(leaves.iter().map(|(page, _)| *page)).count(i32::try_from(leaves.len()).unwrap_or(i32::MAX));
    for (n, (leaf, (id, content_id))) in filled.leaves.iter().zip(&leaves).enumerate() {
        let mut out = pdf.page(*id);
        out.parent(tree).media_box(Rect::new(0.0, 0.0, page::WIDTH, page::HEIGHT)).contents(*content_id);
        out.struct_parents(i32::try_from(n).unwrap_or(i32::MAX));
        let mut resources = out.resources();
        let mut used = resources.fonts();
        for (n, id) in types.iter().enumerate() {
            used.pair(Name(format!("F{n}").as_bytes()), *id);
        }
        used.finish();
        resources.finish();
        out.finish();
        let _ = leaf;
    }
    for (leaf, (_, id)) in filled.leaves.iter().zip(&leaves) {
        let bytes = squeeze(&copy(leaf));
        pdf.stream(*id, &bytes).filter(Filter::FlateDecode);
    }
    structure(&mut pdf, filled, &leaves, &elements, (root, parents, whole));
    for (used, id) in glyphs.fonts.iter().zip(&types) {
        font(&mut pdf, &mut numbers, fonts, used, *id)?;
    }
    let file_id = fingerprint(document.title.as_bytes(), filled.leaves.iter().flat_map(copy));
    pdf.set_file_id((file_id.clone(), file_id));
    Ok(pdf.finish())
}

/// The operators of a page.
fn copy(leaf: &crate::pdf::pages::Leaf) -> Vec<u8> {
    leaf.content.as_bytes().to_vec()
}

fn squeeze(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Sixteen bytes that differ where the content does: no secret hangs on them.
fn fingerprint(seed: &[u8], bytes: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut state: [u64; 2] = [0xcbf2_9ce4_8422_2325, 0x9e37_79b9_7f4a_7c15];
    for byte in seed.iter().copied().chain(bytes) {
        for (n, half) in state.iter_mut().enumerate() {
            *half = (*half ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3).rotate_left(if n == 0 { 0 } else { 7 });
        }
    }
    state.iter().flat_map(|half| half.to_be_bytes()).collect()
}

fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let date = Date::new(parts.next()?.parse().ok()?).month(parts.next()?.parse().ok()?).day(parts.next()?.parse().ok()?);
    Some(date.hour(0).minute(0).second(0).utc_offset_hour(8).utc_offset_minute(0))
}

fn structure(pdf: &mut Pdf, filled: &Filled, leaves: &[(Ref, Ref)], elements: &[Ref], (root, parents, whole): (Ref, Ref, Ref)) {
    {
        let mut out = pdf.indirect(root).start::<pdf_writer::writers::StructTreeRoot<'_>>();
        out.child(whole);
        out.pair(Name(b"ParentTree"), parents);
        out.parent_tree_next_key(i32::try_from(leaves.len()).unwrap_or(i32::MAX));
    }
    {
        let mut out = pdf.indirect(parents).dict();
        let mut numbers = out.insert(Name(b"Nums")).array();
        for (n, leaf) in filled.leaves.iter().enumerate() {
            numbers.item(i32::try_from(n).unwrap_or(i32::MAX));
            let owners = leaf.owners.iter().filter_map(|owner| elements.get(*owner)).copied();
            numbers.push().array().items(owners);
        }
    }
    {
        let mut out = pdf.struct_element(whole);
        out.kind(StructRole::Document).parent(root);
        let top = filled.elements.iter().zip(elements).filter(|(element, _)| element.parent.is_none());
        let mut children = out.children();
        for (_, id) in top {
            children.struct_element(*id);
        }
    }
    for (n, (element, id)) in filled.elements.iter().zip(elements).enumerate() {
        let mut out = pdf.struct_element(*id);
        out.kind(role(element.tag)).parent(element.parent.and_then(|parent| elements.get(parent)).copied().unwrap_or(whole));
        if let Some((page, _)) = element.marks.first().and_then(|(page, _)| leaves.get(*page)) {
            out.page(*page);
        }
        if let Some(alt) = &element.alt {
            out.alt(TextStr(alt));
        }
        let mut children = out.children();
        for (page, mark) in &element.marks {
            if let Some((page, _)) = leaves.get(*page) {
                children.marked_content_ref().page(*page).marked_content_id(*mark);
            }
        }
        for (_, child) in filled.elements.iter().zip(elements).filter(|(child, _)| child.parent == Some(n)) {
            children.struct_element(*child);
        }
    }
}

fn role(tag: Tag) -> StructRole {
    match tag {
        Tag::Title | Tag::Heading(1) => StructRole::H1,
        Tag::Heading(2) => StructRole::H2,
        Tag::Heading(_) => StructRole::H3,
        Tag::Paragraph => StructRole::P,
        Tag::Note => StructRole::Note,
        Tag::Caption => StructRole::Caption,
        Tag::Table => StructRole::Table,
        Tag::Row => StructRole::TR,
        Tag::HeadCell => StructRole::TH,
        Tag::Cell => StructRole::TD,
        Tag::Figure => StructRole::Figure,
    }
}

/// What a font says of itself.
struct Metrics {
    name: String,
    bbox: Rect,
    ascent: f32,
    descent: f32,
    cap: f32,
    compact: bool,
    program: Vec<u8>,
}

fn font(pdf: &mut Pdf, numbers: &mut Numbers, fonts: &Fonts, used: &Used, id: Ref) -> Result<(), PdfError> {
    let bad = |why: String| PdfError::BadFont { family: used.family.clone(), why };
    let read = fonts.database.with_face_data(used.id, |data, index| metrics(data, index, used).map_err(bad));
    let metrics = read.ok_or_else(|| bad("the file cannot be read".into()))??;
    let name = format!("{}+{}", prefix(used), metrics.name);
    let name = Name(name.as_bytes());
    let (descendant, descriptor, unicode, program) = (numbers.next(), numbers.next(), numbers.next(), numbers.next());
    pdf.type0_font(id).base_font(name).encoding_predefined(Name(b"Identity-H")).descendant_font(descendant).to_unicode(unicode);
    {
        let mut out = pdf.cid_font(descendant);
        out.subtype(if metrics.compact { CidFontType::Type0 } else { CidFontType::Type2 });
        out.base_font(name).system_info(SYSTEM).font_descriptor(descriptor).default_width(1000.0);
        if !metrics.compact {
            out.cid_to_gid_map_predefined(Name(b"Identity"));
        }
        let mut widths = out.widths();
        for (glyph, (_, width)) in &used.said {
            if (width - 1000.0).abs() > 0.01 {
                widths.consecutive(*glyph, [width.round()]);
            }
        }
    }
    {
        let mut out = pdf.font_descriptor(descriptor);
        out.name(name).flags(FontFlags::SYMBOLIC).bbox(metrics.bbox).italic_angle(0.0);
        out.ascent(metrics.ascent).descent(metrics.descent).cap_height(metrics.cap).stem_v(80.0);
        if metrics.compact {
            out.font_file3(program);
        } else {
            out.font_file2(program);
        }
    }
    let mut cmap = UnicodeCmap::new(Name(b"Custom"), SYSTEM);
    for (glyph, (c, _)) in &used.said {
        cmap.pair(*glyph, *c);
    }
    let cmap = squeeze(&cmap.finish());
    pdf.cmap(unicode, &cmap).filter(Filter::FlateDecode);
    let bytes = squeeze(&metrics.program);
    let mut stream = pdf.stream(program, &bytes);
    stream.filter(Filter::FlateDecode);
    if metrics.compact {
        stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
    } else {
        stream.pair(Name(b"Length1"), i32::try_from(metrics.program.len()).unwrap_or(i32::MAX));
    }
    Ok(())
}

fn metrics(data: &[u8], index: u32, used: &Used) -> Result<Metrics, String> {
    let face = Face::parse(data, index).map_err(|error| error.to_string())?;
    let scale = 1000.0 / f32::from(face.units_per_em());
    let points = |value: i16| (f32::from(value) * scale).round();
    let bbox = face.global_bounding_box();
    let subset = subsetter::subset(data, index, &used.remapper).map_err(|error| error.to_string())?;
    let outlines = RawFace::parse(&subset, 0).ok().and_then(|face| face.table(TableTag::from_bytes(b"CFF ")).map(<[u8]>::to_vec));
    let named = face.names().into_iter().find(|name| name.name_id == ttf_parser::name_id::POST_SCRIPT_NAME && name.is_unicode());
    let name: String = named.and_then(|name| name.to_string()).unwrap_or_else(|| "Font".into());
    Ok(Metrics {
        name: name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect(),
        bbox: Rect::new(points(bbox.x_min), points(bbox.y_min), points(bbox.x_max), points(bbox.y_max)),
        ascent: points(face.ascender()),
        descent: points(face.descender()),
        cap: points(face.capital_height().unwrap_or_else(|| face.ascender())),
        compact: outlines.is_some(),
        program: outlines.unwrap_or(subset),
    })
}

/// Six letters that name the subset, made of what it holds.
fn prefix(used: &Used) -> String {
    let said = used.said.values().flat_map(|(c, _)| u32::from(*c).to_be_bytes());
    let print = fingerprint(used.family.as_bytes(), said);
    print.iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}
