//! Mesh to 3MF: millimetres, one object for each part of one colour, so that slicers see the colours; the same bytes every time.
//!
//! A part whose triangles have several colours stays one closed object with a material for each triangle: cut apart by colour it would
//! be open. Several objects are components of one assembly, so that a slicer keeps their places.

use crate::budget::{Budget, Exceeded};
use crate::export::number;
use crate::export::package::pack;
use crate::export::palette::{Palette, shown};
use crate::export::sink::Sink;
use crate::mesh::{Components, TriMesh};

/// How a 3MF is written; texts that are none are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ThreeMfOptions {
    /// Title of the model, also the name of its object.
    pub title: Option<String>,
    /// Who made it.
    pub designer: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Under which terms it may be used.
    pub license_terms: Option<String>,
    /// A PNG that file browsers show.
    pub thumbnail: Option<Vec<u8>>,
    /// Paint each triangle with the number of its colour's filament, as slicers do: many read no other colour of a part from a
    /// foreign file. The attribute is theirs and not the standard's: strict readers refuse it.
    pub paint: bool,
}

/// Writes a mesh in O(n).
///
/// # Errors
/// The artefact would be larger than the job's limit, or the job is over.
pub fn write(mesh: &TriMesh, options: &ThreeMfOptions, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let model = model(mesh, options, budget)?;
    let thumbnail = options.thumbnail.as_deref();
    let relationships =
        [RELATIONSHIPS_START, if thumbnail.is_some() { THUMBNAIL_RELATIONSHIP } else { "" }, "</Relationships>\n"]
            .concat();
    let mut files = vec![
        ("[Content_Types].xml", CONTENT_TYPES.as_bytes()),
        ("_rels/.rels", relationships.as_bytes()),
        ("3D/3dmodel.model", &model[..]),
    ];
    files.extend(thumbnail.map(|png| ("Metadata/thumbnail.png", png)));
    pack(&files, budget)
}

/// Number of the resource that holds the colours.
const MATERIALS_ID: usize = 1;

fn model(mesh: &TriMesh, options: &ThreeMfOptions, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let palette = Palette::of(mesh);
    let parts = parts(mesh, &palette);
    let mut sink = Sink::intermediate(budget)?;
    sink.put(MODEL_START);
    metadata(&mut sink, options);
    sink.put(b" <resources>\n");
    if palette.is_colored() {
        materials(&mut sink, &palette);
    }
    let title = options.title.as_deref().unwrap_or("model");
    let numbers = vec![u32::MAX; mesh.positions.len()];
    let mut source = Source { mesh, palette: &palette, paint: options.paint, numbers };
    for (index, part) in parts.iter().enumerate() {
        source.object(&mut sink, part, MATERIALS_ID + 1 + index, &part_name(title, parts.len(), index))?;
    }
    let mut root = MATERIALS_ID + 1;
    if parts.len() > 1 {
        root += parts.len();
        assembly(&mut sink, root, parts.len(), title);
    }
    sink.put(b" </resources>\n <build>\n");
    if !parts.is_empty() {
        sink.put(format!("  <item objectid=\"{root}\"/>\n").as_bytes());
    }
    sink.put(b" </build>\n</model>\n");
    sink.finish()
}

const MODEL_START: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<model unit=\"millimeter\" xml:lang=\"en-US\" \
xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\">\n <metadata name=\"Application\">maquette</metadata>\n";

fn metadata(sink: &mut Sink<'_>, options: &ThreeMfOptions) {
    let entries = [
        ("Title", &options.title),
        ("Designer", &options.designer),
        ("Description", &options.description),
        ("LicenseTerms", &options.license_terms),
    ];
    for (name, value) in entries {
        if let Some(value) = value {
            sink.put(format!(" <metadata name=\"{name}\">{}</metadata>\n", escaped(value)).as_bytes());
        }
    }
}

fn materials(sink: &mut Sink<'_>, palette: &Palette) {
    sink.put(format!("  <basematerials id=\"{MATERIALS_ID}\">\n").as_bytes());
    for color in &palette.colors {
        let [red, green, blue, alpha] = shown(*color);
        let hex = format!("#{red:02X}{green:02X}{blue:02X}{alpha:02X}");
        let name = if color.is_some() { &hex[..7] } else { "default" };
        sink.put(format!("   <base name=\"{name}\" displaycolor=\"{hex}\"/>\n").as_bytes());
    }
    sink.put(b"  </basematerials>\n");
}

/// The triangles of one object, and the colour that they share if they do.
struct Part {
    triangles: Vec<u32>,
    color: Option<usize>,
}

/// Components of one colour go together, and those of several colours.
fn parts(mesh: &TriMesh, palette: &Palette) -> Vec<Part> {
    let components = Components::of(mesh);
    let mixed = palette.colors.len();
    let mut color_of_component = vec![usize::MAX; components.count];
    for triangle in 0..mesh.triangles.len() {
        let color = palette.color_of(mesh, triangle);
        let known = &mut color_of_component[components.of_triangle[triangle] as usize];
        *known = if *known == usize::MAX || *known == color { color } else { mixed };
    }
    let mut groups = vec![Vec::new(); mixed + 1];
    for (triangle, [a, b, c]) in mesh.triangles.iter().enumerate() {
        // the format forbids triangles that name a vertex twice
        if a != b && b != c && c != a {
            groups[color_of_component[components.of_triangle[triangle] as usize]].push(triangle as u32);
        }
    }
    let parts = groups.into_iter().enumerate();
    parts
        .filter(|(_, triangles)| !triangles.is_empty())
        .map(|(color, triangles)| Part { triangles, color: (color < mixed).then_some(color) })
        .collect()
}

