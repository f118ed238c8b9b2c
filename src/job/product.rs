//! One output of a model: which writer makes it, and what its failure is.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::budget::{Budget, Exceeded};
use crate::csg::{Annotation, Subject};
use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::drawing::{self, DrawError, DrawingSpec, LineMemo, Part, PartsBy};
use crate::export::{self, Artefact, threemf};
use crate::job::parts::PartMesh;
use crate::job::preview_options;
use crate::job::templates::Templates;
use crate::job::{DrawingFormat, Failure, ModelFormat, ModelOptions, OutputResult, OutputSpec, Product, Sheet};
use crate::mesh::TriMesh;
use crate::page::{Page, Shape, has_glyph};
use crate::preview::{self, PreviewOptions};
use crate::region::Region;
use crate::remesh::{self, RemeshOptions};
use crate::scad::AskedView;

/// What a program made.
#[derive(Debug, Clone)]
pub enum Model {
    /// A region.
    Flat(Region),
    /// A solid.
    Solid(TriMesh),
}

/// What the outputs of one model have in common: meshes that were made smaller are made once.
pub struct OutputBuilder<'a> {
    model: &'a Model,
    /// What lies on each plate, where the program says so.
    plates: &'a [(u32, TriMesh)],
    /// The view that the program sets.
    view: AskedView,
    /// The parts of the model, in each way that an output wants them.
    parts: Vec<(PartsBy, Vec<PartMesh>)>,
    /// Lines that need not be drawn again.
    lines: Arc<LineMemo>,
    /// What the program asks of its drawings.
    annotations: Vec<Annotation>,
    /// The sheets of one's own that drawings name.
    templates: Templates,
    /// What is to be said of the outputs made.
    warnings: Diagnostics,
    smaller: Vec<(RemeshOptions, TriMesh)>,
}

/// The bytes of one output.
#[derive(Default)]
struct Made {
    bytes: Vec<u8>,
    beside: Vec<Artefact>,
    sheet: Option<Sheet>,
}

impl From<Vec<u8>> for Made {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, ..Self::default() }
    }
}

impl<'a> OutputBuilder<'a> {
    /// One for the outputs of a model, its plates and its view.
    pub fn new(model: &'a Model, plates: &'a [(u32, TriMesh)], view: AskedView) -> Self {
        let (parts, annotations, smaller) = (Vec::new(), Vec::new(), Vec::new());
        let (templates, warnings) = (Templates::default(), Vec::new());
        Self { model, plates, view, parts, lines: Arc::default(), annotations, templates, warnings, smaller }
    }

    /// With what the program asks of its drawings.
    pub fn annotated(self, annotations: Vec<Annotation>) -> Self {
        Self { annotations, ..self }
    }

    /// With the sheets of one's own that drawings name.
    pub fn framed(self, templates: Templates) -> Self {
        Self { templates, ..self }
    }

    /// With the parts that drawings show, and the lines that are drawn already.
    pub fn drawn_with(self, parts: Vec<(PartsBy, Vec<PartMesh>)>, lines: Arc<LineMemo>) -> Self {
        Self { parts, lines, ..self }
    }

    /// What is to be said of the outputs made, once.
    pub fn take_warnings(&mut self) -> Diagnostics {
        std::mem::take(&mut self.warnings)
    }

