//! Seen edges that lie on circles become circles, arcs and ellipses of the picture.

use rustc_hash::FxHashMap;

use crate::drawing::cover::Cover;
use crate::drawing::edge::{EdgeKind, Model};
use crate::drawing::figure::Stroke;
use crate::drawing::hidden::{Seen, SeenEdge};
use crate::drawing::merge::neighbours;
use crate::drawing::ring::{NO_RING, Ring, Rings};
use crate::drawing::view::Picture;
use crate::geom::{Vec2, Vec3, atan2_deg, cos_deg, sin_deg};
use crate::mesh::Surface;
use crate::page::{Layer, Shape};

/// A circle as a picture shows it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Oval {
    center: Vec2,
    /// Half of the longer axis, in the picture.
    major: Vec2,
    ratio: f64,
    /// The circle's frame in space: towards the end of the longer axis, and across.
    space: (Vec3, Vec3, Vec3),
}

struct Carrier {
    oval: Oval,
    visible: Cover,
    hidden: Cover,
}

/// Flatter ellipses are drawn as the lines they are.
const MIN_RATIO: f64 = 1.0e-3;
/// Cosine above which a circle lies in the picture plane.
const FLAT_COS: f64 = 1.0 - 1.0e-9;

/// Splits what is seen into strokes along circles, and the edges that lie on none.
pub fn curves(
    model: &Model,
    rings: &Rings,
    picture: &Picture,
    seen: &Seen,
    hidden: bool,
) -> (Vec<Stroke>, Vec<SeenEdge>) {
    let mut carriers = Carriers { list: Vec::new(), at: FxHashMap::default(), tolerance: seen.tolerance };
    let mut of_ring: FxHashMap<u32, Option<usize>> = FxHashMap::default();
    let mut straight = Vec::new();
    for edge in &seen.edges {
        let ring = rings.of_edge[edge.edge as usize];
        if ring == NO_RING {
            match sphere_outline(model, picture, edge) {
                Some(ring) => match carriers.find(&ring, picture) {
                    Some(carrier) => carriers.add(carrier, model, &ring, picture, edge),
                    None => straight.push(edge.clone()),
                },
                None => straight.push(edge.clone()),
            }
            continue;
        }
        let known = &rings.rings[ring as usize];
        match *of_ring.entry(ring).or_insert_with(|| carriers.find(known, picture)) {
            Some(carrier) => carriers.add(carrier, model, known, picture, edge),
            None => straight.push(edge.clone()),
        }
    }
    (carriers.strokes(hidden), straight)
}

/// The circle that a sphere's outline is, for an edge of its tessellation that outlines it.
fn sphere_outline(model: &Model, picture: &Picture, seen: &SeenEdge) -> Option<Ring> {
    let edge = &model.edges[seen.edge as usize];
    if edge.kind != EdgeKind::Smooth {
        return None;
    }
    let Surface::Sphere { center, radius } = model.surface(edge.sides[0]) else { return None };
    (model.surface(edge.sides[1]) == model.surface(edge.sides[0])).then(|| Ring {
        center,
        axis: picture.toward,
        radius,
        edges: Vec::new(),
        whole: false,
    })
}

impl Oval {
    fn of(ring: &Ring, picture: &Picture) -> Option<Self> {
        let cosine = ring.axis.dot(picture.toward);
        if cosine.abs() < MIN_RATIO {
            return None;
        }
        // the axis towards the viewer makes angles count counter-clockwise in the picture
        let axis = if cosine < 0.0 { -ring.axis } else { ring.axis };
        let flat = cosine.abs() > FLAT_COS;
        let long =
            if flat { picture.right } else { canonical(axis.cross(picture.toward).normalize_or_zero(), picture) };
        let across = axis.cross(long);
        let major = picture.flat(long) * ring.radius;
        let ratio = if flat { 1.0 } else { cosine.abs() };
        Some(Self { center: picture.flat(ring.center), major, ratio, space: (ring.center, long, across) })
    }

    /// The parameter of a point in space, degrees.
    fn angle(&self, point: Vec3) -> f64 {
        let (center, long, across) = self.space;
        let from_center = point - center;
        atan2_deg(from_center.dot(across), from_center.dot(long))
    }

    fn shape(&self, from: f64, to: f64) -> Shape {
        let (center, radius) = (self.center, self.major.length());
        match (self.ratio == 1.0, to - from >= 360.0) {
            (true, true) => Shape::Circle { center, radius },
            (true, false) => Shape::Arc { center, radius, start_deg: from, sweep_deg: to - from },
            (false, whole) => {
                let (start_deg, sweep_deg) = if whole { (0.0, 360.0) } else { (from, to - from) };
                Shape::Ellipse { center, major: self.major, ratio: self.ratio, start_deg, sweep_deg }
            }
        }
    }
}

/// The same direction for both signs, so that coincident ellipses count angles from the same end.
fn canonical(direction: Vec3, picture: &Picture) -> Vec3 {
    let flat = picture.flat(direction);
    if flat.x < -1.0e-9 || (flat.x.abs() <= 1.0e-9 && flat.y < 0.0) { -direction } else { direction }
}

struct Carriers {
    list: Vec<Carrier>,
    at: FxHashMap<(i64, i64), Vec<usize>>,
    tolerance: f64,
}

