//! `maquette render`: one model to one or more files, without a queue.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::budget::{Budget, Limits};
use crate::cli::arguments::RenderArguments;
use crate::cli::console::Console;
use crate::cli::disk::{DiskHost, STDIN};
use crate::cli::{CommandResult, Failed, STACK_BYTES, deep, parameters, pool};
use crate::csg;
use crate::diag::Severity;
use crate::export::Artefact;
use crate::geom::atan2_deg;
use crate::job::pipeline::{self, Request};
use crate::job::{Engine, Outcome, OutputSpec, options, report};
use crate::scad::{self, Feature, Features, View};

/// Renders.
pub fn run(arguments: &RenderArguments) -> CommandResult {
    let formats: Vec<String> =
        arguments.output.iter().map(|path| format_of(arguments, path)).collect::<Result<_, _>>()?;
    let host =
        DiskHost::open(&arguments.model).map_err(|error| Failed::new(format!("{}: {error}", arguments.model)))?;
    let is_text = |format: &str| matches!(format, "ast" | "csg" | "echo" | "param");
    let (texts, products): (Vec<_>, Vec<_>) =
        arguments.output.iter().zip(&formats).partition(|(_, format)| is_text(format));
    let budget = budget(arguments);
    let mut outcome = Ok(ExitCode::SUCCESS);
    if !texts.is_empty() {
        outcome = write_texts(arguments, &host, &texts, &budget);
    }
    if !products.is_empty() && outcome.is_ok() {
        outcome = write_products(arguments, &host, &products, &budget);
    }
    outcome
}

fn format_of(arguments: &RenderArguments, path: &Path) -> Result<String, Failed> {
    if let Some(format) = &arguments.export_format {
        return Ok(format.to_lowercase());
    }
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    ending.ok_or_else(|| {
        Failed::new(format!("{} has no ending that says its format; give --export-format", path.display()))
    })
}

fn budget(arguments: &RenderArguments) -> Budget {
    let unlimited = Limits { memory_bytes: u64::MAX / 2, ..Limits::default() };
    let budget = Budget::new(unlimited);
    if let Some(seconds) = arguments.timeout {
        let timer = budget.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(seconds));
            timer.expire();
        });
    }
    budget
}

fn language_options(arguments: &RenderArguments, host: &DiskHost, preview: bool) -> Result<scad::Options, Failed> {
    Ok(scad::Options {
        overrides: parameters::from_set_file(arguments, host)?,
        appended: parameters::defines(arguments)?,
        preview,
        view: view(&arguments.camera)?,
        features: features(arguments),
        trace_parameters: arguments.trace_usermodule_parameters,
        check_ranges: arguments.check_parameter_ranges.as_deref() == Some("on"),
        stack_bytes: STACK_BYTES,
        cache: Some(parse_cache()),
        ..scad::Options::default()
    })
}

/// A cache that nobody empties: the process ends soon, and its memory goes back as a whole sooner than tree by tree.
fn parse_cache() -> Arc<scad::ParseCache> {
    let cache = Arc::new(scad::ParseCache::new());
    std::mem::forget(cache.clone());
    cache
}

/// The view that the program sees: seven numbers as OpenSCAD's window has them, or six for where the eye is and what it looks at.
fn view(camera: &[f64]) -> Result<View, Failed> {
    match *camera {
        [] => Ok(View::default()),
        [x, y, z, turn_x, turn_y, turn_z, distance] => {
            Ok(View { target: [x, y, z], rotation: [turn_x, turn_y, turn_z], distance, ..View::default() })
        }
        [eye_x, eye_y, eye_z, x, y, z] => {
            let (along, across, up) = (eye_x - x, eye_y - y, eye_z - z);
            let flat = along.hypot(across);
            let turn = (atan2_deg(across, along) + 90.0 + 360.0) % 360.0;
            let rotation = [90.0 - atan2_deg(up, flat), 0.0, turn];
            Ok(View { target: [x, y, z], rotation, distance: flat.hypot(up), ..View::default() })
        }
        _ => Err(Failed::new("--camera takes 7 numbers (where it looks, turns, distance) or 6 (eye, centre)")),
    }
}

/// Equal subtrees of one model are computed once; nothing outlives the command.
const MEMO_BYTES: u64 = 1 << 30;

/// Features that OpenSCAD has behind `--enable`: most are on here anyway.
fn features(arguments: &RenderArguments) -> Features {
    let named = |feature: &Feature| arguments.enable.iter().any(|name| name == feature.name() || name == "all");
    Feature::ALL.into_iter().filter(named).fold(Features::default(), Features::with)
}

