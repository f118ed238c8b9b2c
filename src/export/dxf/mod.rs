//! Page to DXF (AC1024, R2010): views in model space at true size, the sheet in paper space with a viewport for each view.
//!
//! Layers carry line types and widths; dimensions, hatches, circles, arcs and ellipses are true entities.
//! Sections are built last to first, because the header must name a handle that no object uses.

mod entity;
mod object;
mod table;
mod tags;

use crate::export::dxf::entity::Place;
use crate::export::dxf::tags::{Handle, Tags};
use crate::geom::{Aabb2, Vec2};
use crate::page::{Mark, Page, Shape, View};

/// Writes one page as one DXF file.
pub fn write(page: &Page) -> Vec<u8> {
    let mut tags = Tags::default();
    let fixed = Fixed::new(&mut tags);
    let placements = placements(page);
    let mut blocks = Blocks::default();
    let entities = tags.section("ENTITIES", |tags| entities(tags, page, &placements, &fixed, &mut blocks));
    let block_section = tags.section("BLOCKS", |tags| table::blocks(tags, &fixed, &blocks));
    let objects = tags.section("OBJECTS", |tags| object::objects(tags, page, &fixed));
    let tables = tags.section("TABLES", |tags| table::tables(tags, page, &fixed, &blocks));
    let header = tags.section("HEADER", |tags| table::header(tags, page, &placements));
    let mut out = header;
    out.extend(tags.section("CLASSES", |_| {}));
    for section in [tables, block_section, entities, objects] {
        out.extend(section);
    }
    out.extend_from_slice(b"  0\nEOF\n");
    out
}

/// Handles that objects in several sections name.
struct Fixed {
    model_record: Handle,
    paper_record: Handle,
    model_layout: Handle,
    paper_layout: Handle,
    root_dictionary: Handle,
    plot_style: Handle,
    text_style: Handle,
    main_viewport: Handle,
}

impl Fixed {
    fn new(tags: &mut Tags) -> Self {
        Self {
            model_record: tags.handle(),
            paper_record: tags.handle(),
            model_layout: tags.handle(),
            paper_layout: tags.handle(),
            root_dictionary: tags.handle(),
            plot_style: tags.handle(),
            text_style: tags.handle(),
            main_viewport: tags.handle(),
        }
    }
}

/// The anonymous blocks that show dimensions: handle of the block's record and its written entities.
#[derive(Default)]
struct Blocks {
    dimensions: Vec<(Handle, Vec<u8>)>,
}

/// How a view's paper coordinates become model space: `(paper - from) / scale + to`.
#[derive(Debug, Clone, Copy)]
struct Placement {
    from: Vec2,
    to: Vec2,
    scale: f64,
}

impl Placement {
    fn put(&self, paper: Vec2) -> Vec2 {
        (paper - self.from) / self.scale + self.to
    }

    fn put_box(&self, area: Aabb2) -> Aabb2 {
        Aabb2 { min: self.put(area.min), max: self.put(area.max) }
    }
}

/// Views of the sheet's scale keep their arrangement; others go to the right of it, where nothing can overlap.
fn placements(page: &Page) -> Vec<Placement> {
    let main = page.views.first().map_or(1.0, |view| view.scale);
    let mut free_x = page.width / main * 1.1;
    let mut place = |view: &View| {
        if let Some(origin) = view.origin {
            return Placement { from: origin, to: Vec2::ZERO, scale: view.scale };
        }
        if view.scale == main {
            return Placement { from: Vec2::ZERO, to: Vec2::ZERO, scale: main };
        }
        let to = Vec2::new(free_x, 0.0);
        free_x += view.frame.size().x / view.scale * 1.2;
        Placement { from: view.frame.min, to, scale: view.scale }
    };
    page.views.iter().map(&mut place).collect()
}

fn entities(tags: &mut Tags, page: &Page, placements: &[Placement], fixed: &Fixed, blocks: &mut Blocks) {
    for mark in &page.marks {
        let place = match mark.view {
            Some(view) => Place { owner: fixed.model_record, paper: false, placement: placements[view as usize] },
            None => Place { owner: fixed.paper_record, paper: true, placement: SHEET },
        };
        match &mark.shape {
            Shape::Dimension(dimension) => {
                let record = tags.handle();
                let inner = Place { owner: record, paper: false, placement: place.placement };
                let written = tags.aside(|tags| {
                    dimension.drawn.iter().for_each(|part| entity::write(tags, part, &inner));
                });
                blocks.dimensions.push((record, written));
                entity::dimension(tags, dimension, &place, blocks.dimensions.len());
            }
            Shape::Leader(leader) => {
                entity::leader(tags, leader, &place);
                let is_words =
                    |part: &&Mark| matches!(part.shape, Shape::Text(_)) || leader.dotted && part.fill().is_some();
                leader.drawn.iter().filter(is_words).for_each(|part| entity::write(tags, part, &place));
            }
            _ => entity::write(tags, mark, &place),
        }
    }
    object::viewports(tags, page, placements, fixed);
}

/// The sheet's own marks keep their coordinates.
const SHEET: Placement = Placement { from: Vec2::ZERO, to: Vec2::ZERO, scale: 1.0 };
