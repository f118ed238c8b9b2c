//! Header, tables and blocks.

use std::collections::BTreeMap;

use crate::export::dxf::tags::{Handle, NOBODY, Tags};
use crate::export::dxf::{Blocks, Fixed, Placement};
use crate::geom::{Aabb2, Vec2};
use crate::page::{LAYERS, Layer, LineType, Page};

/// The header's settings.
pub fn header(tags: &mut Tags, page: &Page, placements: &[Placement]) {
    let boxes = page.views.iter().zip(placements).map(|(view, placement)| placement.put_box(view.frame));
    let sheet = Aabb2 { min: Vec2::ZERO, max: Vec2::new(page.width, page.height) };
    let extent = boxes.reduce(Aabb2::union).unwrap_or(sheet);
    text_setting(tags, "$ACADVER", 1, "AC1024");
    text_setting(tags, "$DWGCODEPAGE", 3, "ANSI_1252");
    tags.text(9, "$EXTMIN");
    tags.point(10, extent.min);
    tags.text(9, "$EXTMAX");
    tags.point(10, extent.max);
    number_setting(tags, "$LTSCALE", 40, 1.0);
    // dashes keep their paper length in every viewport
    int_setting(tags, "$PSLTSCALE", 70, 1);
    int_setting(tags, "$MEASUREMENT", 70, 1);
    // 4: millimetres; 2: decimal
    int_setting(tags, "$INSUNITS", 70, 4);
    int_setting(tags, "$LUNITS", 70, 2);
    int_setting(tags, "$LWDISPLAY", 290, 1);
    text_setting(tags, "$TEXTSTYLE", 7, "LETTERING");
    text_setting(tags, "$CLAYER", 8, "0");
    tags.text(9, "$HANDSEED");
    let seed = tags.seed();
    tags.reference(5, seed);
}

fn text_setting(tags: &mut Tags, name: &str, code: u16, value: &str) {
    tags.text(9, name);
    tags.text(code, value);
}

fn int_setting(tags: &mut Tags, name: &str, code: u16, value: i64) {
    tags.text(9, name);
    tags.int(code, value);
}

fn number_setting(tags: &mut Tags, name: &str, code: u16, value: f64) {
    tags.text(9, name);
    tags.number(code, value);
}

/// All tables.
pub fn tables(tags: &mut Tags, page: &Page, fixed: &Fixed, blocks: &Blocks) {
    table(tags, "VPORT", 1, |tags, owner| viewport_record(tags, owner, page));
    table(tags, "LTYPE", 6, line_types);
    table(tags, "LAYER", LAYERS.len() + 3, |tags, owner| layers(tags, owner, page, fixed));
    table(tags, "STYLE", 2, |tags, owner| text_styles(tags, owner, fixed));
    table(tags, "VIEW", 0, |_, _| {});
    table(tags, "UCS", 0, |_, _| {});
    table(tags, "APPID", 1, |tags, owner| {
        record(tags, "APPID", owner, "AcDbRegAppTableRecord", "ACAD");
    });
    dimension_styles(tags, page, fixed);
    table(tags, "BLOCK_RECORD", blocks.dimensions.len() + 2, |tags, owner| block_records(tags, owner, fixed, blocks));
}

fn table(tags: &mut Tags, name: &str, count: usize, body: impl FnOnce(&mut Tags, Handle)) {
    tags.text(0, "TABLE");
    tags.text(2, name);
    let handle = tags.handle();
    tags.reference(5, handle);
    tags.reference(330, NOBODY);
    tags.text(100, "AcDbSymbolTable");
    tags.int(70, count as i64);
    body(tags, handle);
    tags.text(0, "ENDTAB");
}

fn record(tags: &mut Tags, kind: &str, owner: Handle, class: &str, name: &str) -> Handle {
    let handle = tags.handle();
    record_as(tags, kind, handle, owner, class, name);
    handle
}

fn record_as(tags: &mut Tags, kind: &str, handle: Handle, owner: Handle, class: &str, name: &str) {
    tags.start_as(kind, handle, owner);
    tags.text(100, "AcDbSymbolTableRecord");
    tags.text(100, class);
    tags.text(2, name);
    if kind != "BLOCK_RECORD" {
        tags.int(70, 0);
    }
}

