//! Where the views sit on the sheet: columns and rows around the front view, the largest scale that fits.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::budget::Budget;
use crate::drawing::DrawError;
use crate::drawing::figure::{Figure, scales};
use crate::drawing::place::{Arranged, arrange};
use crate::drawing::sheet::Sheet;
use crate::drawing::spec::{Paper, PaperSize, Scale, SheetSpec};
use crate::drawing::style::Style;
use crate::drawing::title::title_frame;
use crate::geom::{Aabb2, Vec2};

/// A sheet, a scale, and where the middle of each figure's bounds lies on it.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The sheet.
    pub sheet: Sheet,
    /// Its sizes of lines and lettering.
    pub style: Style,
    /// Paper over model length as two whole numbers; details have their own.
    pub ratio: (f64, f64),
    /// Each figure on paper around the origin.
    pub arranged: Vec<Arranged>,
    /// Paper place of the middle of each figure's bounds.
    pub centers: Vec<Vec2>,
    /// The room of each figure with its dimensions.
    pub frames: Vec<Aabb2>,
}

/// Between neighbouring views, mm.
const GAP: f64 = 10.0;
/// An auto-chosen sheet shows the model at least this long, mm.
const LEGIBLE: f64 = 60.0;
/// A floor plan with its chains needs more.
const LEGIBLE_PLAN: f64 = 100.0;
/// A sheet does not grow for the sake of so few words.
const FEW_CROWDED: usize = 2;
/// … or at least this long where it is drawn at full size or larger.
const LEGIBLE_ENLARGED: f64 = 40.0;

/// Finds sheet, scale and places, with tables of some height above the title block.
///
/// # Errors
/// [`DrawError::TooLarge`] when nothing fits, [`DrawError::Exceeded`] when the budget ends.
pub fn lay_out(figures: &[Figure], spec: &SheetSpec, tables: f64, budget: &Budget) -> Result<Layout, DrawError> {
    let longest = figures.iter().map(|figure| figure.bounds.size().max_element()).fold(0.0, f64::max);
    let sheets = sheets(spec)?;
    let planned = figures.iter().any(|figure| !figure.walls.is_empty());
    let is_legible = |layout: &Layout| {
        let scale = layout.scale();
        let legible = match (planned, scale >= 1.0) {
            (true, _) => LEGIBLE_PLAN,
            (false, true) => LEGIBLE_ENLARGED,
            (false, false) => LEGIBLE,
        };
        scale * longest >= legible || matches!(spec.scale, Scale::Fixed(..))
    };
    let (mut largest, mut clearest): (Option<Layout>, Option<Layout>) = (None, None);
    let mut tried = Tried { figures, arranged: Vec::new() };
    for sheet in sheets {
        budget.check()?;
        let Some(layout) = largest_scale(&mut tried, spec, &sheet, tables) else { continue };
        if !is_legible(&layout) {
            let is_larger = largest.as_ref().is_none_or(|largest| layout.scale() > largest.scale());
            largest = if is_larger { Some(layout) } else { largest };
            continue;
        }
        let crowded = layout.crowded();
        // many words that find no place make the sheet grow once, where that frees them
        if crowded <= FEW_CROWDED {
            return Ok(layout);
        }
        if clearest.is_some() {
            break;
        }
        clearest = Some(layout);
    }
    clearest.or(largest).ok_or(DrawError::TooLarge)
}

impl Layout {
    fn scale(&self) -> f64 {
        self.ratio.0 / self.ratio.1
    }

    /// How many words found no free place.
    fn crowded(&self) -> usize {
        self.arranged.iter().map(|figure| figure.crowded).sum()
    }
}

/// The sheets that may be taken, in the order in which they are tried.
fn sheets(spec: &SheetSpec) -> Result<Vec<Sheet>, DrawError> {
    let own = spec.templates.iter().filter_map(|file| file.template.as_ref());
    let mut own: Vec<Sheet> = own.map(Sheet::of_template).collect();
    Ok(match (spec.paper, own.is_empty()) {
        (Paper::Sheet { size, portrait }, true) => vec![Sheet::new(size, portrait)],
        (Paper::Auto, true) => PaperSize::ALL.iter().map(|size| Sheet::new(*size, *size == PaperSize::A4)).collect(),
        (Paper::Auto, false) => own,
        (Paper::Sheet { size, portrait }, false) => {
            let like = Sheet::new(size, portrait);
            own.retain(|sheet| (sheet.width - like.width).abs() < 1.0 && (sheet.height - like.height).abs() < 1.0);
            if own.is_empty() {
                return Err(DrawError::NoTemplate { paper: size.name() });
            }
            own
        }
    })
}

fn largest_scale(tried: &mut Tried<'_>, spec: &SheetSpec, sheet: &Sheet, tables: f64) -> Option<Layout> {
    match spec.scale {
        Scale::Fixed(paper, model) => fit(tried, sheet, (paper, model), tables),
        Scale::Auto => scales().find_map(|ratio| fit(tried, sheet, ratio, tables)),
    }
}

/// Figures already laid out: sheets of one lettering share them.
struct Tried<'a> {
    figures: &'a [Figure],
    arranged: Vec<((f64, f64), Style, Vec<Arranged>)>,
}

impl Tried<'_> {
    fn arrange(&mut self, ratio: (f64, f64), style: Style) -> Vec<Arranged> {
        if let Some((_, _, arranged)) = self.arranged.iter().find(|known| known.0 == ratio && known.1 == style) {
            return arranged.clone();
        }
        let arranged: Vec<Arranged> = self.figures.par_iter().map(|figure| arrange(figure, ratio, &style)).collect();
        self.arranged.push((ratio, style, arranged.clone()));
        arranged
    }
}

