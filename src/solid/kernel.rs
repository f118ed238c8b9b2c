//! The kernel behind the room: the only file that knows how a body is stored.

use std::sync::Arc;

use manifold_rust::csg_tree::{CsgLeafNode, CsgNode};
use manifold_rust::impl_mesh::{ManifoldImpl, reserve_ids};
use manifold_rust::linalg::{Mat3x4, Vec3 as KernelVec3};
use manifold_rust::manifold::Manifold;
use manifold_rust::types::{Error, MeshGLP, OpType, WindingRule};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::geom::{Aabb3, Affine3, Rgba, Vec3};
use crate::mesh::{Surface, TriMesh};
use crate::solid::clean;
use crate::solid::provenance::{self, Source, Sources};
use crate::solid::{Control, Fault, Operator};

/// A mesh of the kernel with its transform, and where its faces came from.
#[derive(Clone)]
pub(super) struct Body {
    leaf: CsgLeafNode,
    sources: Sources,
}

impl Default for Body {
    fn default() -> Self {
        Self { leaf: CsgLeafNode::empty(), sources: Sources::default() }
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Body({} triangles)", self.triangle_count())
    }
}

/// A mesh on its way into the kernel.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Vertices.
    pub positions: Vec<Vec3>,
    /// Triangles, counter-clockwise from outside.
    pub triangles: Vec<[u32; 3]>,
    /// For each triangle the index of its surface; empty: all on one.
    pub surface_of: Vec<u32>,
    /// The surfaces.
    pub surfaces: Vec<Surface>,
    /// Their colours; none where there are fewer.
    pub colors: Vec<Option<Rgba>>,
}

impl Draft {
    pub(super) fn of_mesh(mesh: TriMesh) -> Self {
        let surfaces: Vec<Surface> = mesh.faces.iter().map(|face| face.surface).collect();
        Self {
            positions: mesh.positions,
            triangles: mesh.triangles,
            surface_of: mesh.face_of,
            surfaces: if surfaces.is_empty() { vec![Surface::Unknown] } else { surfaces },
            colors: mesh.faces.iter().map(|face| face.color).collect(),
        }
    }

    /// A body of a mesh that is a closed two-manifold by its indices.
    pub(super) fn seal(self) -> Result<Body, Fault> {
        let id = reserve_ids(1);
        let manifold = Manifold::from_mesh_glp(&self.to_kernel(id));
        match manifold.status() {
            Error::NoError => {}
            Error::NonFiniteVertex => return Err(Fault::NotFinite),
            _ => return Err(Fault::NotClosed),
        }
        Ok(Body::drafted(manifold, id, self))
    }

    pub(super) fn to_kernel(&self, id: u32) -> MeshGLP<f64, u32> {
        MeshGLP {
            num_prop: 3,
            vert_properties: self.positions.iter().flat_map(|point| point.to_array()).collect(),
            tri_verts: self.triangles.iter().flatten().copied().collect(),
            run_original_id: vec![id],
            face_id: self.surface_of.clone(),
            ..MeshGLP::default()
        }
    }
}

impl Body {
    fn original(mesh: ManifoldImpl, id: u32, surfaces: Vec<Surface>) -> Self {
        let source = Source { surfaces: surfaces.into(), colors: Arc::default(), color: None };
        let sources = Arc::new(FxHashMap::from_iter([(id as i32, source)]));
        Self { leaf: CsgLeafNode::new(mesh), sources }
    }

    /// A kernel result whose faces came from nowhere: one surface without a name.
    pub(super) fn unnamed(manifold: Manifold) -> Result<Self, Fault> {
        if manifold.status() != Error::NoError {
            return Err(Fault::Kernel);
        }
        Ok(Self { leaf: CsgLeafNode::new(manifold.into_impl()), sources: Sources::default() }.unnamed_copy())
    }

    pub(super) fn is_convex(&self) -> bool {
        self.leaf.p_impl.is_convex()
    }

    /// The body with all faces from one nameless source.
    pub(super) fn unnamed_copy(&self) -> Self {
        let id = reserve_ids(1);
        let mut mesh = self.leaf.get_impl();
        for reference in &mut mesh.mesh_relation.tri_ref {
            reference.original_id = id as i32;
            reference.face_id = 0;
        }
        for relation in mesh.mesh_relation.mesh_id_transform.values_mut() {
            relation.original_id = id as i32;
        }
        Self::original(mesh, id, vec![Surface::Unknown])
    }

    pub(super) fn is_empty(&self) -> bool {
        self.leaf.p_impl.is_empty()
    }

    pub(super) fn triangle_count(&self) -> usize {
        self.leaf.p_impl.num_tri()
    }

    pub(super) fn transformed(&self, map: &Affine3) -> Self {
        let columns = [map.matrix3.x_axis, map.matrix3.y_axis, map.matrix3.z_axis, map.translation].map(to_kernel);
        let matrix = Mat3x4::from_cols(columns[0], columns[1], columns[2], columns[3]);
        Self { leaf: self.leaf.apply_transform(matrix), sources: self.sources.clone() }
    }

    /// Gives every source a new identity with the colour, so that the same body elsewhere keeps its own.
    pub(super) fn colored(&self, color: Option<Rgba>) -> Self {
        let mut old: Vec<i32> = self.sources.keys().copied().collect();
        old.sort_unstable();
        let first = reserve_ids(old.len() as u32) as i32;
        let renamed: FxHashMap<i32, i32> = old.iter().copied().zip(first..).collect();
        let mut mesh = (*self.leaf.p_impl).clone();
        for reference in &mut mesh.mesh_relation.tri_ref {
            reference.original_id = *renamed.get(&reference.original_id).unwrap_or(&reference.original_id);
        }
        for relation in mesh.mesh_relation.mesh_id_transform.values_mut() {
            relation.original_id = *renamed.get(&relation.original_id).unwrap_or(&relation.original_id);
        }
        let recolor = |id: &i32| (renamed[id], self.sources[id].painted(color));
        let sources = Arc::new(old.iter().map(recolor).collect());
        Self { leaf: CsgLeafNode { p_impl: Arc::new(mesh), transform: self.leaf.transform }, sources }
    }