/// Outputs that need no geometry: OpenSCAD evaluates them with `$preview` true unless `--render` is given.
fn write_texts(
    arguments: &RenderArguments,
    host: &DiskHost,
    texts: &[(&PathBuf, &String)],
    budget: &Budget,
) -> CommandResult {
    let preview = arguments.render.is_none();
    let options = scad::Options { tell_missing: false, ..language_options(arguments, host, preview)? };
    if texts.iter().all(|(_, format)| *format == "ast") {
        return write_reprints(arguments, host, &options, texts, budget);
    }
    let evaluation = deep(|| scad::evaluate(&arguments.model, host, &options, budget))?;
    let console = Console::new(arguments.quiet);
    if !arguments.quiet {
        parameters::tell_unused(arguments, &evaluation.sources);
    }
    let mut failed = evaluation.tree.is_none();
    for (path, format) in texts {
        let text = match (format.as_str(), &evaluation.tree) {
            ("csg", Some(tree)) => csg::dump(tree),
            // an older dump must not pass for that of this program
            ("csg", None) => String::new(),
            ("ast", _) => deep(|| scad::reprint(&arguments.model, host, &options, budget))?.0.unwrap_or_default(),
            ("param", _) => parameters::description(&arguments.model, host)?,
            _ => console.text(&evaluation.diagnostics, &evaluation.sources),
        };
        write_output(path, text.as_bytes())?;
    }
    if !texts.iter().any(|(_, format)| *format == "echo") {
        console.tell(&evaluation.diagnostics, &evaluation.sources);
    }
    failed |= arguments.hardwarnings && evaluation.diagnostics.iter().any(|told| told.severity == Severity::Warning);
    Ok(ExitCode::from(u8::from(failed)))
}

/// Programs as OpenSCAD writes them back, for which nothing is evaluated.
fn write_reprints(
    arguments: &RenderArguments,
    host: &DiskHost,
    options: &scad::Options,
    texts: &[(&PathBuf, &String)],
    budget: &Budget,
) -> CommandResult {
    let (text, told) = deep(|| scad::reprint(&arguments.model, host, options, budget))?;
    Console::new(arguments.quiet).tell(&told.diagnostics, &told.sources);
    for (path, _) in texts {
        write_output(path, text.as_deref().unwrap_or_default().as_bytes())?;
    }
    Ok(ExitCode::from(u8::from(text.is_none())))
}

fn write_products(
    arguments: &RenderArguments,
    host: &DiskHost,
    products: &[(&PathBuf, &String)],
    budget: &Budget,
) -> CommandResult {
    let preview = arguments.preview.is_some();
    let options = language_options(arguments, host, preview)?;
    let outputs: Vec<OutputSpec> =
        products.iter().map(|(path, format)| output_spec(arguments, path, format)).collect::<Result<_, _>>()?;
    let request = Request { main: &arguments.model, host, fonts: host.fonts(), options, outputs: &outputs };
    let outcome = pool()?.install(|| pipeline::make(&request, &Engine::new(STACK_BYTES, MEMO_BYTES), budget, &|_| {}));
    if !arguments.quiet {
        parameters::tell_unused(arguments, &outcome.sources);
    }
    Console::new(arguments.quiet).tell(&outcome.diagnostics, &outcome.sources);
    for (result, (path, _)) in outcome.outputs.iter().zip(products) {
        if let Ok(artefact) = &result.made {
            write_output(path, &artefact.bytes)?;
            write_beside(path, &result.beside)?;
        }
    }
    summary(arguments, &outcome)?;
    finish(arguments, &outcome)
}

fn finish(arguments: &RenderArguments, outcome: &Outcome) -> CommandResult {
    if let Some(failure) = &outcome.failure {
        return Err(Failed::new(report::detail(failure)));
    }
    let warned = outcome.diagnostics.iter().any(|told| told.severity == Severity::Warning);
    Ok(ExitCode::from(u8::from(arguments.hardwarnings && warned)))
}

