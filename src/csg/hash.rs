//! Structural hash of a subtree: equal digest, equal geometry.
//!
//! Every field goes in as it is, behind a tag of its kind. Two lanes of 64 bits, each word folded in by a 128-bit product: 1 ns a word. The hash has
//! no key: it tells programs of one job apart, and is no guard against somebody who wants two of his own models to look alike.

use crate::csg::{Attached, ImportFormat, Joint, Kind, NodeRef, Resolution, RoofMethod, TextSpec};
use crate::geom::Vec3;

/// 128 bits over a subtree's kind, parameters, attached bytes and children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 16]);

/// The digest of a node of `kind` over `children`. Background children count: the dump shows them.
pub fn digest_of(kind: &Kind, children: &[NodeRef]) -> Digest {
    let mut mix = Mix::default();
    mix.kind(kind);
    mix.word(children.len() as u64);
    for child in children {
        mix.word(u64::from(child.background) << 1 | u64::from(child.highlight));
        let (low, high) = child.digest.0.split_at(8);
        mix.bytes8(low);
        mix.bytes8(high);
    }
    mix.finish()
}

/// Digits of pi: nothing up the sleeve.
const SEEDS: [u64; 4] = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d0, 0x082e_fa98_ec4e_6c89];

struct Mix {
    first: u64,
    second: u64,
    count: u64,
}

impl Default for Mix {
    fn default() -> Self {
        Self { first: SEEDS[0], second: SEEDS[1], count: 0 }
    }
}

fn fold(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    (product as u64) ^ (product >> 64) as u64
}

impl Mix {
    fn word(&mut self, word: u64) {
        self.count = self.count.wrapping_add(SEEDS[2]);
        // the counter keeps a lane that fell to zero from staying there
        self.first = fold(self.first ^ word, SEEDS[2] | 1) ^ self.count;
        self.second = fold(self.second.rotate_left(23) ^ word, SEEDS[3] | 1).wrapping_add(self.first);
    }

    fn bytes8(&mut self, bytes: &[u8]) {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        self.word(u64::from_le_bytes(word));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        bytes.chunks(8).for_each(|chunk| self.bytes8(chunk));
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
        self.bytes(file.bytes.as_deref().unwrap_or_default());
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
            self.bytes(&font.bytes);
        }
    }

    fn finish(mut self) -> Digest {
        self.word(self.count);
        let (first, second) = (fold(self.first, SEEDS[3]) ^ self.second, fold(self.second, SEEDS[0]) ^ self.first);
        let mut digest = [0; 16];
        digest[..8].copy_from_slice(&first.to_le_bytes());
        digest[8..].copy_from_slice(&second.to_le_bytes());
        Digest(digest)
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