    /// The map from the frame that the mesh is kept in.
    pub(super) fn placement(&self) -> Affine3 {
        from_matrix(&self.leaf.transform)
    }

    pub(super) fn outer_box(&self) -> Aabb3 {
        let bounds = self.leaf.get_bounding_box();
        let point = |at: KernelVec3| Vec3::new(at.x, at.y, at.z);
        Aabb3 { min: point(bounds.min), max: point(bounds.max) }
    }

    pub(super) fn positions(&self) -> Vec<Vec3> {
        let map = from_matrix(&self.leaf.transform);
        let place = |point: &KernelVec3| map.transform_point3(Vec3::new(point.x, point.y, point.z));
        self.leaf.p_impl.vert_pos.iter().map(place).collect()
    }

    /// The body as the kernel's own type, transform applied.
    pub(super) fn to_manifold(&self) -> Manifold {
        Manifold::from_impl(self.leaf.get_impl())
    }

    pub(super) fn to_mesh(&self) -> TriMesh {
        let mesh = self.leaf.get_impl();
        let triangle = |index: usize| [0, 1, 2].map(|corner| mesh.halfedge[3 * index + corner].start_vert as u32);
        let (face_of, faces) = provenance::faces(&mesh.mesh_relation, &self.sources);
        TriMesh {
            positions: mesh.vert_pos.iter().map(|point| Vec3::new(point.x, point.y, point.z)).collect(),
            triangles: (0..mesh.num_tri()).map(triangle).collect(),
            face_of,
            faces,
        }
    }

    /// One n-ary operation.
    pub(super) fn combine(operator: Operator, operands: &[&Self], control: &Control) -> Result<Self, Fault> {
        let digits = clean::digits(operands.iter().map(|operand| operand.outer_box()));
        let settle = |operand: &&Self| {
            let mut mesh = operand.leaf.get_impl();
            clean::round_positions(&mut mesh, digits);
            CsgNode::leaf(mesh)
        };
        let leaves = operands.par_iter().map(settle).collect();
        let kind = match operator {
            Operator::Union => OpType::Add,
            Operator::Difference => OpType::Subtract,
            Operator::Intersection => OpType::Intersect,
        };
        let mut mesh = CsgNode::op_n(kind, leaves).evaluate_with_token(Some(control.token()));
        control.budget().check()?;
        match mesh.status {
            Error::NoError => {}
            Error::ResultTooLarge => return Err(Fault::Exceeded(crate::budget::Exceeded::Triangles)),
            _ => return Err(Fault::Kernel),
        }
        control.budget().check_triangles(mesh.num_tri() as u64)?;
        clean::drop_flakes(&mut mesh);
        let sources = provenance::merge(operands.iter().map(|operand| &operand.sources));
        Ok(Self { leaf: CsgLeafNode::new(mesh), sources })
    }
}

pub(super) fn to_kernel(point: Vec3) -> KernelVec3 {
    KernelVec3::new(point.x, point.y, point.z)
}

pub(super) fn from_matrix(matrix: &Mat3x4) -> Affine3 {
    let column = |index: usize| Vec3::new(matrix[index].x, matrix[index].y, matrix[index].z);
    Affine3 { matrix3: glam::DMat3::from_cols(column(0), column(1), column(2)), translation: column(3) }
}

impl Body {
    /// Takes a mesh as it is, or with vertices at one place merged; `None` where it is not closed then.
    pub(super) fn merged(draft: Draft) -> Option<Self> {
        let id = reserve_ids(1);
        let mut mesh = draft.to_kernel(id);
        let mut manifold = Manifold::from_mesh_glp(&mesh);
        if manifold.status() != Error::NoError && mesh.merge() {
            manifold = Manifold::from_mesh_glp(&mesh);
        }
        (manifold.status() == Error::NoError).then(|| Self::drafted(manifold, id, draft))
    }

    /// Rebuilds what the faces of an oriented mesh enclose, as often as they wind round it.
    pub(super) fn rebuilt(draft: Draft, control: &Control) -> Result<Self, Fault> {
        let id = reserve_ids(1);
        let mut mesh = draft.to_kernel(id);
        let mut manifold = Manifold::from_mesh_glp(&mesh);
        if manifold.status() != Error::NoError && mesh.merge() {
            manifold = Manifold::from_mesh_glp(&mesh);
        }
        if manifold.status() != Error::NoError {
            let soup = Manifold::from_mesh_glp_robust(&mesh);
            manifold = soup.rebuild_solid_with_token(WindingRule::Nonzero, Some(control.token()));
        }
        control.budget().check()?;
        match manifold.status() {
            Error::NoError => Ok(Self::drafted(manifold, id, draft)),
            Error::NonFiniteVertex => Err(Fault::NotFinite),
            _ => Err(Fault::NotClosed),
        }
    }

    fn drafted(manifold: Manifold, id: u32, draft: Draft) -> Self {
        let source = Source { surfaces: draft.surfaces.into(), colors: draft.colors.into(), color: None };
        let sources = Arc::new(FxHashMap::from_iter([(id as i32, source)]));
        Self { leaf: CsgLeafNode::new(manifold.into_impl()), sources }
    }
}
