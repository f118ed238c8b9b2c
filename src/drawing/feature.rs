//! What a machinist would call the parts of a solid: holes with their counterbores, bosses, flat levels, rounded corners.

use rustc_hash::FxHashMap;

use crate::drawing::edge::Model;
use crate::drawing::merge::neighbours;
use crate::drawing::ring::{Ring, Rings};
use crate::drawing::roof::mark_roofs;
use crate::geom::Vec3;
use crate::mesh::Surface;

/// A cylindrical wall between two whole rings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bore {
    /// The point of the axis that is nearest the model's origin.
    pub foot: Vec3,
    /// Direction of the axis; its largest component is positive.
    pub axis: Vec3,
    /// Radius.
    pub radius: f64,
    /// Whether the wall looks at the axis: a hole, not a boss.
    pub inner: bool,
    /// Where the wall begins and ends along the axis.
    pub low: f64,
    /// See `low`.
    pub high: f64,
    /// Whether the rim at the low and the high end is convex: a hole's mouth, a boss's free end.
    pub open: [bool; 2],
}

/// A hole with all its steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Hole {
    /// Its narrowest bore.
    pub drill: Bore,
    /// Wider bores on the same axis.
    pub counterbores: Vec<Counterbore>,
    /// Flared mouths: largest radius, full angle in degrees.
    pub countersinks: Vec<(f64, f64)>,
    /// Flat floors and shoulders: height along the axis, area.
    pub floors: Vec<(f64, f64)>,
    /// Lowest and highest point of all its bores along the axis.
    pub low: f64,
    /// See `low`.
    pub high: f64,
    /// Whether it is open at the low and at the high end.
    pub open: [bool; 2],
}

/// A wider bore of a hole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counterbore {
    /// Its radius.
    pub radius: f64,
    /// Its depth.
    pub depth: f64,
    /// Whether it is at an end of the hole, not inside.
    pub at_mouth: bool,
}

/// A conical wall between two whole rings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taper {
    /// As a bore's.
    pub foot: Vec3,
    /// As a bore's.
    pub axis: Vec3,
    /// As a bore's.
    pub inner: bool,
    /// Height and radius of the lower end.
    pub low: (f64, f64),
    /// Height and radius of the higher end.
    pub high: (f64, f64),
}

/// One end of a wall.
struct End {
    foot: Vec3,
    axis: Vec3,
    radius: f64,
    inner: bool,
    height: f64,
    is_low: bool,
    convex: bool,
    /// Whether the wall is a cone's.
    slanted: bool,
    /// How far the wall's normal leans along the axis, away from it.
    lean: f64,
}

/// Whether the wall at two ends is the cone between them.
fn is_cone(low: &End, high: &End) -> bool {
    let (rise, height) = (high.radius - low.radius, high.height - low.height);
    let lean = -rise / rise.hypot(height).max(f64::MIN_POSITIVE);
    [low, high].iter().all(|end| (end.lean - lean).abs() < CONE_LEAN)
}

/// Facets of a cone lean by this much less or more than the cone.
const CONE_LEAN: f64 = 0.06;

/// The cylindrical and the conical walls of a model.
pub fn walls(model: &Model, rings: &Rings) -> (Vec<Bore>, Vec<Taper>) {
    let ends: Vec<End> = rings.rings.iter().filter(|ring| ring.whole).flat_map(|ring| ends_of(model, ring)).collect();
    let mut groups = Groups { at: FxHashMap::default(), list: Vec::new(), step: model.diagonal() * 1.0e-4 };
    for (index, end) in ends.iter().enumerate() {
        groups.add(&ends, index, end);
    }
    let (mut bores, mut tapers) = (Vec::new(), Vec::new());
    for group in groups.list {
        let mut group: Vec<&End> = group.into_iter().map(|index| &ends[index]).collect();
        group.sort_by(|a, b| a.height.total_cmp(&b.height).then(b.is_low.cmp(&a.is_low)));
        for pair in group.windows(2) {
            let [low, high] = pair else { continue };
            if !low.is_low || high.is_low {
                continue;
            }
            let (foot, axis, inner) = (low.foot, low.axis, low.inner);
            if low.slanted && !is_cone(low, high) {
                continue;
            }
            if low.slanted {
                tapers.push(Taper {
                    foot,
                    axis,
                    inner,
                    low: (low.height, low.radius),
                    high: (high.height, high.radius),
                });
            } else {
                let open = [low.convex, high.convex];
                bores.push(Bore { foot, axis, radius: low.radius, inner, low: low.height, high: high.height, open });
            }
        }
    }
    (bores, tapers)
}

