//! The kernel behind the room: the only file that knows how a body is stored.

use std::sync::{Arc, OnceLock};

use manifold_rust::impl_mesh::ManifoldImpl;
use manifold_rust::linalg::{Mat3x4, Vec3 as KernelVec3};
use manifold_rust::manifold::Manifold;
use manifold_rust::sort::sort_geometry;
use manifold_rust::types::{Error, Halfedge, WindingRule};
use rayon::prelude::*;

use crate::budget::{Budget, Exceeded};
use crate::geom::{Aabb3, Affine3, Mat3, Rgba, Vec3};
use crate::mesh::{Surface, TriMesh};
use crate::solid::control::Held;
use crate::solid::draft::Draft;
use crate::solid::provenance::{self, Source, Sources};
use crate::solid::repair::welded;
use crate::solid::splice::Part;
use crate::solid::{Control, Fault, Operator, TRIANGLE_BYTES, batch, clean, intake};

/// A mesh and the map it stands under. The kernel takes it in when an operation asks for it: what is only written out never is.
#[derive(Clone)]
pub(super) struct Body {
    state: Arc<State>,
    map: Affine3,
}

/// A mesh as it was made, or as the kernel keeps it, or both.
#[derive(Default)]
struct State {
    draft: Option<Draft>,
    sealed: OnceLock<Result<Sealed, Fault>>,
    bounds: OnceLock<Aabb3>,
    /// What a result of the kernel counts against the job that computed it.
    _held: Option<Held>,
}

/// The kernel's mesh, and where its faces came from.
#[derive(Clone)]
struct Sealed {
    mesh: Arc<ManifoldImpl>,
    sources: Sources,
}

impl Default for Body {
    fn default() -> Self {
        Self::of_draft(Draft::default())
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Body({} triangles)", self.triangle_count())
    }
}

impl Draft {
    /// A body of a mesh that is a closed two-manifold by its indices.
    pub(super) fn seal(self) -> Result<Body, Fault> {
        let body = Body::of_draft(self);
        if body.state.draft.as_ref().is_some_and(Draft::has_flat_triangles) {
            let sealed = body.sealed()?.clone();
            return Ok(Body::of_sealed(sealed));
        }
        Ok(body)
    }

    fn take_in(&self, budget: &Budget) -> Result<Sealed, Fault> {
        if self.triangles.is_empty() {
            return Ok(Sealed::of(ManifoldImpl::new(), Sources::default()));
        }
        if self.positions.iter().any(|point| !point.is_finite()) {
            return Err(Fault::NotFinite);
        }
        match intake::take_in(self, budget)? {
            Some(mesh) => Ok(Sealed::of(mesh, self.sources())),
            None => Err(Fault::NotClosed),
        }
    }

    /// What the kernel itself took in.
    fn sealed_as(&self, mut mesh: ManifoldImpl) -> Sealed {
        for reference in &mut mesh.mesh_relation.tri_ref {
            reference.original_id = 0;
        }
        Sealed::of(mesh, self.sources())
    }

    fn sources(&self) -> Sources {
        Arc::new([Source { surfaces: self.surfaces.clone().into(), colors: self.colors.clone().into(), color: None }])
    }
}

impl Body {
    fn of_draft(draft: Draft) -> Self {
        Self { state: Arc::new(State { draft: Some(draft), ..State::default() }), map: Affine3::IDENTITY }
    }

    fn of_sealed(sealed: Sealed) -> Self {
        let state = State { sealed: OnceLock::from(Ok(sealed)), ..State::default() };
        Self { state: Arc::new(state), map: Affine3::IDENTITY }
    }

    fn sealed(&self) -> Result<&Sealed, Fault> {
        self.sealed_within(&Budget::default())
    }

    /// The kernel's mesh, taken in now if it has not been. Two threads may both do that; neither waits for the other, so that a thread
    /// that helps out with other work meanwhile cannot come to wait for itself.
    fn sealed_within(&self, budget: &Budget) -> Result<&Sealed, Fault> {
        let known = match self.state.sealed.get() {
            Some(known) => known,
            None => {
                let made = match &self.state.draft {
                    Some(draft) => draft.take_in(budget),
                    None => Err(Fault::Kernel),
                };
                // that one job was stopped must not be what the next finds
                if let Err(Fault::Exceeded(exceeded)) = made {
                    return Err(exceeded.into());
                }
                self.state.sealed.get_or_init(|| made)
            }
        };
        known.as_ref().map_err(|fault| *fault)
    }

