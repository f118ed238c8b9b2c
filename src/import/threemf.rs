//! 3MF: the objects of the build, placed, with base materials as colours.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};

use crate::budget::Exceeded;
use crate::geom::{Affine3, Rgba, Vec3};
use crate::import::meter::Meter;
use crate::import::polygons::Polygons;
use crate::import::zipped::Archive;
use crate::import::{ImportError, malformed};
use crate::mesh::TriMesh;

/// Memory that an element of a mesh takes: a vertex with its place among the others, or a triangle.
const ELEMENT_BYTES: usize = 100;
/// Components in components in components.
const DEPTH_MAX: u32 = 32;

/// Reads all items of the build into one mesh. Objects in other parts of the package (the production extension) are found there.
pub(super) fn read(bytes: &[u8], meter: &mut Meter<'_>) -> Result<TriMesh, ImportError> {
    let (root, texts) = model_texts(bytes, meter)?;
    let mut documents = BTreeMap::new();
    for (name, text) in &texts {
        let document =
            Document::parse(text).map_err(|error| malformed("3MF", error.pos().row as usize, error.to_string()))?;
        documents.insert(name.as_str(), document);
    }
    let models: Models<'_> = documents.iter().map(|(name, document)| (*name, Model::of(document))).collect();
    let mut walk = Walk { models: &models, polygons: Polygons::new(meter.budget()), meter };
    for item in documents[root.as_str()].descendants().filter(|node| node.tag_name().name() == "item") {
        if let Some(placed) = Placed::of(item, &root, Affine3::IDENTITY) {
            walk.place(&placed, 0)?;
        }
    }
    Ok(walk.polygons.finish())
}

/// The parts of the package that hold models, and the name of the one with the build.
fn model_texts(bytes: &[u8], meter: &mut Meter<'_>) -> Result<(String, Vec<(String, String)>), ImportError> {
    let mut archive = Archive::open(bytes, "3MF")?;
    let mut names: Vec<String> = archive.names().into_iter().filter(|name| name.ends_with(".model")).collect();
    names.sort_by_key(|name| (name.len(), name.clone()));
    let root = names.first().cloned().ok_or_else(|| malformed("3MF", 0, "no model in the package"))?;
    let mut texts = Vec::with_capacity(names.len());
    for name in names {
        let text = archive.text(Some(&name), meter)?;
        texts.push((name, text));
    }
    Ok((root, texts))
}

/// Models by the part of the package that they stand in.
type Models<'a> = BTreeMap<&'a str, Model<'a>>;

/// An object where something names it.
struct Placed<'a> {
    part: &'a str,
    object: &'a str,
    map: Affine3,
}

impl<'a> Placed<'a> {
    /// What an item or a component names; in the part that it stands in unless it names another.
    fn of(node: Node<'a, '_>, part: &'a str, outer: Affine3) -> Option<Self> {
        let path = node.attributes().find(|attribute| attribute.name() == "path");
        let part = path.map_or(part, |path| path.value().trim_start_matches('/'));
        Some(Self { part, object: node.attribute("objectid")?, map: outer * transform(node) })
    }
}

/// A walk through components.
struct Walk<'m, 'b> {
    models: &'m Models<'m>,
    polygons: Polygons<'b>,
    meter: &'m mut Meter<'b>,
}

impl Walk<'_, '_> {
    fn place(&mut self, placed: &Placed<'_>, depth: u32) -> Result<(), ImportError> {
        let Some(model) = self.models.get(placed.part) else { return Ok(()) };
        let Some(object) = model.objects.get(placed.object) else { return Ok(()) };
        if depth > DEPTH_MAX {
            return Err(malformed("3MF", 0, "its components are nested too deeply"));
        }
        self.meter.take(ELEMENT_BYTES)?;
        let child = |name: &str| object.children().find(|node| node.tag_name().name() == name);
        if let Some(mesh) = child("mesh") {
            self.meter.take(mesh.descendants().count() * ELEMENT_BYTES)?;
            model.read_mesh(*object, mesh, placed.map, &mut self.polygons)?;
        }
        for part in child("components").iter().flat_map(|node| node.children()) {
            if let Some(inner) = Placed::of(part, placed.part, placed.map) {
                self.place(&inner, depth + 1)?;
            }
        }
        Ok(())
    }
}

