//! Unions and differences put off until someone needs the result, so that nested ones are computed as one.

use std::sync::Arc;

use rayon::prelude::*;

use crate::budget::Exceeded;
use crate::csg::Node;
use crate::diag::{Code, Diagnostic};
use crate::geom::{Affine3, Rgba, Vec3};
use crate::realize::Shape;
use crate::realize::builder::tell_repairs;
use crate::realize::operand::{Said, warn};
use crate::region::Region;
use crate::solid::{Control, Fault, Operator, Repair, Solid};

/// The result of a subtree.
#[derive(Debug, Clone)]
pub(super) enum Made {
    /// Nothing.
    Empty,
    /// A 2D shape.
    Region(Arc<Region>),
    /// A 3D shape.
    Solid(Bundle),
}

impl Made {
    pub(super) fn region(region: Region) -> Self {
        if region.is_empty() { Self::Empty } else { Self::Region(Arc::new(region)) }
    }

    pub(super) fn solid(solid: Solid) -> Self {
        if solid.is_empty() { Self::Empty } else { Self::Solid(Bundle::of(solid)) }
    }

    /// The result as a shape; a mesh that is not closed and cannot be repaired is handed out as it is, and told of.
    pub(super) fn into_shape(self, node: &Node, said: &mut Vec<Said>, control: &Control) -> Result<Shape, Exceeded> {
        let solid = match self {
            Self::Empty => return Ok(Shape::Empty),
            Self::Region(region) => return Ok(Shape::Region(Arc::unwrap_or_clone(region))),
            Self::Solid(bundle) => bundle.compute(control),
        };
        let solid = match solid {
            Ok(solid) => solid,
            Err(Fault::Exceeded(exceeded)) => return Err(exceeded),
            Err(fault) => {
                let diagnostic = Diagnostic::error(Code::InvalidGeometry, node.span, fault.to_string());
                said.push(Said { by: node.digest(), diagnostic });
                return Ok(Shape::Empty);
            }
        };
        if solid.is_empty() {
            return Ok(Shape::Empty);
        }
        if solid.is_closed() {
            return Ok(Shape::Solid(solid));
        }
        match solid.closed(control) {
            Ok((closed, done)) if !closed.is_empty() => {
                tell_repairs(node, Repairs { made: 1, failed: 0, done }, said);
                Ok(Shape::Solid(closed))
            }
            Err(Fault::Exceeded(exceeded)) => Err(exceeded),
            _ => {
                warn(node, node.span, "Exported object may not be a valid 2-manifold and may need repair!", said);
                Ok(Shape::Solid(solid))
            }
        }
    }

    pub(super) fn byte_count(&self) -> u64 {
        match self {
            Self::Empty => 0,
            Self::Region(region) => region.point_count() as u64 * 16,
            Self::Solid(bundle) => bundle.solids.iter().chain(&bundle.tools).map(|part| part.solid.byte_count()).sum(),
        }
    }
}

/// A solid and the maps that it still stands under, the outermost last.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    solid: Solid,
    maps: Vec<Affine3>,
}

impl Placed {
    /// The solid with the innermost of its maps applied, all but the last `kept`.
    fn settle(&self, kept: usize) -> Solid {
        let inner = &self.maps[..self.maps.len() - kept];
        if inner.is_empty() {
            return self.solid.clone();
        }
        let whole = inner.iter().fold(Affine3::IDENTITY, |product, map| *map * product);
        self.solid.transformed(&whole)
    }
}

/// What became of open meshes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Repairs {
    /// Made solids.
    pub made: usize,
    /// What was done to those.
    pub done: Repair,
    /// Left out.
    pub failed: usize,
}

/// The union of some solids less the union of some tools.
#[derive(Debug, Clone, Default)]
pub(super) struct Bundle {
    solids: Vec<Placed>,
    tools: Vec<Placed>,
}

impl Bundle {
    pub(super) fn of(solid: Solid) -> Self {
        Self { solids: vec![Placed { solid, maps: Vec::new() }], tools: Vec::new() }
    }

    /// Whether it has no parts.
    pub(super) fn is_empty(&self) -> bool {
        self.solids.is_empty()
    }

    /// Whether there is anything to compute.
    pub(super) fn is_pending(&self) -> bool {
        self.solids.len() > 1 || !self.tools.is_empty()
    }

    /// The union of bundles; computes those that have tools.
    pub(super) fn union(bundles: Vec<Self>, control: &Control) -> Result<Self, Fault> {
        let plain =
            bundles.into_par_iter().map(|bundle| bundle.without_tools(control)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { solids: plain.into_iter().flat_map(|bundle| bundle.solids).collect(), tools: Vec::new() })
    }

    /// The first bundle less the others.
    pub(super) fn difference(first: Self, others: Vec<Self>, control: &Control) -> Result<Self, Fault> {
        let mut whole = first;
        whole.tools.extend(Self::union(others, control)?.solids);
        Ok(whole)
    }

