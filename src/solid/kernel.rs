//! The kernel behind the room: the only file that knows how a body is stored.

use std::sync::{Arc, OnceLock};

use manifold_rust::impl_mesh::{ManifoldImpl, reserve_ids};
use manifold_rust::linalg::{Mat3x4, Vec3 as KernelVec3};
use manifold_rust::manifold::Manifold;
use manifold_rust::types::{Error, WindingRule};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::budget::Exceeded;
use crate::geom::{Aabb3, Affine3, Mat3, Rgba, Vec3};
use crate::mesh::{Surface, TriMesh};
use crate::solid::control::Held;
use crate::solid::draft::Draft;
use crate::solid::provenance::{self, Source, Sources};
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

    fn take_in(&self) -> Result<Sealed, Fault> {
        if self.triangles.is_empty() {
            return Ok(Sealed { mesh: Arc::new(ManifoldImpl::new()), sources: Sources::default() });
        }
        let id = reserve_ids(1);
        if let Some(mesh) = intake::take_in(self, id) {
            return Ok(self.sealed_as(mesh, id));
        }
        let manifold = Manifold::from_mesh_glp(&self.to_kernel(id));
        match manifold.status() {
            Error::NoError => Ok(self.sealed_as(manifold.into_impl(), id)),
            Error::NonFiniteVertex => Err(Fault::NotFinite),
            _ => Err(Fault::NotClosed),
        }
    }

    fn sealed_as(&self, mesh: ManifoldImpl, id: u32) -> Sealed {
        let source = Source { surfaces: self.surfaces.clone().into(), colors: self.colors.clone().into(), color: None };
        let sources = Arc::new(FxHashMap::from_iter([(id as i32, source)]));
        Sealed { mesh: Arc::new(mesh), sources }
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
        let take_in = || match &self.state.draft {
            Some(draft) => draft.take_in(),
            None => Err(Fault::Kernel),
        };
        self.state.sealed.get_or_init(take_in).as_ref().map_err(|fault| *fault)
    }

    /// The mesh before its map: as it was made, else as the kernel keeps it.
    fn untransformed<T>(&self, made: impl FnOnce(&Draft) -> T, kept: impl FnOnce(&ManifoldImpl) -> T) -> T {
        match (&self.state.draft, self.state.sealed.get()) {
            (Some(draft), _) => made(draft),
            (None, Some(Ok(sealed))) => kept(&sealed.mesh),
            (None, _) => made(&Draft::default()),
        }
    }

    /// A kernel result whose faces came from nowhere: one surface without a name.
    pub(super) fn unnamed(manifold: Manifold) -> Result<Self, Fault> {
        if manifold.status() != Error::NoError {
            return Err(Fault::Kernel);
        }
        Ok(Self::nameless(manifold.into_impl()))
    }

    /// The body with all faces from one nameless source.
    pub(super) fn unnamed_copy(&self) -> Result<Self, Fault> {
        Ok(Self::nameless(self.settled()?))
    }

    fn nameless(mut mesh: ManifoldImpl) -> Self {
        let id = reserve_ids(1) as i32;
        for reference in &mut mesh.mesh_relation.tri_ref {
            reference.original_id = id;
            reference.face_id = 0;
        }
        for relation in mesh.mesh_relation.mesh_id_transform.values_mut() {
            relation.original_id = id;
        }
        let source = Source { surfaces: Arc::new([Surface::Unknown]), colors: Arc::default(), color: None };
        let sources = Arc::new(FxHashMap::from_iter([(id, source)]));
        Self::of_sealed(Sealed { mesh: Arc::new(mesh), sources })
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

    /// Gives every source a new identity with the colour, so that the same body elsewhere keeps its own.
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

    /// The kernel's mesh with its map applied.
    fn settled(&self) -> Result<ManifoldImpl, Fault> {
        let mesh = &self.sealed()?.mesh;
        Ok(if self.map == Affine3::IDENTITY { (**mesh).clone() } else { mesh.transform(&to_matrix(&self.map)) })
    }

    /// The body as the kernel's own type.
    pub(super) fn to_manifold(&self) -> Manifold {
        self.settled().map_or_else(|_| Manifold::new(), Manifold::from_impl)
    }

    pub(super) fn to_mesh(&self) -> TriMesh {
        if let Some(draft) = &self.state.draft {
            return draft.to_mesh(&self.map);
        }
        let (Ok(mesh), Ok(sealed)) = (self.settled(), self.sealed()) else { return TriMesh::default() };
        let triangle = |index: usize| [0, 1, 2].map(|corner| mesh.halfedge[3 * index + corner].start_vert as u32);
        let (face_of, faces) = provenance::faces(&mesh.mesh_relation, &sealed.sources);
        TriMesh {
            positions: mesh.vert_pos.iter().map(from_kernel).collect(),
            triangles: (0..mesh.num_tri()).map(triangle).collect(),
            face_of,
            faces,
        }
    }

    /// One n-ary operation.
    pub(super) fn combine(operator: Operator, operands: &[&Self], control: &Control) -> Result<Self, Fault> {
        let triangles: u64 = operands.iter().map(|operand| operand.triangle_count() as u64).sum();
        let _working = control.hold(triangles.saturating_mul(WORKING_BYTES))?;
        let digits = clean::digits(operands.iter().map(|operand| operand.outer_box()));
        let settle = |operand: &&Self| {
            control.budget().check()?;
            Ok(clean::placed(&operand.sealed()?.mesh, &operand.map, digits))
        };
        let meshes = operands.par_iter().map(settle).collect::<Result<Vec<_>, Fault>>()?;
        let mesh = batch::combine(operator, meshes, control.token());
        control.budget().check()?;
        match mesh.status {
            Error::NoError => {}
            Error::ResultTooLarge => return Err(Fault::Exceeded(Exceeded::Triangles)),
            _ => return Err(Fault::Kernel),
        }
        control.budget().check_triangles(mesh.num_tri() as u64)?;
        let mesh = clean::without_flakes(mesh);
        let sealed = operands.iter().map(|operand| operand.sealed()).collect::<Result<Vec<_>, _>>()?;
        let sources = provenance::merge(sealed.iter().map(|sealed| &sealed.sources));
        let held = control.hold(mesh.num_tri() as u64 * TRIANGLE_BYTES)?;
        let sealed = OnceLock::from(Ok(Sealed { mesh, sources }));
        let state = State { sealed, _held: Some(held), ..State::default() };
        Ok(Self { state: Arc::new(state), map: Affine3::IDENTITY })
    }

    /// Takes a mesh as it is, or with vertices at one place merged; `None` where it is not closed then.
    pub(super) fn merged(draft: &Draft) -> Option<Self> {
        let id = reserve_ids(1);
        let manifold = take_merged(draft, id);
        (manifold.status() == Error::NoError).then(|| Self::of_sealed(draft.sealed_as(manifold.into_impl(), id)))
    }

    /// Rebuilds what the faces of an oriented mesh enclose, as often as they wind round it.
    pub(super) fn rebuilt(draft: &Draft, control: &Control) -> Result<Self, Fault> {
        let id = reserve_ids(1);
        let mut manifold = take_merged(draft, id);
        if manifold.status() != Error::NoError {
            let soup = Manifold::from_mesh_glp_robust(&draft.to_kernel(id));
            manifold = soup.rebuild_solid_with_token(WindingRule::Nonzero, Some(control.token()));
        }
        control.budget().check()?;
        match manifold.status() {
            Error::NoError => Ok(Self::of_sealed(draft.sealed_as(manifold.into_impl(), id))),
            Error::NonFiniteVertex => Err(Fault::NotFinite),
            _ => Err(Fault::NotClosed),
        }
    }
}

