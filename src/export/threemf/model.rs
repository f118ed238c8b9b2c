//! The model part of a 3MF: colours, an object for each part, and what is to be built.

use crate::budget::{Budget, Exceeded};
use crate::export::number;
use crate::export::palette::{Palette, shown};
use crate::export::sink::Sink;
use crate::export::threemf::ThreeMfOptions;
use crate::export::xml::escaped;
use crate::geom::Vec3;
use crate::mesh::{Components, TriMesh};

/// Something that is to be built.
pub struct Item<'a> {
    /// What it is.
    pub mesh: &'a TriMesh,
    /// How far it is moved, mm.
    pub place: Option<Vec3>,
    /// Its name; the title when there is none.
    pub name: Option<String>,
}

/// The model as XML, and what its objects are.
pub struct Model {
    /// The document.
    pub xml: Vec<u8>,
    /// One for each item.
    pub objects: Vec<Object>,
}

/// What an item became.
pub struct Object {
    /// Its number: what the build names.
    pub id: usize,
    /// Its name.
    pub name: String,
    /// Number, name and colour's number of each part; of several colours the first.
    pub parts: Vec<(usize, String, usize)>,
}

/// Writes the model.
pub fn of(
    items: &[Item<'_>],
    application: Application,
    options: &ThreeMfOptions,
    budget: &Budget,
) -> Result<Model, Exceeded> {
    let mut sink = Sink::intermediate(budget)?;
    start(&mut sink, application);
    metadata(&mut sink, options);
    sink.put(b" <resources>\n");
    let palettes: Vec<Palette> = items.iter().map(|item| Palette::of(item.mesh)).collect();
    let colors = all_colors(&palettes);
    let colored = colors.iter().any(Option::is_some);
    if colored {
        materials(&mut sink, &colors);
    }
    let mut next_id = MATERIALS_ID + 1;
    let mut objects = Vec::new();
    for (item, palette) in items.iter().zip(&palettes) {
        let name = item.name.as_deref().or(options.title.as_deref()).unwrap_or("model");
        let number = |color| colors.iter().position(|known| known == color).unwrap_or(0);
        let mut source = Source {
            mesh: item.mesh,
            palette,
            colors: palette.colors.iter().map(number).collect(),
            colored,
            paint: options.paint && colors.len() > 1,
            numbers: vec![u32::MAX; item.mesh.positions.len()],
        };
        objects.extend(source.object(&mut sink, &mut next_id, name)?);
    }
    sink.put(b" </resources>\n <build>\n");
    let placed = items.iter().filter(|item| !item.mesh.is_empty()).zip(&objects);
    placed.for_each(|(item, object)| built(&mut sink, object.id, item.place));
    sink.put(b" </build>\n</model>\n");
    Ok(Model { xml: sink.finish()?, objects })
}

/// Number of the resource that holds the colours.
const MATERIALS_ID: usize = 1;

/// The colours of all items, each once.
fn all_colors(palettes: &[Palette]) -> Vec<Option<[u8; 4]>> {
    let mut colors = Vec::new();
    for color in palettes.iter().flat_map(|palette| &palette.colors) {
        if !colors.contains(color) {
            colors.push(*color);
        }
    }
    colors
}

fn built(sink: &mut Sink<'_>, id: usize, place: Option<Vec3>) {
    sink.put(format!("  <item objectid=\"{id}\"").as_bytes());
    if let Some(place) = place {
        sink.put(b" transform=\"1 0 0 0 1 0 0 0 1");
        for value in place.to_array() {
            sink.put(b" ");
            number::rounded(&mut sink.bytes, value, 6);
        }
        sink.put(b"\"");
    }
    sink.put(b"/>\n");
}

/// Who a package says has made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Application {
    /// maquette.
    Own,
    /// Bambu Studio: slicers with plates read them from projects of their own alone, and know these by this.
    Project,
}