    /// The mesh before its map: as it was made, else as the kernel keeps it.
    fn untransformed<T>(&self, made: impl FnOnce(&Draft) -> T, kept: impl FnOnce(&ManifoldImpl) -> T) -> T {
        match (&self.state.draft, self.state.sealed.get()) {
            (Some(draft), _) => made(draft),
            (None, Some(Ok(sealed))) => kept(&sealed.mesh),
            (None, _) => made(&Draft::default()),
        }
    }

    /// The body with all faces from one nameless source.
    pub(super) fn unnamed_copy(&self) -> Result<Self, Fault> {
        Ok(Self { map: self.map, ..Self::nameless((*self.sealed()?.mesh).clone()) })
    }

    fn nameless(mut mesh: ManifoldImpl) -> Self {
        for reference in &mut mesh.mesh_relation.tri_ref {
            reference.original_id = 0;
            reference.face_id = 0;
        }
        let source = Source { surfaces: Arc::new([Surface::Unknown]), colors: Arc::default(), color: None };
        Self::of_sealed(Sealed::of(mesh, Arc::new([source])))
    }

    pub(super) fn is_convex(&self) -> bool {
        self.sealed().is_ok_and(|sealed| sealed.mesh.is_convex())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.triangle_count() == 0
    }

    pub(super) fn triangle_count(&self) -> usize {
        self.untransformed(|draft| draft.triangles.len(), ManifoldImpl::num_tri)
    }

    pub(super) fn transformed(&self, map: &Affine3) -> Self {
        Self { state: self.state.clone(), map: *map * self.map }
    }

    /// The body with the colour; the same body elsewhere keeps its own.
    pub(super) fn colored(&self, color: Option<Rgba>) -> Self {
        let painted = match (&self.state.draft, self.state.sealed.get()) {
            (Some(draft), _) => Self::of_draft(Draft { colors: vec![color; draft.surfaces.len()], ..draft.clone() }),
            (None, Some(Ok(sealed))) => Self::of_sealed(sealed.colored(color)),
            (None, _) => return self.clone(),
        };
        Self { map: self.map, ..painted }
    }

    /// The map from the frame that the mesh is kept in.
    pub(super) fn placement(&self) -> Affine3 {
        self.map
    }

    /// A box that holds it: the box of the mesh under its map.
    pub(super) fn outer_box(&self) -> Aabb3 {
        let bounds = *self.state.bounds.get_or_init(|| {
            self.untransformed(
                |draft| Aabb3::of(draft.positions.iter().copied()),
                |mesh| Aabb3::of(mesh.vert_pos.iter().map(from_kernel)),
            )
        });
        if bounds.is_empty() {
            return bounds;
        }
        let (middle, half) = (self.map.transform_point3(bounds.center()), bounds.size() * 0.5);
        let columns = [self.map.matrix3.x_axis, self.map.matrix3.y_axis, self.map.matrix3.z_axis];
        let [x, y, z] = columns.map(Vec3::abs);
        let reach = x * half.x + y * half.y + z * half.z;
        Aabb3 { min: middle - reach, max: middle + reach }
    }

    pub(super) fn positions(&self) -> Vec<Vec3> {
        let place = |point: Vec3| self.map.transform_point3(point);
        self.untransformed(
            |draft| draft.positions.iter().map(|point| place(*point)).collect(),
            |mesh| mesh.vert_pos.iter().map(|point| place(from_kernel(point))).collect(),
        )
    }

    /// The body as the kernel's own type.
    pub(super) fn to_manifold(&self) -> Manifold {
        let Ok(sealed) = self.sealed() else { return Manifold::new() };
        let mut mesh = (*sealed.mesh).clone();
        if !mesh.is_empty() {
            sort_geometry(&mut mesh);
            mesh = mesh.transform(&to_matrix(&self.map));
        }
        Manifold::from_impl(mesh)
    }

    pub(super) fn to_mesh(&self) -> TriMesh {
        if let Some(draft) = &self.state.draft {
            return draft.to_mesh(&self.map);
        }
        let Ok(sealed) = self.sealed() else { return TriMesh::default() };
        let mesh = &sealed.mesh;
        let mirrored = self.map.matrix3.determinant() < 0.0;
        let triangle = |edges: &[Halfedge]| {
            let [a, b, c] = [0, 1, 2].map(|corner| edges[corner].start_vert as u32);
            if mirrored { [c, b, a] } else { [a, b, c] }
        };
        let (face_of, faces) = provenance::faces(&mesh.mesh_relation, &sealed.sources, &self.map);
        TriMesh {
            positions: self.positions(),
            triangles: mesh.halfedge.chunks(3).map(triangle).collect(),
            face_of,
            faces,
        }
    }

