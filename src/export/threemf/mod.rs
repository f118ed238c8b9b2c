//! Mesh to 3MF: millimetres, one object for each part of one colour, so that slicers see the colours; the same bytes every time.
//!
//! A part whose triangles have several colours stays one closed object with a material for each triangle: cut apart by colour it would
//! be open. Several objects are components of one assembly, so that a slicer keeps their places.

mod model;
mod plates;

use crate::budget::{Budget, Exceeded};
use crate::export::package::pack;
use crate::mesh::TriMesh;

/// How a 3MF is written; texts that are none are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct ThreeMfOptions {
    /// Title of the model, also the name of its object.
    pub title: Option<String>,
    /// Who made it.
    pub designer: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Under which terms it may be used.
    pub license_terms: Option<String>,
    /// Whose it is.
    pub copyright: Option<String>,
    /// A PNG that file browsers show.
    pub thumbnail: Option<Vec<u8>>,
    /// Paint each triangle with the number of its colour's filament, as slicers do: many read no other colour of a part from a
    /// foreign file. The attribute is theirs and not the standard's: strict readers refuse it.
    pub paint: bool,
    /// Width and depth of the printer's bed, mm: how far apart plates stand.
    pub bed: [f64; 2],
}

impl Default for ThreeMfOptions {
    /// A bed of 256 by 256 mm, the commonest of printers whose slicer has plates.
    fn default() -> Self {
        Self {
            title: None,
            designer: None,
            description: None,
            license_terms: None,
            copyright: None,
            thumbnail: None,
            paint: false,
            bed: [256.0; 2],
        }
    }
}

/// What lies on one build plate.
#[derive(Debug, Clone, Copy)]
pub struct Plate<'a> {
    /// Its number, from 1.
    pub number: u32,
    /// Where the program put it; a slicer's plate has it in its middle.
    pub mesh: &'a TriMesh,
}

/// Writes a mesh in O(n).
///
/// # Errors
/// The artefact would be larger than the job's limit, or the job is over.
pub fn write(mesh: &TriMesh, options: &ThreeMfOptions, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let model = model::of(&[model::Item { mesh, place: None, name: None }], model::Application::Own, options, budget)?;
    package(&model.xml, None, options, budget)
}

/// Writes several plates as a project that Bambu Studio and OrcaSlicer open plate by plate: the plates stand in a grid, as theirs do, and
/// `Metadata/model_settings.config` says what is on which. Other readers see one model with the plates side by side. Cost: O(n).
///
/// # Errors
/// The artefact would be larger than the job's limit, or the job is over.
pub fn write_plates(plates: &[Plate<'_>], options: &ThreeMfOptions, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let items: Vec<model::Item<'_>> = plates
        .iter()
        .enumerate()
        .filter(|(_, plate)| !plate.mesh.is_empty())
        .map(|(index, plate)| model::Item {
            mesh: plate.mesh,
            place: Some(plates::place(plate.mesh, index, plates.len(), options.bed)),
            name: Some(format!("Plate {}", plate.number)),
        })
        .collect();
    let model = model::of(&items, model::Application::Project, options, budget)?;
    let settings = plates::settings(plates, &model.objects);
    package(&model.xml, Some(settings.as_bytes()), options, budget)
}

fn package(
    model: &[u8],
    settings: Option<&[u8]>,
    options: &ThreeMfOptions,
    budget: &Budget,
) -> Result<Vec<u8>, Exceeded> {
    let thumbnail = options.thumbnail.as_deref();
    let relationships =
        [RELATIONSHIPS_START, if thumbnail.is_some() { THUMBNAIL_RELATIONSHIP } else { "" }, "</Relationships>\n"]
            .concat();
    let mut files = vec![
        ("[Content_Types].xml", CONTENT_TYPES.as_bytes()),
        ("_rels/.rels", relationships.as_bytes()),
        ("3D/3dmodel.model", model),
    ];
    files.extend(settings.map(|settings| ("Metadata/model_settings.config", settings)));
    files.extend(thumbnail.map(|png| ("Metadata/thumbnail.png", png)));
    pack(&files, budget)
}

const CONTENT_TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\n \
<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\n \
<Default Extension=\"model\" ContentType=\"application/vnd.ms-package.3dmanufacturing-3dmodel+xml\"/>\n \
<Default Extension=\"png\" ContentType=\"image/png\"/>\n \
<Default Extension=\"config\" ContentType=\"text/xml\"/>\n\
</Types>\n";

const RELATIONSHIPS_START: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\n \
<Relationship Target=\"/3D/3dmodel.model\" Id=\"rel0\" \
Type=\"http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel\"/>\n";

const THUMBNAIL_RELATIONSHIP: &str = " <Relationship Target=\"/Metadata/thumbnail.png\" Id=\"rel1\" \
Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail\"/>\n";