fn start(sink: &mut Sink<'_>, application: Application) {
    sink.put(MODEL_START);
    sink.put(match application {
        Application::Own => OWN_START,
        Application::Project => PROJECT_START,
    });
}

const MODEL_START: &[u8] =
    b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<model unit=\"millimeter\" xml:lang=\"en-US\" \
xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\"";

const OWN_START: &[u8] = b">\n <metadata name=\"Application\">maquette</metadata>\n";

const PROJECT_START: &[u8] = b" xmlns:BambuStudio=\"http://schemas.bambulab.com/package/2021\">\n \
<metadata name=\"Application\">BambuStudio-01.10.00.00</metadata>\n \
<metadata name=\"BambuStudio:3mfVersion\">1</metadata>\n";

fn metadata(sink: &mut Sink<'_>, options: &ThreeMfOptions) {
    let entries = [
        ("Title", &options.title),
        ("Designer", &options.designer),
        ("Description", &options.description),
        ("Copyright", &options.copyright),
        ("LicenseTerms", &options.license_terms),
    ];
    for (name, value) in entries {
        if let Some(value) = value {
            sink.put(format!(" <metadata name=\"{name}\">{}</metadata>\n", escaped(value)).as_bytes());
        }
    }
}

fn materials(sink: &mut Sink<'_>, colors: &[Option<[u8; 4]>]) {
    sink.put(format!("  <basematerials id=\"{MATERIALS_ID}\">\n").as_bytes());
    for color in colors {
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
    /// The number that each of its colours has among those of all items.
    colors: Vec<usize>,
    /// Whether any item has colours.
    colored: bool,
    paint: bool,
    /// Each vertex's number within its object; objects share no vertex.
    numbers: Vec<u32>,
}

impl Source<'_> {
    /// Writes the parts, and where there are several their assembly.
    fn object(&mut self, sink: &mut Sink<'_>, next_id: &mut usize, name: &str) -> Result<Option<Object>, Exceeded> {
        let parts = parts(self.mesh, self.palette);
        let mut written = Vec::with_capacity(parts.len());
        for (index, part) in parts.iter().enumerate() {
            let part_name = part_name(name, parts.len(), index);
            self.part(sink, part, *next_id, &part_name)?;
            written.push((*next_id, part_name, self.number(part.color)));
            *next_id += 1;
        }
        let Some((mut id, ..)) = written.first().cloned() else { return Ok(None) };
        if written.len() > 1 {
            id = *next_id;
            *next_id += 1;
            assembly(sink, id, &written, name);
        }
        Ok(Some(Object { id, name: name.to_owned(), parts: written }))
    }

    /// The number of a part's colour; of several the first.
    fn number(&self, color: Option<usize>) -> usize {
        self.colors.get(color.unwrap_or(0)).copied().unwrap_or(0)
    }

    fn part(&mut self, sink: &mut Sink<'_>, part: &Part, id: usize, name: &str) -> Result<(), Exceeded> {
        sink.put(format!("  <object id=\"{id}\" type=\"model\" name=\"{}\"", escaped(name)).as_bytes());
        if self.colored {
            let number = self.number(part.color);
            sink.put(format!(" pid=\"{MATERIALS_ID}\" pindex=\"{number}\"").as_bytes());
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
        let color = self.colors[self.palette.color_of(self.mesh, triangle)];
        if own_color {
            sink.put(b" pid=\"1\" p1=\"");
            number::whole_number(&mut sink.bytes, color as u64);
            sink.put(b"\"");
        }
        if let Some(code) = FILAMENTS.get(color).filter(|_| self.paint) {
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

fn assembly(sink: &mut Sink<'_>, id: usize, parts: &[(usize, String, usize)], title: &str) {
    sink.put(
        format!("  <object id=\"{id}\" type=\"model\" name=\"{}\">\n   <components>\n", escaped(title)).as_bytes(),
    );
    for (part, ..) in parts {
        sink.put(format!("    <component objectid=\"{part}\"/>\n").as_bytes());
    }
    sink.put(b"   </components>\n  </object>\n");
}
