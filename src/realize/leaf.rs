//! Nodes without operands: primitives, text, files.

use crate::budget::Budget;
use crate::csg::{ImportFormat, Kind, Node, Resolution, TextSpec};
use crate::diag::{Code, Diagnostic};
use crate::geom::{Affine2, Affine3, Vec2};
use crate::import::{self, Division, ImportError, MeshFormat, Selection};
use crate::realize::builder::{Builder, Stop};
use crate::realize::bundle::Made;
use crate::realize::operand::{Said, warn};
use crate::region::Region;
use crate::solid::{Roundness, Solid};
use crate::text;

impl Builder<'_> {
    pub(super) fn leaf(&self, node: &Node, said: &mut Vec<Said>) -> Result<Made, Stop> {
        let control = self.control;
        Ok(match &node.kind {
            Kind::Cube { size, center } => Made::solid(Solid::cube(*size, *center, control)?),
            Kind::Sphere { radius, resolution } => {
                Made::solid(Solid::sphere(*radius, roundness(resolution, *radius), control)?)
            }
            Kind::Cylinder { height, bottom, top, center, resolution } => {
                let roundness = roundness(resolution, bottom.max(*top));
                Made::solid(Solid::cylinder(*height, [*bottom, *top], *center, roundness, control)?)
            }
            Kind::Polyhedron { points, faces, .. } => {
                // the language wants faces clockwise from outside
                let outward: Vec<Vec<u32>> = faces.iter().map(|face| face.iter().rev().copied().collect()).collect();
                Made::solid(Solid::polyhedron(points, &outward, control)?)
            }
            Kind::Square { size, center } => Made::region(Region::square(*size, *center)),
            Kind::Circle { radius, resolution } => {
                let segments = resolution.arc_segment_count(*radius, 360.0).unwrap_or(3);
                control.budget().check_triangles(u64::from(segments))?;
                Made::region(Region::circle(*radius, segments))
            }
            Kind::Polygon { points, paths, .. } => {
                Made::region(Region::polygon(&contours(points, paths.as_deref()), control.budget())?)
            }
            Kind::Text(spec) => self.text(node, spec, said)?,
            Kind::Import { .. } => self.import(node, said)?,
            Kind::Surface { .. } => self.surface(node, said)?,
            _ => Made::Empty,
        })
    }
}

/// Facets that a program asks for by number, and few of them, are meant as facets.
const FACETS_MAX: f64 = 8.0;

fn roundness(resolution: &Resolution, radius: f64) -> Roundness {
    let smooth = resolution.segments <= 0.0 || resolution.segments > FACETS_MAX;
    Roundness { segments: resolution.arc_segment_count(radius, 360.0).unwrap_or(3), smooth }
}

fn contours(points: &[Vec2], paths: Option<&[Vec<u32>]>) -> Vec<Vec<Vec2>> {
    match paths {
        None | Some([]) => vec![points.to_vec()],
        Some(paths) => {
            let point = |index: &u32| points.get(*index as usize).copied();
            paths.iter().map(|path| path.iter().filter_map(point).collect()).collect()
        }
    }
}

/// Pieces of a letter's curve: a fraction of a circle's, since they are short.
fn text_segments(spec: &TextSpec) -> u32 {
    (spec.resolution.arc_segment_count(spec.size, 360.0).unwrap_or(3) / 8 + 1).max(2)
}

