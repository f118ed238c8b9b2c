//! Walks the tree: operands first, side by side, then the node itself.

use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::budget::{Budget, Exceeded};
use crate::csg::{Joint, Kind, LinearExtrude, Node, NodeRef, Resize, Resolution, RoofMethod, RotateExtrude};
use crate::diag::{Code, Diagnostic, Span};
use crate::geom::{Affine2, Affine3, Mat4, Rgba, Vec2};
use crate::realize::bundle::{Bundle, Made, Repairs};
use crate::realize::discretize;
use crate::realize::form::Forms;
use crate::realize::memo::{Key, Memo};
use crate::realize::operand::{Operand, Operands, Outcome, Said, by_dimension, flat_only, spatial_only, warn};
use crate::region::{Join, Region};
use crate::solid::{Control, Extrusion, Fault, Operator, Revolution, Roof, Solid};
use crate::text::Fonts;

/// What all subtrees of one run share.
pub(super) struct Builder<'a> {
    pub(super) fonts: &'a Fonts,
    pub(super) control: &'a Control,
    memo: &'a Memo,
    scope: u64,
    forms: Forms,
    /// Where a limit of the job stopped the work: the first such node in the program.
    stopped_at: Mutex<Option<Span>>,
}

/// Why a node came to nothing.
pub(super) enum Stop {
    /// The whole job ends.
    Job(Exceeded),
    /// This node ends; the others go on.
    Node(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Exceeded(exceeded) => Self::Job(exceeded),
            other => Self::Node(other),
        }
    }
}

impl From<Exceeded> for Stop {
    fn from(exceeded: Exceeded) -> Self {
        Self::Job(exceeded)
    }
}

impl<'a> Builder<'a> {
    pub(super) fn new(root: &NodeRef, fonts: &'a Fonts, memo: &'a Memo, control: &'a Control) -> Self {
        let scope = memo.scope(fonts, control.budget().limits());
        Self { fonts, control, memo, scope, forms: Forms::of(root), stopped_at: Mutex::default() }
    }