    /// The model.
    pub fn model(&self) -> &'a Model {
        self.model
    }

    /// Makes one output.
    pub fn make(&mut self, output: &OutputSpec, budget: &Budget) -> OutputResult {
        let limit = budget.limits().output_bytes;
        let made = self.made(output, budget).and_then(|made| {
            let fits = made.bytes.len() as u64 <= limit;
            if fits { Ok(made) } else { Err(Failure::Exceeded(Exceeded::Output)) }
        });
        let (made, beside, sheet) = match made {
            Ok(Made { bytes, beside, sheet }) => {
                (Ok(Artefact::new(output.file_name(), output.product.media_type(), bytes)), beside, sheet)
            }
            Err(failure) => (Err(failure), Vec::new(), None),
        };
        let (kind, format) = (output.product.kind(), output.product.extension());
        OutputResult { name: output.name.clone(), kind, format, made, beside, sheet }
    }

    fn made(&mut self, output: &OutputSpec, budget: &Budget) -> Result<Made, Failure> {
        let made = match (&output.product, self.model) {
            (Product::Model(ModelFormat::ThreeMf, options), Model::Solid(mesh)) if self.is_plated(options) => {
                self.plated(mesh, options, &output.name, budget).map_err(Failure::Exceeded)?
            }
            (Product::Model(format, options), Model::Solid(mesh)) => {
                let mesh = self.smaller(mesh, &options.remesh, budget).map_err(Failure::Exceeded)?;
                return mesh_file(mesh, *format, options, output, budget);
            }
            (Product::Model(format, _), Model::Flat(region)) => outline_file(region, *format, budget)?,
            (Product::Drawing(format, spec), Model::Solid(mesh)) => {
                let pages = self.pages(mesh, spec, &output.name, budget)?;
                self.warnings.extend(unwritten(&pages));
                return sheets(&pages, *format, output, budget);
            }
            (Product::Drawing(format, spec), Model::Flat(region)) => {
                let outline = if spec.curves { drawing::true_outline(region) } else { drawing::outline(region) };
                pages_file(&[outline], *format, budget)?
            }
            (Product::Preview(spec), model) => {
                picture(model, &preview_options::seen_by(spec, &self.view), budget).map_err(Failure::Exceeded)?
            }
            (Product::Report(options), Model::Solid(mesh)) => {
                export::report::write(mesh, options, budget).map_err(Failure::Exceeded)?
            }
            (Product::Report(_), Model::Flat(region)) => {
                export::report::write_region(region, budget).map_err(Failure::Exceeded)?
            }
        };
        Ok(made.into())
    }

    /// The sheets of a drawing.
    fn pages(&self, mesh: &TriMesh, spec: &DrawingSpec, name: &str, budget: &Budget) -> Result<Vec<Page>, Failure> {
        let known = self.parts.iter().find(|(by, _)| *by == spec.parts).map(|(_, parts)| parts.as_slice());
        let parts: Vec<Part<'_>> = match known {
            Some(several @ [_, _, ..]) => several.iter().map(|part| known_as(part, spec)).collect(),
            _ => vec![Part::new(name, mesh)],
        };
        let mut sheets = spec.sheets.clone();
        if let Some(first) = sheets.first_mut() {
            first.annotations.extend_from_slice(&self.annotations);
        }
        for sheet in &mut sheets {
            self.templates.dress(sheet).map_err(|error| Failure::Rejected(vec![error]))?;
        }
        let drawn = drawing::draw_sheets(&parts, &sheets, spec.part_sheets, &self.lines, budget);
        drawn.map_err(|error| match error {
            DrawError::Exceeded(exceeded) => Failure::Exceeded(exceeded),
            other => {
                let span = self.asked_at(&other);
                Failure::Rejected(vec![Diagnostic::error(Code::InvalidGeometry, span, other.to_string())])
            }
        })
    }

    /// Where the program asks for the section that cannot be drawn, if it does.
    fn asked_at(&self, error: &DrawError) -> Span {
        let DrawError::SectionMisses { label } = error else { return Span::DETACHED };
        let asks = |annotation: &&Annotation| {
            matches!(annotation.subject, Subject::Section { .. }) && annotation.text.as_deref() == Some(label)
        };
        self.annotations.iter().find(asks).map_or(Span::DETACHED, |annotation| annotation.span)
    }

    fn is_plated(&self, options: &ModelOptions) -> bool {
        options.plates && !self.plates.is_empty()
    }

    fn plated(&self, mesh: &TriMesh, options: &ModelOptions, name: &str, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
        let reduced = |(number, mesh): &(u32, TriMesh)| {
            let small =
                if options.remesh.is_empty() { None } else { Some(remesh::remesh(mesh, &options.remesh, budget)?) };
            Ok((*number, small))
        };
        let reduced: Vec<(u32, Option<TriMesh>)> = self.plates.iter().map(reduced).collect::<Result<_, Exceeded>>()?;
        let plates: Vec<threemf::Plate<'_>> = reduced
            .iter()
            .zip(self.plates)
            .map(|((number, small), (_, whole))| threemf::Plate {
                number: *number,
                mesh: small.as_ref().unwrap_or(whole),
            })
            .collect();
        threemf::write_plates(&plates, &dressed(mesh, options, name, budget)?, budget)
    }

    /// The mesh with what may go gone.
    fn smaller<'b>(
        &'b mut self,
        mesh: &'b TriMesh,
        options: &RemeshOptions,
        budget: &Budget,
    ) -> Result<&'b TriMesh, Exceeded> {
        if options.is_empty() {
            return Ok(mesh);
        }
        let known = self.smaller.iter().position(|(known, _)| known == options);
        let at = match known {
            Some(at) => at,
            None => {
                self.smaller.push((*options, remesh::remesh(mesh, options, budget)?));
                self.smaller.len() - 1
            }
        };
        Ok(&self.smaller[at].1)
    }
}

