//! The parts that a program's model falls into: its top-level objects, or those of one colour, each in pieces that hang together.
//!
//! A wrapper around everything (a single module call, a transform, a colour) is looked through: what stands in it are the objects.

use std::sync::Arc;

use crate::budget::{Budget, Exceeded};
use crate::csg::{Annotation, Kind, Node, NodeRef, Subject};
use crate::diag::SourceMap;
use crate::drawing::PartsBy;
use crate::geom::Rgba;
use crate::mesh::{Components, TriMesh};
use crate::realize::{self, Memo, Shape};
use crate::scad;
use crate::text::Fonts;

/// A part of the model.
#[derive(Debug, Clone)]
pub struct PartMesh {
    /// What the program calls it.
    pub name: String,
    /// Its colour by name or as `#rrggbb`, or nothing.
    pub color: String,
    /// What the program says it is made of, else its colour.
    pub material: String,
    /// Its number or standard, where the program says it.
    pub number: String,
    /// Its shape.
    pub mesh: TriMesh,
}

/// What realizing needs.
pub struct Realizer<'a> {
    /// Fonts for `text()`.
    pub fonts: &'a Fonts,
    /// Computed subtrees.
    pub memo: &'a Memo,
    /// The program's files, for names.
    pub sources: &'a SourceMap,
    /// The job's limits.
    pub budget: &'a Budget,
}

/// More parts than this are not taken apart: the rest stays one part.
const PARTS_MAX: usize = 1000;

/// Splits a tree into parts.
///
/// # Errors
/// [`Exceeded`] when the budget ends.
pub fn split(root: &NodeRef, by: PartsBy, realizer: &Realizer<'_>) -> Result<Vec<PartMesh>, Exceeded> {
    let mut objects = Vec::new();
    for (index, node) in objects_of(root).into_iter().enumerate() {
        realizer.budget.check()?;
        let said = said(&node).cloned();
        let own_name = said.as_ref().and_then(|said| said.text.as_deref()).map(str::to_owned);
        let name =
            own_name.or_else(|| name_of(&node, realizer.sources)).unwrap_or_else(|| format!("Part {}", index + 1));
        if let Some(mesh) = realizer.mesh(&node)? {
            objects.push(Object { name, said, color: main_color(&mesh), node, mesh });
        }
    }
    if by == PartsBy::Colors {
        objects = by_color(objects, realizer)?;
    }
    let mut parts = Vec::new();
    for object in objects {
        let room = PARTS_MAX.saturating_sub(parts.len()).max(1);
        let color = object.color.map_or_else(String::new, color_name);
        let (material, number) = match object.said.as_ref().map(|said| &said.subject) {
            Some(Subject::Part { material, number }) => (material.to_string(), number.to_string()),
            _ => (String::new(), String::new()),
        };
        let material = if material.is_empty() { color.clone() } else { material };
        // what the program calls one part is one, in however many pieces
        let whole = by == PartsBy::Objects && object.said.is_some();
        for mesh in if whole { vec![object.mesh] } else { pieces(&object.mesh, room) } {
            let (name, color) = (object.name.clone(), color.clone());
            parts.push(PartMesh { name, color, material: material.clone(), number: number.clone(), mesh });
        }
    }
    Ok(parts)
}

/// One object of the program.
struct Object {
    name: String,
    /// What the program says of it.
    said: Option<Annotation>,
    color: Option<Rgba>,
    node: NodeRef,
    mesh: TriMesh,
}

impl Realizer<'_> {
    fn mesh(&self, node: &NodeRef) -> Result<Option<TriMesh>, Exceeded> {
        match realize::realize(node, self.fonts, self.memo, self.budget).shape {
            Some(Shape::Solid(solid)) => Ok(Some(solid.to_mesh()).filter(|mesh| !mesh.is_empty())),
            Some(Shape::Empty | Shape::Region(_)) => Ok(None),
            None => {
                self.budget.check()?;
                Err(Exceeded::Memory)
            }
        }
    }
}

/// The objects, each within what was looked through to find it.
fn objects_of(root: &NodeRef) -> Vec<NodeRef> {
    let mut wrappers: Vec<&NodeRef> = Vec::new();
    let mut node = root;
    loop {
        let shown: Vec<&NodeRef> = node.children.iter().filter(|child| makes_something(child)).collect();
        let is_wrapper = is_bracket(&node.kind);
        if !is_wrapper || shown.is_empty() || own_part(node).is_some() {
            return vec![wrapped(node, &wrappers)];
        }
        wrappers.push(node);
        if let [only] = shown.as_slice() {
            node = only;
            continue;
        }
        return shown.into_iter().flat_map(named_parts).map(|object| wrapped(&object, &wrappers)).collect();
    }
}