struct Model<'a> {
    unit: f64,
    objects: BTreeMap<&'a str, Node<'a, 'a>>,
    colors: BTreeMap<&'a str, Vec<Option<Rgba>>>,
}

impl<'a> Model<'a> {
    fn of(document: &'a Document<'a>) -> Self {
        let named = |name: &'static str| document.descendants().filter(move |node| node.tag_name().name() == name);
        let by_id = |node: Node<'a, 'a>| Some((node.attribute("id")?, node));
        let palette = |node: Node<'a, 'a>| {
            let entries = node.children().filter(Node::is_element);
            let color = |entry: Node<'_, '_>| hex_color(entry.attribute("displaycolor").or(entry.attribute("color"))?);
            Some((node.attribute("id")?, entries.map(color).collect()))
        };
        Self {
            unit: unit(document.root_element().attribute("unit")),
            objects: named("object").filter_map(by_id).collect(),
            colors: named("basematerials").chain(named("colorgroup")).filter_map(palette).collect(),
        }
    }

    fn read_mesh(
        &self,
        object: Node<'_, '_>,
        mesh: Node<'_, '_>,
        map: Affine3,
        polygons: &mut Polygons<'_>,
    ) -> Result<(), Exceeded> {
        let all = |name: &'static str| mesh.descendants().filter(move |node| node.tag_name().name() == name);
        let indices = all("vertex")
            .map(|vertex| {
                let [x, y, z] = ["x", "y", "z"].map(|axis| number(vertex, axis).unwrap_or(0.0));
                polygons.vertex(map.transform_point3(Vec3::new(x, y, z)) * self.unit)
            })
            .collect::<Result<Vec<u32>, _>>()?;
        for triangle in all("triangle") {
            let corner = |name: &str| indices.get(number(triangle, name)? as usize).copied();
            if let (Some(a), Some(b), Some(c)) = (corner("v1"), corner("v2"), corner("v3")) {
                let group = triangle.attribute("pid").or(object.attribute("pid"));
                let entry = number(triangle, "p1").or(number(object, "pindex")).unwrap_or(0.0) as usize;
                let color = group.and_then(|group| *self.colors.get(group)?.get(entry)?);
                let ring = if map.matrix3.determinant() < 0.0 { [c, b, a] } else { [a, b, c] };
                polygons.polygon(&ring, color)?;
            }
        }
        Ok(())
    }
}

fn number(node: Node<'_, '_>, name: &str) -> Option<f64> {
    node.attribute(name)?.trim().parse().ok()
}

/// Twelve numbers: three rows of the linear part as row vectors see it, then the translation.
fn transform(node: Node<'_, '_>) -> Affine3 {
    let numbers = node.attribute("transform").unwrap_or_default().split_ascii_whitespace();
    let values: Vec<f64> = numbers.filter_map(|word| word.parse().ok()).collect();
    <[f64; 12]>::try_from(values).map_or(Affine3::IDENTITY, |values| Affine3::from_cols_array(&values))
}

/// mm per unit.
fn unit(name: Option<&str>) -> f64 {
    match name {
        Some("micron") => 0.001,
        Some("centimeter") => 10.0,
        Some("inch") => 25.4,
        Some("foot") => 304.8,
        Some("meter") => 1000.0,
        _ => 1.0,
    }
}

fn hex_color(text: &str) -> Option<Rgba> {
    let digits = text.strip_prefix('#')?;
    let channel =
        |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok().map(|value| f32::from(value) / 255.0);
    let a = if digits.len() >= 8 { channel(6)? } else { 1.0 };
    Some(Rgba { r: channel(0)?, g: channel(2)?, b: channel(4)?, a })
}