impl Builder<'_> {
    fn text(&self, node: &Node, spec: &TextSpec, said: &mut Vec<Said>) -> Result<Made, Stop> {
        let segments = text_segments(spec);
        self.control.budget().check_triangles(u64::from(segments) * spec.text.len() as u64)?;
        let wanted = text::Spec::of(spec, segments);
        warn_of_alignment(node, spec, said);
        let fonts = self.fonts.with_files(spec.fonts.iter().map(|font| &*font.bytes));
        if !fonts.has(&spec.font) {
            warn(node, node.span, format!("Can't get font {}", spec.font), said);
        }
        Ok(Made::region(fonts.layout(&wanted, self.control.budget())?))
    }

    fn import(&self, node: &Node, said: &mut Vec<Said>) -> Result<Made, Stop> {
        let Kind::Import { file, format, .. } = &node.kind else { return Ok(Made::Empty) };
        let Some(bytes) = &file.bytes else { return Ok(Made::Empty) };
        let format = match format {
            ImportFormat::Stl => MeshFormat::Stl,
            ImportFormat::Off => MeshFormat::Off,
            ImportFormat::Obj => MeshFormat::Obj,
            ImportFormat::Amf => MeshFormat::Amf,
            ImportFormat::ThreeMf => MeshFormat::ThreeMf,
            ImportFormat::Svg | ImportFormat::Dxf => {
                let Kind::Import { resolution, .. } = &node.kind else { return Ok(Made::Empty) };
                let curves = bytes.len() as u64 / CURVE_BYTES;
                self.control.budget().check_triangles(curves.saturating_mul(resolution.segments.max(1.0) as u64))?;
                return drawing(node, bytes, self.control.budget(), said);
            }
            ImportFormat::Unknown => {
                let message = format!("Unsupported file format while trying to import file '{}'", file.path);
                fail(node, Code::Unsupported, message, said);
                return Ok(Made::Empty);
            }
        };
        self.import_mesh(node, bytes, format, said)
    }

    fn import_mesh(&self, node: &Node, bytes: &[u8], format: MeshFormat, said: &mut Vec<Said>) -> Result<Made, Stop> {
        let Kind::Import { file, center, .. } = &node.kind else { return Ok(Made::Empty) };
        let memory = bytes.len() as u64 * IMPORT_BYTES;
        self.control.budget().reserve(memory)?;
        let read = import::read_mesh(bytes, format, self.control.budget());
        self.control.budget().release(memory);
        let mesh = match read {
            Ok(mesh) => mesh,
            Err(ImportError::Exceeded(exceeded)) => return Err(Stop::Job(exceeded)),
            Err(error) => {
                fail(node, Code::InvalidGeometry, format!("{error} importing file '{}'", file.path), said);
                return Ok(Made::Empty);
            }
        };
        let solid = Solid::from_mesh(&mesh, self.control)?;
        let middle = mesh.bounding_box().center();
        let centered = if *center { solid.transformed(&Affine3::from_translation(-middle)) } else { solid };
        Ok(Made::solid(centered))
    }

    fn surface(&self, node: &Node, said: &mut Vec<Said>) -> Result<Made, Stop> {
        let Kind::Surface { file, center, invert, .. } = &node.kind else { return Ok(Made::Empty) };
        let Some(bytes) = &file.bytes else { return Ok(Made::Empty) };
        let heights = match import::read_heights(bytes, *invert, self.control.budget()) {
            Ok(heights) => heights,
            Err(ImportError::Exceeded(exceeded)) => return Err(Stop::Job(exceeded)),
            Err(error) => {
                warn(node, node.span, format!("{error} in '{}'", file.path), said);
                return Ok(Made::Empty);
            }
        };
        self.control.budget().check_triangles(heights.values.len() as u64 * 4)?;
        let (points, faces) = heights.polygons(*center);
        Ok(Made::solid(Solid::polyhedron(&points, &faces, self.control)?))
    }
}

/// Bytes of a drawing that make a curve, at the least.
const CURVE_BYTES: u64 = 24;

/// Bytes that reading takes for each byte of a file, at the most.
const IMPORT_BYTES: u64 = 8;

fn fail(node: &Node, code: Code, message: String, said: &mut Vec<Said>) {
    said.push(Said { by: node.digest(), diagnostic: Diagnostic::error(code, node.span, message) });
}

fn drawing(node: &Node, bytes: &[u8], budget: &Budget, said: &mut Vec<Said>) -> Result<Made, Stop> {
    let Kind::Import { file, format, layer, id, origin, scale, dpi, center, resolution, .. } = &node.kind else {
        return Ok(Made::Empty);
    };
    let arc = |radius: f64, angle: f64| resolution.arc_segment_count(radius, angle);
    let division = Division { arc: &arc, curve: resolution.segments.clamp(3.0, 1.0e6) as u32 };
    let outcome = if *format == ImportFormat::Svg {
        let selection = Selection { id: id.as_deref(), layer: layer.as_deref(), dpi: *dpi, center: *center };
        import::read_svg(bytes, &selection, &division, budget).map(|region| {
            region.unwrap_or_else(|| {
                warn(node, node.span, unmatched(id.as_deref(), layer.as_deref()), said);
                Region::default()
            })
        })
    } else {
        import::read_dxf(bytes, layer.as_deref(), *origin, *scale, &division, budget).map(|drawing| {
            for (kind, count) in &drawing.unsupported {
                warn(
                    node,
                    node.span,
                    format!("Unsupported DXF Entity '{kind}' ({count:x}) in \"{}\"", file.path),
                    said,
                );
            }
            if *center { centered(&drawing.region) } else { drawing.region }
        })
    };
    match outcome {
        Ok(region) => Ok(Made::region(region)),
        Err(ImportError::Exceeded(exceeded)) => Err(Stop::Job(exceeded)),
        Err(error) => {
            fail(node, Code::InvalidGeometry, format!("{error} importing file '{}'", file.path), said);
            Ok(Made::Empty)
        }
    }
}

fn centered(region: &Region) -> Region {
    if region.is_empty() {
        return Region::default();
    }
    region.transformed(&Affine2::from_translation(-region.bounding_box().center()))
}

fn unmatched(id: Option<&str>, layer: Option<&str>) -> String {
    let quoted = |name: &str, value: Option<&str>| value.map(|value| format!("{name} = \"{value}\""));
    let filters: Vec<String> = [quoted("id", id), quoted("layer", layer)].into_iter().flatten().collect();
    format!("import() filter {} did not match anything", filters.join(", "))
}

fn warn_of_alignment(node: &Node, spec: &TextSpec, said: &mut Vec<Said>) {
    if !matches!(&*spec.halign, "left" | "center" | "right" | "default" | "") {
        let words = "Unknown value for the halign parameter (use \"left\", \"right\" or \"center\")";
        warn(node, node.span, format!("{words}: '{}'", spec.halign), said);
    }
    if !matches!(&*spec.valign, "top" | "center" | "baseline" | "bottom" | "default" | "") {
        let words = "Unknown value for the valign parameter (use \"baseline\", \"bottom\", \"top\" or \"center\")";
        warn(node, node.span, format!("{words}: '{}'", spec.valign), said);
    }
}
