//! A tree in OpenSCAD's `.csg` notation, for tests and for people.

use std::fmt::Write as _;

use crate::csg::digits::Short;
use crate::csg::{Attached, ImportFormat, Joint, Kind, LinearExtrude, Node, NodeRef, Resolution, RoofMethod, TextSpec};
use crate::geom::{Mat4, Vec2, Vec3};

/// The tree as `.csg` text: what is below the root, which is a group without a name.
pub fn dump(root: &Node) -> String {
    let mut out = String::new();
    let mut todo: Vec<Step<'_>> = shown(root).rev().map(|child| Step::Open(child, 0)).collect();
    while let Some(step) = todo.pop() {
        match step {
            Step::Close(depth) => {
                indent(&mut out, depth);
                out.push_str("}\n");
            }
            Step::Open(node, depth) => {
                open(&mut out, node, depth);
                if shown(node).next().is_some() {
                    todo.push(Step::Close(depth));
                    todo.extend(shown(node).rev().map(|child| Step::Open(child, depth + 1)));
                }
            }
        }
    }
    out
}

/// What is still to be written: a program can nest nodes deeper than a stack is.
enum Step<'a> {
    Open(&'a Node, usize),
    Close(usize),
}

/// The children without what OpenSCAD would not make: annotations, and the `if` that they stand in.
fn shown(node: &Node) -> impl DoubleEndedIterator<Item = &NodeRef> {
    let is_said = |node: &NodeRef| matches!(node.kind, Kind::Annotation(_));
    let is_hidden = move |node: &NodeRef| {
        is_said(node)
            || matches!(node.kind, Kind::Group) && !node.children.is_empty() && node.children.iter().all(is_said)
    };
    node.children.iter().filter(move |child| !is_hidden(child))
}

/// Deeper nodes are not moved further in: the dump of a tree as deep as a program can make one would be as long as that is squared.
const INDENT_MAX: usize = 1000;

const TABS: &str = "\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t";

fn indent(out: &mut String, depth: usize) {
    let mut left = depth.min(INDENT_MAX);
    while left > 0 {
        let some = left.min(TABS.len());
        out.push_str(&TABS[..some]);
        left -= some;
    }
}

fn open(out: &mut String, node: &Node, depth: usize) {
    out.push_str(if node.background { "%" } else { "" });
    out.push_str(if node.highlight { "#" } else { "" });
    indent(out, depth);
    write_kind(out, &node.kind);
    out.push_str(if shown(node).next().is_none() { ";\n" } else { " {\n" });
}

/// A number as C++ streams write it: six significant digits, exponents as `1e+06`.
struct G(f64);

impl std::fmt::Display for G {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let number = self.0;
        if let Some(text) = Short::of(number) {
            return out.write_str(text.as_str());
        }
        if !number.is_finite() {
            let sign = if number.is_sign_negative() { "-" } else { "" };
            return write!(out, "{sign}{}", if number.is_nan() { "nan" } else { "inf" });
        }
        let text = format!("{number:.5e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        if (-4..6).contains(&exponent) {
            let places = (5 - exponent) as usize;
            return out.write_str(trim_zeros(&format!("{number:.places$}")));
        }
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(out, "{}e{sign}{:02}", trim_zeros(mantissa), exponent.abs())
    }
}

/// Numbers with commas between.
fn push_numbers(out: &mut String, numbers: &[f64]) {
    for (at, number) in numbers.iter().enumerate() {
        out.push_str(if at > 0 { ", " } else { "" });
        if let Some(digit) = digit(*number) {
            out.push_str(digit);
            continue;
        }
        match Short::of(*number) {
            Some(text) => out.push_str(text.as_str()),
            None => {
                let _ = write!(out, "{}", G(*number));
            }
        }
    }
}

/// The text of a number of one digit, which most numbers in matrices are.
fn digit(number: f64) -> Option<&'static str> {
    let at = number as usize;
    (at < 10 && at as f64 == number && number.is_sign_positive()).then(|| &"0123456789"[at..=at])
}

/// Points, each in brackets, in brackets.
fn push_points<const N: usize>(out: &mut String, points: impl Iterator<Item = [f64; N]>) {
    out.push('[');
    for (at, point) in points.enumerate() {
        out.push_str(if at > 0 { ", [" } else { "[" });
        push_numbers(out, &point);
        out.push(']');
    }
    out.push(']');
}

fn trim_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

impl std::fmt::Display for Resolution {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "$fn = {}, ", G(self.segments))?;
        if let Some(error) = self.error {
            write!(out, "$fe = {}, ", G(error))?;
        }
        write!(out, "$fa = {}, $fs = {}", G(self.angle), G(self.size))
    }
}