    /// The node that a limit of the job was reached at, where one was.
    pub(super) fn stopped_at(&self) -> Option<Span> {
        *self.stopped_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The result of a subtree: from the memo, or computed.
    pub(super) fn build(&self, node: &NodeRef) -> Result<Outcome, Exceeded> {
        self.control.budget().check()?;
        let alone = self.forms.is_shared(&node.digest());
        let key = Key { form: self.forms.form(&node.digest()), alone, scope: self.scope };
        if let Some(made) = self.memo.find(&key) {
            return Ok(Outcome { made, said: Vec::new() });
        }
        let mut outcome = self.compute(node)?;
        if alone && let Made::Solid(bundle) = outcome.made {
            // computed here once instead of at each use
            outcome.made = self.settle(
                node,
                bundle.computed(self.control).map(Made::Solid).map_err(Stop::from),
                &mut outcome.said,
            )?;
        }
        // what was said must be said again with the span of its next use
        if outcome.said.is_empty() && is_worth_keeping(&node.kind) {
            self.memo.keep(key, &outcome.made);
        }
        Ok(outcome)
    }

    fn compute(&self, node: &NodeRef) -> Result<Outcome, Exceeded> {
        let mut said = Vec::new();
        let operands = self.operands(node, &mut said)?;
        let made = self.apply(node, operands, &mut said);
        let made = self.settle(node, made, &mut said)?;
        Ok(Outcome { made, said })
    }

    /// A node's failure becomes nothing and an error with its span; the job's ends everything.
    fn settle(&self, node: &Node, made: Result<Made, Stop>, said: &mut Vec<Said>) -> Result<Made, Exceeded> {
        match made {
            Ok(made) => Ok(made),
            Err(Stop::Job(exceeded)) => {
                let mut stopped = self.stopped_at.lock().unwrap_or_else(PoisonError::into_inner);
                *stopped = Some(stopped.map_or(node.span, |known| known.min(node.span)));
                Err(exceeded)
            }
            Err(Stop::Node(fault)) => {
                let diagnostic = Diagnostic::error(Code::InvalidGeometry, node.span, fault.to_string());
                said.push(Said { by: node.digest(), diagnostic });
                Ok(Made::Empty)
            }
        }
    }

    /// The children that are part of the model, in order.
    fn operands(&self, node: &Node, said: &mut Vec<Said>) -> Result<Vec<Operand>, Exceeded> {
        let children: Vec<&NodeRef> = node.children.iter().filter(|child| is_shape(child)).collect();
        let outcomes = match children.as_slice() {
            [] => Vec::new(),
            [only] => vec![self.build(only)?],
            several => several.par_iter().map(|child| self.build(child)).collect::<Result<Vec<_>, _>>()?,
        };
        let mut operands = Vec::with_capacity(outcomes.len());
        for (child, outcome) in children.iter().zip(outcomes) {
            said.extend(outcome.said);
            operands.push(Operand { span: child.span, made: outcome.made });
        }
        Ok(operands)
    }

    fn apply(&self, node: &Node, operands: Vec<Operand>, said: &mut Vec<Said>) -> Result<Made, Stop> {
        match &node.kind {
            Kind::Group | Kind::Union | Kind::Render { .. } => self.union(node, operands, said),
            Kind::Difference => self.difference(node, operands, said),
            Kind::Intersection => self.intersection(node, operands, said),
            Kind::Hull => self.hull(node, operands, said),
            Kind::Minkowski { .. } => self.minkowski(node, operands, said),
            Kind::Fill => self.fill(node, operands, said),
            Kind::Color(color) => self.color(node, *color, operands, said),
            Kind::Transform(matrix) => self.transform(node, matrix, operands, said),
            Kind::Resize(resize) => self.resize(node, resize, operands, said),
            Kind::Offset { distance, joint, resolution } => {
                let join = match joint {
                    Joint::Round => Join::Round { segments: resolution.segment_count(distance.abs()) },
                    Joint::Miter => Join::Miter,
                    Joint::Chamfer => Join::Square,
                };
                let region = self.flat_union(node, operands, said)?;
                if let Join::Round { segments } = join {
                    self.control.budget().check_triangles(u64::from(segments) * region.point_count() as u64)?;
                }
                Ok(Made::region(region.offset(*distance, join, self.control.budget())?))
            }
            Kind::LinearExtrude(extrude) => {
                let region = self.flat_union(node, operands, said)?;
                self.linear_extrude(extrude, &region)
            }
            Kind::RotateExtrude(extrude) => {
                let region = self.flat_union(node, operands, said)?;
                self.rotate_extrude(node, extrude, &region, said)
            }
            Kind::Projection { cut, .. } => {
                let bundles = spatial_only(node, operands, said).into_iter().flatten().collect();
                let solid = Bundle::union(bundles, self.control)?.compute(self.control)?;
                Ok(Made::region(if *cut { solid.cut(self.control)? } else { solid.shadow(self.control)? }))
            }
            Kind::Roof { method, resolution, .. } => {
                let region = self.flat_union(node, operands, said)?;
                self.roof(*method, resolution, &region)
            }
            _ => self.leaf(node, said),
        }
    }

    /// Open meshes repaired before others are combined with them; those that cannot be are left out, with an error.
    fn closed(
        &self,
        node: &Node,
        bundles: Vec<Option<Bundle>>,
        said: &mut Vec<Said>,
    ) -> Result<Vec<Option<Bundle>>, Stop> {
        let present = bundles.iter().flatten().count();
        if present < 2 || bundles.iter().flatten().all(Bundle::is_closed) {
            return Ok(bundles);
        }
        let mut repairs = Repairs::default();
        let close = |bundle: Option<Bundle>| bundle.map(|bundle| bundle.closed(self.control, &mut repairs)).transpose();
        let closed = bundles.into_iter().map(close).collect::<Result<Vec<_>, Exceeded>>()?;
        tell_repairs(node, repairs, said);
        Ok(closed.into_iter().map(|bundle| bundle.filter(|bundle| !bundle.is_empty())).collect())
    }

    fn union(&self, node: &Node, operands: Vec<Operand>, said: &mut Vec<Said>) -> Result<Made, Stop> {
        match by_dimension(node, operands, said) {
            Operands::Nothing => Ok(Made::Empty),
            Operands::Flat(regions) => Ok(flat_union_of(regions, self.control.budget())?),
            Operands::Spatial(bundles) => {
                let bundles = self.closed(node, bundles, said)?;
                Ok(Made::Solid(Bundle::union(bundles.into_iter().flatten().collect(), self.control)?))
            }
        }
    }

    fn difference(&self, node: &Node, operands: Vec<Operand>, said: &mut Vec<Said>) -> Result<Made, Stop> {
        match by_dimension(node, operands, said) {
            Operands::Nothing => Ok(Made::Empty),
            Operands::Flat(regions) => match regions.split_first() {
                Some((Some(first), rest)) => {
                    let all: Vec<&Region> =
                        std::iter::once(&**first).chain(rest.iter().flatten().map(|r| &**r)).collect();
                    Ok(if all.len() == 1 {
                        Made::Region(first.clone())
                    } else {
                        Made::region(Region::difference(&all, self.control.budget())?)
                    })
                }
                _ => Ok(Made::Empty),
            },
            Operands::Spatial(bundles) => {
                let mut bundles = self.closed(node, bundles, said)?;
                match bundles.remove(0) {
                    Some(first) => {
                        let tools = bundles.into_iter().flatten().collect();
                        Ok(Made::Solid(Bundle::difference(first, tools, self.control)?))
                    }
                    None => Ok(Made::Empty),
                }
            }
        }
    }

    fn intersection(&self, node: &Node, operands: Vec<Operand>, said: &mut Vec<Said>) -> Result<Made, Stop> {
        match by_dimension(node, operands, said) {
            Operands::Nothing => Ok(Made::Empty),
            Operands::Flat(regions) => match regions.as_slice() {
                [Some(only)] => Ok(Made::Region(only.clone())),
                several if several.iter().any(Option::is_none) => Ok(Made::Empty),
                several => {
                    let all: Vec<&Region> = several.iter().flatten().map(|region| &**region).collect();
                    Ok(Made::region(Region::intersection(&all, self.control.budget())?))
                }
            },
            Operands::Spatial(bundles) => {
                let bundles = self.closed(node, bundles, said)?;
                if bundles.iter().any(Option::is_none) {
                    return Ok(Made::Empty);
                }
                let all: Vec<Bundle> = bundles.into_iter().flatten().collect();
                let compute = |bundle: &Bundle| bundle.compute(self.control);
                let solids = all.par_iter().map(compute).collect::<Result<Vec<_>, _>>()?;
                Ok(Made::solid(Solid::boolean(Operator::Intersection, &solids, self.control)?))
            }
        }
    }

    fn hull(&self, node: &Node, operands: Vec<Operand>, said: &mut Vec<Said>) -> Result<Made, Stop> {
        match by_dimension(node, operands, said) {
            Operands::Nothing => Ok(Made::Empty),
            Operands::Flat(regions) => {
                let points = regions.iter().flatten().flat_map(|region| region.contours().iter().flatten().copied());
                Ok(Made::region(Region::hull(points)))
            }
            Operands::Spatial(bundles) => {
                let mut points = Vec::new();
                for bundle in bundles.iter().flatten() {
                    points.extend(bundle.positions(self.control)?);
                }
                Ok(Made::solid(Solid::hull(&points, self.control)?))
            }
        }
    }

    fn minkowski(&self, node: &Node, operands: Vec<Operand>, said: &mut Vec<Said>) -> Result<Made, Stop> {
        match by_dimension(node, operands, said) {
            Operands::Nothing => Ok(Made::Empty),
            Operands::Flat(regions) => {
                let mut all = regions.into_iter();
                let Some(Some(first)) = all.next() else { return Ok(Made::Empty) };
                let mut sum = (*first).clone();
                for region in all.flatten() {
                    sum = sum.minkowski(&region, self.control.budget())?;
                }
                Ok(Made::region(sum))
            }
            Operands::Spatial(bundles) => {
                let all: Vec<Bundle> = self.closed(node, bundles, said)?.into_iter().flatten().collect();
                match all.split_first() {
                    None => Ok(Made::Empty),
                    Some((first, rest)) => {
                        let add = |sum: Bundle, next: &Bundle| self.add(&sum, next);
                        Ok(Made::Solid(rest.iter().try_fold(first.clone(), add)?))
                    }
                }
            }
        }
    }

    /// The Minkowski sum of two bundles. It distributes over unions, and sums of convex parts are cheap.
    fn add(&self, sum: &Bundle, next: &Bundle) -> Result<Bundle, Stop> {
        let (mut p, mut q) = (sum.parts(self.control)?, next.parts(self.control)?);
        if !(p.iter().all(Solid::is_convex) && q.iter().all(Solid::is_convex)) {
            (p, q) = (vec![sum.compute(self.control)?], vec![next.compute(self.control)?]);
        }
        let pairs: Vec<(&Solid, &Solid)> = p.iter().flat_map(|a| q.iter().map(move |b| (a, b))).collect();
        let sums = pairs.par_iter().map(|(a, b)| a.minkowski(b, self.control)).collect::<Result<Vec<_>, _>>()?;
        Ok(Bundle::of(Solid::boolean(Operator::Union, &sums, self.control)?))
    }

    fn fill(&self, node: &Node, operands: Vec<Operand>, said: &mut Vec<Said>) -> Result<Made, Stop> {
        match by_dimension(node, operands, said) {
            Operands::Nothing => Ok(Made::Empty),
            Operands::Flat(regions) => {
                let budget = self.control.budget();
                let all: Vec<&Region> = regions.iter().flatten().map(|region| &**region).collect();
                Ok(Made::region(Region::union(&all, budget)?.fill(budget)?))
            }
            Operands::Spatial(bundles) => {
                for child in &node.children {
                    warn(node, child.span, "fill() not yet implemented for 3D", said);
                }
                Ok(bundles.into_iter().flatten().next().map_or(Made::Empty, Made::Solid))
            }
        }
    }

    fn color(&self, node: &Node, color: Rgba, operands: Vec<Operand>, said: &mut Vec<Said>) -> Result<Made, Stop> {
        Ok(match self.union(node, operands, said)? {
            Made::Solid(bundle) if color.r >= 0.0 && color.a >= 0.0 => Made::Solid(bundle.colored(color)),
            other => other,
        })
    }

    fn transform(
        &self,
        node: &Node,
        matrix: &Mat4,
        operands: Vec<Operand>,
        said: &mut Vec<Said>,
    ) -> Result<Made, Stop> {
        if !matrix.is_finite() {
            let message = "Transformation matrix contains Not-a-Number and/or Infinity - removing object.";
            warn(node, node.span, message, said);
            return Ok(Made::Empty);
        }
        Ok(match self.union(node, operands, said)? {
            Made::Empty => Made::Empty,
            Made::Region(region) => {
                let map = flat_map(matrix);
                if map.matrix2.determinant() == 0.0 {
                    warn(node, node.span, "Scaling a 2D object with 0 - removing object", said);
                }
                Made::region(region.transformed(&map))
            }
            Made::Solid(bundle) => {
                let map = Affine3::from_mat4(*matrix);
                if map.matrix3.determinant() == 0.0 {
                    return Ok(Made::Empty);
                }
                if map == Affine3::IDENTITY {
                    Made::Solid(bundle)
                } else {
                    Made::Solid(bundle.transformed(&map, self.control)?)
                }
            }
        })
    }

    fn resize(&self, node: &Node, resize: &Resize, operands: Vec<Operand>, said: &mut Vec<Said>) -> Result<Made, Stop> {
        Ok(match self.union(node, operands, said)? {
            Made::Empty => Made::Empty,
            Made::Region(region) => {
                Made::region(region.resized(resize.new_size.truncate(), [resize.auto[0], resize.auto[1]]))
            }
            Made::Solid(bundle) => Made::solid(bundle.compute(self.control)?.resized(resize.new_size, resize.auto)),
        })
    }

    /// The union of the 2D children; 3D ones are warned of.
    fn flat_union(&self, node: &Node, operands: Vec<Operand>, said: &mut Vec<Said>) -> Result<Arc<Region>, Stop> {
        Ok(match flat_union_of(flat_only(node, operands, said), self.control.budget())? {
            Made::Region(region) => region,
            _ => Arc::default(),
        })
    }

    fn linear_extrude(&self, extrude: &LinearExtrude, region: &Region) -> Result<Made, Stop> {
        let slices = discretize::slices(extrude, region);
        let points = region.point_count().max(extrude.segments.unwrap_or(0) as usize * region.contours().len()) as u64;
        self.control.budget().check_triangles(u64::from(slices) * points)?;
        let region = discretize::split_edges(extrude, region, slices);
        let extrusion = Extrusion {
            direction: extrude.direction,
            center: extrude.center,
            twist: extrude.twist,
            scale: extrude.scale.max(Vec2::ZERO),
            slices,
        };
        Ok(Made::solid(Solid::extrude(&region, &extrusion, self.control)?))
    }

    fn rotate_extrude(
        &self,
        node: &Node,
        extrude: &RotateExtrude,
        region: &Region,
        said: &mut Vec<Said>,
    ) -> Result<Made, Stop> {
        if region.is_empty() {
            return Ok(Made::Empty);
        }
        let bounds = region.bounding_box();
        let (min, max) = (bounds.min.x.min(0.0), bounds.max.x.max(0.0));
        if min < 0.0 && max > 0.0 {
            let message = format!(
                "Children of rotate_extrude() may not lie across the Y axis (Range of X coords for all children [{min:.2} : {max:.2}])"
            );
            said.push(Said {
                by: node.digest(),
                diagnostic: Diagnostic::error(Code::InvalidGeometry, node.span, message),
            });
            return Ok(Made::Empty);
        }
        let fallback = ((extrude.angle.abs() / 360.0 * 3.0) as u32).max(1);
        let segments = extrude.resolution.arc_segment_count(max - min, extrude.angle).unwrap_or(fallback);
        let revolution = Revolution { angle: extrude.angle, start: extrude.start, segments };
        Ok(Made::solid(Solid::revolve(region, &revolution, self.control)?))
    }

    fn roof(&self, method: RoofMethod, resolution: &Resolution, region: &Region) -> Result<Made, Stop> {
        let step = if resolution.segments > 0.0 { 360.0 / resolution.segments } else { resolution.angle };
        let roof = match method {
            RoofMethod::Voronoi => Roof::Voronoi { step },
            RoofMethod::Straight => Roof::Straight,
        };
        Ok(Made::solid(Solid::roof(region, roof, self.control)?))
    }
}

/// Says what became of open meshes.
pub(super) fn tell_repairs(node: &Node, repairs: Repairs, said: &mut Vec<Said>) {
    if repairs.made > 0 {
        let hint = format!("Repaired: {}.", repairs.done);
        said.push(Said { by: node.digest(), diagnostic: Diagnostic::warning(node.span, REPAIRED).with_hint(hint) });
    }
    if repairs.failed > 0 {
        let diagnostic = Diagnostic::error(Code::InvalidGeometry, node.span, "Input mesh is not closed!")
            .with_hint("Every edge of a mesh must have exactly two faces; it is left out of the model.");
        said.push(Said { by: node.digest(), diagnostic });
    }
}

/// OpenSCAD's words for a mesh that is taken only after repair.
const REPAIRED: &str = "PolySet -> Manifold conversion failed: NotManifold\nTrying to repair and reconstruct mesh..";

/// Whether finding a result in the memo is cheaper than making it again.
fn is_worth_keeping(kind: &Kind) -> bool {
    !matches!(kind, Kind::Cube { .. } | Kind::Square { .. } | Kind::Circle { .. } | Kind::Transform(_) | Kind::Color(_))
}

/// Whether a child is part of the model.
fn is_shape(child: &NodeRef) -> bool {
    !child.background && !matches!(child.kind, Kind::Annotation(_))
}

fn flat_union_of(regions: Vec<Option<Arc<Region>>>, budget: &Budget) -> Result<Made, Exceeded> {
    if let [only] = regions.as_slice() {
        return Ok(only.clone().map_or(Made::Empty, Made::Region));
    }
    let all: Vec<&Region> = regions.iter().flatten().map(|region| &**region).collect();
    Ok(if all.is_empty() { Made::Empty } else { Made::region(Region::union(&all, budget)?) })
}

/// What a map of space does to the plane z = 0, its z forgotten.
fn flat_map(matrix: &Mat4) -> Affine2 {
    let column = |index: usize| matrix.col(index).truncate().truncate();
    Affine2::from_cols(column(0), column(1), column(3))
}
