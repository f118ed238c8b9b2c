//! Parameters that a program offers: found in its comments, checked, and taken from parameter sets.
//!
//! **Sources** The OpenSCAD User Manual, "Customizer"; MakerWorld's `// color` and `// font`.

mod comment;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::scad::ast::{Assignment, Expr, ExprKind, Scope, Statement};
use crate::scad::customizer::comment::{Annotation, annotation};
use crate::scad::options::Literal;
use crate::scad::parser::parse;
use crate::scad::value::format_number;

/// A variable that a program offers for change.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// The group of a `/* [Group] */` above it; `Parameters` where there is none.
    pub group: String,
    /// The comment on the line before it; may be empty.
    pub description: String,
    /// What the program gives it.
    pub initial: Literal,
    /// What it may be.
    pub control: Control,
}

/// What a parameter may be, and how a form would ask for it.
#[derive(Debug, Clone, PartialEq)]
pub enum Control {
    /// Yes or no.
    Check,
    /// One of several values, each with its label.
    Choice(Vec<(String, Literal)>),
    /// A number, or one to four of them where the initial value is a list.
    Number(Bounds),
    /// A string of at most so many bytes.
    Text(Option<usize>),
    /// A colour as `#RRGGBB`.
    Color,
    /// The name of a font.
    Font,
}

/// The numbers that a parameter may be.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bounds {
    /// Smallest.
    pub min: Option<f64>,
    /// Largest.
    pub max: Option<f64>,
    /// Distance between two of them.
    pub step: Option<f64>,
}

impl Bounds {
    fn clamp(&self, number: f64) -> f64 {
        number.max(self.min.unwrap_or(f64::NEG_INFINITY)).min(self.max.unwrap_or(f64::INFINITY))
    }

    fn holds(&self, number: f64) -> bool {
        self.clamp(number) == number
    }

    /// Grown to hold what the program itself gives.
    fn holding(mut self, numbers: &[f64]) -> Self {
        for number in numbers {
            self.min = self.min.map(|min| min.min(*number));
            self.max = self.max.map(|max| max.max(*number));
        }
        self
    }
}

/// The parameters that a program offers, in its order.
pub fn parameters(source: &str) -> Vec<Parameter> {
    let (scope, _) = parse(&Arc::from(source));
    let text = SourceText::new(source);
    last_assignments(&scope).into_iter().filter_map(|assignment| text.parameter(assignment)).collect()
}

/// What the comments about a variable say, as they are written.
#[derive(Debug, Clone, PartialEq)]
pub struct Remarks {
    /// The group above it; empty where there is none.
    pub group: String,
    /// The comment on the line before it; may be empty.
    pub description: String,
    /// The comment behind it as an expression, `""` where it says nothing.
    pub values: String,
}

/// What the comments about the variables of a program say, for all that it gives a literal.
pub fn remarks(source: &str) -> BTreeMap<String, Remarks> {
    let (scope, _) = parse(&Arc::from(source));
    let text = SourceText::new(source);
    let literals = last_assignments(&scope).into_iter().filter(|assignment| assignment.value.is_literal());
    literals.filter_map(|assignment| Some((assignment.name.to_string(), text.remarks(assignment)?))).collect()
}

/// The assignments that count, in the order in which their variables are first named.
fn last_assignments(scope: &Scope) -> Vec<&Assignment> {
    let mut assignments: Vec<&Assignment> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for statement in &scope.statements {
        let Statement::Assignment(assignment) = statement else { continue };
        let at = *places.entry(&assignment.name).or_insert(assignments.len());
        match assignments.get_mut(at) {
            Some(last) => *last = assignment,
            None => assignments.push(assignment),
        }
    }
    assignments
}

/// The source by lines, with its groups.
struct SourceText<'a> {
    source: &'a str,
    lines: Vec<&'a str>,
    /// Line and name of each group, lines counted from 0.
    groups: Vec<(usize, String)>,
    /// The line of the first `{`: parameters end there.
    end: usize,
}

impl<'a> SourceText<'a> {
    fn new(source: &'a str) -> Self {
        let (groups, end) = comment::outline(source);
        Self { source, lines: source.split('\n').collect(), groups, end }
    }

    fn parameter(&self, assignment: &Assignment) -> Option<Parameter> {
        let initial = literal(&assignment.value)?;
        let line = self.line(assignment)?;
        let group = self.group(line).map_or("Parameters", str::trim);
        if group == "Hidden" {
            return None;
        }
        let remark = comment::behind(self.lines[line]).unwrap_or_default();
        Some(Parameter {
            name: assignment.name.to_string(),
            group: group.to_owned(),
            description: self.description(line).trim().to_owned(),
            control: control(&initial, remark)?,
            initial,
        })
    }

