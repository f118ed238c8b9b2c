//! Booleans of upright prisms of one height, done in the plane: a plate with two thousand holes is one sweep of the clipper.
//!
//! Boxes, cylinders and straight extrusions remember the region and the height they came from. Where all operands stand along one axis and
//! the result has one and the same outline at every height, it is computed there and drawn out again, with flush faces merged.

use std::sync::Arc;

use crate::budget::{Budget, Exceeded};
use crate::geom::{Aabb2, Affine2, Affine3, Mat3, Rgba, Vec2, Vec3};
use crate::region::{Contour, Region};
use crate::solid::clean::{self, NOISE};
use crate::solid::{Control, Extrusion, Fault, Operator, Solid};

/// A region drawn out from one height to another.
#[derive(Debug, Clone)]
pub(super) struct Prism {
    pub region: Arc<Region>,
    pub low: f64,
    pub high: f64,
    /// The one colour of all its faces.
    pub color: Option<Rgba>,
}

/// Outlines compared at most, before the kernel takes over.
const LEVELS_MAX: usize = 64;

/// The boolean as a prism along z, x or y; `None` where it is none.
pub(super) fn combine(operator: Operator, operands: &[&Solid], control: &Control) -> Result<Option<Solid>, Fault> {
    if operands.iter().any(|operand| operand.prism.is_none()) {
        return Ok(None);
    }
    let places = clean::digits(operands.iter().map(|operand| operand.outer_box()));
    for to_upright in [Mat3::IDENTITY, CYCLE, CYCLE * CYCLE] {
        let frame = Affine3::from_mat3(to_upright);
        let upright = operands.iter().map(|operand| operand.upright(&frame, places)).collect::<Option<Vec<_>>>();
        let Some(prisms) = upright else { continue };
        let color = prisms[0].color;
        if prisms.iter().any(|prism| prism.color != color) {
            return Ok(None);
        }
        let Some(result) = outline(operator, &prisms, control.budget())? else { continue };
        let solid = result.draw_out(control)?.transformed(&frame.inverse());
        return Ok(Some(match color {
            Some(color) => solid.colored(color),
            None => solid,
        }));
    }
    Ok(None)
}

/// The operands of a union, those of them put together in the plane that stand along one axis from one height to one other; `None` where that
/// would save little. A slot made of shifted cylinders is one prism then.
pub(super) fn gathered(operands: &[&Solid], control: &Control) -> Result<Option<Vec<Solid>>, Fault> {
    let places = clean::digits(operands.iter().map(|operand| operand.outer_box()));
    let mut left: Vec<&Solid> = operands.to_vec();
    let mut made = Vec::new();
    for to_upright in [Mat3::IDENTITY, CYCLE, CYCLE * CYCLE] {
        let frame = Affine3::from_mat3(to_upright);
        for (prisms, alike) in stacks(&left, &frame, places) {
            if touching_pairs(&prisms) < TOUCHING_MIN {
                continue;
            }
            let regions: Vec<&Region> = prisms.iter().map(|prism| &*prism.region).collect();
            let region = Arc::new(Region::union(&regions, control.budget())?);
            let solid = Prism { region, ..prisms[0].clone() }.draw_out(control)?.transformed(&frame.inverse());
            made.push(match prisms[0].color {
                Some(color) => solid.colored(color),
                None => solid,
            });
            left.retain(|operand| !alike.iter().any(|other| std::ptr::eq(*operand, *other)));
        }
    }
    Ok((!made.is_empty()).then(|| left.into_iter().cloned().chain(made).collect()))
}

/// Pairs of touching prisms from which on uniting them in the plane is less work than in space.
const TOUCHING_MIN: usize = 6;

/// The operands that stand upright in a frame, by their heights and colours.
fn stacks<'a>(operands: &[&'a Solid], frame: &Affine3, places: i32) -> Vec<(Vec<Prism>, Vec<&'a Solid>)> {
    let mut stacks: Vec<(Vec<Prism>, Vec<&Solid>)> = Vec::new();
    for operand in operands {
        let Some(prism) = operand.upright(frame, places) else { continue };
        let is_alike = |other: &Prism| (other.low, other.high, other.color) == (prism.low, prism.high, prism.color);
        match stacks.iter_mut().find(|(prisms, _)| is_alike(&prisms[0])) {
            Some((prisms, alike)) => {
                prisms.push(prism);
                alike.push(operand);
            }
            None => stacks.push((vec![prism], vec![operand])),
        }
    }
    stacks
}

