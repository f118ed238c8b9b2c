//! Layouts, viewports and the dictionaries that hold them.

use crate::export::dxf::tags::{Handle, NOBODY, Tags};
use crate::export::dxf::{Fixed, Placement};
use crate::geom::Vec2;
use crate::page::Page;

/// The sheet's own viewport, then one for each view at true scale.
pub fn viewports(tags: &mut Tags, page: &Page, placements: &[Placement], fixed: &Fixed) {
    let size = Vec2::new(page.width, page.height);
    viewport(tags, fixed.main_viewport, fixed, (size * 0.5, size * 1.1), (size * 0.5, size.y * 1.1), 1);
    for (index, (view, placement)) in page.views.iter().zip(placements).enumerate() {
        let handle = tags.handle();
        let (center, size) = (view.frame.center(), view.frame.size());
        let looked_at = (placement.put(center), size.y / view.scale);
        viewport(tags, handle, fixed, (center, size), looked_at, index as i64 + 2);
    }
}

fn viewport(
    tags: &mut Tags,
    handle: Handle,
    fixed: &Fixed,
    (center, size): (Vec2, Vec2),
    (target, height): (Vec2, f64),
    number: i64,
) {
    tags.start_as("VIEWPORT", handle, fixed.paper_record);
    tags.text(100, "AcDbEntity");
    tags.int(67, 1);
    tags.text(8, "VIEWPORTS");
    tags.text(100, "AcDbViewport");
    tags.point(10, center);
    tags.numbers(&[(40, size.x), (41, size.y)]);
    tags.ints(&[(68, number), (69, number)]);
    tags.flat_point(12, target);
    tags.flat_point(13, Vec2::ZERO);
    tags.flat_point(14, Vec2::splat(10.0));
    tags.flat_point(15, Vec2::splat(10.0));
    tags.numbers(&[(16, 0.0), (26, 0.0), (36, 1.0), (17, 0.0), (27, 0.0), (37, 0.0)]);
    tags.numbers(&[(42, 50.0), (43, 0.0), (44, 0.0), (45, height), (50, 0.0), (51, 0.0)]);
    // 16384: the scale is locked
    tags.ints(&[(72, 100), (90, if number == 1 { 557_088 } else { 16_384 })]);
    tags.text(1, "");
    tags.ints(&[(281, 0), (71, 0), (74, 0)]);
    tags.numbers(&[(110, 0.0), (120, 0.0), (130, 0.0), (111, 1.0), (121, 0.0), (131, 0.0)]);
    tags.numbers(&[(112, 0.0), (122, 1.0), (132, 0.0)]);
    tags.int(79, 0);
    tags.number(146, 0.0);
}

/// The object section.
pub fn objects(tags: &mut Tags, page: &Page, fixed: &Fixed) {
    let (groups, layouts, lines, styles) = (tags.handle(), tags.handle(), tags.handle(), tags.handle());
    let line_style = tags.handle();
    let root =
        [("ACAD_GROUP", groups), ("ACAD_LAYOUT", layouts), ("ACAD_MLINESTYLE", lines), ("ACAD_PLOTSTYLENAME", styles)];
    dictionary(tags, fixed.root_dictionary, NOBODY, &root);
    dictionary(tags, groups, fixed.root_dictionary, &[]);
    dictionary(tags, layouts, fixed.root_dictionary, &[("Layout1", fixed.paper_layout), ("Model", fixed.model_layout)]);
    dictionary(tags, lines, fixed.root_dictionary, &[("Standard", line_style)]);
    tags.start_as("ACDBDICTIONARYWDFLT", styles, fixed.root_dictionary);
    tags.text(100, "AcDbDictionary");
    tags.int(281, 1);
    tags.text(3, "Normal");
    tags.reference(350, fixed.plot_style);
    tags.text(100, "AcDbDictionaryWithDefault");
    tags.reference(340, fixed.plot_style);
    tags.start_as("ACDBPLACEHOLDER", fixed.plot_style, styles);
    multiline_style(tags, line_style, lines);
    let size = Vec2::new(page.width, page.height);
    let model = Tab { handle: fixed.model_layout, name: "Model", record: fixed.model_record, viewport: None };
    let viewport = Some(fixed.main_viewport);
    let paper = Tab { handle: fixed.paper_layout, name: "Layout1", record: fixed.paper_record, viewport };
    layout(tags, layouts, &model, size);
    layout(tags, layouts, &paper, size);
}

fn dictionary(tags: &mut Tags, handle: Handle, owner: Handle, entries: &[(&str, Handle)]) {
    tags.start_as("DICTIONARY", handle, owner);
    tags.text(100, "AcDbDictionary");
    tags.int(281, 1);
    for (name, entry) in entries {
        tags.text(3, name);
        tags.reference(350, *entry);
    }
}

fn multiline_style(tags: &mut Tags, handle: Handle, owner: Handle) {
    tags.start_as("MLINESTYLE", handle, owner);
    tags.text(100, "AcDbMlineStyle");
    tags.text(2, "Standard");
    tags.int(70, 0);
    tags.text(3, "");
    tags.int(62, 256);
    tags.numbers(&[(51, 90.0), (52, 90.0)]);
    tags.int(71, 2);
    for offset in [0.5, -0.5] {
        tags.number(49, offset);
        tags.int(62, 256);
        tags.text(6, "ByLayer");
    }
}

/// Model space or a sheet.
struct Tab {
    handle: Handle,
    name: &'static str,
    record: Handle,
    viewport: Option<Handle>,
}

fn layout(tags: &mut Tags, owner: Handle, tab: &Tab, size: Vec2) {
    let Tab { handle, name, record, viewport } = *tab;
    tags.start_as("LAYOUT", handle, owner);
    tags.text(100, "AcDbPlotSettings");
    tags.text(1, "");
    tags.text(2, "none_device");
    tags.text(4, &format!("Sheet_({:.2}_x_{:.2}_MM)", size.x, size.y));
    tags.text(6, "");
    tags.numbers(&[(40, 0.0), (41, 0.0), (42, 0.0), (43, 0.0), (44, size.x), (45, size.y)]);
    tags.numbers(&[(46, 0.0), (47, 0.0), (48, 0.0), (49, 0.0), (140, 0.0), (141, 0.0), (142, 1.0), (143, 1.0)]);
    // the model tab is 1024 more
    tags.ints(&[(70, if viewport.is_some() { 688 } else { 1712 }), (72, 1), (73, 0), (74, 5)]);
    tags.text(7, "");
    tags.ints(&[(75, 16), (76, 0), (77, 2), (78, 300)]);
    tags.numbers(&[(147, 1.0), (148, 0.0), (149, 0.0)]);
    tags.text(100, "AcDbLayout");
    tags.text(1, name);
    tags.ints(&[(70, 1), (71, i64::from(viewport.is_some()))]);
    tags.flat_point(10, Vec2::ZERO);
    tags.flat_point(11, size);
    tags.numbers(&[(12, 0.0), (22, 0.0), (32, 0.0), (14, 0.0), (24, 0.0), (34, 0.0)]);
    tags.numbers(&[(15, size.x), (25, size.y), (35, 0.0), (146, 0.0), (13, 0.0), (23, 0.0), (33, 0.0)]);
    tags.numbers(&[(16, 1.0), (26, 0.0), (36, 0.0), (17, 0.0), (27, 1.0), (37, 0.0)]);
    tags.int(76, 1);
    tags.reference(330, record);
    if let Some(viewport) = viewport {
        tags.reference(331, viewport);
    }
}