    /// The result as one solid.
    pub(super) fn compute(&self, control: &Control) -> Result<Solid, Fault> {
        let shared = self.shared_maps();
        let settle = |parts: &[Placed]| parts.iter().map(|part| part.settle(shared)).collect::<Vec<_>>();
        let (solids, mut tools) = (settle(&self.solids), settle(&self.tools));
        let mut solid = Solid::boolean(Operator::Union, &solids, control)?;
        if !tools.is_empty() {
            tools.insert(0, solid);
            solid = Solid::boolean(Operator::Difference, &tools, control)?;
        }
        let outer = self.solids.first().map_or(&[][..], |part| &part.maps[part.maps.len() - shared..]);
        if outer.is_empty() {
            return Ok(solid);
        }
        Ok(solid.transformed(&outer.iter().fold(Affine3::IDENTITY, |product, map| *map * product)))
    }

    /// The bundle computed where it is pending.
    pub(super) fn computed(self, control: &Control) -> Result<Self, Fault> {
        if self.is_pending() { Ok(Self::of(self.compute(control)?)) } else { Ok(self) }
    }

    fn without_tools(self, control: &Control) -> Result<Self, Fault> {
        if self.tools.is_empty() { Ok(self) } else { Ok(Self::of(self.compute(control)?)) }
    }

    /// The bundle under a map. What would suffer from being turned piece by piece is computed first: faces that are flush
    /// before the map are flush after it only up to rounding.
    pub(super) fn transformed(self, map: &Affine3, control: &Control) -> Result<Self, Fault> {
        let mut bundle = if self.tools.is_empty() && self.is_scattered() { self } else { self.computed(control)? };
        for part in &mut bundle.solids {
            part.maps.push(*map);
        }
        Ok(bundle)
    }

    /// The bundle with all faces in one colour.
    pub(super) fn colored(&self, color: Rgba) -> Self {
        let paint = |parts: &[Placed]| {
            let painted = |part: &Placed| Placed { solid: part.solid.colored(color), maps: part.maps.clone() };
            parts.iter().map(painted).collect()
        };
        Self { solids: paint(&self.solids), tools: paint(&self.tools) }
    }

    /// All vertices of the solids; more than the result's where they overlap, the same hull.
    pub(super) fn positions(&self, control: &Control) -> Result<Vec<Vec3>, Fault> {
        let plain = self.clone().without_tools(control)?;
        Ok(plain.solids.iter().flat_map(|part| part.settle(0).positions()).collect())
    }

    /// Whether all its parts are closed.
    pub(super) fn is_closed(&self) -> bool {
        self.solids.iter().chain(&self.tools).all(|part| part.solid.is_closed())
    }

    /// The bundle with its open parts repaired, and without those that cannot be; their numbers go up.
    pub(super) fn closed(mut self, control: &Control, repairs: &mut Repairs) -> Result<Self, Exceeded> {
        for parts in [&mut self.solids, &mut self.tools] {
            let mut kept = Vec::with_capacity(parts.len());
            for part in parts.drain(..) {
                if part.solid.is_closed() {
                    kept.push(part);
                    continue;
                }
                match part.solid.closed(control) {
                    Ok((solid, done)) => {
                        repairs.made += 1;
                        repairs.done = repairs.done.and(done);
                        kept.push(Placed { solid, maps: part.maps });
                    }
                    Err(Fault::Exceeded(exceeded)) => return Err(exceeded),
                    Err(_) => repairs.failed += 1,
                }
            }
            *parts = kept;
        }
        Ok(self)
    }

    /// The parts whose union it is, each by itself.
    pub(super) fn parts(&self, control: &Control) -> Result<Vec<Solid>, Fault> {
        Ok(self.clone().without_tools(control)?.solids.iter().map(|part| part.settle(0)).collect())
    }

    /// Whether no two boxes of the solids touch.
    fn is_scattered(&self) -> bool {
        if self.solids.len() < 2 {
            return true;
        }
        let mut boxes: Vec<_> = self.solids.iter().map(|part| part.settle(0).outer_box()).collect();
        boxes.sort_by(|a, b| a.min.x.total_cmp(&b.min.x));
        boxes.iter().enumerate().all(|(at, one)| {
            boxes[at + 1..].iter().take_while(|other| other.min.x <= one.max.x).all(|other| !one.touches(*other))
        })
    }

    /// How many outermost maps all parts have in common.
    fn shared_maps(&self) -> usize {
        let mut parts = self.solids.iter().chain(&self.tools);
        let Some(first) = parts.next() else { return 0 };
        parts.fold(first.maps.len(), |shared, part| {
            let same = first.maps.iter().rev().zip(part.maps.iter().rev()).take_while(|(a, b)| a == b).count();
            shared.min(same)
        })
    }
}