struct V2(Vec2);

impl std::fmt::Display for V2 {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "[{}, {}]", G(self.0.x), G(self.0.y))
    }
}

struct V3(Vec3);

impl std::fmt::Display for V3 {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "[{}, {}, {}]", G(self.0.x), G(self.0.y), G(self.0.z))
    }
}

fn write_kind(out: &mut String, kind: &Kind) {
    let _ = match kind {
        Kind::Group => out.write_str("group()"),
        Kind::Union => out.write_str("union()"),
        Kind::Difference => out.write_str("difference()"),
        Kind::Intersection => out.write_str("intersection()"),
        Kind::Hull => out.write_str("hull()"),
        Kind::Fill => out.write_str("fill()"),
        Kind::Minkowski { convexity } => write!(out, "minkowski(convexity = {convexity})"),
        Kind::Render { convexity } => write!(out, "render(convexity = {convexity})"),
        Kind::Color(color) => {
            let [r, g, b, a] = [color.r, color.g, color.b, color.a].map(|channel| G(f64::from(channel)));
            write!(out, "color([{r}, {g}, {b}, {a}])")
        }
        Kind::Transform(matrix) => write_matrix(out, matrix),
        Kind::Resize(resize) => {
            let [x, y, z] = resize.new_size.to_array().map(G);
            let [ax, ay, az] = resize.auto.map(u8::from);
            let convexity = resize.convexity;
            write!(out, "resize(newsize = [{x},{y},{z}], auto = [{ax},{ay},{az}], convexity = {convexity})")
        }
        Kind::Offset { distance, joint, resolution } => match joint {
            Joint::Round => write!(out, "offset(r = {}, {resolution})", G(*distance)),
            Joint::Miter | Joint::Chamfer => {
                let chamfer = *joint == Joint::Chamfer;
                write!(out, "offset(delta = {}, chamfer = {chamfer}, {resolution})", G(*distance))
            }
        },
        Kind::LinearExtrude(extrude) => write_linear_extrude(out, extrude),
        Kind::RotateExtrude(extrude) => {
            let (angle, start) = (G(extrude.angle), G(extrude.start));
            let (convexity, resolution) = (extrude.convexity, extrude.resolution);
            write!(out, "rotate_extrude(angle = {angle}, start = {start}, convexity = {convexity}, {resolution})")
        }
        Kind::Projection { cut, convexity } => write!(out, "projection(cut = {cut}, convexity = {convexity})"),
        Kind::Roof { method, convexity, resolution } => {
            let method = match method {
                RoofMethod::Voronoi => "voronoi",
                RoofMethod::Straight => "straight",
            };
            write!(out, "roof(method = \"{method}\", {resolution}, convexity = {convexity})")
        }
        _ => write_primitive(out, kind),
    };
}

fn write_primitive(out: &mut String, kind: &Kind) -> std::fmt::Result {
    match kind {
        Kind::Cube { size, center } => write!(out, "cube(size = {}, center = {center})", V3(*size)),
        Kind::Sphere { radius, resolution } => write!(out, "sphere({resolution}, r = {})", G(*radius)),
        Kind::Cylinder { height, bottom, top, center, resolution } => {
            let (h, r1, r2) = (G(*height), G(*bottom), G(*top));
            write!(out, "cylinder({resolution}, h = {h}, r1 = {r1}, r2 = {r2}, center = {center})")
        }
        Kind::Polyhedron { points, faces, convexity } => {
            write!(out, "polyhedron(points = ")?;
            push_points(out, points.iter().map(|point| point.to_array()));
            write!(out, ", faces = ")?;
            push_indices(out, faces);
            write!(out, ", convexity = {convexity})")
        }
        Kind::Square { size, center } => write!(out, "square(size = {}, center = {center})", V2(*size)),
        Kind::Circle { radius, resolution } => write!(out, "circle({resolution}, r = {})", G(*radius)),
        Kind::Polygon { points, paths, convexity } => {
            write!(out, "polygon(points = ")?;
            push_points(out, points.iter().map(|point| point.to_array()));
            write!(out, ", paths = ")?;
            match paths {
                Some(paths) => push_indices(out, paths),
                None => out.push_str("undef"),
            }
            write!(out, ", convexity = {convexity})")
        }
        Kind::Text(spec) => write_text(out, spec),
        Kind::Import { .. } => write_import(out, kind),
        Kind::Surface { file, center, invert, .. } => {
            let file = Quoted(&file.path);
            write!(out, "surface(file = {file}, center = {center}, invert = {invert}, timestamp = 0)")
        }
        _ => Ok(()),
    }
}

