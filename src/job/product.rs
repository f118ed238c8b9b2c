//! One output of a model: which writer makes it, and what its failure is.

use crate::budget::{Budget, Exceeded};
use crate::diag::{Code, Diagnostic, Span};
use crate::drawing::{self, DrawError, Part, SheetSpec};
use crate::export::{self, Artefact};
use crate::job::{DrawingFormat, Failure, ModelFormat, OutputResult, OutputSpec, Product, Sheet};
use crate::mesh::TriMesh;
use crate::page::Page;
use crate::preview;
use crate::region::Region;

/// What a program made.
#[derive(Debug, Clone)]
pub enum Model {
    /// A region.
    Flat(Region),
    /// A solid.
    Solid(TriMesh),
}

/// Makes one output.
pub fn make(model: &Model, output: &OutputSpec, budget: &Budget) -> OutputResult {
    let made = bytes(model, output, budget);
    let (made, sheet) = match made {
        Ok((bytes, sheet)) => (Ok(Artefact::new(output.file_name(), output.product.media_type(), bytes)), sheet),
        Err(failure) => (Err(failure), None),
    };
    OutputResult {
        name: output.name.clone(),
        kind: output.product.kind(),
        format: output.product.extension(),
        made,
        sheet,
    }
}

type Made = Result<(Vec<u8>, Option<Sheet>), Failure>;

fn bytes(model: &Model, output: &OutputSpec, budget: &Budget) -> Made {
    let made = match (&output.product, model) {
        (Product::Model(format), Model::Solid(mesh)) => (mesh_file(mesh, *format, &output.name, budget)?, None),
        (Product::Model(format), Model::Flat(region)) => (outline_file(region, *format, budget)?, None),
        (Product::Drawing(format, spec), Model::Solid(mesh)) => {
            return sheets(mesh, *format, spec, &output.name, budget);
        }
        (Product::Drawing(format, _), Model::Flat(region)) => {
            (pages_file(&[drawing::outline(region)], *format, budget)?, None)
        }
        (Product::Preview(options), Model::Solid(mesh)) => (
            preview::render(mesh, options, budget).and_then(|image| image.to_png(budget)).map_err(Failure::Exceeded)?,
            None,
        ),
        (Product::Preview(options), Model::Flat(region)) => (
            preview::render_region(region, options, budget)
                .and_then(|image| image.to_png(budget))
                .map_err(Failure::Exceeded)?,
            None,
        ),
        (Product::Report, Model::Solid(mesh)) => {
            (export::report::write(mesh, budget).map_err(Failure::Exceeded)?, None)
        }
        (Product::Report, Model::Flat(region)) => {
            (export::report::write_region(region, budget).map_err(Failure::Exceeded)?, None)
        }
    };
    if made.0.len() as u64 > budget.limits().output_bytes {
        return Err(Failure::Exceeded(Exceeded::Output));
    }
    Ok(made)
}

fn mesh_file(mesh: &TriMesh, format: ModelFormat, name: &str, budget: &Budget) -> Result<Vec<u8>, Failure> {
    use export::{glb, obj, off, ply, stl, threemf};
    let written = match format {
        ModelFormat::Stl => stl::write(mesh, &stl::StlOptions::default(), budget),
        ModelFormat::AsciiStl => stl::write(mesh, &stl::StlOptions { encoding: stl::Encoding::Ascii }, budget),
        ModelFormat::Off => off::write(mesh, &off::OffOptions::default(), budget),
        ModelFormat::Obj => obj::write(mesh, &obj::ObjOptions::default(), budget),
        ModelFormat::Ply => ply::write(mesh, &ply::PlyOptions::default(), budget),
        ModelFormat::Glb => glb::write(mesh, &glb::GlbOptions { name: name.to_owned(), ..Default::default() }, budget),
        ModelFormat::ThreeMf => threemf::write(
            mesh,
            &threemf::ThreeMfOptions { title: Some(name.to_owned()), ..Default::default() },
            budget,
        ),
        ModelFormat::Svg | ModelFormat::Dxf | ModelFormat::Pdf => return Err(wrong_dimension(format, 3)),
    };
    written.map_err(Failure::Exceeded)
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

fn sheets(mesh: &TriMesh, format: DrawingFormat, spec: &SheetSpec, name: &str, budget: &Budget) -> Made {
    let pages = drawing::draw(&[Part { name, mesh }], spec, budget).map_err(|error| match error {
        DrawError::Exceeded(exceeded) => Failure::Exceeded(exceeded),
        other => Failure::Rejected(vec![Diagnostic::error(Code::InvalidGeometry, Span::DETACHED, other.to_string())]),
    })?;
    let bytes = pages_file(&pages, format, budget)?;
    Ok((bytes, pages.first().map(|page| sheet(page, pages.len()))))
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