fn viewport_record(tags: &mut Tags, owner: Handle, page: &Page) {
    record(tags, "VPORT", owner, "AcDbViewportTableRecord", "*Active");
    let scale = page.views.first().map_or(1.0, |view| view.scale);
    let size = Vec2::new(page.width, page.height) / scale;
    tags.flat_point(10, Vec2::ZERO);
    tags.flat_point(11, Vec2::ONE);
    tags.flat_point(12, size * 0.5);
    tags.flat_point(13, Vec2::ZERO);
    tags.flat_point(14, Vec2::splat(10.0));
    tags.flat_point(15, Vec2::splat(10.0));
    tags.numbers(&[(16, 0.0), (26, 0.0), (36, 1.0), (17, 0.0), (27, 0.0), (37, 0.0)]);
    tags.numbers(&[(40, size.y * 1.05), (41, 1.5), (42, 50.0), (43, 0.0), (44, 0.0), (50, 0.0), (51, 0.0)]);
    tags.ints(&[(71, 0), (72, 1000), (73, 1), (74, 3), (75, 0), (76, 0), (77, 0), (78, 0)]);
}

/// The name of a line type.
pub fn line_type_name(line: LineType) -> &'static str {
    match line {
        LineType::Continuous => "Continuous",
        LineType::Dashed => "ISO_DASHED",
        LineType::Chain => "ISO_CHAIN",
        LineType::DoubleChain => "ISO_DOUBLE_CHAIN",
    }
}

/// Dashes are drawn for narrow lines of this width, mm.
const DASH_WIDTH: f64 = 0.25;

fn line_types(tags: &mut Tags, owner: Handle) {
    line_type(tags, owner, "ByBlock", "", &[]);
    line_type(tags, owner, "ByLayer", "", &[]);
    line_type(tags, owner, "Continuous", "Solid line", &[]);
    for (line, about) in [
        (LineType::Dashed, "ISO 128 02 dashed __ __ __"),
        (LineType::Chain, "ISO 128 04 long dash dot ____ . ____"),
        (LineType::DoubleChain, "ISO 128 05 long dash two dots ____ . . ____"),
    ] {
        line_type(tags, owner, line_type_name(line), about, &line.pattern(DASH_WIDTH));
    }
}

fn line_type(tags: &mut Tags, owner: Handle, name: &str, about: &str, pattern: &[f64]) {
    record(tags, "LTYPE", owner, "AcDbLinetypeTableRecord", name);
    tags.text(3, about);
    tags.ints(&[(72, 65), (73, pattern.len() as i64)]);
    tags.number(40, pattern.iter().sum());
    for (index, length) in pattern.iter().enumerate() {
        tags.number(49, if index % 2 == 0 { *length } else { -length });
        tags.int(74, 0);
    }
}

/// The nearest of DXF's line weights, in hundredths of a millimetre.
pub fn weight(width: f64) -> i64 {
    const WEIGHTS: [i64; 12] = [13, 18, 25, 35, 50, 70, 100, 120, 140, 158, 200, 211];
    let wanted = (width * 100.0).round() as i64;
    WEIGHTS.into_iter().min_by_key(|weight| (weight - wanted).abs()).unwrap_or(25)
}

fn layers(tags: &mut Tags, owner: Handle, page: &Page, fixed: &Fixed) {
    layer(tags, owner, fixed, "0", 7, LineType::Continuous, -3, true);
    layer(tags, owner, fixed, "Defpoints", 7, LineType::Continuous, -3, false);
    layer(tags, owner, fixed, "VIEWPORTS", 8, LineType::Continuous, 13, false);
    for kind in LAYERS {
        let width = page.flat_marks().find(|mark| mark.ink.layer == kind).map_or(kind.ink(0.5).width, |m| m.ink.width);
        layer(tags, owner, fixed, kind.name(), color(kind), kind.line(), weight(width), true);
    }
}

#[expect(clippy::too_many_arguments, reason = "one argument for each field of a layer's record")]
fn layer(
    tags: &mut Tags,
    owner: Handle,
    fixed: &Fixed,
    name: &str,
    color: i64,
    line: LineType,
    weight: i64,
    plotted: bool,
) {
    record(tags, "LAYER", owner, "AcDbLayerTableRecord", name);
    tags.int(62, color);
    tags.text(6, line_type_name(line));
    if !plotted {
        tags.int(290, 0);
    }
    tags.int(370, weight);
    tags.reference(390, fixed.plot_style);
}

/// AutoCAD colour index of a layer: 7 prints black, the others tell layers apart on a screen.
fn color(layer: Layer) -> i64 {
    match layer {
        Layer::Hidden => 8,
        Layer::Center | Layer::Phantom => 1,
        Layer::Dimension => 5,
        Layer::Hatch | Layer::Fill => 9,
        Layer::Section => 6,
        _ => 7,
    }
}