/// Characters that are named in a warning at most.
const NAMED_MAX: usize = 12;

/// A warning where words hold characters that no typeface has.
fn unwritten(pages: &[Page]) -> Option<Diagnostic> {
    let texts = pages.iter().flat_map(Page::flat_marks).filter_map(|mark| match &mark.shape {
        Shape::Text(text) => Some(text.content.as_str()),
        _ => None,
    });
    let missing: BTreeSet<char> =
        texts.flat_map(str::chars).filter(|letter| !letter.is_control() && !has_glyph(*letter)).collect();
    let named: Vec<String> = missing.iter().take(NAMED_MAX).map(char::to_string).collect();
    let more = if missing.len() > NAMED_MAX { " …" } else { "" };
    let message = format!("the lettering of drawings lacks {}{more}: a box stands for each", named.join(" "));
    let hint = "SVG files show them in the fonts of whoever looks at them; PDF and PNG cannot.";
    (!missing.is_empty()).then(|| Diagnostic::warning(Span::DETACHED, message).with_hint(hint))
}

/// A part as the job calls it, by its name or else by its colour; what the job leaves open the program says.
fn known_as<'a>(part: &'a PartMesh, spec: &'a DrawingSpec) -> Part<'a> {
    let known = spec.part_names.get(&part.name).or_else(|| spec.part_names.get(&part.color));
    let or =
        |said: Option<&'a String>, own: &'a str| said.filter(|words| !words.is_empty()).map_or(own, String::as_str);
    Part {
        name: or(known.map(|known| &known.name), &part.name),
        mesh: &part.mesh,
        material: or(known.map(|known| &known.material), &part.material),
        number: or(known.map(|known| &known.number), &part.number),
    }
}

fn picture(model: &Model, options: &PreviewOptions, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let image = match model {
        Model::Solid(mesh) => preview::render(mesh, options, budget)?,
        Model::Flat(region) => preview::render_region(region, options, budget)?,
    };
    image.to_png(budget)
}

fn mesh_file(
    mesh: &TriMesh,
    format: ModelFormat,
    options: &ModelOptions,
    output: &OutputSpec,
    budget: &Budget,
) -> Result<Made, Failure> {
    use export::{amf, glb, off, ply, stl};
    let colors = options.colors;
    let written = match format {
        ModelFormat::Stl => stl::write(mesh, &stl::StlOptions::default(), budget),
        ModelFormat::AsciiStl => stl::write(mesh, &stl::StlOptions { encoding: stl::Encoding::Ascii }, budget),
        ModelFormat::Off => off::write(mesh, &off::OffOptions { colors }, budget),
        ModelFormat::Obj => return object_file(mesh, output, budget).map_err(Failure::Exceeded),
        ModelFormat::Ply => ply::write(mesh, &ply::PlyOptions { colors }, budget),
        ModelFormat::Amf => amf::write(mesh, budget),
        ModelFormat::Glb => {
            glb::write(mesh, &glb::GlbOptions { name: output.name.clone(), ..options.glb.clone() }, budget)
        }
        ModelFormat::ThreeMf => {
            dressed(mesh, options, &output.name, budget).and_then(|options| threemf::write(mesh, &options, budget))
        }
        ModelFormat::Svg | ModelFormat::Dxf | ModelFormat::Pdf => return Err(wrong_dimension(format, 3)),
    };
    written.map(Made::from).map_err(Failure::Exceeded)
}

/// An OBJ, and the library of its colours unless they are not wanted.
fn object_file(mesh: &TriMesh, output: &OutputSpec, budget: &Budget) -> Result<Made, Exceeded> {
    let library = output.companion_name();
    let bytes = export::obj::write(mesh, &export::obj::ObjOptions { library: library.clone() }, budget)?;
    let mut beside = Vec::new();
    if let Some(name) = library {
        beside.push(Artefact::new(name, "model/mtl", export::obj::write_library(mesh, budget)?));
    }
    Ok(Made { bytes, beside, sheet: None })
}

