//! Rooms of a floor plan: what the cut walls enclose once their openings are closed, with area and name (ISO 9836 net area).

use crate::budget::{Budget, Exceeded};
use crate::csg::{Annotation, Subject};
use crate::drawing::dimension::length_text;
use crate::drawing::figure::Figure;
use crate::drawing::obstacle::Obstacles;
use crate::drawing::spec::RoomName;
use crate::drawing::style::{Style, text};
use crate::geom::{Aabb2, Vec2};
use crate::page::{Anchor, Layer, Mark, text_width};
use crate::region::{Region, is_hole};

/// A room of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Room {
    /// Its outline between the walls, openings closed, in the view's plane.
    pub outline: Vec<Vec2>,
    /// Its area in mm² of the model.
    pub area: f64,
    /// What it is called; may be empty.
    pub name: String,
}

/// The rooms that a program names.
pub fn rooms_asked(annotations: &[Annotation]) -> impl Iterator<Item = RoomName> {
    annotations.iter().filter_map(|annotation| match annotation.subject {
        Subject::Room { at } => {
            Some(RoomName { name: annotation.text.as_deref().unwrap_or_default().to_owned(), at: at.truncate() })
        }
        _ => None,
    })
}

/// Finds the rooms of each plan, and gives them the names that are said for places in them.
///
/// # Errors
/// The job was stopped.
pub fn find_rooms(figures: &mut [Figure], names: &[RoomName], budget: &Budget) -> Result<(), Exceeded> {
    for figure in figures.iter_mut().filter(|figure| !figure.walls.is_empty()) {
        figure.rooms = rooms(&figure.walls, budget)?;
        for room in &mut figure.rooms {
            let here = |name: &&RoomName| is_inside(&room.outline, figure.picture.flat(name.at.extend(0.0)));
            let known: Vec<&str> = names.iter().filter(here).map(|known| known.name.as_str()).collect();
            room.name = known.join(" / ");
        }
    }
    Ok(())
}

/// A room is at least so large, mm² of the model: less is a shaft, or no building at all.
const AREA_MIN: f64 = 0.5e6;
/// More corners than this are no wall plan.
const CORNERS_MAX: usize = 4000;

fn rooms(walls: &[Vec<Vec2>], budget: &Budget) -> Result<Vec<Room>, Exceeded> {
    if walls.iter().map(Vec::len).sum::<usize>() > CORNERS_MAX {
        return Ok(Vec::new());
    }
    let walls = Region::polygon(walls, budget)?;
    let mut pieces = vec![walls.clone()];
    pieces.extend(closures(&walls, budget)?);
    let sealed = Region::union(&pieces.iter().collect::<Vec<_>>(), budget)?;
    let area = |contour: &[Vec2]| Ok(Region::polygon(&[contour.to_vec()], budget)?.area());
    let solid: Vec<&Vec<Vec2>> = sealed.contours().iter().filter(|contour| !is_hole(contour)).collect();
    let holes = sealed.contours().iter().filter(|contour| is_hole(contour));
    let mut rooms: Vec<Room> = holes
        .map(|outline| {
            // a column takes its place from the room that it stands in
            let within = solid.iter().filter(|column| column.iter().all(|corner| is_inside(outline, *corner)));
            let columns: f64 = within.map(|column| area(column)).sum::<Result<f64, Exceeded>>()?;
            Ok(Room { area: area(outline)? - columns, outline: outline.clone(), name: String::new() })
        })
        .collect::<Result<_, Exceeded>>()?;
    rooms.retain(|room| room.area >= AREA_MIN);
    let corner = |room: &Room| Aabb2::of(room.outline.iter().copied()).min;
    rooms.sort_by(|a, b| corner(a).y.total_cmp(&corner(b).y).then(corner(a).x.total_cmp(&corner(b).x)));
    Ok(rooms)
}

/// A wall is at most so thick, mm of the model.
const THICK_MAX: f64 = 700.0;
/// An opening between two ends of walls is at most so wide, mm …
const OPENING_MAX: f64 = 6000.0;
/// … and one between an end and the flank of another wall.
const PASSAGE_MAX: f64 = 1500.0;
/// A pier is longer than it is thick by this much; a column is not.
const SLENDER: f64 = 1.2;

/// What closes the openings: from each end of a wall straight to what stands opposite.
fn closures(walls: &Region, budget: &Budget) -> Result<Vec<Region>, Exceeded> {
    let edges: Vec<[Vec2; 2]> = walls.contours().iter().flat_map(|contour| contour_edges(contour)).collect();
    let ends: Vec<[Vec2; 2]> = walls.contours().iter().flat_map(|contour| wall_ends(contour)).collect();
    let mut closed = Vec::new();
    for contour in walls.contours() {
        // a pier stands between the ends of walls, a counter anywhere
        let is_alone = contour.len() <= 4;
        for end in wall_ends(contour) {
            let [from, to] = end;
            let (width, outward) = (from.distance(to), (from - to).perp().normalize_or_zero());
            let Some((distance, hit)) = nearest(from.midpoint(to), outward, &edges) else { continue };
            let faces_end = ends.contains(&hit);
            let most = match (faces_end, is_alone) {
                (true, _) => OPENING_MAX,
                (false, false) => PASSAGE_MAX,
                (false, true) => 0.0,
            };
            if distance > most {
                continue;
            }
            // a little into both walls
            let bite = width * 1.0e-3;
            let (near, far) = (outward * -bite, outward * (distance + bite));
            closed.push(Region::polygon(&[vec![from + near, to + near, to + far, from + far]], budget)?);
        }
    }
    Ok(closed)
}