/// What the program says of the part that a node is, if it is one: its annotation stands among its children.
fn own_part(node: &NodeRef) -> Option<&Annotation> {
    let inside = node.children.iter().flat_map(|child| {
        // the library says it under an `if`
        let under: &[NodeRef] = if matches!(child.kind, Kind::Group) { &child.children } else { &[] };
        std::iter::once(child).chain(under)
    });
    inside.into_iter().find_map(|child| match &child.kind {
        Kind::Annotation(annotation) if matches!(annotation.subject, Subject::Part { .. }) => Some(&**annotation),
        _ => None,
    })
}

/// The same, transforms and colours looked through.
fn said(node: &NodeRef) -> Option<&Annotation> {
    own_part(node).or_else(|| {
        let mut shown = node.children.iter().filter(|child| makes_something(child));
        let only = shown.next().filter(|_| is_bracket(&node.kind))?;
        if shown.next().is_some() { None } else { said(only) }
    })
}

/// A statement as the parts that it makes, where all that it makes are parts: a loop over one.
fn named_parts(node: &NodeRef) -> Vec<NodeRef> {
    let shown: Vec<&NodeRef> = node.children.iter().filter(|child| makes_something(child)).collect();
    let all_parts = shown.len() > 1 && shown.iter().all(|child| said(child).is_some());
    if own_part(node).is_some() || !is_bracket(&node.kind) || !all_parts {
        return vec![node.clone()];
    }
    shown.into_iter().map(|child| wrapped(child, &[node])).collect()
}

fn is_bracket(kind: &Kind) -> bool {
    matches!(kind, Kind::Group | Kind::Union | Kind::Render { .. } | Kind::Color(_) | Kind::Transform(_))
}

/// Whether a node is part of the model at all.
fn makes_something(node: &NodeRef) -> bool {
    if node.background || matches!(node.kind, Kind::Annotation(_)) {
        return false;
    }
    !is_bracket(&node.kind) || node.children.iter().any(makes_something)
}

fn wrapped(object: &NodeRef, wrappers: &[&NodeRef]) -> NodeRef {
    let outward = wrappers.iter().rev().filter(|wrapper| matches!(wrapper.kind, Kind::Color(_) | Kind::Transform(_)));
    outward.fold(object.clone(), |inner, wrapper| Arc::new(Node::new(wrapper.kind.clone(), vec![inner], object.span)))
}

/// Objects of one colour become one, named after the first of them.
fn by_color(objects: Vec<Object>, realizer: &Realizer<'_>) -> Result<Vec<Object>, Exceeded> {
    let mut groups: Vec<Vec<Object>> = Vec::new();
    for object in objects {
        let same = groups.iter_mut().find(|group| group[0].color.map(hex) == object.color.map(hex));
        match same {
            Some(group) => group.push(object),
            None => groups.push(vec![object]),
        }
    }
    let mut united = Vec::new();
    for mut group in groups {
        let first = group.swap_remove(0);
        if group.is_empty() {
            united.push(first);
            continue;
        }
        let nodes = std::iter::once(first.node.clone()).chain(group.into_iter().map(|object| object.node));
        let node = Arc::new(Node::new(Kind::Union, nodes.collect(), first.node.span));
        if let Some(mesh) = realizer.mesh(&node)? {
            united.push(Object { node, mesh, ..first });
        }
    }
    Ok(united)
}

/// The colour of the largest area, if the program gives it one.
fn main_color(mesh: &TriMesh) -> Option<Rgba> {
    let mut areas: Vec<(Option<Rgba>, f64)> = Vec::new();
    for triangle in 0..mesh.triangles.len() {
        let [a, b, c] = mesh.corners(triangle);
        let (color, area) = (mesh.face(triangle).color, (b - a).cross(c - a).length());
        match areas.iter().position(|(known, _)| *known == color) {
            Some(at) => areas[at].1 += area,
            // a rainbow has no main colour
            None if areas.len() < 64 => areas.push((color, area)),
            None => {}
        }
    }
    areas.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).and_then(|(color, _)| color)
}

/// The colour's name, or its digits.
fn color_name(color: Rgba) -> String {
    let [r, g, b, _] = color.to_bytes();
    scad::color_name([r, g, b]).map_or_else(|| hex(color), str::to_owned)
}