    fn remarks(&self, assignment: &Assignment) -> Option<Remarks> {
        let line = self.line(assignment)?;
        Some(Remarks {
            group: self.group(line).unwrap_or_default().to_owned(),
            description: self.description(line),
            values: comment::printed(comment::behind(self.lines[line]).unwrap_or_default()),
        })
    }

    /// The line of an assignment that may be a parameter, counted from 0.
    fn line(&self, assignment: &Assignment) -> Option<usize> {
        let line = self.source[..assignment.loc.start as usize].bytes().filter(|byte| *byte == b'\n').count();
        (line < self.end).then_some(line)
    }

    fn group(&self, line: usize) -> Option<&str> {
        self.groups.iter().rev().find(|(at, _)| *at < line).map(|(_, name)| name.as_str())
    }

    fn description(&self, line: usize) -> String {
        let before = line.checked_sub(1).and_then(|line| self.lines[line].strip_prefix("//"));
        before.map_or_else(String::new, |text| text.trim_start().replace("//", " "))
    }
}

/// The value of an expression that is a literal, or a list of up to four numbers.
fn literal(value: &Expr) -> Option<Literal> {
    Some(match &value.kind {
        ExprKind::Bool(value) => Literal::Bool(*value),
        ExprKind::Number(number) => Literal::Number(*number),
        ExprKind::Text(text) => Literal::Text(text.to_string()),
        ExprKind::List(items) if (1..=4).contains(&items.len()) => {
            let number = |item: &Expr| match item.kind {
                ExprKind::Number(number) => Some(Literal::Number(number)),
                _ => None,
            };
            Literal::List(items.iter().map(number).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

fn control(initial: &Literal, remark: &str) -> Option<Control> {
    let annotation = annotation(remark);
    Some(match initial {
        Literal::Bool(_) => Control::Check,
        Literal::Number(_) | Literal::Text(_) if is_choice(&annotation) => choice(initial, annotation),
        Literal::Number(number) => Control::Number(bounds(&annotation).holding(&[*number])),
        Literal::List(items) => Control::Number(bounds(&annotation).holding(&numbers(items))),
        Literal::Text(text) => match (remark.trim().to_lowercase().as_str(), annotation) {
            ("color" | "colour", _) => Control::Color,
            ("font", _) => Control::Font,
            (_, Annotation::Number(length)) if length >= 0.0 => Control::Text(Some((length as usize).max(text.len()))),
            _ => Control::Text(None),
        },
        Literal::Undef => return None,
    })
}

fn numbers(items: &[Literal]) -> Vec<f64> {
    let number = |item: &Literal| if let Literal::Number(number) = item { Some(*number) } else { None };
    items.iter().filter_map(number).collect()
}

/// A list with one number is a largest value, not a choice of one.
fn is_choice(annotation: &Annotation) -> bool {
    match annotation {
        Annotation::List(items) => !matches!(items.as_slice(), [] | [(Literal::Number(_), None)]),
        _ => false,
    }
}

fn choice(initial: &Literal, annotation: Annotation) -> Control {
    let Annotation::List(items) = annotation else { return Control::Choice(Vec::new()) };
    let mut options: Vec<(String, Literal)> = Vec::new();
    for (value, label) in items {
        // numbers among words are words where the value is a word
        let value = match (&value, initial) {
            (Literal::Number(number), Literal::Text(_)) => Literal::Text(format_number(*number)),
            _ => value,
        };
        options.push((label.unwrap_or_else(|| shown(&value)), value));
    }
    if !options.iter().any(|(_, value)| value == initial) {
        options.insert(0, (shown(initial), initial.clone()));
    }
    Control::Choice(options)
}

fn shown(value: &Literal) -> String {
    match value {
        Literal::Number(number) => format_number(*number),
        Literal::Text(text) => text.clone(),
        Literal::Bool(value) => value.to_string(),
        Literal::Undef | Literal::List(_) => String::new(),
    }
}

fn bounds(annotation: &Annotation) -> Bounds {
    match annotation {
        Annotation::Number(step) => Bounds { step: Some(*step), ..Bounds::default() },
        Annotation::Range { min, step, max } => Bounds { min: Some(*min), max: Some(*max), step: *step },
        Annotation::List(items) => match items.as_slice() {
            [(Literal::Number(max), None)] => Bounds { max: Some(*max), ..Bounds::default() },
            _ => Bounds::default(),
        },
        Annotation::Nothing => Bounds::default(),
    }
}

impl Parameter {
    /// The value that the text of a parameter set means: numbers are moved into bounds; `None` where it means none and the program's
    /// own value stays.
    pub fn value_of(&self, text: &str) -> Option<Literal> {
        match (&self.control, &self.initial) {
            (Control::Check, _) => match text.trim() {
                "true" | "1" => Some(Literal::Bool(true)),
                "false" | "0" => Some(Literal::Bool(false)),
                _ => None,
            },
            (Control::Choice(options), _) => {
                let number = text.trim().parse::<f64>().ok();
                let same = |value: &Literal| match value {
                    Literal::Number(option) => Some(*option) == number,
                    Literal::Text(option) => option == text,
                    _ => false,
                };
                options.iter().map(|(_, value)| value).find(|value| same(value)).cloned()
            }
            (Control::Number(bounds), Literal::List(initial)) => vector_of(text, bounds, initial.len()),
            (Control::Number(bounds), _) => {
                text.trim().parse().ok().map(|number| Literal::Number(bounds.clamp(number)))
            }
            (Control::Text(Some(most)), _) => Some(Literal::Text(truncated(text, *most))),
            (Control::Text(None) | Control::Color | Control::Font, _) => Some(Literal::Text(text.to_owned())),
        }
    }

    /// Whether a value from outside is one that the parameter may be.
    ///
    /// # Errors
    /// What it may be, in words.
    pub fn check(&self, value: &Literal) -> Result<(), String> {
        let name = &self.name;
        if *value == self.initial {
            return Ok(());
        }
        match (&self.control, value, &self.initial) {
            (Control::Check, Literal::Bool(_), _) | (Control::Font, Literal::Text(_), _) => Ok(()),
            (Control::Check, ..) => Err(format!("parameter '{name}' must be true or false")),
            (Control::Choice(options), ..) if options.iter().any(|(_, option)| option == value) => Ok(()),
            (Control::Choice(options), ..) => {
                let known: Vec<String> = options.iter().map(|(_, option)| shown(option)).collect();
                Err(format!("parameter '{name}' must be one of {}", known.join(", ")))
            }
            (Control::Number(bounds), Literal::Number(number), Literal::Number(_)) => {
                bounds_error(name, bounds, &[*number])
            }
            (Control::Number(bounds), Literal::List(items), Literal::List(initial))
                if numbers(items).len() == initial.len() =>
            {
                bounds_error(name, bounds, &numbers(items))
            }
            (Control::Number(_), _, Literal::List(initial)) => {
                Err(format!("parameter '{name}' must be a list of {} numbers", initial.len()))
            }
            (Control::Number(_), ..) => Err(format!("parameter '{name}' must be a number")),
            (Control::Text(most), Literal::Text(text), _) if most.is_none_or(|most| text.len() <= most) => Ok(()),
            (Control::Text(Some(most)), ..) => {
                Err(format!("parameter '{name}' must be a string of at most {most} bytes"))
            }
            (Control::Color, Literal::Text(text), _) if is_color(text) => Ok(()),
            (Control::Color, ..) => Err(format!("parameter '{name}' must be a colour as #RRGGBB")),
            (Control::Text(None) | Control::Font, ..) => Err(format!("parameter '{name}' must be a string")),
        }
    }
}

fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    matches!(digits.len(), 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn bounds_error(name: &str, bounds: &Bounds, numbers: &[f64]) -> Result<(), String> {
    match numbers.iter().find(|number| !bounds.holds(**number)) {
        None => Ok(()),
        Some(number) => {
            let shown = |bound: Option<f64>| bound.map_or("any".to_owned(), format_number);
            let (min, max) = (shown(bounds.min), shown(bounds.max));
            Err(format!("parameter '{name}' is {} and must be from {min} to {max}", format_number(*number)))
        }
    }
}

/// `[1, 2, 3]`, of the same length as the program's own.
fn vector_of(text: &str, bounds: &Bounds, length: usize) -> Option<Literal> {
    let inner: String = text.chars().filter(|character| *character != ' ').collect();
    let inner = inner.strip_prefix('[')?.strip_suffix(']')?;
    let number = |part: &str| part.parse().ok().map(|number| Literal::Number(bounds.clamp(number)));
    let numbers: Vec<Literal> = inner.split(',').map(number).collect::<Option<_>>()?;
    (numbers.len() == length).then_some(Literal::List(numbers))
}

fn truncated(text: &str, most: usize) -> String {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