/// How many pairs have outlines whose boxes overlap, counted as far as it matters.
fn touching_pairs(prisms: &[Prism]) -> usize {
    let mut boxes: Vec<Aabb2> = prisms.iter().map(|prism| prism.region.bounding_box()).collect();
    boxes.sort_by(|a, b| a.min.x.total_cmp(&b.min.x));
    let mut count = 0;
    for (at, one) in boxes.iter().enumerate() {
        let beside = boxes[at + 1..].iter().take_while(|other| other.min.x <= one.max.x);
        count += beside.filter(|other| other.min.y <= one.max.y && one.min.y <= other.max.y).take(TOUCHING_MIN).count();
        if count >= TOUCHING_MIN {
            break;
        }
    }
    count
}

/// Turns y to z, z to x, x to y.
const CYCLE: Mat3 = Mat3::from_cols(Vec3::Y, Vec3::Z, Vec3::X);

impl Solid {
    pub(super) fn with_prism(mut self, region: Region, low: f64, high: f64) -> Self {
        self.prism = Some(Arc::new(Prism { region: Arc::new(region), low, high, color: None }));
        self
    }

    /// The prism as it stands in a frame, where it stands upright there.
    fn upright(&self, frame: &Affine3, places: i32) -> Option<Prism> {
        let prism = self.prism.as_ref()?;
        let map = *frame * self.body.placement();
        let placed = if keeps_upright(&map.matrix3) { prism.moved(&map)? } else { prism.turned_box(&map)? };
        Some(placed.rounded(places))
    }
}

/// Whether a map keeps z along z and the plane in the plane.
fn keeps_upright(map: &Mat3) -> bool {
    let across = map.x_axis.z.abs().max(map.y_axis.z.abs());
    let aside = map.z_axis.x.abs().max(map.z_axis.y.abs());
    let size = map.x_axis.length().max(map.z_axis.length());
    across.max(aside) <= NOISE * size
}

impl Prism {
    fn moved(&self, map: &Affine3) -> Option<Self> {
        let linear = map.matrix3;
        let plane = Affine2::from_cols(linear.x_axis.truncate(), linear.y_axis.truncate(), map.translation.truncate());
        let region = self.region.transformed(&plane);
        let [a, b] = [self.low, self.high].map(|z| linear.z_axis.z * z + map.translation.z);
        (!region.is_empty()).then(|| Self {
            region: Arc::new(region),
            low: a.min(b),
            high: a.max(b),
            color: self.color,
        })
    }

    /// A box under a map that exchanges axes.
    fn turned_box(&self, map: &Affine3) -> Option<Self> {
        let flat = self.region.bounding_box();
        if !clean::is_along_axes(&map.matrix3) || !is_rectangle(&self.region, flat) {
            return None;
        }
        let corner = |point: Vec2, z: f64| map.transform_point3(point.extend(z));
        let (a, b) = (corner(flat.min, self.low), corner(flat.max, self.high));
        let (min, max) = (a.min(b), a.max(b));
        let region = rectangle(Aabb2 { min: min.truncate(), max: max.truncate() });
        Some(Self { region: Arc::new(region), low: min.z, high: max.z, color: self.color })
    }

    fn rounded(self, places: i32) -> Self {
        let round = |value: f64| clean::rounded(value, places);
        let region = self.region.mapped(|point| Vec2::new(round(point.x), round(point.y)));
        Self { region: Arc::new(region), low: round(self.low), high: round(self.high), color: self.color }
    }

    fn draw_out(&self, control: &Control) -> Result<Solid, Fault> {
        let height = self.high - self.low;
        if self.region.is_empty() || height <= 0.0 {
            return Ok(Solid::default());
        }
        Solid::prism(&self.region, self.low, self.high, control)
    }
}

