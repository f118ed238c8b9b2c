//! The built-in functions and modules: name, parameters, what they do.
//!
//! **Stages** `math` `string` `list` `search` `kind` `object` functions · `random` numbers as OpenSCAD draws them · `primitive` `transform`
//! `operator` `extrude` `color` modules · `former` modules of old programs · `annotation` what drawings are to say · `text` `file` `dxf` `json` what needs the host.

pub mod annotation;
mod color;
mod dxf;
mod extrude;
mod file;
pub mod former;
mod json;
mod kind;
mod list;
mod math;
mod object;
mod operator;
mod primitive;
pub mod random;
mod search;
mod string;
mod text;
mod transform;

pub use color::color_name;

use crate::csg::{Kind, Resolution};
use crate::diag::Span;
use crate::geom;
use crate::scad::ast::Name;
use crate::scad::eval::{Interpreter, echo_or_dots};
use crate::scad::ir::Expr;
use crate::scad::log::Run;
use crate::scad::options::Feature;
use crate::scad::value::Value;

/// What a built-in function does.
pub type FunctionCode = fn(&mut Interpreter<'_>, &Arguments<'_>) -> Run<Value>;
/// What a built-in function does with values that it may change or take.
pub type OwnedCode = fn(&mut Interpreter<'_>, &mut [Value], Span) -> Run<Option<Value>>;
/// What a built-in module does: the node that it makes.
pub type ModuleCode = fn(&mut Interpreter<'_>, &ModuleArguments<'_>) -> Run<Kind>;

/// A built-in function.
#[derive(Debug)]
pub struct BuiltinFunction {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub call: FunctionCode,
    /// The switch that it is behind.
    pub feature: Option<Feature>,
    /// The same for one number.
    pub number: Option<fn(f64) -> f64>,
    /// The same for one value, where there is nothing to say and little to do.
    pub quick: Option<fn(&Value) -> Option<Value>>,
    /// The same where nobody else has the first value, which may then be changed; `None` where that is not so.
    pub owned: Option<OwnedCode>,
}

/// A built-in module.
#[derive(Debug)]
pub struct BuiltinModule {
    /// Its name.
    pub name: &'static str,
    /// Its parameters by position.
    pub parameters: &'static [&'static str],
    /// What it does.
    pub kind: ModuleKind,
    /// The switch that it is behind.
    pub feature: Option<Feature>,
}

/// What a built-in module does.
#[derive(Debug, Clone, Copy)]
pub enum ModuleKind {
    /// `for`
    For,
    /// `intersection_for`
    IntersectionFor,
    /// `if`
    If,
    /// `let`
    Let,
    /// `echo`
    Echo,
    /// `assert`
    Assert,
    /// `children`
    Children,
    /// `assign`
    Assign,
    /// `child`
    Child,
    /// Makes a node without children.
    Leaf(ModuleCode),
    /// Makes a node of its children.
    Operator(ModuleCode),
    /// Makes a node of the drawing that its arguments name.
    Drawing(ModuleCode),
}

/// The arguments of a built-in function.
#[derive(Debug)]
pub struct Arguments<'a> {
    /// Values in the order of the call.
    pub values: &'a [Value],
    /// The names that the call gives them.
    pub names: &'a [(Option<Name>, Expr)],
    /// The function.
    pub function: &'static str,
    /// Where the call stands.
    pub span: Span,
}

/// The arguments of a built-in module.
#[derive(Debug)]
pub struct ModuleArguments<'a> {
    /// The module.
    pub module: &'static BuiltinModule,
    /// Values by the position of the parameter; `Unset` where there is none.
    pub values: &'a [Value],
    /// Where the call stands.
    pub span: Span,
}

impl ModuleArguments<'_> {
    /// The value of a parameter.
    pub fn get(&self, name: &str) -> &Value {
        let at = self.module.parameters.iter().position(|parameter| *parameter == name);
        at.and_then(|at| self.values.get(at)).unwrap_or(&Value::Undef)
    }
}

/// The built-in function of that name.
pub fn function(name: &str) -> Option<&'static BuiltinFunction> {
    let at = FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok()?;
    FUNCTIONS.get(at)
}

/// The built-in module of that name.
pub fn module(name: &str) -> Option<&'static BuiltinModule> {
    let at = MODULES.binary_search_by(|module| module.name.cmp(name)).ok()?;
    MODULES.get(at)
}

/// Names of all built-in functions.
pub fn function_names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|function| function.name)
}

/// Names of all built-in modules.
pub fn module_names() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|module| module.name)
}

/// Sizes below this OpenSCAD raises, for `$fs` and `$fa`.
const FINENESS_MIN: f64 = 0.01;