    /// One n-ary operation.
    pub(super) fn combine(operator: Operator, operands: &[&Self], control: &Control) -> Result<Self, Fault> {
        let triangles: u64 = operands.iter().map(|operand| operand.triangle_count() as u64).sum();
        let _working = control.hold(triangles.saturating_mul(WORKING_BYTES))?;
        let digits = clean::digits(operands.iter().map(|operand| operand.outer_box()));
        let budget = control.budget();
        let sealed = operands.par_iter().map(|operand| operand.sealed_within(budget)).collect::<Result<Vec<_>, _>>()?;
        let (sources, starts) = provenance::merge(sealed.iter().map(|sealed| &sealed.sources));
        let settle = |(at, operand): (usize, &&Self)| {
            control.budget().check()?;
            let mesh = clean::placed(&sealed[at].mesh, &operand.map, digits);
            Ok(Part { mesh, sources_from: starts[at] })
        };
        let parts = operands.par_iter().enumerate().map(settle).collect::<Result<Vec<_>, Fault>>()?;
        let part = batch::combine(operator, parts, control.token());
        control.budget().check()?;
        match part.mesh.status {
            Error::NoError => {}
            Error::ResultTooLarge => return Err(Fault::Exceeded(Exceeded::Triangles)),
            _ => return Err(Fault::Kernel),
        }
        control.budget().check_triangles(part.mesh.num_tri() as u64)?;
        let sealed = Sealed::of_part(part, &sources);
        let held = control.hold(sealed.mesh.num_tri() as u64 * TRIANGLE_BYTES)?;
        let state = State { sealed: OnceLock::from(Ok(sealed)), _held: Some(held), ..State::default() };
        Ok(Self { state: Arc::new(state), map: Affine3::IDENTITY })
    }

    /// Takes a mesh as it is, or with vertices at one place merged; `None` where it is not closed then.
    pub(super) fn merged(draft: &Draft, control: &Control) -> Result<Option<Self>, Fault> {
        let taken = match intake::take_in(draft, control.budget())? {
            Some(mesh) => Some(mesh),
            None => intake::take_in(&welded(draft, control.budget())?, control.budget())?,
        };
        Ok(taken.map(|mesh| Self::of_sealed(Sealed::of(mesh, draft.sources()))))
    }

    /// Rebuilds what the faces of an oriented mesh enclose, as often as they wind round it.
    pub(super) fn rebuilt(draft: &Draft, control: &Control) -> Result<Self, Fault> {
        if let Some(body) = Self::merged(draft, control)? {
            return Ok(body);
        }
        let soup = Manifold::from_mesh_glp_robust(&draft.to_kernel());
        control.budget().check()?;
        let manifold = soup.rebuild_solid_with_token(WindingRule::Nonzero, Some(control.token()));
        control.budget().check()?;
        match manifold.status() {
            Error::NoError => Ok(Self::of_sealed(draft.sealed_as(manifold.into_impl()))),
            Error::NonFiniteVertex => Err(Fault::NotFinite),
            _ => Err(Fault::NotClosed),
        }
    }
}

impl Sealed {
    fn of(mesh: ManifoldImpl, sources: Sources) -> Self {
        Self { mesh: Arc::new(mesh), sources }
    }

    /// A result of the kernel without its flakes, with the sources of all operands or of the one that it is.
    fn of_part(part: Part, sources: &Sources) -> Self {
        let sources =
            if part.sources_from == 0 { sources.clone() } else { sources[part.sources_from as usize..].into() };
        match clean::without_flakes(&part.mesh) {
            Some(mesh) => Self::of(mesh, sources),
            None => Self { mesh: part.mesh, sources },
        }
    }

    fn colored(&self, color: Option<Rgba>) -> Self {
        Self { sources: self.sources.iter().map(|source| source.painted(color)).collect(), ..self.clone() }
    }
}

/// A triangle of an operand while the kernel works: its mesh where it stands, and its share of the crossings.
const WORKING_BYTES: u64 = TRIANGLE_BYTES + 100;

pub(super) fn to_kernel(point: Vec3) -> KernelVec3 {
    KernelVec3::new(point.x, point.y, point.z)
}

fn from_kernel(point: &KernelVec3) -> Vec3 {
    Vec3::new(point.x, point.y, point.z)
}

pub(super) fn to_matrix(map: &Affine3) -> Mat3x4 {
    let [x, y, z, shift] = [map.matrix3.x_axis, map.matrix3.y_axis, map.matrix3.z_axis, map.translation].map(to_kernel);
    Mat3x4::from_cols(x, y, z, shift)
}

pub(super) fn from_matrix(matrix: &Mat3x4) -> Affine3 {
    let column = |index: usize| Vec3::new(matrix[index].x, matrix[index].y, matrix[index].z);
    Affine3 { matrix3: Mat3::from_cols(column(0), column(1), column(2)), translation: column(3) }
}