fn is_rectangle(region: &Region, bounds: Aabb2) -> bool {
    let [contour] = region.contours() else { return false };
    let on_corner = |point: &Vec2| {
        (point.x == bounds.min.x || point.x == bounds.max.x) && (point.y == bounds.min.y || point.y == bounds.max.y)
    };
    contour.len() == 4 && contour.iter().all(on_corner)
}

fn rectangle(bounds: Aabb2) -> Region {
    Region::square(bounds.size(), false).transformed(&Affine2::from_translation(bounds.min))
}

/// The one outline of a boolean and its heights; `None` where outlines differ.
fn outline(operator: Operator, prisms: &[Prism], budget: &Budget) -> Result<Option<Prism>, Exceeded> {
    let lows = prisms.iter().map(|prism| prism.low);
    let highs = prisms.iter().map(|prism| prism.high);
    let (low, high) = match operator {
        Operator::Union => (lows.fold(f64::INFINITY, f64::min), highs.fold(f64::NEG_INFINITY, f64::max)),
        Operator::Difference => (prisms[0].low, prisms[0].high),
        Operator::Intersection => (lows.fold(f64::NEG_INFINITY, f64::max), highs.fold(f64::INFINITY, f64::min)),
    };
    if low >= high {
        return Ok(Some(Prism { region: Arc::default(), low, high: low, color: prisms[0].color }));
    }
    let mut levels: Vec<f64> = prisms.iter().flat_map(|prism| [prism.low, prism.high]).collect();
    levels.retain(|level| *level >= low && *level <= high);
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    if levels.len() > LEVELS_MAX {
        return Ok(None);
    }
    let mut result: Option<(Vec<Contour>, Region)> = None;
    for slab in levels.windows(2) {
        let Some(region) = slab_region(operator, prisms, [slab[0], slab[1]], budget)? else { return Ok(None) };
        let shape = canonical(&region);
        match &result {
            None => result = Some((shape, region)),
            Some((first, _)) if *first == shape => {}
            Some(_) => return Ok(None),
        }
    }
    Ok(result.map(|(_, region)| Prism { region: Arc::new(region), low, high, color: prisms[0].color }))
}

/// The outline between two heights; `None` where a union has a gap.
fn slab_region(
    operator: Operator,
    prisms: &[Prism],
    [low, high]: [f64; 2],
    budget: &Budget,
) -> Result<Option<Region>, Exceeded> {
    let reaching: Vec<&Region> =
        prisms.iter().filter(|prism| prism.low <= low && prism.high >= high).map(|prism| &*prism.region).collect();
    Ok(match operator {
        Operator::Union if reaching.is_empty() => None,
        Operator::Union => Some(Region::union(&reaching, budget)?),
        Operator::Difference => Some(Region::difference(&reaching, budget)?),
        Operator::Intersection => Some(Region::intersection(&reaching, budget)?),
    })
}

/// The contours with their smallest points first, in the order of these.
fn canonical(region: &Region) -> Vec<Contour> {
    let order = |a: &Vec2, b: &Vec2| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y));
    let mut contours: Vec<Contour> = region
        .contours()
        .iter()
        .map(|contour| {
            let first = (0..contour.len()).min_by(|a, b| order(&contour[*a], &contour[*b])).unwrap_or(0);
            let mut turned = contour.clone();
            turned.rotate_left(first);
            turned
        })
        .collect();
    contours.sort_by(|a, b| order(&a[0], &b[0]).then(a.len().cmp(&b.len())));
    contours
}

impl Solid {
    /// A region drawn straight up.
    fn prism(region: &Region, low: f64, high: f64, control: &Control) -> Result<Self, Fault> {
        let direction = Vec3::new(0.0, 0.0, high - low);
        let extrusion = Extrusion { direction, center: false, twist: 0.0, scale: Vec2::ONE, slices: 1 };
        Ok(Self::extrude(region, &extrusion, control)?
            .transformed(&Affine3::from_translation(Vec3::new(0.0, 0.0, low))))
    }
}
