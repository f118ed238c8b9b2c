//! `import()` and `surface()`: the file travels with the node.

use std::sync::Arc;

use crate::csg::{Attached, Content, ImportFormat, Kind};
use crate::diag::{Diagnostic, Span};
use crate::geom::Vec2;
use crate::scad::builtin::ModuleArguments;
use crate::scad::eval::{Interpreter, echo_or_dots};
use crate::scad::host::{HostError, Purpose};
use crate::scad::load::relative;
use crate::scad::log::{Run, not_found};
use crate::scad::value::{Value, plain_text};

/// OpenSCAD's resolution of SVG drawings.
const DPI: f64 = 72.0;

impl Interpreter<'_> {
    /// The bytes of a file that the program names at `span`; a warning where it cannot be had.
    pub(super) fn attach(&mut self, name: &str, span: Span) -> Run<Attached> {
        if name.is_empty() {
            return Ok(Attached { path: name.into(), bytes: None });
        }
        let from = self.sources.path(span.file).cloned().unwrap_or_else(|| self.main_path.clone());
        let beside = from.rsplit_once('/').map_or(String::from(name), |(folder, _)| format!("{folder}/{name}"));
        let missing = Attached { path: relative(&beside, &self.main_path).into(), bytes: None };
        match self.read_named(name, span) {
            Ok((path, bytes)) => Ok(Attached { path: relative(&path, &self.main_path).into(), bytes: Some(bytes) }),
            Err(_) if !self.options.tell_missing => Ok(missing),
            Err(error) => {
                let diagnostic = not_found(span, format!("Can't open import file '{name}'"));
                let hint = match error {
                    HostError::NotFound => None,
                    error => Some(format!("This is because {error}.")),
                };
                self.add_import_warning(diagnostic, hint);
                Ok(missing)
            }
        }
    }

    fn add_import_warning(&mut self, diagnostic: Diagnostic, hint: Option<String>) {
        let diagnostic = hint.into_iter().fold(diagnostic, Diagnostic::with_hint);
        self.log.add(diagnostic, &self.sources);
    }

    /// Path and bytes of a file that the program names at `span`.
    pub(super) fn read_named(&mut self, name: &str, span: Span) -> Result<(String, Content), HostError> {
        let from = self.sources.path(span.file).cloned().unwrap_or_else(|| self.main_path.clone());
        let main = self.main_path.clone();
        let resolved = match self.host.resolve(&from, name, Purpose::Import) {
            Err(HostError::NotFound) if from != main => {
                let resolved = self.host.resolve(&main, name, Purpose::Import)?;
                let message = format!(
                    "Imported file ({name}) found in document root instead of relative to the importing module. This behavior is deprecated"
                );
                self.deprecate(Span::DETACHED, message);
                resolved
            }
            resolved => resolved?,
        };
        if let Some(bytes) = self.files_read.get(&resolved) {
            return Ok((resolved, bytes.clone()));
        }
        let bytes = Content::from(self.host.read(&resolved)?);
        self.files_read.insert(resolved.clone(), bytes.clone());
        Ok((resolved, bytes))
    }
}

fn named(value: &Value) -> Option<String> {
    if value.is_undef() { None } else { plain_text(value) }
}

pub(super) fn import(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let mut name = named(arguments.get("file"));
    if name.is_none() {
        name = named(arguments.get("filename"));
        if name.is_some() {
            job.deprecate(Span::DETACHED, "filename= is deprecated. Please use file=");
        }
    }
    let name = name.unwrap_or_default();
    let mut layer = named(arguments.get("layer"));
    if layer.is_none() {
        layer = named(arguments.get("layername"));
        if layer.is_some() {
            job.deprecate(Span::DETACHED, "layername= is deprecated. Please use layer=");
        }
    }
    let resolution = job.resolution(arguments.span);
    let origin = origin(job, arguments);
    let scale = Some(arguments.get("scale").number_or_zero()).filter(|scale| *scale > 0.0).unwrap_or(1.0);
    let dpi = dpi(job, arguments);
    Ok(Kind::Import {
        file: job.attach(&name, arguments.span)?,
        format: format_of(&name),
        layer: layer.map(Arc::from),
        id: named(arguments.get("id")).map(Arc::from),
        origin,
        scale,
        dpi,
        center: arguments.get("center").as_bool().unwrap_or(false),
        convexity: (arguments.get("convexity").number_or_zero() as i32).max(1),
        resolution,
    })
}

fn origin(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Vec2 {
    let given = arguments.get("origin");
    let pair = given.as_pair();
    let fine = pair.is_some_and(|pair| pair.iter().all(|number| number.is_finite()));
    if !given.is_undef() && !fine {
        let given = echo_or_dots(given);
        let message = format!("Unable to convert import(..., origin={given}) parameter to vec2");
        job.warn(arguments.span, message);
    }
    Vec2::from(pair.unwrap_or([0.0; 2]))
}

fn dpi(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> f64 {
    match arguments.get("dpi").as_number() {
        Some(dpi) if dpi < 0.001 || dpi.is_nan() => {
            let message =
                format!("Invalid dpi value giving, using default of {DPI:.6} dpi. Value must be positive and >= 0.001");
            job.warn(arguments.span, message);
            DPI
        }
        Some(dpi) => dpi,
        None => DPI,
    }
}

fn format_of(name: &str) -> ImportFormat {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    match ending.as_deref() {
        Some("stl") => ImportFormat::Stl,
        Some("off") => ImportFormat::Off,
        Some("obj") => ImportFormat::Obj,
        Some("amf") => ImportFormat::Amf,
        Some("3mf") => ImportFormat::ThreeMf,
        Some("svg") => ImportFormat::Svg,
        Some("dxf") => ImportFormat::Dxf,
        _ => ImportFormat::Unknown,
    }
}

pub(super) fn surface(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let name = named(arguments.get("file")).unwrap_or_default();
    Ok(Kind::Surface {
        file: job.attach(&name, arguments.span)?,
        center: arguments.get("center").as_bool().unwrap_or(false),
        invert: arguments.get("invert").as_bool().unwrap_or(false),
        convexity: arguments.get("convexity").as_number().map_or(1, |number| number as i32),
    })
}