impl Sealed {
    fn colored(&self, color: Option<Rgba>) -> Self {
        let mut old: Vec<i32> = self.sources.keys().copied().collect();
        old.sort_unstable();
        let first = reserve_ids(old.len() as u32) as i32;
        let renamed: FxHashMap<i32, i32> = old.iter().copied().zip(first..).collect();
        let mut mesh = (*self.mesh).clone();
        for reference in &mut mesh.mesh_relation.tri_ref {
            reference.original_id = *renamed.get(&reference.original_id).unwrap_or(&reference.original_id);
        }
        for relation in mesh.mesh_relation.mesh_id_transform.values_mut() {
            relation.original_id = *renamed.get(&relation.original_id).unwrap_or(&relation.original_id);
        }
        let recolor = |id: &i32| (renamed[id], self.sources[id].painted(color));
        Self { mesh: Arc::new(mesh), sources: Arc::new(old.iter().map(recolor).collect()) }
    }
}

/// A triangle of an operand while the kernel works: its mesh where it stands, and its share of the crossings.
const WORKING_BYTES: u64 = TRIANGLE_BYTES + 100;

fn take_merged(draft: &Draft, id: u32) -> Manifold {
    let mut mesh = draft.to_kernel(id);
    let manifold = Manifold::from_mesh_glp(&mesh);
    if manifold.status() != Error::NoError && mesh.merge() { Manifold::from_mesh_glp(&mesh) } else { manifold }
}

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