fn part_name(title: &str, count: usize, index: usize) -> String {
    if count > 1 { format!("{title} {}", index + 1) } else { title.to_owned() }
}

/// What every object is written from.
struct Source<'a> {
    mesh: &'a TriMesh,
    palette: &'a Palette,
    paint: bool,
    /// Each vertex's number within its object; objects share no vertex.
    numbers: Vec<u32>,
}

impl Source<'_> {
    fn object(&mut self, sink: &mut Sink<'_>, part: &Part, id: usize, name: &str) -> Result<(), Exceeded> {
        sink.put(format!("  <object id=\"{id}\" type=\"model\" name=\"{}\"", escaped(name)).as_bytes());
        if self.palette.is_colored() {
            sink.put(format!(" pid=\"{MATERIALS_ID}\" pindex=\"{}\"", part.color.unwrap_or(0)).as_bytes());
        }
        sink.put(b">\n   <mesh>\n    <vertices>\n");
        self.vertices(sink, part)?;
        sink.put(b"    </vertices>\n    <triangles>\n");
        for triangle in &part.triangles {
            sink.element()?;
            self.triangle(sink, *triangle as usize, part.color.is_none());
        }
        sink.put(b"    </triangles>\n   </mesh>\n  </object>\n");
        Ok(())
    }

    /// Writes the vertices that a part uses, and numbers them.
    fn vertices(&mut self, sink: &mut Sink<'_>, part: &Part) -> Result<(), Exceeded> {
        let mut count = 0;
        for vertex in part.triangles.iter().flat_map(|triangle| self.mesh.triangles[*triangle as usize]) {
            let number = &mut self.numbers[vertex as usize];
            if *number != u32::MAX {
                continue;
            }
            sink.element()?;
            *number = count;
            count += 1;
            let position = self.mesh.positions[vertex as usize].to_array();
            attributes(sink, b"     <vertex", [b" x=\"", b" y=\"", b" z=\""], |out, axis| {
                number::rounded(out, position[axis], 6);
            });
            sink.put(b"/>\n");
        }
        Ok(())
    }

    fn triangle(&self, sink: &mut Sink<'_>, triangle: usize, own_color: bool) {
        let corners = self.mesh.triangles[triangle].map(|vertex| u64::from(self.numbers[vertex as usize]));
        attributes(sink, b"     <triangle", [b" v1=\"", b" v2=\"", b" v3=\""], |out, axis| {
            number::whole_number(out, corners[axis]);
        });
        let color = self.palette.color_of(self.mesh, triangle);
        if own_color {
            sink.put(b" pid=\"1\" p1=\"");
            number::whole_number(&mut sink.bytes, color as u64);
            sink.put(b"\"");
        }
        if let Some(code) = FILAMENTS.get(color).filter(|_| self.paint && self.palette.colors.len() > 1) {
            sink.put(b" paint_color=\"");
            sink.put(code.as_bytes());
            sink.put(b"\"");
        }
        sink.put(b"/>\n");
    }
}

/// How slicers write that a whole triangle is of the first, second … filament; they have no more.
const FILAMENTS: [&str; 16] =
    ["4", "8", "0C", "1C", "2C", "3C", "4C", "5C", "6C", "7C", "8C", "9C", "AC", "BC", "CC", "DC"];

fn attributes<const N: usize>(
    sink: &mut Sink<'_>,
    element: &[u8],
    names: [&[u8; N]; 3],
    value: impl Fn(&mut Vec<u8>, usize),
) {
    sink.put(element);
    for (axis, name) in names.into_iter().enumerate() {
        sink.put(name);
        value(&mut sink.bytes, axis);
        sink.put(b"\"");
    }
}

fn assembly(sink: &mut Sink<'_>, id: usize, parts: usize, title: &str) {
    sink.put(
        format!("  <object id=\"{id}\" type=\"model\" name=\"{}\">\n   <components>\n", escaped(title)).as_bytes(),
    );
    for part in 0..parts {
        sink.put(format!("    <component objectid=\"{}\"/>\n", MATERIALS_ID + 1 + part).as_bytes());
    }
    sink.put(b"   </components>\n  </object>\n");
}

/// Text for XML: the five marks as entities, control characters left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            other if other.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

const CONTENT_TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\n \
<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\n \
<Default Extension=\"model\" ContentType=\"application/vnd.ms-package.3dmanufacturing-3dmodel+xml\"/>\n \
<Default Extension=\"png\" ContentType=\"image/png\"/>\n\
</Types>\n";

const RELATIONSHIPS_START: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\n \
<Relationship Target=\"/3D/3dmodel.model\" Id=\"rel0\" \
Type=\"http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel\"/>\n";

const THUMBNAIL_RELATIONSHIP: &str = " <Relationship Target=\"/Metadata/thumbnail.png\" Id=\"rel1\" \
Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail\"/>\n";
