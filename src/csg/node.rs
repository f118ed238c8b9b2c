//! `Node`: every primitive, transform and operator with its checked parameters and its span.

use std::sync::{Arc, OnceLock};

use crate::csg::{Annotation, Content, Digest, Resolution, digest_of};
use crate::diag::Span;
use crate::geom::{Mat4, Rgba, Vec2, Vec3};

/// A shared, immutable node.
pub type NodeRef = Arc<Node>;

/// One node of the tree.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its operands in program order.
    pub children: Vec<NodeRef>,
    /// The statement that made it.
    pub span: Span,
    /// `#`: drawn highlighted by OpenSCAD; part of the model here.
    pub highlight: bool,
    /// `%`: shown for orientation only; not part of the model.
    pub background: bool,
    digest: OnceLock<Digest>,
}

impl Drop for Node {
    /// Those below go one after another: a program can nest nodes deeper than a stack is.
    fn drop(&mut self) {
        let mut rest = std::mem::take(&mut self.children);
        while let Some(mut child) = rest.pop() {
            if let Some(node) = Arc::get_mut(&mut child) {
                rest.append(&mut node.children);
            }
        }
    }
}

impl Node {
    /// A node without modifiers.
    pub fn new(kind: Kind, children: Vec<NodeRef>, span: Span) -> Self {
        Self { kind, children, span, highlight: false, background: false, digest: OnceLock::new() }
    }

    /// Structural identity: equal digest, equal geometry. O(n) over the subtree when it is first asked for: a program that is only
    /// dumped or checked never pays for it.
    pub fn digest(&self) -> Digest {
        if let Some(digest) = self.digest.get() {
            return *digest;
        }
        // those below first: a program can nest nodes deeper than a stack is
        let mut todo: Vec<(&Self, bool)> = self.missing_below().collect();
        while let Some((node, is_entered)) = todo.pop() {
            if is_entered {
                node.digest.get_or_init(|| digest_of(&node.kind, &node.children));
            } else if node.digest.get().is_none() {
                todo.push((node, true));
                todo.extend(node.missing_below());
            }
        }
        *self.digest.get_or_init(|| digest_of(&self.kind, &self.children))
    }

    fn missing_below(&self) -> impl Iterator<Item = (&Self, bool)> {
        self.children.iter().filter(|child| child.digest.get().is_none()).map(|child| (&**child, false))
    }
}