/// Pixels along each side of the picture in a 3MF.
const THUMBNAIL_SIDE: u32 = 256;

/// The options of a 3MF with its title and picture.
fn dressed(
    mesh: &TriMesh,
    options: &ModelOptions,
    name: &str,
    budget: &Budget,
) -> Result<threemf::ThreeMfOptions, Exceeded> {
    let look = PreviewOptions {
        width: THUMBNAIL_SIDE,
        height: THUMBNAIL_SIDE,
        background: None,
        ground: false,
        ..PreviewOptions::default()
    };
    let thumbnail = options.thumbnail.then(|| preview::render(mesh, &look, budget)?.to_png(budget)).transpose()?;
    let title = options.threemf.title.clone().or_else(|| Some(name.to_owned()));
    Ok(threemf::ThreeMfOptions { title, thumbnail, ..options.threemf.clone() })
}

fn outline_file(region: &Region, format: ModelFormat, budget: &Budget) -> Result<Vec<u8>, Failure> {
    let format = match format {
        ModelFormat::Svg => DrawingFormat::Svg,
        ModelFormat::Dxf => DrawingFormat::Dxf,
        ModelFormat::Pdf => DrawingFormat::Pdf,
        _ => return Err(wrong_dimension(format, 2)),
    };
    pages_file(&[drawing::outline(region)], format, budget)
}

fn wrong_dimension(format: ModelFormat, dimensions: u8) -> Failure {
    let (wanted, way_out) = match dimensions {
        2 => (3, "Give it a height with `linear_extrude()`, or ask for svg, dxf or pdf."),
        _ => (2, "Ask for kind `drawing`, or flatten it with `projection()`."),
    };
    let message = format!("the model is {dimensions}D, and {} needs a {wanted}D one", format.extension());
    Failure::Rejected(vec![Diagnostic::error(Code::InvalidGeometry, Span::DETACHED, message).with_hint(way_out)])
}

/// The first sheet as the output's own file, the others beside it where the format holds one.
fn sheets(pages: &[Page], format: DrawingFormat, output: &OutputSpec, budget: &Budget) -> Result<Made, Failure> {
    let bytes = pages_file(pages, format, budget)?;
    let mut beside = Vec::new();
    if format != DrawingFormat::Pdf {
        for (index, page) in pages.iter().enumerate().skip(1) {
            let bytes = pages_file(std::slice::from_ref(page), format, budget)?;
            beside.push(Artefact::new(output.sheet_name(index + 1), output.product.media_type(), bytes));
        }
    }
    Ok(Made { bytes, beside, sheet: pages.first().map(|page| sheet(page, pages.len())) })
}

fn pages_file(pages: &[Page], format: DrawingFormat, budget: &Budget) -> Result<Vec<u8>, Failure> {
    let Some(first) = pages.first() else {
        return Ok(Vec::new());
    };
    budget.check().map_err(Failure::Exceeded)?;
    Ok(match format {
        DrawingFormat::Svg => export::svg::write(first),
        DrawingFormat::Dxf => export::dxf::write(first),
        DrawingFormat::Pdf => export::pdf::write(pages),
        DrawingFormat::Png { dpi } => export::raster::png(first, dpi).map_err(too_large)?,
    })
}

fn too_large(error: export::raster::RasterError) -> Failure {
    let diagnostic = Diagnostic::error(Code::LimitExceeded, Span::DETACHED, error.to_string());
    Failure::Rejected(vec![diagnostic.with_hint("Ask for fewer dots per inch, or for pdf.")])
}

fn sheet(page: &Page, count: usize) -> Sheet {
    let main = page.views.first();
    Sheet {
        paper: format!("{} x {} mm", page.width, page.height),
        scale: main.map_or_else(String::new, |view| scale_text(view.scale)),
        views: page.views.iter().map(|view| view.name.clone()).collect(),
        count,
    }
}

fn scale_text(scale: f64) -> String {
    if scale >= 1.0 { format!("{scale}:1") } else { format!("1:{}", (1.0 / scale * 1000.0).round() / 1000.0) }
}
