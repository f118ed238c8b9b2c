//! `Solid`: a closed oriented two-manifold, and the 3D operations on it.
//!
//! **In** parameters, regions, foreign meshes; **Out** [`Solid`], and from it a [`TriMesh`] or a region.
//! **Stages** [`primitive`] · [`extrude`] · [`revolve`] · [`polyhedron`] what programs make · [`boolean`] n-ary, never a fold ·
//! [`hull`] · [`minkowski`] · [`section`] back to the plane · [`provenance`] what surface and colour each face was born with.
//! **Invariants** A `Solid` is closed, oriented outwards and has two faces at every edge; or it is empty. Its transform is carried
//! beside the mesh and applied when an operation needs the coordinates.
//! **Knows nothing of** the language and of spans. The kernel behind it (a port of Manifold) is named in `kernel` only.
//! **Sources** Manifold's guaranteed-manifold booleans (Smith & Dodgson 2007; Julian Smith's dissertation); docs/algorithms/solid.md.

mod batch;
mod boolean;
mod cells;
mod clean;
mod compact;
mod control;
mod crossing;
mod draft;
mod extrude;
mod facet;
mod facing;
mod fill;
mod hull;
mod intake;
mod kernel;
mod mend;
mod minkowski;
mod polyhedron;
mod primitive;
mod prism;
mod profile;
mod provenance;
mod quickhull;
mod repair;
mod revolve;
mod rim;
mod roof;
mod section;
mod shadow;
mod shell;
mod skin;
mod splice;
mod sums;
mod tree;
mod umbrella;

pub use boolean::Operator;
pub use control::{Control, Fault};
pub use extrude::Extrusion;
pub use primitive::Roundness;
pub use repair::Repair;
pub use revolve::Revolution;
pub use roof::Roof;

use std::sync::Arc;

use crate::geom::{Aabb3, Affine3, Rgba, Vec3};
use crate::mesh::TriMesh;
use crate::solid::cells::Cells;
use crate::solid::kernel::Body;
use crate::solid::prism::Prism;
use crate::solid::shell::Shell;

/// A closed oriented two-manifold, or nothing; or, where [`Solid::is_closed`] says no, a foreign mesh that nothing was asked of yet.
/// Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Solid {
    body: Body,
    shell: Option<Arc<Shell>>,
    /// Where it is one, in the frame that the body's mesh is kept in.
    prism: Option<Arc<Prism>>,
    /// Where all its faces are axis-parallel and it came from others such, in the same frame.
    cells: Option<Arc<Cells>>,
}

impl Solid {
    fn of_body(body: Body) -> Self {
        Self { body, ..Self::default() }
    }

    /// Whether it has no triangles.
    pub fn is_empty(&self) -> bool {
        self.shell.is_none() && self.body.is_empty()
    }

    /// Whether it is closed; else it is a foreign mesh as it came, which booleans repair or refuse.
    pub fn is_closed(&self) -> bool {
        self.shell.is_none()
    }

    /// The same, closed, and what was done to it.
    ///
    /// # Errors
    /// [`Fault::NotClosed`] where no repair is known; the job's limits.
    pub fn closed(&self, control: &Control) -> Result<(Self, Repair), Fault> {
        match &self.shell {
            Some(shell) => shell.solidify(control),
            None => Ok((self.clone(), Repair::default())),
        }
    }

    /// Number of triangles.
    pub fn triangle_count(&self) -> usize {
        self.shell.as_ref().map_or_else(|| self.body.triangle_count(), |shell| shell.triangle_count())
    }

    /// The box of all vertices; exact where the transform keeps axes, else of the transformed vertices.
    pub fn bounding_box(&self) -> Aabb3 {
        Aabb3::of(self.positions())
    }

    /// A box that holds it, in O(1): larger than need be where it is turned.
    pub fn outer_box(&self) -> Aabb3 {
        if self.is_closed() { self.body.outer_box() } else { self.bounding_box() }
    }

    /// The positions of all vertices.
    pub fn positions(&self) -> Vec<Vec3> {
        self.shell.as_ref().map_or_else(|| self.body.positions(), |shell| shell.positions())
    }

    /// The solid under an affine map; O(1). Mirrors keep the outside outside. Empty where the map flattens space.
    pub fn transformed(&self, map: &Affine3) -> Self {
        let determinant = map.matrix3.determinant();
        if determinant == 0.0 || !map.is_finite() {
            return Self::default();
        }
        let shell = self.shell.as_ref().map(|shell| Arc::new(shell.transformed(map)));
        Self { body: self.body.transformed(map), shell, prism: self.prism.clone(), cells: self.cells.clone() }
    }

    /// The solid with every face in one colour. O(n).
    pub fn colored(&self, color: Rgba) -> Self {
        self.painted(Some(color))
    }

    /// The solid without colours. O(n).
    pub fn uncolored(&self) -> Self {
        self.painted(None)
    }

    fn painted(&self, color: Option<Rgba>) -> Self {
        let shell = self.shell.as_ref().map(|shell| Arc::new(shell.colored(color)));
        let prism = self.prism.as_ref().map(|prism| Arc::new(Prism { color, ..(**prism).clone() }));
        let cells = self.cells.as_ref().map(|cells| Arc::new(Cells { color, ..(**cells).clone() }));
        Self { body: self.body.colored(color), shell, prism, cells }
    }

    /// Whether it is convex; touching parts are not.
    pub fn is_convex(&self) -> bool {
        self.is_closed() && self.body.is_convex()
    }

    /// The same solid as one that was made in one piece: one surface without a name, no colour.
    fn unnamed(&self) -> Result<Self, Fault> {
        Ok(Self::of_body(self.body.unnamed_copy()?))
    }

    /// Scaled about the origin to `size`; zero means leave, or scale along with the largest size wanted where `auto` says so.
    pub fn resized(&self, size: Vec3, auto: [bool; 3]) -> Self {
        if self.is_empty() {
            return Self::default();
        }
        self.transformed(&Affine3::from_scale(resize_factors(self.bounding_box().size(), size, auto)))
    }

    /// Triangles with the surface and colour that each face was born with.
    pub fn to_mesh(&self) -> TriMesh {
        self.shell.as_ref().map_or_else(|| self.body.to_mesh(), |shell| shell.to_mesh())
    }

    /// Bytes that it holds, about.
    pub fn byte_count(&self) -> u64 {
        let cells = self.cells.as_ref().map_or(0, |cells| cells.byte_count());
        self.triangle_count() as u64 * TRIANGLE_BYTES + cells
    }
}

/// Three half-edges of 16 bytes, a normal, a reference, half a vertex with its normal, and the box tree.
pub(crate) const TRIANGLE_BYTES: u64 = 300;

/// Scale factors that bring `extent` to `size`.
fn resize_factors(extent: Vec3, size: Vec3, auto: [bool; 3]) -> Vec3 {
    let leading = (0..3).fold(0, |best, axis| if size[axis] > size[best] { axis } else { best });
    let along = if size[leading] > 0.0 { size[leading] / extent[leading] } else { 1.0 };
    let factor = |axis: usize| match (size[axis] > 0.0, auto[axis]) {
        (true, _) => size[axis] / extent[axis],
        (false, true) => along,
        (false, false) => 1.0,
    };
    Vec3::new(factor(0), factor(1), factor(2))
}