/// Every primitive, transform and operator. Lengths in mm, angles in degrees.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A union without a name of its own: modules, `for`, `if`, the top level. Dumped as `group()`.
    Group,
    /// `union()`.
    Union,
    /// The first child less the others.
    Difference,
    /// What all children share.
    Intersection,
    /// Convex hull of all children.
    Hull,
    /// Minkowski sum of all children.
    Minkowski {
        /// OpenSCAD's preview hint; dumped, else unused.
        convexity: i32,
    },
    /// 2D: the children without their holes.
    Fill,
    /// A union that must be computed here.
    Render {
        /// OpenSCAD's preview hint; dumped, else unused.
        convexity: i32,
    },
    /// `color()`; channels of -1 mean that none was understood and the children keep theirs.
    Color(Rgba),
    /// `translate`, `rotate`, `scale`, `mirror`, `multmatrix`: column-major, applied to column vectors.
    Transform(Mat4),
    /// `resize()`.
    Resize(Resize),
    /// `offset()` of a region.
    Offset {
        /// How far, mm; negative shrinks.
        distance: f64,
        /// What happens at corners.
        joint: Joint,
        /// Segments of round corners.
        resolution: Resolution,
    },
    /// `linear_extrude()`.
    LinearExtrude(LinearExtrude),
    /// `rotate_extrude()`.
    RotateExtrude(RotateExtrude),
    /// `projection()`: the shadow on z = 0, or the cut with it.
    Projection {
        /// The cut at z = 0 instead of the shadow.
        cut: bool,
        /// OpenSCAD's preview hint.
        convexity: i32,
    },
    /// `roof()` over a region.
    Roof {
        /// Which roof.
        method: RoofMethod,
        /// OpenSCAD's preview hint.
        convexity: i32,
        /// Segments where the method needs them.
        resolution: Resolution,
    },
    /// `cube()`.
    Cube {
        /// Edge lengths.
        size: Vec3,
        /// Centred on the origin.
        center: bool,
    },
    /// `sphere()`.
    Sphere {
        /// Radius.
        radius: f64,
        /// Segments.
        resolution: Resolution,
    },
    /// `cylinder()`.
    Cylinder {
        /// Height along z.
        height: f64,
        /// Radius at the bottom.
        bottom: f64,
        /// Radius at the top.
        top: f64,
        /// Centred on the origin.
        center: bool,
        /// Segments.
        resolution: Resolution,
    },
    /// `polyhedron()`: faces clockwise seen from outside, as OpenSCAD wants them.
    Polyhedron {
        /// Vertices.
        points: Arc<[Vec3]>,
        /// Vertex indices face by face; all in range.
        faces: Arc<[Vec<u32>]>,
        /// OpenSCAD's preview hint.
        convexity: i32,
    },
    /// `square()`.
    Square {
        /// Edge lengths.
        size: Vec2,
        /// Centred on the origin.
        center: bool,
    },
    /// `circle()`.
    Circle {
        /// Radius.
        radius: f64,
        /// Segments.
        resolution: Resolution,
    },
    /// `polygon()`; even-odd over its paths.
    Polygon {
        /// Vertices.
        points: Arc<[Vec2]>,
        /// Vertex indices path by path; `None`: one path of all points.
        paths: Option<Arc<[Vec<u32>]>>,
        /// OpenSCAD's preview hint.
        convexity: i32,
    },
    /// `text()`.
    Text(Box<TextSpec>),
    /// `import()` of a mesh or a drawing.
    Import {
        /// The bytes, or none where the file is missing (a warning was given and nothing is made).
        file: Attached,
        /// How to read them.
        format: ImportFormat,
        /// SVG or DXF layer.
        layer: Option<Arc<str>>,
        /// SVG element id.
        id: Option<Arc<str>>,
        /// Point of the drawing that becomes the origin.
        origin: Vec2,
        /// Factor on a drawing's lengths.
        scale: f64,
        /// SVG dots per inch.
        dpi: f64,
        /// Centred on the origin.
        center: bool,
        /// OpenSCAD's preview hint.
        convexity: i32,
        /// Segments of curves.
        resolution: Resolution,
    },
    /// `surface()`: a height map.
    Surface {
        /// The bytes of a `.dat` or a `.png`.
        file: Attached,
        /// Centred in x and y.
        center: bool,
        /// Bright is low.
        invert: bool,
        /// OpenSCAD's preview hint.
        convexity: i32,
    },
    /// Something for a drawing: no geometry, no operand of what it stands in, not dumped.
    Annotation(Box<Annotation>),
}

/// A file that a node carries with it, so that computing the tree opens nothing.
#[derive(Debug, Clone)]
pub struct Attached {
    /// The path as the program wrote it, for messages and the dump.
    pub path: Arc<str>,
    /// The bytes; `None` where there is no such file.
    pub bytes: Option<Content>,
}

impl PartialEq for Attached {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && self.bytes == other.bytes
    }
}

/// How an imported file is to be read: by its name's ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImportFormat {
    /// `.stl`, ASCII or binary.
    Stl,
    /// `.off`.
    Off,
    /// `.obj`.
    Obj,
    /// `.amf`.
    Amf,
    /// `.3mf`.
    ThreeMf,
    /// `.svg`.
    Svg,
    /// `.dxf`.
    Dxf,
    /// `.nef3` and whatever else OpenSCAD knows and maquette does not.
    Unknown,
}