/// The ends of walls that meet a ring.
fn ends_of(model: &Model, ring: &Ring) -> Vec<End> {
    let Some(edge) = ring.edges.first().map(|edge| &model.edges[*edge as usize]) else { return Vec::new() };
    let axis = if largest_component(ring.axis) < 0.0 { -ring.axis } else { ring.axis };
    let [one, two] = edge.ends.map(|vertex| model.positions[vertex as usize]);
    let outward = one.midpoint(two) - ring.center;
    let height = ring.center.dot(axis);
    let mut ends = Vec::new();
    for side in edge.sides {
        let normal = model.normals[side as usize];
        // the middle band of a ball's facets is no cylinder
        if matches!(model.surface(side), Surface::Sphere { .. }) {
            continue;
        }
        let slanted = normal.dot(axis).abs() > WALL_SLOPE;
        if normal.dot(axis).abs() > FLAT_SLOPE || normal == Vec3::ZERO {
            continue;
        }
        let apex = model.triangles[side as usize].map(|vertex| model.positions[vertex as usize].dot(axis));
        let rise =
            apex.iter().map(|at| at - height).fold(0.0, |most: f64, at| if at.abs() > most.abs() { at } else { most });
        ends.push(End {
            foot: ring.center - axis * height,
            axis,
            radius: ring.radius,
            inner: normal.dot(outward) < 0.0,
            lean: normal.dot(axis) * if normal.dot(outward) < 0.0 { -1.0 } else { 1.0 },
            height,
            is_low: rise > 0.0,
            convex: edge.convex,
            slanted,
        });
    }
    ends
}

/// A wall's normal leans less than this along its axis.
const WALL_SLOPE: f64 = 1.0e-3;
/// A cone's normal leans less than this; steeper is a flat face.
const FLAT_SLOPE: f64 = 0.999;

fn largest_component(vector: Vec3) -> f64 {
    vector.to_array().into_iter().fold(0.0, |most: f64, c| if c.abs() > most.abs() + 1.0e-9 { c } else { most })
}

/// Ends on one axis with one radius.
struct Groups {
    at: FxHashMap<[i64; 3], Vec<usize>>,
    list: Vec<Vec<usize>>,
    step: f64,
}

impl Groups {
    fn add(&mut self, ends: &[End], index: usize, end: &End) {
        let cell = end.foot / (self.step * 4.0);
        for x in neighbours(cell.x) {
            for y in neighbours(cell.y) {
                for z in neighbours(cell.z) {
                    for group in self.at.get(&[x, y, z]).into_iter().flatten() {
                        if is_same_wall(&ends[self.list[*group][0]], end, self.step) {
                            self.list[*group].push(index);
                            return;
                        }
                    }
                }
            }
        }
        let key = cell.to_array().map(|c| c.round() as i64);
        self.at.entry(key).or_default().push(self.list.len());
        self.list.push(vec![index]);
    }
}

fn is_same_wall(one: &End, two: &End, slack: f64) -> bool {
    one.inner == two.inner
        && one.slanted == two.slanted
        && one.foot.distance(two.foot) <= slack
        && (one.slanted || (one.radius - two.radius).abs() <= slack)
        && one.axis.dot(two.axis) > 1.0 - 1.0e-8
}

