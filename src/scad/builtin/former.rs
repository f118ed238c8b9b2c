//! Modules that OpenSCAD once had and old programs call: taken as OpenSCAD 2021.01 takes them, with its words of deprecation.

use crate::csg::Kind;
use crate::scad::ast::Argument;
use crate::scad::builtin::{BuiltinModule, ModuleArguments, ModuleKind, extrude, file};
use crate::scad::eval::Interpreter;
use crate::scad::log::Run;

/// A module of former times.
#[derive(Debug)]
pub struct Former {
    /// What it does.
    pub module: BuiltinModule,
    /// OpenSCAD's words for it.
    pub advice: &'static str,
}

/// What a call meant, where nothing of today has the name and those arguments.
pub fn former(name: &str, arguments: &[Argument]) -> Option<&'static Former> {
    let names_file = || arguments.iter().any(|argument| argument.name.as_deref() == Some("file"));
    let former = FORMER.iter().find(|former| former.module.name == name)?;
    let is_gone = !matches!(name, "linear_extrude" | "rotate_extrude");
    (is_gone || names_file()).then_some(former)
}

/// The drawing that an extrusion names instead of having children; it is scaled by what scales the extrusion's top.
pub fn drawing(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let mut drawing = file::import(job, arguments)?;
    if let (Kind::Import { scale, .. }, Some([across, _])) = (&mut drawing, arguments.get("scale").as_pair()) {
        *scale = across;
    }
    Ok(drawing)
}

const fn gone(
    name: &'static str,
    parameters: &'static [&'static str],
    kind: ModuleKind,
    advice: &'static str,
) -> Former {
    Former { module: BuiltinModule { name, parameters, kind, feature: None }, advice }
}

const IMPORT: &[&str] = &["file", "layer", "convexity", "origin", "scale", "filename", "layername"];
const LINEAR: &[&str] =
    &["file", "layer", "height", "origin", "scale", "center", "twist", "slices", "convexity", "layername", "filename"];
/// A height may stand first where the file has its name.
const NAMED_LINEAR: &[&str] = &["height", "file", "layer", "origin", "scale", "center", "twist", "slices", "convexity"];
const ROTATE: &[&str] = &["file", "layer", "origin", "scale", "angle", "convexity", "layername", "filename"];

static FORMER: &[Former] = &[
    gone(
        "assign",
        &[],
        ModuleKind::Assign,
        "The assign() module will be removed in future releases. Use a regular assignment instead.",
    ),
    gone("child", &["index"], ModuleKind::Child, "child() will be removed in future releases. Use children() instead."),
    gone(
        "dxf_linear_extrude",
        LINEAR,
        ModuleKind::Drawing(extrude::linear_extrude),
        "The dxf_linear_extrude() module will be removed in future releases. Use linear_extrude() instead.",
    ),
    gone(
        "dxf_rotate_extrude",
        ROTATE,
        ModuleKind::Drawing(extrude::rotate_extrude),
        "The dxf_rotate_extrude() module will be removed in future releases. Use rotate_extrude() instead.",
    ),
    gone(
        "import_dxf",
        IMPORT,
        ModuleKind::Leaf(file::import),
        "The import_dxf() module will be removed in future releases. Use import() instead.",
    ),
    gone(
        "import_off",
        IMPORT,
        ModuleKind::Leaf(file::import),
        "The import_off() module will be removed in future releases. Use import() instead.",
    ),
    gone(
        "import_stl",
        IMPORT,
        ModuleKind::Leaf(file::import),
        "The import_stl() module will be removed in future releases. Use import() instead.",
    ),
    gone(
        "linear_extrude",
        NAMED_LINEAR,
        ModuleKind::Drawing(extrude::linear_extrude),
        "Support for reading files in linear_extrude will be removed in future releases. Use a child import() instead.",
    ),
    gone(
        "rotate_extrude",
        ROTATE,
        ModuleKind::Drawing(extrude::rotate_extrude),
        "Support for reading files in rotate_extrude will be removed in future releases. Use a child import() instead.",
    ),
];
