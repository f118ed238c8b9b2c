//! Structural hash of a subtree: equal digest, equal geometry.
//!
//! Every field goes in as it is, behind a tag of its kind, and SHA-256 over all of it: results are shared between jobs by these digests, so
//! nobody may be able to make two that are alike. A file goes in as its own digest, which is computed once.

use sha2::{Digest as _, Sha256};

use crate::csg::{Attached, ImportFormat, Joint, Kind, NodeRef, Resolution, RoofMethod, TextSpec};
use crate::geom::Vec3;

/// SHA-256 over a subtree's kind, parameters, attached bytes and children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

/// The digest of a node of `kind` over `children`. Background children count: the dump shows them.
pub fn digest_of(kind: &Kind, children: &[NodeRef]) -> Digest {
    let mut mix = Mix::default();
    mix.kind(kind);
    mix.word(children.len() as u64);
    for child in children {
        mix.word(u64::from(child.background) << 1 | u64::from(child.highlight));
        mix.whole(child.digest());
    }
    mix.finish()
}

/// What goes into a digest, in order.
struct Mix {
    written: Vec<u8>,
}

impl Default for Mix {
    fn default() -> Self {
        Self { written: Vec::with_capacity(USUAL_BYTES) }
    }
}

/// Most nodes take no more: a transform has sixteen numbers.
const USUAL_BYTES: usize = 256;

impl Mix {
    fn word(&mut self, word: u64) {
        self.written.extend_from_slice(&word.to_le_bytes());
    }

    fn whole(&mut self, digest: Digest) {
        self.written.extend_from_slice(&digest.0);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        self.written.extend_from_slice(bytes);
    }

    fn number(&mut self, number: f64) {
        self.word(number.to_bits());
    }

    fn numbers(&mut self, numbers: &[f64]) {
        numbers.iter().for_each(|number| self.number(*number));
    }

    fn flag(&mut self, flag: bool) {
        self.word(u64::from(flag));
    }

    fn option(&mut self, value: Option<u64>) {
        self.word(u64::from(value.is_some()));
        self.word(value.unwrap_or(0));
    }

    fn text(&mut self, text: Option<&str>) {
        self.flag(text.is_some());
        self.bytes(text.unwrap_or_default().as_bytes());
    }

    fn resolution(&mut self, resolution: &Resolution) {
        self.numbers(&[resolution.segments, resolution.angle, resolution.size]);
        self.option(resolution.error.map(f64::to_bits));
    }

    fn lists(&mut self, lists: &[Vec<u32>]) {
        self.word(lists.len() as u64);
        for list in lists {
            self.word(list.len() as u64);
            list.iter().for_each(|index| self.word(u64::from(*index)));
        }
    }

    fn attached(&mut self, file: &Attached) {
        self.text(Some(&file.path));
        self.flag(file.bytes.is_some());
        if let Some(content) = &file.bytes {
            self.whole(content.digest());
        }
    }

    fn vec3(&mut self, vec: Vec3) {
        self.numbers(&vec.to_array());
    }

    fn kind(&mut self, kind: &Kind) {
        match kind {
            Kind::Group => self.word(1),
            Kind::Union => self.word(2),
            Kind::Difference => self.word(3),
            Kind::Intersection => self.word(4),
            Kind::Hull => self.word(5),
            Kind::Fill => self.word(6),
            Kind::Minkowski { convexity } => self.tagged(7, &[f64::from(*convexity)]),
            Kind::Render { convexity } => self.tagged(8, &[f64::from(*convexity)]),
            Kind::Color(color) => self.tagged(9, &[color.r, color.g, color.b, color.a].map(f64::from)),
            Kind::Transform(matrix) => self.tagged(10, &matrix.to_cols_array()),
            Kind::Resize(resize) => {
                self.tagged(11, &resize.new_size.to_array());
                resize.auto.iter().for_each(|auto| self.flag(*auto));
                self.number(f64::from(resize.convexity));
            }
            Kind::Offset { distance, joint, resolution } => {
                let joint = match joint {
                    Joint::Round => 0.0,
                    Joint::Miter => 1.0,
                    Joint::Chamfer => 2.0,
                };
                self.tagged(12, &[*distance, joint]);
                self.resolution(resolution);
            }
            Kind::LinearExtrude(extrude) => {
                self.tagged(13, &[extrude.twist, extrude.scale.x, extrude.scale.y, f64::from(extrude.convexity)]);
                self.vec3(extrude.direction);
                self.flag(extrude.has_direction);
                self.flag(extrude.center);
                self.option(extrude.slices.map(u64::from));
                self.option(extrude.segments.map(u64::from));
                self.resolution(&extrude.resolution);
            }
            Kind::RotateExtrude(extrude) => {
                self.tagged(14, &[extrude.angle, extrude.start, f64::from(extrude.convexity)]);
                self.resolution(&extrude.resolution);
            }
            Kind::Projection { cut, convexity } => self.tagged(15, &[f64::from(u8::from(*cut)), f64::from(*convexity)]),
            Kind::Roof { method, convexity, resolution } => {
                let method = if *method == RoofMethod::Voronoi { 0.0 } else { 1.0 };
                self.tagged(16, &[method, f64::from(*convexity)]);
                self.resolution(resolution);
            }
            _ => self.primitive(kind),
        }
    }