/// Holes: inner walls on one axis that follow each other.
pub fn holes(bores: &[Bore], tapers: &[Taper], slack: f64) -> Vec<Hole> {
    let mut inner: Vec<&Bore> = bores.iter().filter(|bore| bore.inner).collect();
    inner.sort_by(|a, b| a.low.total_cmp(&b.low));
    let mut stacks: Vec<Vec<&Bore>> = Vec::new();
    let mut at: FxHashMap<[i64; 3], Vec<usize>> = FxHashMap::default();
    for bore in inner {
        let cell = bore.foot / (slack * 4.0);
        let mut found = None;
        for x in neighbours(cell.x) {
            for y in neighbours(cell.y) {
                for z in neighbours(cell.z) {
                    let stacks_here = at.get(&[x, y, z]).into_iter().flatten();
                    found = found.or_else(|| stacks_here.copied().find(|stack| follows(&stacks[*stack], bore, slack)));
                }
            }
        }
        match found {
            Some(stack) => stacks[stack].push(bore),
            None => {
                at.entry(cell.to_array().map(|c| c.round() as i64)).or_default().push(stacks.len());
                stacks.push(vec![bore]);
            }
        }
    }
    stacks.iter().filter_map(|stack| hole_of(stack, tapers, slack)).collect()
}

fn follows(stack: &[&Bore], bore: &Bore, slack: f64) -> bool {
    let last = stack[stack.len() - 1];
    last.axis.dot(bore.axis) > 1.0 - 1.0e-8
        && last.foot.distance(bore.foot) <= slack
        && (last.high - bore.low).abs() <= slack
}

fn hole_of(stack: &[&Bore], tapers: &[Taper], slack: f64) -> Option<Hole> {
    let drill = **stack.iter().min_by(|a, b| a.radius.total_cmp(&b.radius))?;
    let (first, last) = (stack[0], stack[stack.len() - 1]);
    let wider = |bore: &&&Bore| bore.radius > drill.radius + slack;
    let counterbore = |bore: &&Bore| Counterbore {
        radius: bore.radius,
        depth: bore.high - bore.low,
        at_mouth: bore.low == first.low || bore.high == last.high,
    };
    let counterbores = stack.iter().filter(wider).map(counterbore).collect();
    let circle = |radius: f64| std::f64::consts::PI * radius * radius;
    let mut floors: Vec<(f64, f64)> = Vec::new();
    for pair in stack.windows(2) {
        floors.push((pair[0].high, (circle(pair[0].radius) - circle(pair[1].radius)).abs()));
    }
    for (bore, open, height) in [(first, first.open[0], first.low), (last, last.open[1], last.high)] {
        if !open {
            floors.push((height, circle(bore.radius)));
        }
    }
    let mut hole = Hole {
        drill,
        counterbores,
        countersinks: Vec::new(),
        floors,
        low: first.low,
        high: last.high,
        open: [first.open[0], last.open[1]],
    };
    for taper in tapers.iter().filter(|taper| taper.inner && is_on_axis(taper, &drill, slack)) {
        hole.flare(taper, slack);
    }
    Some(hole)
}

fn is_on_axis(taper: &Taper, drill: &Bore, slack: f64) -> bool {
    taper.axis.dot(drill.axis) > 1.0 - 1.0e-8 && taper.foot.distance(drill.foot) <= slack
}

impl Hole {
    /// Takes a conical wall that begins where the hole ends for a countersink.
    fn flare(&mut self, taper: &Taper, slack: f64) {
        let opens_up = taper.high.1 > taper.low.1;
        let meets =
            if opens_up { (taper.low.0 - self.high).abs() <= slack } else { (taper.high.0 - self.low).abs() <= slack };
        if !meets {
            return;
        }
        let half = crate::geom::atan2_deg((taper.high.1 - taper.low.1).abs(), taper.high.0 - taper.low.0);
        if half < LEAST_FLARE_DEG {
            return;
        }
        self.countersinks.push((taper.high.1.max(taper.low.1), half * 2.0));
        if opens_up { self.high = taper.high.0 } else { self.low = taper.low.0 }
    }
}