fn output_spec(arguments: &RenderArguments, path: &Path, format: &str) -> Result<OutputSpec, Failed> {
    let stem = path.file_stem().map_or_else(|| "model".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let (format, encoding) = match format {
        "asciistl" => ("stl", Some("ascii")),
        "binstl" => ("stl", Some("binary")),
        _ => (format, None),
    };
    let mut wanted = output_options(arguments, format)?;
    if let Some(encoding) = encoding {
        set(&mut wanted, "encoding", encoding);
    }
    let product = options::product(None, format, Value::Object(wanted));
    let product = product.map_err(|detail| Failed::new(format!("{}: {detail}", path.display())))?;
    Ok(OutputSpec { name: stem, product, required: true })
}

/// The `-O section/key=value` that belong to a format, as its options document.
fn output_options(arguments: &RenderArguments, format: &str) -> Result<Map<String, Value>, Failed> {
    let sections = match format {
        "svg" | "dxf" | "pdf" => ["drawing"; 2],
        "png" => ["png"; 2],
        "json" => ["report"; 2],
        // what is said of every mesh, and of this format alone
        mesh => ["mesh", mesh],
    };
    let mut options = Map::new();
    if format == "png" {
        options = picture_options(arguments)?;
    }
    if sections[0] == "drawing" {
        // a flat model keeps its vertices, as OpenSCAD's own files do
        options.insert("curves".to_owned(), json!(false));
    }
    for option in &arguments.option {
        let (key, value) = option
            .split_once('=')
            .ok_or_else(|| Failed::new(format!("-O {option}: not of the form section/key=value")))?;
        let (given, key) = key
            .split_once('/')
            .ok_or_else(|| Failed::new(format!("-O {option}: not of the form section/key=value")))?;
        if sections.contains(&given) {
            set(&mut options, key, value);
        }
    }
    Ok(options)
}

/// What OpenSCAD's own flags say about a picture.
fn picture_options(arguments: &RenderArguments) -> Result<Map<String, Value>, Failed> {
    let mut options = Map::new();
    if let Some(size) = &arguments.imgsize {
        let (width, height) = size.split_once(',').unwrap_or((size, size));
        options.insert("width".to_owned(), scalar(width));
        options.insert("height".to_owned(), scalar(height));
    }
    if let Some(projection) = &arguments.projection {
        let projection = if projection.starts_with('o') { "orthographic" } else { "perspective" };
        options.insert("projection".to_owned(), json!(projection));
    }
    if !arguments.camera.is_empty() {
        let View { target, rotation, distance, field } = view(&arguments.camera)?;
        options.insert("fieldOfView".to_owned(), json!(field));
        if distance > 0.0 && !arguments.viewall {
            let camera = json!({ "target": target, "rotation": rotation, "distance": distance });
            options.insert("camera".to_owned(), camera);
        } else {
            for (name, angle) in [("elevation", 90.0 - rotation[0]), ("tilt", rotation[1]), ("azimuth", rotation[2])] {
                options.insert(name.to_owned(), json!(angle % 360.0));
            }
        }
    }
    Ok(options)
}

fn set(options: &mut Map<String, Value>, key: &str, value: &str) {
    match key.split_once('.') {
        Some((outer, inner)) => {
            let nested = options.entry(outer).or_insert_with(|| json!({}));
            if let Value::Object(nested) = nested {
                set(nested, inner, value);
            }
        }
        None if key == "views" && !value.starts_with('[') => {
            options.insert(key.to_owned(), value.split(',').map(|name| Value::String(name.to_owned())).collect());
        }
        None => {
            options.insert(key.to_owned(), scalar(value));
        }
    }
}

/// Numbers, booleans and lists as such, all else as text.
fn scalar(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_) | Value::Array(_))) => value,
        _ => Value::String(text.to_owned()),
    }
}

fn summary(arguments: &RenderArguments, outcome: &Outcome) -> Result<(), Failed> {
    let (Some(_), Some(geometry)) = (&arguments.summary, &outcome.geometry) else {
        return Ok(());
    };
    let [min, max] = geometry.bounding_box;
    let dimensions = usize::from(geometry.dimensions);
    let size: Vec<f64> = (0..dimensions).map(|axis| max[axis] - min[axis]).collect();
    let document = json!({ "geometry": {
        "dimensions": geometry.dimensions,
        "bounding_box": { "min": &min[..dimensions], "max": &max[..dimensions], "size": size },
        "facets": geometry.triangles, "simple": geometry.manifold, "parts": geometry.parts,
        "volume": geometry.volume, "area": geometry.area } });
    let text = format!("{document:#}\n");
    match &arguments.summary_file {
        Some(path) => write_output(path, text.as_bytes()),
        None => {
            eprint!("{text}");
            Ok(())
        }
    }
}

/// The files that belong to an artefact go where it went, under the names that it knows them by.
fn write_beside(path: &Path, beside: &[Artefact]) -> Result<(), Failed> {
    for artefact in beside.iter().filter(|_| path.as_os_str() != STDIN) {
        write_output(&path.with_file_name(&artefact.name), &artefact.bytes)?;
    }
    Ok(())
}

fn write_output(path: &Path, bytes: &[u8]) -> Result<(), Failed> {
    let written =
        if path.as_os_str() == STDIN { std::io::stdout().lock().write_all(bytes) } else { fs::write(path, bytes) };
    written.map_err(|error| Failed::new(format!("{}: {error}", path.display())))
}