    fn tagged(&mut self, tag: u64, numbers: &[f64]) {
        self.word(tag);
        self.numbers(numbers);
    }

    fn primitive(&mut self, kind: &Kind) {
        match kind {
            Kind::Cube { size, center } => {
                self.tagged(20, &size.to_array());
                self.flag(*center);
            }
            Kind::Sphere { radius, resolution } => {
                self.tagged(21, &[*radius]);
                self.resolution(resolution);
            }
            Kind::Cylinder { height, bottom, top, center, resolution } => {
                self.tagged(22, &[*height, *bottom, *top]);
                self.flag(*center);
                self.resolution(resolution);
            }
            Kind::Polyhedron { points, faces, convexity } => {
                self.tagged(23, &[points.len() as f64, f64::from(*convexity)]);
                points.iter().for_each(|point| self.vec3(*point));
                self.lists(faces);
            }
            Kind::Square { size, center } => {
                self.tagged(24, &size.to_array());
                self.flag(*center);
            }
            Kind::Circle { radius, resolution } => {
                self.tagged(25, &[*radius]);
                self.resolution(resolution);
            }
            Kind::Polygon { points, paths, convexity } => {
                self.tagged(26, &[points.len() as f64, f64::from(*convexity)]);
                points.iter().for_each(|point| self.numbers(&point.to_array()));
                self.flag(paths.is_some());
                self.lists(paths.as_deref().unwrap_or_default());
            }
            Kind::Text(spec) => self.text_spec(spec),
            Kind::Import { file, format, layer, id, origin, scale, dpi, center, convexity, resolution } => {
                self.tagged(28, &[origin.x, origin.y, *scale, *dpi, f64::from(*convexity), format_number(*format)]);
                self.flag(*center);
                self.text(layer.as_deref());
                self.text(id.as_deref());
                self.resolution(resolution);
                self.attached(file);
            }
            Kind::Surface { file, center, invert, convexity } => {
                self.tagged(29, &[f64::from(*convexity)]);
                self.flag(*center);
                self.flag(*invert);
                self.attached(file);
            }
            _ => self.word(0),
        }
    }

    fn text_spec(&mut self, spec: &TextSpec) {
        self.tagged(27, &[spec.size, spec.spacing]);
        let TextSpec { text, font, direction, language, script, halign, valign, .. } = spec;
        for part in [text, font, direction, language, script, halign, valign] {
            self.text(Some(part));
        }
        self.resolution(&spec.resolution);
        self.word(spec.fonts.len() as u64);
        for font in spec.fonts.iter() {
            self.text(Some(&font.path));
            self.whole(font.bytes.digest());
        }
    }

    fn finish(self) -> Digest {
        Digest::of(&self.written)
    }
}

fn format_number(format: ImportFormat) -> f64 {
    match format {
        ImportFormat::Stl => 0.0,
        ImportFormat::Off => 1.0,
        ImportFormat::Obj => 2.0,
        ImportFormat::Amf => 3.0,
        ImportFormat::ThreeMf => 4.0,
        ImportFormat::Svg => 5.0,
        ImportFormat::Dxf => 6.0,
        ImportFormat::Unknown => 7.0,
    }
}