fn contour_edges(contour: &[Vec2]) -> Vec<[Vec2; 2]> {
    (0..contour.len()).map(|index| [contour[index], contour[(index + 1) % contour.len()]]).collect()
}

/// Short edges between two convex corners: where walls end.
fn wall_ends(contour: &[Vec2]) -> Vec<[Vec2; 2]> {
    let edges = contour_edges(contour);
    let count = edges.len();
    let length = |edge: &[Vec2; 2]| edge[0].distance(edge[1]);
    let turn = |one: &[Vec2; 2], two: &[Vec2; 2]| {
        (one[1] - one[0]).normalize_or_zero().perp_dot((two[1] - two[0]).normalize_or_zero())
    };
    let is_end = |index: &usize| {
        let (before, edge, after) = (&edges[(index + count - 1) % count], &edges[*index], &edges[(index + 1) % count]);
        let slender = if count <= 4 { length(edge) * SLENDER } else { 0.0 };
        length(edge) <= THICK_MAX
            && turn(before, edge) > 0.5
            && turn(edge, after) > 0.5
            && length(before) >= slender
            && length(after) >= slender
    };
    (0..count).filter(is_end).map(|index| edges[index]).collect()
}

/// The first edge that a ray meets from outside, and how far away.
fn nearest(from: Vec2, along: Vec2, edges: &[[Vec2; 2]]) -> Option<(f64, [Vec2; 2])> {
    let mut best: Option<(f64, [Vec2; 2])> = None;
    for edge in edges {
        let side = edge[1] - edge[0];
        let facing = along.perp_dot(side);
        // material lies left of an edge: a ray that comes in crosses it from its right
        if facing >= 0.0 {
            continue;
        }
        let (share, distance) = ((edge[0] - from).perp_dot(along) / facing, (edge[0] - from).perp_dot(side) / facing);
        let is_nearer = best.is_none_or(|(least, _)| distance < least);
        if (0.0..=1.0).contains(&share) && distance > 0.0 && is_nearer {
            best = Some((distance, *edge));
        }
    }
    best
}

fn is_inside(outline: &[Vec2], point: Vec2) -> bool {
    let crosses = |[from, to]: &[Vec2; 2]| {
        (from.y > point.y) != (to.y > point.y)
            && point.x < from.x + (to.x - from.x) * (point.y - from.y) / (to.y - from.y)
    };
    contour_edges(outline).iter().filter(|edge| crosses(edge)).count() % 2 == 1
}

/// Places tried along each side of a room.
const TRIES: u32 = 24;

/// Name and area of each room, where they cover least of what is drawn in it.
pub fn room_marks(
    figure: &Figure,
    onto: &impl Fn(Vec2) -> Vec2,
    style: &Style,
    obstacles: &mut Obstacles,
) -> Vec<Mark> {
    let mut marks = Vec::new();
    for room in &figure.rooms {
        let outline: Vec<Vec2> = room.outline.iter().map(|point| onto(*point)).collect();
        let area = format!("{} m²", length_text((room.area * 1.0e-4).round() * 1.0e-2));
        let mut lines = vec![(room.name.as_str(), style.text), (area.as_str(), style.text)];
        lines.retain(|line| !line.0.is_empty());
        // in a small room the words give way one by one
        while let Some((place, pitch)) = (!lines.is_empty()).then(|| best_place(&outline, &lines, obstacles)) {
            let Some(area) = place else {
                lines.remove(0);
                continue;
            };
            obstacles.add_box(area);
            for (index, (words, height)) in lines.iter().enumerate() {
                let at = Vec2::new(area.center().x, area.max.y - height - pitch * index as f64);
                marks.push(text(style.ink(Layer::Text), at, *height, Anchor::Middle, words));
            }
            break;
        }
    }
    marks
}

/// The box for some lines within an outline, and their pitch.
fn best_place(outline: &[Vec2], lines: &[(&str, f64)], obstacles: &Obstacles) -> (Option<Aabb2>, f64) {
    let height = lines.iter().map(|line| line.1).fold(0.0, f64::max);
    let pitch = height * 1.6;
    let width = lines.iter().map(|(words, height)| text_width(words, *height)).fold(0.0, f64::max);
    let half = Vec2::new(width + 1.5, height + pitch * (lines.len() as f64 - 1.0) + 1.5) * 0.5;
    let bounds = Aabb2::of(outline.iter().copied());
    let step = bounds.size() / f64::from(TRIES);
    let mut best: Option<(f64, Aabb2)> = None;
    for index in 0..TRIES * TRIES {
        let share = Vec2::new(f64::from(index % TRIES) + 0.5, f64::from(index / TRIES) + 0.5);
        let middle = bounds.min + step * share;
        let area = Aabb2 { min: middle - half, max: middle + half };
        let corners = [area.min, Vec2::new(area.max.x, area.min.y), area.max, Vec2::new(area.min.x, area.max.y)];
        if !corners.iter().all(|corner| is_inside(outline, *corner)) {
            continue;
        }
        let off = (middle - bounds.center()).length() / bounds.size().length().max(1.0e-9);
        let cost = obstacles.count_in(area) as f64 + off * 3.0;
        if best.is_none_or(|(least, _)| cost < least) {
            best = Some((cost, area));
        }
    }
    let inner = |(_, area): (f64, Aabb2)| Aabb2 { min: area.min + 0.75, max: area.max - 0.75 };
    (best.map(inner), pitch)
}