fn text_styles(tags: &mut Tags, owner: Handle, fixed: &Fixed) {
    let standard = tags.handle();
    for (handle, name) in [(standard, "Standard"), (fixed.text_style, "LETTERING")] {
        record_as(tags, "STYLE", handle, owner, "AcDbTextStyleTableRecord", name);
        tags.numbers(&[(40, 0.0), (41, 1.0), (50, 0.0)]);
        tags.int(71, 0);
        tags.number(42, 2.5);
        // the bundled font's metrics are those of Arial, which every reader has
        tags.text(3, "arial.ttf");
        tags.text(4, "");
    }
}

/// The dimension style of a scale.
pub fn dimension_style(scale: f64) -> String {
    let ratio =
        if scale >= 1.0 { format!("{scale}_1") } else { format!("1_{}", (1.0 / scale * 1.0e6).round() / 1.0e6) };
    format!("ISO_{}", ratio.replace('.', "P"))
}

fn dimension_styles(tags: &mut Tags, page: &Page, fixed: &Fixed) {
    let scales: BTreeMap<String, f64> =
        page.views.iter().map(|view| (dimension_style(view.scale), view.scale)).collect();
    tags.text(0, "TABLE");
    tags.text(2, "DIMSTYLE");
    let owner = tags.handle();
    tags.reference(5, owner);
    tags.reference(330, NOBODY);
    tags.text(100, "AcDbSymbolTable");
    tags.int(70, scales.len() as i64 + 1);
    tags.text(100, "AcDbDimStyleTable");
    dimension_style_record(tags, owner, "Standard", 1.0, fixed);
    for (name, scale) in &scales {
        dimension_style_record(tags, owner, name, *scale, fixed);
    }
    tags.text(0, "ENDTAB");
}

/// ISO 129-1 in DXF's words: arrows 2.75, text 2.5 above the line and along it, decimal comma.
fn dimension_style_record(tags: &mut Tags, owner: Handle, name: &str, scale: f64, fixed: &Fixed) {
    record(tags, "DIMSTYLE", owner, "AcDbDimStyleTableRecord", name);
    tags.numbers(&[(40, 1.0 / scale), (41, 2.75), (42, 1.0), (43, 6.5), (44, 2.0), (45, 0.0), (46, 0.0), (47, 0.0)]);
    tags.numbers(&[(48, 0.0), (140, 2.5), (141, 2.5), (144, 1.0), (147, 0.8)]);
    tags.ints(&[
        (73, 0),
        (74, 0),
        (77, 1),
        (78, 8),
        (79, 3),
        (172, 1),
        (271, 2),
        (277, 2),
        (278, 44),
        (279, 2),
        (289, 3),
    ]);
    tags.reference(340, fixed.text_style);
    tags.ints(&[(371, -2), (372, -2)]);
}

fn block_records(tags: &mut Tags, owner: Handle, fixed: &Fixed, blocks: &Blocks) {
    let spaces = [
        (fixed.model_record, "*Model_Space", fixed.model_layout),
        (fixed.paper_record, "*Paper_Space", fixed.paper_layout),
    ];
    for (handle, name, layout) in spaces {
        record_as(tags, "BLOCK_RECORD", handle, owner, "AcDbBlockTableRecord", name);
        tags.reference(340, layout);
        tags.ints(&[(70, 0), (280, 1), (281, 0)]);
    }
    for (index, (handle, _)) in blocks.dimensions.iter().enumerate() {
        record_as(tags, "BLOCK_RECORD", *handle, owner, "AcDbBlockTableRecord", &format!("*D{}", index + 1));
        tags.reference(340, NOBODY);
        tags.ints(&[(70, 0), (280, 1), (281, 0)]);
    }
}

/// The block section: both spaces, and one anonymous block for each dimension.
pub fn blocks(tags: &mut Tags, fixed: &Fixed, blocks: &Blocks) {
    block(tags, fixed.model_record, "*Model_Space", 0, &[]);
    block(tags, fixed.paper_record, "*Paper_Space", 0, &[]);
    for (index, (record, written)) in blocks.dimensions.iter().enumerate() {
        block(tags, *record, &format!("*D{}", index + 1), 1, written);
    }
}

fn block(tags: &mut Tags, record: Handle, name: &str, flags: i64, written: &[u8]) {
    tags.start("BLOCK", record);
    tags.text(100, "AcDbEntity");
    tags.text(8, "0");
    tags.text(100, "AcDbBlockBegin");
    tags.text(2, name);
    tags.int(70, flags);
    tags.point(10, Vec2::ZERO);
    tags.text(3, name);
    tags.text(1, "");
    tags.append(written);
    tags.start("ENDBLK", record);
    tags.text(100, "AcDbEntity");
    tags.text(8, "0");
    tags.text(100, "AcDbBlockEnd");
}