impl Interpreter<'_> {
    /// Whether a switch is on; what has none always is.
    pub(in crate::scad) fn is_enabled(&self, feature: Option<Feature>) -> bool {
        feature.is_none_or(|feature| self.options.features.has(feature))
    }

    /// `$fn`, `$fa` and `$fs`, made usable with warnings.
    fn resolution(&mut self, span: Span) -> Resolution {
        let [segments, angle, size, error] = self.resolution_values();
        if segments < 0.0 {
            self.warn(span, "$fn negative - setting to 0");
        }
        if error < 0.0 && self.is_enabled(Some(Feature::DiscretizationByError)) {
            self.warn(span, "$fe negative - setting to 0");
        }
        if size < FINENESS_MIN {
            self.warn(span, "$fs too small - clamping to 0.010000");
        }
        if angle < FINENESS_MIN {
            self.warn(span, "$fa too small - clamping to 0.010000");
        }
        self.resolution_silent()
    }

    /// The same without warnings.
    fn resolution_silent(&mut self) -> Resolution {
        let [segments, angle, size, error] = self.resolution_values();
        let by_error = self.is_enabled(Some(Feature::DiscretizationByError));
        // a comparison with NaN is false: such values stay, as OpenSCAD leaves them
        let raise = |value: f64, least: f64| if value < least { least } else { value };
        Resolution {
            segments: raise(segments, 0.0),
            angle: raise(angle, FINENESS_MIN),
            size: raise(size, FINENESS_MIN),
            error: by_error.then_some(raise(error, 0.0)),
        }
    }

    /// A warning that a call has the wrong number of arguments.
    #[cold]
    fn warn_count(&mut self, arguments: &Arguments<'_>, expected: &str, found: usize) {
        let name = arguments.function;
        let message = format!("{name}() number of parameters does not match: expected {expected}, found {found}");
        self.warn(arguments.span, message);
    }

    /// A warning that an argument is of the wrong type.
    #[cold]
    fn warn_type(&mut self, arguments: &Arguments<'_>, place: &str, expected: &str, found: &Value) {
        let (name, kind, value) = (arguments.function, found.type_name(), echo_or_dots(found));
        let message =
            format!("{name}() parameter could not be converted: {place}: expected {expected}, found {kind} ({value})");
        self.warn(arguments.span, message);
    }

    /// Whether the call has just so many arguments.
    fn has_count(&mut self, arguments: &Arguments<'_>, count: usize) -> bool {
        let fits = arguments.values.len() == count;
        if !fits {
            self.warn_count(arguments, &count.to_string(), arguments.values.len());
        }
        fits
    }

    /// The arguments as so many numbers.
    #[inline]
    fn numbers<const N: usize>(&mut self, arguments: &Arguments<'_>) -> Option<[f64; N]> {
        if !self.has_count(arguments, N) {
            return None;
        }
        let mut numbers = [0.0; N];
        for (at, (slot, value)) in numbers.iter_mut().zip(arguments.values).enumerate() {
            match value {
                Value::Number(number) => *slot = *number,
                other => {
                    self.warn_type(arguments, &format!("argument {at}"), "number", other);
                    return None;
                }
            }
        }
        Some(numbers)
    }
}

/// All functions, by name.
static FUNCTIONS: &[BuiltinFunction] = &[
    numeric("abs", math::abs, f64::abs),
    numeric("acos", math::acos, geom::acos_deg),
    numeric("asin", math::asin, geom::asin_deg),
    numeric("atan", math::atan, geom::atan_deg),
    plain("atan2", math::atan2),
    numeric("ceil", math::ceil, f64::ceil),
    plain("chr", string::chr),
    BuiltinFunction { owned: Some(list::concat_owned), ..plain("concat", list::concat) },
    numeric("cos", math::cos, geom::cos_deg),
    plain("cross", list::cross),
    plain("dxf_cross", dxf::dxf_cross),
    plain("dxf_dim", dxf::dxf_dim),
    numeric("exp", math::exp, libm::exp),
    numeric("floor", math::floor, f64::floor),
    switched("fontmetrics", text::fontmetrics, Feature::TextMetrics),
    switched("has_key", object::has_key, Feature::ObjectFunction),
    switched("import", json::import, Feature::ImportFunction),
    asking("is_bool", kind::is_bool, kind::quick_is_bool),
    asking("is_function", kind::is_function, kind::quick_is_function),
    asking("is_list", kind::is_list, kind::quick_is_list),
    asking("is_num", kind::is_num, kind::quick_is_num),
    switched("is_object", kind::is_object, Feature::TextMetrics),
    asking("is_string", kind::is_string, kind::quick_is_string),
    asking("is_undef", kind::is_undef, kind::quick_is_undef),
    asking("len", list::len, list::quick_len),
    numeric("ln", math::ln, libm::log),
    plain("log", math::log),
    plain("lookup", search::lookup),
    plain("max", list::max),
    plain("min", list::min),
    asking("norm", list::norm, list::quick_norm),
    switched("object", object::object, Feature::ObjectFunction),
    plain("ord", string::ord),
    plain("parent_module", kind::parent_module),
    plain("pow", math::pow),
    plain("rands", random::rands),
    numeric("round", math::round, f64::round),
    plain("search", search::search),
    numeric("sign", math::sign, math::sign_of),
    numeric("sin", math::sin, geom::sin_deg),
    numeric("sqrt", math::sqrt, f64::sqrt),
    BuiltinFunction { owned: Some(string::str_owned), ..plain("str", string::str) },
    numeric("tan", math::tan, geom::tan_deg),
    switched("textmetrics", text::textmetrics, Feature::TextMetrics),
    plain("version", kind::version),
    plain("version_num", kind::version_num),
];

