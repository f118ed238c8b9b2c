//! Pages to PDF: exact page sizes, a layer for each kind of line, the font's used glyphs embedded, text that can be searched.

use std::collections::BTreeMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

use crate::geom::{cos_deg, sin_deg};
use crate::page::{Ink, LAYERS, Layer, Mark, Page, Path, Shape, Step, TYPEFACES, Text, em, glyph_run, glyph_widths};

/// Writes pages as one PDF 1.7 file.
pub fn write(pages: &[Page]) -> Vec<u8> {
    let mut book = Book::new(pages);
    let page_refs: Vec<Ref> = pages.iter().map(|page| book.page(page)).collect();
    book.finish(pages, &page_refs)
}

/// Points in a millimetre.
const POINTS: f64 = 72.0 / 25.4;

/// Names of the typefaces on a page.
const FONTS: [Name<'_>; TYPEFACES.len()] = [Name(b"F1"), Name(b"F2")];
const SYSTEM: SystemInfo<'_> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

struct Book {
    pdf: Pdf,
    last: i32,
    catalog: Ref,
    tree: Ref,
    /// The typefaces in use.
    fonts: BTreeMap<u8, Font>,
    /// Layers in use with their objects.
    layers: BTreeMap<Layer, Ref>,
}

/// A typeface in use.
struct Font {
    object: Ref,
    /// New glyph numbers of the subset.
    subset: subsetter::GlyphRemapper,
    /// Old glyph number to its character.
    characters: BTreeMap<u16, char>,
}

impl Book {
    fn new(pages: &[Page]) -> Self {
        let mut book = Self {
            pdf: Pdf::new(),
            last: 2,
            catalog: Ref::new(1),
            tree: Ref::new(2),
            fonts: BTreeMap::new(),
            layers: BTreeMap::new(),
        };
        for mark in pages.iter().flat_map(Page::flat_marks) {
            if !book.layers.contains_key(&mark.ink.layer) {
                let layer = book.next();
                book.layers.insert(mark.ink.layer, layer);
            }
            if let Shape::Text(text) = &mark.shape {
                for glyph in glyph_run(&text.content, text.height).glyphs {
                    book.use_glyph(glyph.face, glyph.glyph, glyph.character);
                }
            }
        }
        book
    }

    fn use_glyph(&mut self, face: u8, glyph: u16, character: char) {
        if !self.fonts.contains_key(&face) {
            let object = self.next();
            let subset = subsetter::GlyphRemapper::new();
            self.fonts.insert(face, Font { object, subset, characters: BTreeMap::new() });
        }
        if let Some(font) = self.fonts.get_mut(&face) {
            font.subset.remap(glyph);
            font.characters.entry(glyph).or_insert(character);
        }
    }

    fn next(&mut self) -> Ref {
        self.last += 1;
        Ref::new(self.last)
    }

    fn page(&mut self, page: &Page) -> Ref {
        let (page_ref, content_ref) = (self.next(), self.next());
        let content = compressed(&self.content(page));
        self.pdf.stream(content_ref, &content).filter(Filter::FlateDecode);
        let mut entry = self.pdf.page(page_ref);
        entry.parent(self.tree).contents(content_ref);
        entry.media_box(Rect::new(0.0, 0.0, (page.width * POINTS) as f32, (page.height * POINTS) as f32));
        let mut resources = entry.resources();
        resources.fonts().pairs(self.fonts.iter().map(|(face, font)| (FONTS[usize::from(*face)], font.object)));
        let mut properties = resources.insert(Name(b"Properties")).dict();
        for (layer, reference) in &self.layers {
            properties.pair(Name(layer.name().as_bytes()), reference);
        }
        page_ref
    }

    fn content(&self, page: &Page) -> Vec<u8> {
        let mut content = Content::new();
        content.transform([POINTS as f32, 0.0, 0.0, POINTS as f32, 0.0, 0.0]);
        content.set_line_cap(pdf_writer::types::LineCapStyle::RoundCap);
        content.set_line_join(pdf_writer::types::LineJoinStyle::RoundJoin);
        let mut pen: Option<(Ink, f64)> = None;
        for layer in LAYERS {
            let mut marks = page.flat_marks().filter(|mark| mark.ink.layer == layer).peekable();
            if marks.peek().is_none() {
                continue;
            }
            content.begin_marked_content_with_properties(Name(b"OC")).properties_named(Name(layer.name().as_bytes()));
            for mark in marks {
                self.mark(&mut content, mark, &mut pen);
            }
            content.end_marked_content();
        }
        content.finish().to_vec()
    }

    fn mark(&self, content: &mut Content, mark: &Mark, pen: &mut Option<(Ink, f64)>) {
        if let Shape::Text(text) = &mark.shape {
            self.text(content, text);
        }
        if let Some(path) = mark.fill() {
            let grey = 1.0 - mark.ink.layer.darkness() as f32;
            content.set_fill_gray(grey);
            trace(content, &path);
            content.fill_even_odd();
            content.set_fill_gray(0.0);
        }
        let strokes = mark.strokes();
        if strokes.is_empty() {
            return;
        }
        let wanted = (mark.ink, mark.dash_phase());
        if *pen != Some(wanted) {
            set_pen(content, mark.ink, wanted.1);
            *pen = Some(wanted);
        }
        strokes.iter().for_each(|path| trace(content, path));
        content.stroke();
    }

    fn text(&self, content: &mut Content, text: &Text) {
        let run = glyph_run(&text.content, text.height);
        let start = text.start();
        let (cos, sin) = (cos_deg(text.angle_deg) as f32, sin_deg(text.angle_deg) as f32);
        content.begin_text();
        content.set_horizontal_scaling((text.stretch * 100.0) as f32);
        content.set_text_matrix([cos, sin, -sin, cos, start.x as f32, start.y as f32]);
        for glyphs in run.glyphs.chunk_by(|a, b| a.face == b.face) {
            let face = glyphs[0].face;
            let Some(font) = self.fonts.get(&face) else { continue };
            let code = |glyph: u16| font.subset.get(glyph).unwrap_or(0).to_be_bytes();
            let codes: Vec<u8> = glyphs.iter().flat_map(|glyph| code(glyph.glyph)).collect();
            content.set_font(FONTS[usize::from(face)], em(face, text.height) as f32);
            content.show(Str(&codes));
        }
        content.end_text();
    }

    fn finish(mut self, pages: &[Page], page_refs: &[Ref]) -> Vec<u8> {
        self.pdf.pages(self.tree).kids(page_refs.iter().copied()).count(page_refs.len() as i32);
        let info = self.next();
        if let Some(first) = pages.first() {
            let mut words = self.pdf.document_info(info);
            words.title(TextStr(&first.title)).creator(TextStr("maquette")).author(TextStr(&first.creator));
            words.finish();
        }
        let layers: Vec<Ref> = self.layers.values().copied().collect();
        for (layer, reference) in &self.layers {
            let mut group = self.pdf.indirect(*reference).dict();
            group.pair(Name(b"Type"), Name(b"OCG")).pair(Name(b"Name"), TextStr(layer.name()));
        }
        let mut catalog = self.pdf.catalog(self.catalog);
        catalog.pages(self.tree);
        catalog.viewer_preferences().display_doc_title(true);
        let mut optional = catalog.insert(Name(b"OCProperties")).dict();
        optional.insert(Name(b"OCGs")).array().items(layers.iter().copied());
        let mut shown = optional.insert(Name(b"D")).dict();
        shown.insert(Name(b"Order")).array().items(layers.iter().copied());
        shown.insert(Name(b"ON")).array().items(layers.iter().copied());
        shown.finish();
        optional.finish();
        catalog.finish();
        for (face, font) in std::mem::take(&mut self.fonts) {
            self.write_font(face, &font);
        }
        self.pdf.finish()
    }

    /// The font as a subset with two-byte codes and a table back to text.
    fn write_font(&mut self, face: u8, used: &Font) {
        let (cid, descriptor, file, cmap) = (self.next(), self.next(), self.next(), self.next());
        let typeface = TYPEFACES[usize::from(face)];
        let subset = subsetter::subset(typeface.bytes, 0, &used.subset).unwrap_or_else(|_| typeface.bytes.to_vec());
        let mut name = subset_tag(&subset);
        name.push(b'+');
        name.extend_from_slice(typeface.name.as_bytes());
        let name = Name(&name);
        self.pdf
            .type0_font(used.object)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(cmap);
        let mut font = self.pdf.cid_font(cid);
        font.subtype(CidFontType::Type2).base_font(name).system_info(SYSTEM).font_descriptor(descriptor);
        font.default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
        let widths = glyph_widths(face, used.subset.remapped_gids()).into_iter().map(|width| (width * 1000.0) as f32);
        font.widths().consecutive(0, widths);
        font.finish();
        self.pdf
            .font_descriptor(descriptor)
            .name(name)
            .flags(FontFlags::NON_SYMBOLIC)
            .bbox(Rect::new(-544.0, -303.0, 1302.0, 980.0))
            .italic_angle(0.0)
            .ascent(905.0)
            .descent(-212.0)
            .cap_height(688.0)
            .stem_v(80.0)
            .font_file2(file);
        let packed = compressed(&subset);
        self.pdf.stream(file, &packed).filter(Filter::FlateDecode).pair(Name(b"Length1"), subset.len() as i32);
        let mut table = UnicodeCmap::new(Name(b"Custom"), SYSTEM);
        for (glyph, character) in &used.characters {
            table.pair(used.subset.get(*glyph).unwrap_or(0), *character);
        }
        let table = table.finish();
        self.pdf.cmap(cmap, table.as_slice());
    }
}

/// Six capitals from the subset's bytes: the same subset has the same name.
fn subset_tag(subset: &[u8]) -> Vec<u8> {
    let mut hash = subset
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let mut tag = Vec::new();
    for _ in 0..6 {
        tag.push(b'A' + (hash % 26) as u8);
        hash /= 26;
    }
    tag
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6)
}

fn set_pen(content: &mut Content, ink: Ink, phase: f64) {
    let pattern: Vec<f32> = ink.line.pattern(ink.width).iter().map(|length| *length as f32).collect();
    let cap = if pattern.is_empty() {
        pdf_writer::types::LineCapStyle::RoundCap
    } else {
        pdf_writer::types::LineCapStyle::ButtCap
    };
    content.set_line_width(ink.width as f32).set_line_cap(cap).set_dash_pattern(pattern, phase as f32);
}

fn trace(content: &mut Content, path: &Path) {
    for step in &path.steps {
        match step {
            Step::Move(to) => content.move_to(to.x as f32, to.y as f32),
            Step::Line(to) => content.line_to(to.x as f32, to.y as f32),
            Step::Cubic(first, second, to) => content.cubic_to(
                first.x as f32,
                first.y as f32,
                second.x as f32,
                second.y as f32,
                to.x as f32,
                to.y as f32,
            ),
            Step::Close => content.close_path(),
        };
    }
}
