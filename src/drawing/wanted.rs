//! From names of views to directions and places around the front view (ISO 5456-2).

use crate::drawing::DrawError;
use crate::drawing::cutting::Plane;
use crate::drawing::spec::{Projection, SheetSpec, ViewSpec};
use crate::drawing::view::Picture;
use crate::geom::Vec3;

/// The cutting planes wanted, each where a view in its direction would be if that place is free.
///
/// # Errors
/// [`DrawError::Direction`] for a normal of no length.
pub fn planes(spec: &SheetSpec, names: &[&str], wanted: &[Wanted]) -> Result<Vec<Plane>, DrawError> {
    let mut planes: Vec<Plane> = Vec::new();
    for section in &spec.sections {
        let plane = Plane::of(section, names)?;
        let same = STANDARD.iter().filter_map(|view| wanted_view(view, spec.projection).ok());
        let is_same = |view: &Wanted| view.picture.toward.dot(plane.picture.toward) > 1.0 - 1.0e-9;
        let cell = same.filter(is_same).find_map(|view| view.cell);
        let taken = |cell: &(i32, i32)| {
            wanted.iter().any(|view| view.cell == Some(*cell)) || planes.iter().any(|plane| plane.cell == Some(*cell))
        };
        let cell = cell.filter(|cell| !taken(cell));
        planes.push(Plane { cell, ..plane });
    }
    Ok(planes)
}

/// The views that have a place around the front view.
const STANDARD: [ViewSpec; 6] =
    [ViewSpec::Front, ViewSpec::Top, ViewSpec::Right, ViewSpec::Left, ViewSpec::Bottom, ViewSpec::Rear];

/// A view wanted, with its name, direction and place.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its name in files.
    pub name: String,
    /// Its picture plane.
    pub picture: Picture,
    /// Its place around the front view.
    pub cell: Option<(i32, i32)>,
    /// What is special about it.
    pub kind: WantedKind,
}

/// What is special about a view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WantedKind {
    /// Nothing.
    Plain,
    /// A floor plan, cut at a height.
    Plan(f64),
    /// Parts pulled apart along a direction.
    Exploded(Vec3),
    /// A view with a letter.
    Auxiliary,
}

/// More views, sections and details than this are not one sheet.
const MAX_VIEWS: usize = 100;

/// The views wanted, each once and with a name of its own.
///
/// # Errors
/// [`DrawError::NoViews`] without one, [`DrawError::TooManyViews`], [`DrawError::Direction`] for a direction of no length.
pub fn wanted_views(spec: &SheetSpec) -> Result<Vec<Wanted>, DrawError> {
    let count = spec.views.len() + spec.sections.len() + spec.auxiliaries.len() + spec.details.len();
    if count > MAX_VIEWS {
        return Err(DrawError::TooManyViews { count, most: MAX_VIEWS });
    }
    let mut wanted: Vec<Wanted> = Vec::new();
    for view in &spec.views {
        let next = wanted_view(view, spec.projection)?;
        if wanted.iter().any(|other| other.picture == next.picture && other.kind == next.kind) {
            continue;
        }
        // two views in one place: the later one goes where there is room
        let taken = wanted.iter().any(|other| other.cell.is_some() && other.cell == next.cell);
        let alike = wanted.iter().filter(|other| other.name.starts_with(&next.name)).count();
        let name = if alike == 0 { next.name } else { format!("{}-{}", next.name, alike + 1) };
        wanted.push(Wanted { cell: if taken { None } else { next.cell }, name, ..next });
    }
    for auxiliary in &spec.auxiliaries {
        let picture = Picture::from_direction(auxiliary.toward).ok_or(DrawError::Direction)?;
        let name = auxiliary.label.clone();
        wanted.push(Wanted { name, picture, cell: None, kind: WantedKind::Auxiliary });
    }
    if wanted.is_empty() && spec.sections.is_empty() { Err(DrawError::NoViews) } else { Ok(wanted) }
}

fn wanted_view(view: &ViewSpec, projection: Projection) -> Result<Wanted, DrawError> {
    let third = projection == Projection::ThirdAngle;
    let (toward, right, cell, name) = match view {
        ViewSpec::Front => (Vec3::NEG_Y, Vec3::X, Some((0, 0)), "front"),
        ViewSpec::Rear => (Vec3::Y, Vec3::NEG_X, Some((2, 0)), "rear"),
        ViewSpec::Top => (Vec3::Z, Vec3::X, Some((0, if third { 1 } else { -1 })), "top"),
        ViewSpec::Bottom => (Vec3::NEG_Z, Vec3::X, Some((0, if third { -1 } else { 1 })), "bottom"),
        ViewSpec::Right => (Vec3::X, Vec3::Y, Some((if third { 1 } else { -1 }, 0)), "right"),
        ViewSpec::Left => (Vec3::NEG_X, Vec3::NEG_Y, Some((if third { -1 } else { 1 }, 0)), "left"),
        ViewSpec::Isometric => (Vec3::new(1.0, -1.0, 1.0), Vec3::new(1.0, 1.0, 0.0), None, "isometric"),
        ViewSpec::Dimetric => {
            let picture = Picture::from_direction(DIMETRIC).ok_or(DrawError::Direction)?;
            (picture.toward, picture.right, None, "dimetric")
        }
        ViewSpec::Direction(toward) => {
            let picture = Picture::from_direction(*toward).ok_or(DrawError::Direction)?;
            (picture.toward, picture.right, None, "view")
        }
        ViewSpec::Plan(_) => (Vec3::Z, Vec3::X, Some((0, if third { 1 } else { -1 })), "plan"),
        ViewSpec::Exploded(_) => (Vec3::new(1.0, -1.0, 1.0), Vec3::new(1.0, 1.0, 0.0), None, "exploded"),
    };
    let picture = Picture::new(toward, right).ok_or(DrawError::Direction)?;
    let kind = match view {
        ViewSpec::Plan(height) => WantedKind::Plan(*height),
        ViewSpec::Exploded(along) => WantedKind::Exploded(along.try_normalize().ok_or(DrawError::Direction)?),
        _ => WantedKind::Plain,
    };
    Ok(Wanted { name: name.to_owned(), picture, cell, kind })
}

/// ISO 5456-3 dimetric: depth drawn at half of width and height (elevation 19.47 degrees, turned by 20.7 degrees).
const DIMETRIC: Vec3 = Vec3::new(0.333_333_333_333_333_3, -0.881_917_103_688_197, 0.333_333_333_333_333_3);
