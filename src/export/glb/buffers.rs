//! The binary chunk of a GLB: indices, positions and normals of all parts and colours, one stream after the other.

use crate::budget::{Budget, Exceeded};
use crate::export::glb::groups::Group;
use crate::export::glb::meshopt;
use crate::export::sink::Sink;
use crate::geom::Vec3;
use crate::mesh::TriMesh;

/// Metres to a millimetre.
const SCALE: f64 = 0.001;

/// The three streams of the binary chunk, and how each primitive lies in them.
#[derive(Default)]
pub struct Buffers {
    /// Metres, Y up.
    pub positions: Vec<[f32; 3]>,
    /// One for each position, or none at all.
    pub normals: Vec<[f32; 3]>,
    /// Three for each triangle, counted from the primitive's first vertex.
    pub indices: Vec<u32>,
    /// One for each colour of each part.
    pub primitives: Vec<Primitive>,
    /// For each vertex of the mesh the latest vertex made from it for the colour at hand.
    heads: Vec<u32>,
}

/// One colour's share of the streams, within one part.
pub struct Primitive {
    /// Number of its part.
    pub part: usize,
    /// Number of its colour.
    pub color: usize,
    /// Its first place in the vertex streams.
    pub first_vertex: usize,
    /// Places from there on.
    pub vertex_count: usize,
    /// Its first place in the indices.
    pub first_index: usize,
    /// Places from there on.
    pub index_count: usize,
    /// Smallest coordinates.
    pub min: [f32; 3],
    /// Largest coordinates.
    pub max: [f32; 3],
}

impl Buffers {
    /// Empty ones for a mesh.
    pub fn new(mesh: &TriMesh) -> Self {
        Self { heads: vec![NONE; mesh.positions.len()], ..Self::default() }
    }

    /// Appends the triangles of one colour and part; corners with the same vertex and normal become one vertex.
    pub fn add(
        &mut self,
        mesh: &TriMesh,
        Group { part, color, triangles }: &Group,
        normals: Option<&[[Vec3; 3]]>,
        budget: &Budget,
    ) -> Result<(), Exceeded> {
        let (first_vertex, first_index) = (self.positions.len(), self.indices.len());
        let mut links: Vec<u32> = Vec::new();
        for (count, triangle) in triangles.iter().enumerate() {
            if count % 4096 == 0 {
                budget.check()?;
            }
            for corner in 0..3 {
                let vertex = mesh.triangles[*triangle as usize][corner];
                let normal = normals.map(|normals| unit(normals[*triangle as usize][corner]));
                let known = self.lookup(&links, first_vertex, vertex, normal);
                let index = known.unwrap_or_else(|| {
                    links.push(self.heads[vertex as usize]);
                    self.heads[vertex as usize] = links.len() as u32 - 1;
                    self.positions.push(to_gltf(mesh.positions[vertex as usize] * SCALE));
                    self.normals.extend(normal);
                    links.len() as u32 - 1
                });
                self.indices.push(index);
            }
        }
        for vertex in triangles.iter().flat_map(|triangle| mesh.triangles[*triangle as usize]) {
            self.heads[vertex as usize] = NONE;
        }
        let (min, max) = bounds(&self.positions[first_vertex..]);
        self.primitives.push(Primitive {
            part: *part,
            color: *color,
            first_vertex,
            vertex_count: self.positions.len() - first_vertex,
            first_index,
            index_count: self.indices.len() - first_index,
            min,
            max,
        });
        Ok(())
    }

    /// The vertex made earlier for the same corner; gives up after a few so that a fan of many sharp facets stays cheap.
    fn lookup(&self, links: &[u32], first: usize, vertex: u32, normal: Option<[f32; 3]>) -> Option<u32> {
        let mut entry = self.heads[vertex as usize];
        for _ in 0..16 {
            if entry == NONE {
                return None;
            }
            if normal.is_none_or(|normal| self.normals[first + entry as usize] == normal) {
                return Some(entry);
            }
            entry = links[entry as usize];
        }
        None
    }

    /// Writes the streams one after the other.
    pub fn put(&self, layout: &Layout, sink: &mut Sink<'_>) -> Result<(), Exceeded> {
        let start = sink.bytes.len();
        for index in &self.indices {
            sink.element()?;
            if layout.index_bytes == 2 {
                sink.put(&(*index as u16).to_le_bytes());
            } else {
                sink.put(&index.to_le_bytes());
            }
        }
        sink.bytes.resize(start + layout.position_start, 0);
        self.put_positions(layout, sink)?;
        self.put_normals(layout, sink)
    }