fn hex(color: Rgba) -> String {
    let [r, g, b, _] = color.to_bytes();
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// The pieces of a mesh that hang together, hollows with what they are in; at most so many, then the rest as one.
fn pieces(mesh: &TriMesh, most: usize) -> Vec<TriMesh> {
    let components = Components::of(mesh);
    if components.count < 2 {
        return vec![mesh.clone()];
    }
    let mut shells: Vec<Shell> = (0..components.count).map(|_| Shell::default()).collect();
    for (triangle, component) in components.of_triangle.iter().enumerate() {
        shells[*component as usize].add(mesh, triangle);
    }
    // a hollow belongs to the smallest shell around it
    let home: Vec<usize> = (0..shells.len())
        .map(|own| {
            let around = |other: &usize| shells[*other].volume > 0.0 && shells[*other].holds(&shells[own]);
            let smallest = |a: &usize, b: &usize| shells[*a].volume.total_cmp(&shells[*b].volume);
            let is_hollow = shells[own].volume <= 0.0;
            is_hollow.then(|| (0..shells.len()).filter(around).min_by(smallest)).flatten().unwrap_or(own)
        })
        .collect();
    let mut numbers: Vec<usize> = home.clone();
    numbers.sort_unstable();
    numbers.dedup();
    let number = |component: u32| {
        numbers.binary_search(&home[component as usize]).map_or(0, |number| number.min(most.saturating_sub(1)))
    };
    let mut parts: Vec<Piece> = (0..numbers.len().min(most)).map(|_| Piece::default()).collect();
    for (triangle, component) in components.of_triangle.iter().enumerate() {
        parts[number(*component)].add(mesh, triangle);
    }
    parts.into_iter().map(|part| TriMesh { faces: mesh.faces.clone(), ..part.mesh }).collect()
}

/// Extent and volume of a component.
#[derive(Default)]
struct Shell {
    volume: f64,
    bounds: Option<crate::geom::Aabb3>,
}

impl Shell {
    fn add(&mut self, mesh: &TriMesh, triangle: usize) {
        let corners = mesh.corners(triangle);
        let [a, b, c] = corners;
        self.volume += a.dot(b.cross(c));
        let own = crate::geom::Aabb3::of(corners);
        self.bounds = Some(self.bounds.map_or(own, |bounds| bounds.union(own)));
    }

    fn holds(&self, other: &Self) -> bool {
        let (Some(outer), Some(inner)) = (self.bounds, other.bounds) else { return false };
        outer.min.cmple(inner.min).all() && outer.max.cmpge(inner.max).all()
    }
}

/// A mesh grown triangle by triangle out of another.
#[derive(Default)]
struct Piece {
    mesh: TriMesh,
    known: rustc_hash::FxHashMap<u32, u32>,
}

impl Piece {
    fn add(&mut self, whole: &TriMesh, triangle: usize) {
        let corners = whole.triangles[triangle].map(|vertex| {
            *self.known.entry(vertex).or_insert_with(|| {
                self.mesh.positions.push(whole.positions[vertex as usize]);
                self.mesh.positions.len() as u32 - 1
            })
        });
        self.mesh.triangles.push(corners);
        self.mesh.face_of.extend(whole.face_of.get(triangle));
    }
}

/// The name of the module that a statement calls, transforms and colours looked through.
fn name_of(node: &NodeRef, sources: &SourceMap) -> Option<String> {
    let text = sources.text(node.span.file)?;
    let mut rest = text.get(node.span.start as usize..)?;
    for _ in 0..CALLS_MAX {
        let start =
            rest.find(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == ';' || letter == '{')?;
        rest = &rest[start..];
        let end = rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_'))?;
        let (word, after) = rest.split_at(end);
        if word.is_empty() || !after.trim_start().starts_with('(') {
            return None;
        }
        if !THROUGH.contains(&word) {
            return (!UNNAMED.contains(&word)).then(|| word.replace('_', " "));
        }
        rest = after_arguments(after)?;
    }
    None
}

/// Calls in a row that are looked through.
const CALLS_MAX: usize = 32;
/// Modules that change or repeat what follows, and are not its name.
const THROUGH: [&str; 10] =
    ["translate", "rotate", "scale", "mirror", "multmatrix", "color", "render", "union", "resize", "for"];
/// Words that name no part.
const UNNAMED: [&str; 11] = [
    "difference",
    "intersection",
    "hull",
    "minkowski",
    "intersection_for",
    "if",
    "else",
    "let",
    "group",
    "children",
    "assert",
];

/// What stands behind a list of arguments: brackets counted, strings skipped.
fn after_arguments(text: &str) -> Option<&str> {
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return text.get(at + 1..);
                }
            }
            _ => {}
        }
    }
    None
}