const fn plain(name: &'static str, call: FunctionCode) -> BuiltinFunction {
    BuiltinFunction { name, call, feature: None, number: None, quick: None, owned: None }
}

const fn switched(name: &'static str, call: FunctionCode, feature: Feature) -> BuiltinFunction {
    BuiltinFunction { name, call, feature: Some(feature), number: None, quick: None, owned: None }
}

const fn numeric(name: &'static str, call: FunctionCode, number: fn(f64) -> f64) -> BuiltinFunction {
    BuiltinFunction { name, call, feature: None, number: Some(number), quick: None, owned: None }
}

const fn asking(name: &'static str, call: FunctionCode, quick: fn(&Value) -> Option<Value>) -> BuiltinFunction {
    BuiltinFunction { name, call, feature: None, number: None, quick: Some(quick), owned: None }
}

const fn control(name: &'static str, kind: ModuleKind) -> BuiltinModule {
    BuiltinModule { name, parameters: &["index"], kind, feature: None }
}

const fn leaf(name: &'static str, parameters: &'static [&'static str], make: ModuleCode) -> BuiltinModule {
    BuiltinModule { name, parameters, kind: ModuleKind::Leaf(make), feature: None }
}

const fn operator(name: &'static str, parameters: &'static [&'static str], make: ModuleCode) -> BuiltinModule {
    BuiltinModule { name, parameters, kind: ModuleKind::Operator(make), feature: None }
}

/// All modules, by name.
static MODULES: &[BuiltinModule] = &[
    control("assert", ModuleKind::Assert),
    control("children", ModuleKind::Children),
    leaf("circle", &["r", "d"], primitive::circle),
    operator("color", &["c", "alpha"], color::color),
    leaf("cube", &["size", "center"], primitive::cube),
    leaf("cylinder", &["h", "r1", "r2", "center", "r", "d", "d1", "d2"], primitive::cylinder),
    operator("difference", &[], operator::difference),
    control("echo", ModuleKind::Echo),
    operator("fill", &[], operator::fill),
    control("for", ModuleKind::For),
    operator("group", &[], operator::group),
    operator("hull", &[], operator::hull),
    control("if", ModuleKind::If),
    leaf(
        "import",
        &[
            "file",
            "layer",
            "convexity",
            "origin",
            "scale",
            "width",
            "height",
            "filename",
            "layername",
            "center",
            "dpi",
            "id",
        ],
        file::import,
    ),
    operator("intersection", &[], operator::intersection),
    control("intersection_for", ModuleKind::IntersectionFor),
    control("let", ModuleKind::Let),
    operator(
        "linear_extrude",
        &["height", "v", "scale", "center", "twist", "slices", "segments", "convexity", "h"],
        extrude::linear_extrude,
    ),
    leaf("maquette_annotation", &["kind", "values"], annotation::annotation),
    operator("minkowski", &["convexity"], operator::minkowski),
    operator("mirror", &["v"], transform::mirror),
    operator("multmatrix", &["m"], transform::multmatrix),
    operator("offset", &["r", "delta", "chamfer"], operator::offset),
    leaf("polygon", &["points", "paths", "convexity"], primitive::polygon),
    leaf("polyhedron", &["points", "faces", "convexity", "triangles"], primitive::polyhedron),
    operator("projection", &["cut", "convexity"], operator::projection),
    operator("render", &["convexity"], operator::render),
    operator("resize", &["newsize", "auto", "convexity"], operator::resize),
    BuiltinModule {
        name: "roof",
        parameters: &["method", "convexity"],
        kind: ModuleKind::Operator(operator::roof),
        feature: Some(Feature::Roof),
    },
    operator("rotate", &["a", "v"], transform::rotate),
    operator("rotate_extrude", &["angle", "start", "convexity", "a"], extrude::rotate_extrude),
    operator("scale", &["v"], transform::scale),
    leaf("sphere", &["r", "d"], primitive::sphere),
    leaf("square", &["size", "center"], primitive::square),
    leaf("surface", &["file", "center", "convexity", "invert"], file::surface),
    leaf(
        "text",
        &["text", "size", "font", "direction", "language", "script", "halign", "valign", "spacing", "em"],
        text::text,
    ),
    operator("translate", &["v"], transform::translate),
    operator("union", &[], operator::union),
];

#[cfg(test)]
mod tests {
    use crate::scad::builtin::{FUNCTIONS, MODULES};

    #[test]
    fn tables_are_sorted_for_the_search() {
        assert!(FUNCTIONS.is_sorted_by_key(|function| function.name));
        assert!(MODULES.is_sorted_by_key(|module| module.name));
    }
}