/// Lists of the indices of points.
fn push_indices(out: &mut String, lists: &[Vec<u32>]) {
    out.push('[');
    for (at, list) in lists.iter().enumerate() {
        out.push_str(if at > 0 { ", [" } else { "[" });
        for (at, index) in list.iter().enumerate() {
            out.push_str(if at > 0 { ", " } else { "" });
            out.push_str(Short::of_whole(*index).as_str());
        }
        out.push(']');
    }
    out.push(']');
}

fn write_matrix(out: &mut String, matrix: &Mat4) -> std::fmt::Result {
    out.push_str("multmatrix(");
    push_points(out, matrix.transpose().to_cols_array_2d().into_iter());
    out.write_str(")")
}

fn write_linear_extrude(out: &mut String, extrude: &LinearExtrude) -> std::fmt::Result {
    let height = extrude.direction.length();
    write!(out, "linear_extrude(height = {}", G(height))?;
    let along = extrude.direction / height;
    if height > 0.0 && along.z < 1.0 {
        write!(out, ", v = [ {}, {}, {}]", G(along.x), G(along.y), G(along.z))?;
    }
    if extrude.center {
        write!(out, ", center = true")?;
    }
    if extrude.twist != 0.0 {
        write!(out, ", twist = {}", G(extrude.twist))?;
    }
    if let Some(slices) = extrude.slices {
        write!(out, ", slices = {slices}")?;
    }
    if let Some(segments) = extrude.segments {
        write!(out, ", segments = {segments}")?;
    }
    if extrude.scale.x != extrude.scale.y {
        write!(out, ", scale = {}", V2(extrude.scale))?;
    } else if extrude.scale.x != 1.0 {
        write!(out, ", scale = {}", G(extrude.scale.x))?;
    }
    if extrude.slices.is_none() || extrude.segments.is_none() {
        write!(out, ", {}", extrude.resolution)?;
    }
    if extrude.convexity > 1 {
        write!(out, ", convexity = {}", extrude.convexity)?;
    }
    write!(out, ")")
}

fn write_text(out: &mut String, spec: &TextSpec) -> std::fmt::Result {
    let TextSpec { text, font, direction, language, script, halign, valign, resolution, .. } = spec;
    let (size, spacing) = (G(spec.size), G(spec.spacing));
    write!(out, "text(text = \"{text}\", size = {size}, spacing = {spacing}, font = \"{font}\", ")?;
    write!(out, "direction = \"{direction}\", language = \"{language}\"")?;
    if !script.is_empty() {
        write!(out, ", script = \"{script}\"")?;
    }
    write!(out, ", halign = \"{halign}\", valign = \"{valign}\", {resolution})")
}

fn write_import(out: &mut String, kind: &Kind) -> std::fmt::Result {
    let Kind::Import { file, format, layer, id, origin, scale, dpi, center, convexity, resolution } = kind else {
        return Ok(());
    };
    let Attached { path, .. } = file;
    write!(out, "import(file = {}", Quoted(path))?;
    if let Some(id) = id {
        write!(out, ", id = {}", Quoted(id))?;
    }
    if let Some(layer) = layer {
        write!(out, ", layer = {}", Quoted(layer))?;
    }
    write!(out, ", origin = {}", V2(*origin))?;
    if *format == ImportFormat::Svg {
        write!(out, ", dpi = {}", G(*dpi))?;
    }
    let scale = G(*scale);
    write!(out, ", scale = {scale}, center = {center}, convexity = {convexity}, {resolution}, timestamp = 0)")
}

/// A string in quotes, with its special characters escaped.
struct Quoted<'a>(&'a str);

impl std::fmt::Display for Quoted<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_char('"')?;
        for character in self.0.chars() {
            match character {
                '\t' => out.write_str("\\t")?,
                '\n' => out.write_str("\\n")?,
                '\r' => out.write_str("\\r")?,
                '"' | '\\' => write!(out, "\\{character}")?,
                other => out.write_char(other)?,
            }
        }
        out.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use crate::csg::dump::G;

    #[test]
    fn numbers_print_as_streams_print_them() {
        let cases = [
            (0.0, "0"),
            (1e6, "1e+06"),
            (123456.0, "123456"),
            (0.0001, "0.0001"),
            (1e-5, "1e-05"),
            (1.0 / 3.0, "0.333333"),
        ];
        for (number, text) in cases {
            assert_eq!(G(number).to_string(), text);
        }
        assert_eq!(G(1234567.0).to_string(), "1.23457e+06");
        assert_eq!(G(-0.5).to_string(), "-0.5");
    }
}
