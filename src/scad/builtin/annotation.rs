//! `maquette_annotation()`: what the bundled library `maquette.scad` hands to drawings.

use std::sync::Arc;

use crate::csg::{Annotation, Kind, Subject, TITLE_FIELDS};
use crate::diag::Span;
use crate::geom::Vec3;
use crate::scad::builtin::ModuleArguments;
use crate::scad::eval::Interpreter;
use crate::scad::log::Run;
use crate::scad::value::Value;

/// The special variable by which the library knows that somebody listens.
pub const SWITCH: &str = "$maquette";

/// Why an annotation is left out.
type Wrong = String;

pub(super) fn annotation(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let kind = arguments.get("kind").as_text().map(|text| text.as_str().to_owned()).unwrap_or_default();
    let span = job.asked_at(arguments.span);
    let values = Values { list: arguments.get("values"), span };
    match values.read(&kind) {
        Ok(annotation) => {
            job.is_annotated = true;
            Ok(Kind::Annotation(Box::new(annotation)))
        }
        Err(wrong) => {
            job.warn(span, format!("{kind}(): {wrong}; the drawing leaves it out"));
            Ok(Kind::Group)
        }
    }
}

/// The arguments of one of the library's modules, in its order.
struct Values<'a> {
    list: &'a Value,
    span: Span,
}

impl Values<'_> {
    fn read(&self, kind: &str) -> Result<Annotation, Wrong> {
        let (text, tolerance, view, subject) = match kind {
            "dimension" => {
                let (from, to) = (self.point(0, "from")?, self.point(1, "to")?);
                if from == to {
                    return Err("from and to are the same point".to_owned());
                }
                (3, Some(4), Some(5), Subject::Dimension { from, to, along: self.direction(2, "along")? })
            }
            "diameter" | "radius" => {
                let diameter = kind == "diameter";
                let size = self.number(1, if diameter { "d" } else { "r" })?;
                let axis = self.direction(2, "axis")?.unwrap_or(Vec3::Z);
                let radius = if diameter { size * 0.5 } else { size };
                (3, Some(4), Some(5), Subject::Circle { center: self.point(0, "center")?, axis, radius, diameter })
            }
            "angle" => {
                let (corner, from, to) = (self.point(0, "corner")?, self.point(1, "from")?, self.point(2, "to")?);
                (3, Some(4), Some(5), Subject::Angle { corner, from, to })
            }
            "note" => (1, None, Some(2), Subject::Note { at: self.point(0, "at")? }),
            "datum" => (2, None, Some(3), Subject::Datum { at: self.point(0, "at")?, normal: self.normal(1)? }),
            "finish" => (2, None, Some(3), Subject::Finish { at: self.point(0, "at")?, normal: self.normal(1)? }),
            "section" => (2, None, None, Subject::Section { at: self.point(0, "at")?, normal: self.normal(1)? }),
            "detail" => {
                let (at, radius) = (self.point(0, "at")?, self.number(1, "r")?);
                let scale = if self.at(2).is_undef() { None } else { Some(self.number(2, "scale")?) };
                (3, None, Some(4), Subject::Detail { at, radius, scale })
            }
            "room" => (1, None, None, Subject::Room { at: self.point(0, "at")? }),
            "part" => {
                let words = |at: usize| self.words(at).unwrap_or_else(|| Arc::from(""));
                (0, None, None, Subject::Part { material: words(1), number: words(2) })
            }
            "title" => {
                let field = self.words(0).filter(|field| TITLE_FIELDS.contains(&&**field));
                let field =
                    field.ok_or_else(|| format!("there is no such field; there are {}", TITLE_FIELDS.join(", ")))?;
                (1, None, None, Subject::Title { field })
            }
            _ => return Err("there is no such annotation".to_owned()),
        };
        let must_speak = !matches!(subject, Subject::Dimension { .. } | Subject::Circle { .. } | Subject::Angle { .. });
        let words = self.words(text);
        if must_speak && words.as_ref().is_none_or(|words| words.trim().is_empty()) {
            return Err("it needs a text".to_owned());
        }
        let tolerance = tolerance.and_then(|at| tolerance_text(self.at(at)));
        let view = view.and_then(|at| self.words(at));
        Ok(Annotation { subject, text: words, tolerance, view, span: self.span })
    }

    fn at(&self, index: usize) -> Value {
        self.list.as_list().and_then(|list| list.iter().nth(index)).unwrap_or(Value::Undef)
    }

    fn point(&self, index: usize, name: &str) -> Result<Vec3, Wrong> {
        let point = self.at(index).as_triple(Some(0.0)).map(Vec3::from);
        point.filter(|point| point.is_finite()).ok_or_else(|| format!("{name} must be a point [x, y, z]"))
    }

    fn normal(&self, index: usize) -> Result<Vec3, Wrong> {
        self.direction(index, "normal")?.ok_or_else(|| "normal must be a direction [x, y, z]".to_owned())
    }

    /// A direction: a vector with a length, or the name of an axis; none where nothing is said.
    fn direction(&self, index: usize, name: &str) -> Result<Option<Vec3>, Wrong> {
        let value = self.at(index);
        if value.is_undef() {
            return Ok(None);
        }
        let axis = match value.as_text().map(|text| text.as_str()) {
            Some("x") => Some(Vec3::X),
            Some("y") => Some(Vec3::Y),
            Some("z") => Some(Vec3::Z),
            Some(_) => None,
            None => value.as_triple(Some(0.0)).map(Vec3::from),
        };
        let direction = axis.and_then(Vec3::try_normalize);
        direction
            .map(Some)
            .ok_or_else(|| format!("{name} must be a direction [x, y, z], or one of \"x\", \"y\", \"z\""))
    }

    fn number(&self, index: usize, name: &str) -> Result<f64, Wrong> {
        let number = self.at(index).as_finite().filter(|number| *number > 0.0);
        number.ok_or_else(|| format!("{name} must be a number above 0"))
    }

    fn words(&self, index: usize) -> Option<Arc<str>> {
        match self.at(index) {
            Value::Text(text) => Some(Arc::from(text.as_str())),
            Value::Number(number) => Some(Arc::from(decimal(number))),
            _ => None,
        }
    }
}

/// `0.1` as ±0,1; `[0.2, -0.1]` as its two limits; a fit like `"H7"` as it is.
fn tolerance_text(value: Value) -> Option<Arc<str>> {
    let signed = |limit: f64| if limit > 0.0 { format!("+{}", decimal(limit)) } else { decimal(limit) };
    let text = match &value {
        Value::Number(both) => format!(" ±{}", decimal(both.abs())),
        Value::Text(fit) => format!(" {}", fit.as_str()),
        other => {
            let [upper, lower] = other.as_pair()?;
            format!(" {}/{}", signed(upper.max(lower)), signed(upper.min(lower)))
        }
    };
    Some(Arc::from(text))
}

/// A number as drawings write it: a decimal comma.
fn decimal(number: f64) -> String {
    format!("{number}").replace('.', ",")
}