    /// The same streams, each packed by itself.
    pub fn packed(&self, layout: &Layout, budget: &Budget) -> Result<[Vec<u8>; 3], Exceeded> {
        let mut positions = Sink::intermediate(budget)?;
        self.put_positions(layout, &mut positions)?;
        let mut normals = Sink::intermediate(budget)?;
        self.put_normals(layout, &mut normals)?;
        let packed = [
            meshopt::triangles(&self.indices),
            meshopt::attributes(&positions.finish()?, layout.position_bytes),
            meshopt::attributes(&normals.finish()?, layout.normal_bytes),
        ];
        budget.check()?;
        Ok(packed)
    }

    fn put_positions(&self, layout: &Layout, sink: &mut Sink<'_>) -> Result<(), Exceeded> {
        for position in &self.positions {
            sink.element()?;
            match &layout.grid {
                None => put_floats(sink, *position),
                Some(grid) => {
                    for value in grid.cell(*position) {
                        sink.put(&value.to_le_bytes());
                    }
                    sink.put(&[0, 0]);
                }
            }
        }
        Ok(())
    }

    fn put_normals(&self, layout: &Layout, sink: &mut Sink<'_>) -> Result<(), Exceeded> {
        for normal in &self.normals {
            sink.element()?;
            if layout.grid.is_none() {
                put_floats(sink, *normal);
            } else {
                sink.put(&normal.map(|value| (value * 127.0).round() as i8 as u8));
                sink.put(&[0]);
            }
        }
        Ok(())
    }
}

fn put_floats(sink: &mut Sink<'_>, vector: [f32; 3]) {
    for value in vector {
        sink.put(&value.to_le_bytes());
    }
}

/// Where each stream lies in the binary chunk, and in how many bytes.
pub struct Layout {
    /// Bytes an index: two where every primitive allows it; 65,535 itself is reserved.
    pub index_bytes: usize,
    /// Bytes a position.
    pub position_bytes: usize,
    /// Bytes a normal.
    pub normal_bytes: usize,
    /// Where positions begin.
    pub position_start: usize,
    /// Where normals begin.
    pub normal_start: usize,
    /// Bytes in all.
    pub length: usize,
    /// What positions are rounded to, if they are.
    pub grid: Option<Grid>,
}

impl Layout {
    /// Lays out some streams.
    pub fn of(buffers: &Buffers, quantize: bool) -> Self {
        let short = buffers.primitives.iter().all(|primitive| primitive.vertex_count <= 65_535);
        let index_bytes = if short { 2 } else { 4 };
        let (position_bytes, normal_bytes) = if quantize { (8, 4) } else { (12, 12) };
        let position_start = (buffers.indices.len() * index_bytes).next_multiple_of(4);
        let normal_start = position_start + position_bytes * buffers.positions.len();
        let length = normal_start + normal_bytes * buffers.normals.len();
        let grid = quantize.then(|| Grid::of(buffers));
        Self { index_bytes, position_bytes, normal_bytes, position_start, normal_start, length, grid }
    }
}

/// The places that rounded positions have: whole steps from a corner, the same step along each axis so that normals stay right.
pub struct Grid {
    /// Metres.
    pub corner: [f32; 3],
    /// Metres.
    pub step: f32,
}

impl Grid {
    fn of(buffers: &Buffers) -> Self {
        let (min, max) = bounds(&buffers.positions);
        let longest = (0..3).map(|axis| max[axis] - min[axis]).fold(0.0, f32::max);
        Self { corner: min, step: if longest > 0.0 { longest / 65_535.0 } else { 1.0 } }
    }

    /// The place next to a position.
    pub fn cell(&self, position: [f32; 3]) -> [u16; 3] {
        let whole = |axis: usize| ((position[axis] - self.corner[axis]) / self.step).round() as u16;
        [whole(0), whole(1), whole(2)]
    }
}

const NONE: u32 = u32::MAX;

fn to_gltf(vector: Vec3) -> [f32; 3] {
    // Z up to Y up; adding zero turns -0 into 0
    [vector.x, vector.z, -vector.y].map(|value| value as f32 + 0.0)
}

/// A triangle without area still needs a unit normal.
fn unit(normal: Vec3) -> [f32; 3] {
    to_gltf(if normal == Vec3::ZERO { Vec3::Z } else { normal })
}

fn bounds(positions: &[[f32; 3]]) -> ([f32; 3], [f32; 3]) {
    let start = ([f32::INFINITY; 3], [f32::NEG_INFINITY; 3]);
    positions.iter().fold(start, |(mut min, mut max), position| {
        for axis in 0..3 {
            min[axis] = min[axis].min(position[axis]);
            max[axis] = max[axis].max(position[axis]);
        }
        (min, max)
    })
}