/// What `offset()` does at convex corners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Joint {
    /// `r`: an arc.
    Round,
    /// `delta`: the edges meet.
    Miter,
    /// `delta` with `chamfer = true`: cut off square to the bisector.
    Chamfer,
}

/// Which roof `roof()` makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoofMethod {
    /// Over the Voronoi diagram.
    Voronoi,
    /// Over the straight skeleton.
    Straight,
}

/// `resize()`: zero means leave, or scale along with the others where `auto` says so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resize {
    /// Sizes wanted.
    pub new_size: Vec3,
    /// Axes that scale along.
    pub auto: [bool; 3],
    /// OpenSCAD's preview hint.
    pub convexity: i32,
}

/// `linear_extrude()`.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearExtrude {
    /// The way from bottom to top; plain extrusions have (0, 0, height).
    pub direction: Vec3,
    /// Whether the program gave a direction vector `v` (dumped so).
    pub has_direction: bool,
    /// Half of it below z = 0.
    pub center: bool,
    /// Turn from bottom to top, degrees clockwise seen from above positive as OpenSCAD's.
    pub twist: f64,
    /// Size at the top.
    pub scale: Vec2,
    /// Layers; `None`: from twist and resolution.
    pub slices: Option<u32>,
    /// Least number of segments of each contour; `None` or 0: none are added unless twist asks for it.
    pub segments: Option<u32>,
    /// OpenSCAD's preview hint.
    pub convexity: i32,
    /// Segments.
    pub resolution: Resolution,
}

/// `rotate_extrude()`: the region's x becomes the radius, its y becomes z.
#[derive(Debug, Clone, PartialEq)]
pub struct RotateExtrude {
    /// How far round, degrees; 360 closes.
    pub angle: f64,
    /// Where it begins, degrees from +x.
    pub start: f64,
    /// OpenSCAD's preview hint.
    pub convexity: i32,
    /// Segments of a full turn.
    pub resolution: Resolution,
}

/// A font that the program brought with `use <x.ttf>`.
#[derive(Debug, Clone, PartialEq)]
pub struct Font {
    /// Path as the program wrote it.
    pub path: Arc<str>,
    /// The font file.
    pub bytes: Content,
}

/// `text()`.
#[derive(Debug, Clone, PartialEq)]
pub struct TextSpec {
    /// What is written.
    pub text: Arc<str>,
    /// Ascent of a capital letter, about: OpenSCAD's size, mm.
    pub size: f64,
    /// `Family:style=Bold`, or empty for the default.
    pub font: Arc<str>,
    /// Factor on advances.
    pub spacing: f64,
    /// `ltr`, `rtl`, `ttb`, `btt`, or empty: from the text.
    pub direction: Arc<str>,
    /// BCP 47 language.
    pub language: Arc<str>,
    /// ISO 15924 script, or empty: from the text.
    pub script: Arc<str>,
    /// `left`, `center`, `right`, `default`.
    pub halign: Arc<str>,
    /// `top`, `center`, `baseline`, `bottom`, `default`.
    pub valign: Arc<str>,
    /// Segments of curves.
    pub resolution: Resolution,
    /// Fonts that the program brought.
    pub fonts: Arc<[Font]>,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::csg::{Kind, Node};
    use crate::diag::Span;

    #[test]
    fn what_is_nested_deeper_than_a_stack_can_be_dropped() {
        let nest = |inner, _| Arc::new(Node::new(Kind::Union, vec![inner], Span::DETACHED));
        let innermost = Arc::new(Node::new(Kind::Union, Vec::new(), Span::DETACHED));
        let deep = (0..200_000).fold(innermost, nest);
        let thread = std::thread::Builder::new().stack_size(256 << 10);
        let dropping = thread.spawn(move || drop(deep)).expect("a thread more fits");
        assert!(dropping.join().is_ok());
    }
}