impl Carriers {
    /// The carrier of a ring: one that is there already where the two coincide in the picture.
    fn find(&mut self, ring: &Ring, picture: &Picture) -> Option<usize> {
        let oval = Oval::of(ring, picture)?;
        let cell = oval.center / (self.tolerance * 16.0);
        for x in neighbours(cell.x) {
            for y in neighbours(cell.y) {
                for carrier in self.at.get(&(x, y)).into_iter().flatten() {
                    let other = &self.list[*carrier].oval;
                    let near = other.center.distance(oval.center) <= self.tolerance * 4.0;
                    let alike = other.major.distance(oval.major) <= self.tolerance * 4.0
                        && (other.ratio - oval.ratio).abs() * oval.major.length() <= self.tolerance * 4.0;
                    if near && alike {
                        return Some(*carrier);
                    }
                }
            }
        }
        self.at.entry((cell.x.round() as i64, cell.y.round() as i64)).or_default().push(self.list.len());
        self.list.push(Carrier { oval, visible: Cover::default(), hidden: Cover::default() });
        Some(self.list.len() - 1)
    }

    fn add(&mut self, carrier: usize, model: &Model, ring: &Ring, picture: &Picture, edge: &SeenEdge) {
        let [one, two] = model.edges[edge.edge as usize].ends.map(|vertex| model.positions[vertex as usize]);
        let carrier = &mut self.list[carrier];
        // angles by the ring itself: a coincident circle of another depth has the same frame
        let Some(oval) = Oval::of(ring, picture) else { return };
        let angle = |share: f64| oval.angle(one.lerp(two, share));
        let slack = ANGLE_SLACK.max((self.tolerance / ring.radius).to_degrees());
        let mut last = 0.0;
        for (from, to) in &edge.visible {
            add_span(&mut carrier.hidden, angle(last), angle(*from), *from - last, slack);
            add_span(&mut carrier.visible, angle(*from), angle(*to), *to - *from, slack);
            last = *to;
        }
        add_span(&mut carrier.hidden, angle(last), angle(1.0), 1.0 - last, slack);
    }

    fn strokes(&self, hidden: bool) -> Vec<Stroke> {
        let mut strokes = Vec::new();
        for carrier in &self.list {
            let slack = ANGLE_SLACK.max((self.tolerance / carrier.oval.major.length()).to_degrees());
            let mut push = |layer, spans: Vec<(f64, f64)>| {
                let shapes = joined(spans, slack).into_iter().map(|(from, to)| carrier.oval.shape(from, to));
                strokes.extend(shapes.map(|shape| Stroke { layer, shape }));
            };
            if hidden {
                let gaps = |span: &(f64, f64)| carrier.visible.gaps(span.0, span.1, slack);
                push(Layer::Hidden, carrier.hidden.spans().iter().flat_map(gaps).collect());
            }
            push(Layer::Visible, carrier.visible.spans().to_vec());
        }
        strokes
    }
}

/// The chords of a circle, an arc or an ellipse that stay within a distance of it.
pub fn chords_of(shape: &Shape, sagitta: f64) -> Vec<[Vec2; 2]> {
    let (center, major, ratio, start, sweep) = match *shape {
        Shape::Circle { center, radius } => (center, Vec2::X * radius, 1.0, 0.0, 360.0),
        Shape::Arc { center, radius, start_deg, sweep_deg } => (center, Vec2::X * radius, 1.0, start_deg, sweep_deg),
        Shape::Ellipse { center, major, ratio, start_deg, sweep_deg } => (center, major, ratio, start_deg, sweep_deg),
        _ => return Vec::new(),
    };
    let step = (8.0 * sagitta / major.length()).sqrt().to_degrees();
    let count = (sweep / step).ceil().clamp(1.0, MOST_CHORDS) as u32;
    let point = |index: u32| {
        let angle = start + sweep * f64::from(index) / f64::from(count);
        center + major * cos_deg(angle) + major.perp() * (ratio * sin_deg(angle))
    };
    (0..count).map(|index| [point(index), point(index + 1)]).collect()
}

/// Chords of one curve at most.
const MOST_CHORDS: f64 = 720.0;

/// Angles closer than this are the same, degrees.
const ANGLE_SLACK: f64 = 1.0e-5;

/// Adds the shorter way between two angles, kept within 0 to 360.
fn add_span(cover: &mut Cover, one: f64, two: f64, share: f64, slack: f64) {
    if share <= 0.0 {
        return;
    }
    let turn = (two - one + 540.0).rem_euclid(360.0) - 180.0;
    let (start, sweep) = if turn < 0.0 { (two, -turn) } else { (one, turn) };
    let start = start.rem_euclid(360.0);
    if start + sweep > 360.0 {
        cover.add(start, 360.0, slack);
        cover.add(0.0, start + sweep - 360.0, slack);
    } else {
        cover.add(start, start + sweep, slack);
    }
}

/// Joins the span that ends at 360 with the one that starts at 0.
fn joined(mut spans: Vec<(f64, f64)>, slack: f64) -> Vec<(f64, f64)> {
    let (Some(first), Some(last)) = (spans.first().copied(), spans.last().copied()) else { return spans };
    if first.0 > slack || last.1 < 360.0 - slack {
        return spans;
    }
    if spans.len() == 1 {
        return vec![(0.0, 360.0)];
    }
    spans.remove(0);
    if let Some(span) = spans.last_mut() {
        span.1 += first.1;
    }
    spans
}
