//! `search()` and `lookup()`.

use crate::scad::builtin::Arguments;
use crate::scad::eval::{Interpreter, echo_or_dots};
use crate::scad::log::Run;
use crate::scad::value::{List, ListBuilder, Text, Value, equal};

/// How the results of `search()` are to be told.
#[derive(Clone, Copy)]
struct Wanted {
    /// Matches for each thing looked for; 0 for all.
    matches: u32,
    /// Which entry of a row is compared.
    column: usize,
}

pub(super) fn search(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    let values = arguments.values;
    if !(2..=4).contains(&values.len()) {
        job.warn_count(arguments, "between 2 and 4", values.len());
        return Ok(Value::Undef);
    }
    let number = |at: usize, otherwise: f64| values.get(at).map_or(otherwise, Value::number_or_zero);
    let wanted = Wanted { matches: number(2, 1.0) as u32, column: number(3, 0.0) as usize };
    let table = values[1].as_list();
    let wide = match &values[0] {
        Value::List(list) => list.len(),
        Value::Text(text) => text.len(),
        _ => 1,
    };
    let high = table.map_or_else(|| values[1].as_text().map_or(0, Text::len), List::len);
    job.steps(wide.saturating_mul(high) / 16, arguments.span)?;
    let empty = List::empty();
    Ok(match &values[0] {
        Value::Number(_) => search_number(&values[0], table.unwrap_or(&empty), wanted),
        Value::Text(text) => match values[1].as_text() {
            Some(within) => search_in_text(text, within, wanted),
            None => search_characters(job, text, table.unwrap_or(&empty), wanted, arguments),
        },
        Value::List(list) => search_values(list, table.unwrap_or(&empty), wanted),
        _ => Value::Undef,
    })
}

fn is_match(looked_for: &Value, row: &Value, column: usize) -> bool {
    (column == 0 && equal(looked_for, row)) || row.as_list().is_some_and(|row| is_entry(looked_for, row, column))
}

/// Whether the entry of a row is what is looked for; it is compared where it lies.
fn is_entry(looked_for: &Value, row: &List, column: usize) -> bool {
    match (row.as_values(), looked_for) {
        (Some(entries), _) => entries.get(column).is_some_and(|entry| equal(looked_for, entry)),
        (None, Value::Number(number)) => row.number_at(column) == Some(*number),
        (None, _) => false,
    }
}

/// Which rows of a table match: the first `most`.
fn matches(looked_for: &Value, table: &List, wanted: Wanted) -> Vec<usize> {
    let most = if wanted.matches == 0 { usize::MAX } else { wanted.matches as usize };
    let column = wanted.column;
    match (table.as_values(), table.as_numbers(), looked_for) {
        (Some(rows), ..) => places(rows, most, |row| is_match(looked_for, row, column)),
        (None, Some(numbers), Value::Number(number)) if column == 0 => places(numbers, most, |other| other == number),
        _ => Vec::new(),
    }
}

/// Where the first `most` of the rows are that fit.
fn places<T>(rows: &[T], most: usize, fits: impl Fn(&T) -> bool) -> Vec<usize> {
    if most == 1 {
        return rows.iter().position(fits).into_iter().collect();
    }
    rows.iter().enumerate().filter(|(_, row)| fits(row)).map(|(at, _)| at).take(most).collect()
}

fn search_number(looked_for: &Value, table: &List, wanted: Wanted) -> Value {
    let found = matches(looked_for, table, wanted).into_iter();
    Value::list(List::from_numbers(found.map(|at| at as f64).collect()))
}

/// Collects the matches of one thing as `search()` tells them: one number, or a list.
fn collect(out: &mut ListBuilder, matches: impl Iterator<Item = usize>, wanted: Wanted, tell_none: bool) {
    let mut matches = matches.map(|at| at as f64);
    if wanted.matches == 1 {
        match matches.next() {
            Some(at) => out.push(Value::Number(at)),
            None if tell_none => out.push(Value::list(List::empty())),
            None => {}
        }
        return;
    }
    let most = if wanted.matches == 0 { usize::MAX } else { wanted.matches as usize };
    out.push(Value::list(List::from_numbers(matches.take(most).collect())));
}