/// Tries one scale on one sheet.
fn fit(tried: &mut Tried<'_>, sheet: &Sheet, ratio: (f64, f64), tables: f64) -> Option<Layout> {
    let figures = tried.figures;
    let style = Style::of(sheet.size);
    let cells = assign_cells(figures);
    // what a template keeps free it keeps free itself
    let edge = if sheet.template.is_some() { 0.0 } else { EDGE };
    let inner = Aabb2 { min: sheet.space().min + edge, max: sheet.space().max - edge };
    let bare: Vec<Aabb2> = figures.iter().map(|figure| bare_extent(figure, ratio)).collect();
    if (inner.size() - Tracks::new(&bare, &cells).size()).min_element() < 0.0 {
        // not even without its dimensions
        return None;
    }
    let arranged = tried.arrange(ratio, style);
    let extents: Vec<Aabb2> = arranged.iter().map(|figure| figure.extent).collect();
    let grid = Tracks::new(&extents, &cells);
    let title = title_frame(sheet, tables);
    let above = Aabb2 { min: Vec2::new(inner.min.x, title.max.y + EDGE), max: inner.max };
    let beside = Aabb2 { min: inner.min, max: Vec2::new(title.min.x - EDGE, inner.max.y) };
    // a title as wide as the sheet leaves the room above it
    let is_wide = title.size().x > inner.size().x * 0.6;
    let areas = if is_wide && title.size().y > 0.0 { [above, inner, beside] } else { [inner, above, beside] };
    for area in areas {
        let rest = area.size() - grid.size();
        if rest.min_element() < 0.0 {
            continue;
        }
        let origin = area.min + rest * 0.5;
        let centers: Vec<Vec2> = cells.iter().map(|cell| origin + grid.center(*cell)).collect();
        let frames: Vec<Aabb2> = extents
            .iter()
            .zip(&centers)
            .map(|(extent, center)| Aabb2 { min: extent.min + *center, max: extent.max + *center })
            .collect();
        if title.size().y == 0.0 || frames.iter().all(|frame| !frame.touches(title)) {
            return Some(Layout { sheet: sheet.clone(), style, ratio, arranged, centers, frames });
        }
    }
    None
}

/// What a figure covers without dimensions.
fn bare_extent(figure: &Figure, sheet: (f64, f64)) -> Aabb2 {
    let (paper, model) = figure.ratio_on(sheet);
    let half = figure.bounds.size() * (paper / model * 0.5);
    Aabb2 { min: -half, max: half }
}

/// Kept free inside the frame, mm.
const EDGE: f64 = 6.0;

/// Gives every figure a cell: its own, or the nearest free corner for those without.
fn assign_cells(figures: &[Figure]) -> Vec<(i32, i32)> {
    let mut taken: Vec<(i32, i32)> = figures.iter().filter_map(|figure| figure.cell).collect();
    figures
        .iter()
        .map(|figure| {
            figure.cell.unwrap_or_else(|| {
                let cell = free_cell(&taken);
                taken.push(cell);
                cell
            })
        })
        .collect()
}

/// A free cell inside the grid that is there; else right of everything in the front view's row.
fn free_cell(taken: &[(i32, i32)]) -> (i32, i32) {
    let columns = taken.iter().map(|cell| cell.0);
    let rows = taken.iter().map(|cell| cell.1);
    let (Some(left), Some(right)) = (columns.clone().min(), columns.max()) else { return (0, 0) };
    let (low, high) = (rows.clone().min().unwrap_or(0), rows.max().unwrap_or(0));
    for column in (left..=right).rev() {
        for row in (low..=high).rev() {
            if !taken.contains(&(column, row)) {
                return (column, row);
            }
        }
    }
    (right + 1, high)
}

/// Columns and rows with their extents below and above their middle line.
struct Tracks {
    columns: BTreeMap<i32, (f64, f64)>,
    rows: BTreeMap<i32, (f64, f64)>,
}

impl Tracks {
    fn new(extents: &[Aabb2], cells: &[(i32, i32)]) -> Self {
        let mut tracks = Self { columns: BTreeMap::new(), rows: BTreeMap::new() };
        for (extent, (column, row)) in extents.iter().zip(cells) {
            grow(tracks.columns.entry(*column).or_default(), -extent.min.x, extent.max.x);
            grow(tracks.rows.entry(*row).or_default(), -extent.min.y, extent.max.y);
        }
        tracks
    }

    fn size(&self) -> Vec2 {
        Vec2::new(extent(&self.columns), extent(&self.rows))
    }

    fn center(&self, (column, row): (i32, i32)) -> Vec2 {
        Vec2::new(middle(&self.columns, column), middle(&self.rows, row))
    }
}

fn grow(track: &mut (f64, f64), below: f64, above: f64) {
    *track = (track.0.max(below), track.1.max(above));
}

fn extent(tracks: &BTreeMap<i32, (f64, f64)>) -> f64 {
    tracks.values().map(|track| track.0 + track.1).sum::<f64>() + GAP * (tracks.len() as f64 - 1.0)
}

fn middle(tracks: &BTreeMap<i32, (f64, f64)>, wanted: i32) -> f64 {
    let mut at = 0.0;
    for (index, track) in tracks {
        if *index == wanted {
            return at + track.0;
        }
        at += track.0 + track.1 + GAP;
    }
    at
}