/// A mouth that opens less to each side is a cone, not a countersink, degrees.
const LEAST_FLARE_DEG: f64 = 15.0;

/// A flat face across an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Its place along the axis.
    pub at: f64,
    /// Its area.
    pub area: f64,
    /// Smallest and largest corner of what lies in it.
    pub low: Vec3,
    /// See `low`.
    pub high: Vec3,
}

impl Level {
    /// Whether another is as large, give or take a share of it.
    pub fn is_like(&self, other: &Self, share: f64) -> bool {
        (self.area - other.area).abs() <= share * self.area.max(other.area)
    }
}

/// For each triangle whether it belongs to a round wall: a facet that only by chance lies level, or a roof.
pub fn curved_facets(model: &Model, rings: &Rings) -> Vec<bool> {
    let is_curved = |triangle: u32| match model.surface(triangle) {
        Surface::Unknown | Surface::Plane => false,
        // a straight side with a chord of a rounding beside it counts as one smooth wall
        Surface::Smooth => model.normals[triangle as usize].abs().max_element() < LEVEL_COS,
        _ => true,
    };
    let mut curved: Vec<bool> = (0..model.triangles.len() as u32).map(is_curved).collect();
    for ring in &rings.rings {
        for side in ring.edges.iter().flat_map(|edge| model.edges[*edge as usize].sides) {
            if model.normals[side as usize].dot(ring.axis).abs() < 0.9 {
                curved[side as usize] = true;
            }
        }
    }
    mark_roofs(model, rings, &mut curved);
    curved
}

/// Cosine above which a normal is along an axis.
const LEVEL_COS: f64 = 1.0 - 1.0e-9;

/// The flat levels across a direction, lowest first, those of hole floors left out.
pub fn levels(model: &Model, curved: &[bool], direction: Vec3, holes: &[Hole]) -> Vec<Level> {
    let slack = model.diagonal() * 1.0e-5;
    let mut flats: Vec<(f64, usize)> = Vec::new();
    for (triangle, normal) in model.normals.iter().enumerate() {
        if !curved[triangle] && normal.dot(direction).abs() > 1.0 - 1.0e-9 {
            flats.push((model.positions[model.triangles[triangle][0] as usize].dot(direction), triangle));
        }
    }
    flats.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut levels: Vec<Level> = Vec::new();
    for (at, triangle) in flats {
        let corners = model.triangles[triangle].map(|vertex| model.positions[vertex as usize]);
        let area = (corners[1] - corners[0]).cross(corners[2] - corners[0]).length() * 0.5;
        let low = corners[0].min(corners[1]).min(corners[2]);
        let high = corners[0].max(corners[1]).max(corners[2]);
        match levels.last_mut() {
            Some(level) if at - level.at <= slack => {
                level.area += area;
                level.low = level.low.min(low);
                level.high = level.high.max(high);
            }
            _ => levels.push(Level { at, area, low, high }),
        }
    }
    for hole in holes.iter().filter(|hole| hole.drill.axis.dot(direction).abs() > 1.0 - 1.0e-8) {
        leave_out_floors(hole, direction, slack, &mut levels);
    }
    levels
}

/// Takes the floors of a hole's steps from the levels' areas: the hole's callout gives their depth.
fn leave_out_floors(hole: &Hole, direction: Vec3, slack: f64, levels: &mut [Level]) {
    let sign = hole.drill.axis.dot(direction).signum();
    for (at, area) in &hole.floors {
        for level in levels.iter_mut().filter(|level| (level.at - at * sign).abs() <= slack) {
            level.area -= area;
        }
    }
}