fn search_values(looked_for: &List, table: &List, wanted: Wanted) -> Value {
    let mut out = ListBuilder::default();
    for value in looked_for.iter() {
        collect(&mut out, matches(&value, table, wanted).into_iter(), wanted, true);
    }
    Value::list(out.finish())
}

fn search_in_text(looked_for: &Text, within: &Text, wanted: Wanted) -> Value {
    let mut out = ListBuilder::default();
    for character in looked_for.as_str().chars() {
        let found = within.as_str().chars().enumerate().filter(|(_, other)| *other == character).map(|(at, _)| at);
        collect(&mut out, found, wanted, false);
    }
    Value::list(out.finish())
}

/// Each character against the first character of a column of strings.
fn search_characters(
    job: &mut Interpreter<'_>,
    looked_for: &Text,
    table: &List,
    wanted: Wanted,
    arguments: &Arguments<'_>,
) -> Value {
    let mut out = ListBuilder::default();
    let column: Vec<Option<Value>> =
        table.iter().map(|row| row.as_list().and_then(|row| row.get(wanted.column))).collect();
    let short = column.iter().position(Option::is_none);
    for character in looked_for.as_str().chars() {
        let same = |entry: &Option<Value>| {
            entry.as_ref().and_then(Value::as_text).and_then(|text| text.char_at(0)) == Some(character)
        };
        let end = short.unwrap_or(column.len());
        let enough = if wanted.matches == 0 { usize::MAX } else { wanted.matches as usize };
        let found: Vec<usize> = (0..end).filter(|at| same(&column[*at])).take(enough).collect();
        if let Some(at) = short.filter(|_| found.len() < enough) {
            let row = echo_or_dots(&table.get(at).unwrap_or_default());
            let needed = wanted.column + 1;
            let message = format!(
                "Invalid entry in search vector at index {at}, required number of values in the entry: {needed}. Invalid entry: {row}"
            );
            job.warn(arguments.span, message);
            return Value::list(List::empty());
        }
        collect(&mut out, found.into_iter(), wanted, false);
    }
    Value::list(out.finish())
}

pub(super) fn lookup(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    if !job.has_count(arguments, 2) {
        return Ok(Value::Undef);
    }
    let Value::Number(key) = arguments.values[0] else {
        job.warn_type(arguments, "argument 0", "number", &arguments.values[0]);
        return Ok(Value::Undef);
    };
    let Some(table) = arguments.values[1].as_list() else {
        job.warn_type(arguments, "argument 1", "vector", &arguments.values[1]);
        return Ok(Value::Undef);
    };
    if !key.is_finite() {
        let key = echo_or_dots(&arguments.values[0]);
        job.warn(arguments.span, format!("lookup({key}, ...) first argument is not a number"));
        return Ok(Value::Undef);
    }
    job.steps(table.len() / 8, arguments.span)?;
    Ok(interpolate(key, table).map_or(Value::Undef, Value::Number))
}

/// Between the nearest entry below and the nearest above.
fn interpolate(key: f64, table: &List) -> Option<f64> {
    let rows = table.as_values()?;
    let first = rows.first()?.as_pair()?;
    let (mut low, mut high) = (first, first);
    for pair in rows[1..].iter().filter_map(Value::as_pair) {
        if pair[0] <= key && (pair[0] > low[0] || low[0] > key) {
            low = pair;
        }
        if pair[0] >= key && (pair[0] < high[0] || high[0] < key) {
            high = pair;
        }
    }
    if key <= low[0] {
        return Some(high[1]);
    }
    if key >= high[0] {
        return Some(low[1]);
    }
    let part = (key - low[0]) / (high[0] - low[0]);
    Some(high[1] * part + low[1] * (1.0 - part))
}
