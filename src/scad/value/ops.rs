//! Operators on values; a result that is `undef` says why.

use std::rc::Rc;

use crate::scad::ast::BinaryOp;
use crate::scad::print::binary_sign;
use crate::scad::value::effort::{enter, spend};

use crate::scad::value::{FEW, List, ListBuilder, Range, Value, ascii_text, compare, equal};

/// Why an operation has no result. Cheap to make: most are thrown away.
#[derive(Debug)]
pub enum Why {
    /// The operator is not defined for these two types.
    Types(BinaryOp, &'static str, &'static str),
    /// Values of this type have no order.
    NoOrder(BinaryOp, &'static str, &'static str),
    /// The operator with one operand is not defined for this type.
    Type(char, &'static str),
    /// Anything else, in words.
    Words(String),
    /// The same, and OpenSCAD says it once more without a place.
    Twice(String),
}

impl Why {
    /// With one more line.
    pub fn and(self, line: String) -> Self {
        Self::Words(format!("{self}\n\t{line}"))
    }

    /// How it can be done, where that is known.
    pub fn hint(&self) -> Option<String> {
        let Self::Types(BinaryOp::Add, left, right) = self else { return None };
        let hint = match (*left, *right) {
            ("string", _) | (_, "string") => "Texts are put together by str(a, b).",
            ("vector", "number") | ("number", "vector") => "A number is added to each: [for (x = list) x + number].",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

impl std::fmt::Display for Why {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Types(op, left, right) => write!(out, "undefined operation ({left} {} {right})", binary_sign(*op)),
            Self::NoOrder(op, left, right) => write!(out, "operation undefined ({left} {} {right})", binary_sign(*op)),
            Self::Type(op, operand) => write!(out, "undefined operation ({op}{operand})"),
            Self::Words(words) | Self::Twice(words) => out.write_str(words),
        }
    }
}

/// The result of an operator other than `&&` and `||`.
///
/// # Errors
/// Why there is none.
fn binary(op: BinaryOp, left: &Value, right: &Value) -> Result<Value, Why> {
    match op {
        BinaryOp::Add => add(left, right),
        BinaryOp::Subtract => subtract(left, right),
        BinaryOp::Multiply => multiply(left, right),
        BinaryOp::Divide => divide(left, right),
        BinaryOp::Equal => Ok(Value::from(equal(left, right))),
        BinaryOp::NotEqual => Ok(Value::from(!equal(left, right))),
        BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => {
            compare(op, left, right).map(Value::from)
        }
        _ => match (left, right) {
            (Value::Number(a), Value::Number(b)) => on_numbers(op, *a, *b).map(Value::Number),
            _ => Err(Why::Types(op, left.type_name(), right.type_name())),
        },
    }
}

/// The same for values that nobody else may need: a list of numbers is then changed where it lies.
///
/// # Errors
/// Why there is none.
pub fn binary_owned(op: BinaryOp, left: Value, right: Value) -> Result<Value, Why> {
    let (mut left, mut right) = (left, right);
    let changed = match (&mut left, &mut right) {
        (Value::List(a), Value::List(b)) if op == BinaryOp::Add => combine(a, b, |a, b| a + b),
        (Value::List(a), Value::List(b)) if op == BinaryOp::Subtract => combine(a, b, |a, b| a - b),
        (Value::List(list), Value::Number(b)) if op == BinaryOp::Multiply => change(list, |a| a * *b),
        (Value::List(list), Value::Number(b)) if op == BinaryOp::Divide => change(list, |a| a / *b),
        _ => false,
    };
    if changed {
        return Ok(left);
    }
    if let (Value::Number(a), Value::List(list)) = (&left, &mut right)
        && op == BinaryOp::Multiply
        && change(list, |b| b * *a)
    {
        return Ok(right);
    }
    binary(op, &left, &right)
}

/// The value of an operator on two short lists of equally many numbers, if it is one of the common ones.
#[inline]
pub fn on_few(op: BinaryOp, left: &[f64], right: &[f64]) -> Option<Value> {
    if left.len() != right.len() || left.is_empty() {
        return None;
    }
    match op {
        BinaryOp::Add => Some(Value::list(map_numbers(left.len(), |at| left[at] + right[at]))),
        BinaryOp::Subtract => Some(Value::list(map_numbers(left.len(), |at| left[at] - right[at]))),
        BinaryOp::Multiply => Some(Value::Number(dot_of_numbers(left, right))),
        _ => None,
    }
}

/// The value of an operator on a short list of numbers and a number, if it is one of the common ones.
#[inline]
pub fn on_few_and_number(op: BinaryOp, left: &[f64], right: f64) -> Option<Value> {
    match op {
        BinaryOp::Multiply => Some(Value::list(map_numbers(left.len(), |at| left[at] * right))),
        BinaryOp::Divide => Some(Value::list(map_numbers(left.len(), |at| left[at] / right))),
        _ => None,
    }
}

/// Puts the results for equally many numbers into the left list, if nobody shares it.
fn combine(left: &mut Rc<List>, right: &List, number: impl Fn(f64, f64) -> f64) -> bool {
    match (Rc::get_mut(left).and_then(List::numbers_mut), right.as_numbers()) {
        (Some(a), Some(b)) if a.len() == b.len() => {
            a.iter_mut().zip(b).for_each(|(a, b)| *a = number(*a, *b));
            true
        }
        _ => false,
    }
}

/// Puts the results for the numbers of a list into it, if nobody shares it.
fn change(list: &mut Rc<List>, number: impl Fn(f64) -> f64) -> bool {
    let numbers = Rc::get_mut(list).and_then(List::numbers_mut);
    let Some(numbers) = numbers else { return false };
    numbers.iter_mut().for_each(|a| *a = number(*a));
    true
}

fn on_numbers(op: BinaryOp, left: f64, right: f64) -> Result<f64, Why> {
    Ok(match op {
        BinaryOp::Modulo => remainder(left, right),
        BinaryOp::Power => libm::pow(left, right),
        BinaryOp::BitAnd => (to_int(left) & to_int(right)) as f64,
        BinaryOp::BitOr => (to_int(left) | to_int(right)) as f64,
        _ => {
            let shift = to_int(right);
            if shift < 0 {
                return Err(Why::Words("negative shift".into()));
            }
            if shift >= 64 {
                return Err(Why::Words("shift too large".into()));
            }
            if op == BinaryOp::ShiftLeft { (to_int(left) << shift) as f64 } else { (to_int(left) >> shift) as f64 }
        }
    })
}

/// `left % right`; whole numbers, as most are, without the long division.
pub fn remainder(left: f64, right: f64) -> f64 {
    const SMALL: f64 = 4_294_967_295.0;
    if (0.0..=SMALL).contains(&left) && (1.0..=SMALL).contains(&right) {
        let (a, b) = (left as u32, right as u32);
        if f64::from(a) == left && f64::from(b) == right && left.is_sign_positive() {
            return f64::from(a % b);
        }
    }
    left % right
}

/// As x86 converts: what does not fit becomes the smallest number.
fn to_int(number: f64) -> i64 {
    let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number);
    if fits { number as i64 } else { i64::MIN }
}

fn add(left: &Value, right: &Value) -> Result<Value, Why> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => Ok(Value::Number(a + b)),
        (Value::List(a), Value::List(b)) => Ok(Value::list(pairwise(a, b, |a, b| a + b, add))),
        _ => Err(Why::Types(BinaryOp::Add, left.type_name(), right.type_name())),
    }
}

fn subtract(left: &Value, right: &Value) -> Result<Value, Why> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => Ok(Value::Number(a - b)),
        (Value::List(a), Value::List(b)) => Ok(Value::list(pairwise(a, b, |a, b| a - b, subtract))),
        _ => Err(Why::Types(BinaryOp::Subtract, left.type_name(), right.type_name())),
    }
}

/// Element by element, up to the end of the shorter list.
fn pairwise(
    left: &List,
    right: &List,
    numbers: impl Fn(f64, f64) -> f64,
    values: impl Fn(&Value, &Value) -> Result<Value, Why>,
) -> List {
    if let (Some(a), Some(b)) = (left.as_numbers(), right.as_numbers()) {
        return map_numbers(a.len().min(b.len()), |at| numbers(a[at], b[at]));
    }
    let mut out = ListBuilder::default();
    if enter() {
        let pairs = left.iter().zip(right.iter()).take_while(|_| spend(1));
        pairs.for_each(|(a, b)| out.push(values(&a, &b).unwrap_or_default()));
    }
    out.finish()
}

/// The list of `length` numbers; without a detour where it fits into the list itself.
fn map_numbers(length: usize, number: impl Fn(usize) -> f64) -> List {
    if length <= FEW {
        let mut few = [0.0; FEW];
        for (at, slot) in few.iter_mut().take(length).enumerate() {
            *slot = number(at);
        }
        return List::of_few(length, few);
    }
    List::from_numbers((0..length).map(number).collect())
}

fn each(list: &List, numbers: impl Fn(f64) -> f64, values: impl Fn(&Value) -> Result<Value, Why>) -> Value {
    if let Some(all) = list.as_numbers() {
        return Value::list(map_numbers(all.len(), |at| numbers(all[at])));
    }
    let mut out = ListBuilder::default();
    if enter() {
        list.iter().take_while(|_| spend(1)).for_each(|value| out.push(values(&value).unwrap_or_default()));
    }
    Value::list(out.finish())
}

fn divide(left: &Value, right: &Value) -> Result<Value, Why> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => Ok(Value::Number(a / b)),
        (Value::List(list), Value::Number(b)) => Ok(each(list, |a| a / b, |value| divide(value, right))),
        (Value::Number(a), Value::List(list)) => Ok(each(list, |b| a / b, |value| divide(left, value))),
        _ => Err(Why::Types(BinaryOp::Divide, left.type_name(), right.type_name())),
    }
}

fn multiply(left: &Value, right: &Value) -> Result<Value, Why> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => Ok(Value::Number(a * b)),
        (Value::List(list), Value::Number(b)) => Ok(each(list, |a| a * b, |value| multiply(value, right))),
        (Value::Number(a), Value::List(list)) => Ok(each(list, |b| b * a, |value| multiply(value, left))),
        (Value::List(a), Value::List(b)) => multiply_lists(a, b),
        _ => Err(Why::Types(BinaryOp::Multiply, left.type_name(), right.type_name())),
    }
}

fn multiply_lists(left: &List, right: &List) -> Result<Value, Why> {
    if let Some(product) = numeric_product(left, right) {
        return Ok(product);
    }
    let (Some(first), Some(second)) = (left.get(0), right.get(0)) else {
        return Err(Why::Words("Multiplication is undefined on empty vectors".into()));
    };
    let (rows, columns) = (left.len(), right.len());
    let words = |text: String| Err(Why::Words(text));
    match (&first, &second) {
        (Value::Number(_), Value::Number(_)) if rows == columns => dot(left, right),
        (Value::Number(_), Value::Number(_)) => {
            words(format!("vector*vector requires matching lengths ({rows} != {columns})"))
        }
        (Value::Number(_), Value::List(_)) if rows == columns => vector_by_matrix(left, right).map(Value::list),
        (Value::Number(_), Value::List(_)) => {
            words(format!("vector*matrix requires vector length to match matrix row count ({rows} != {columns})"))
        }
        (Value::List(row), Value::Number(_)) if row.len() == columns => matrix_by_vector(left, right),
        (Value::List(row), Value::Number(_)) => words(format!(
            "matrix*vector requires matrix column count to match vector length ({} != {columns})",
            row.len()
        )),
        (Value::List(row), Value::List(_)) if row.len() == columns => matrix_by_matrix(left, right),
        (Value::List(row), Value::List(_)) => words(format!(
            "matrix*matrix requires left operand column count to match right operand row count ({} != {columns})",
            row.len()
        )),
        _ => words(format!(
            "undefined vector*vector multiplication where first elements are types {} and {}",
            first.type_name(),
            second.type_name()
        )),
    }
}

/// The product of vectors and matrices of nothing but numbers that fit each other, two matrices excepted.
fn numeric_product(left: &List, right: &List) -> Option<Value> {
    match (left.as_numbers(), right.as_numbers()) {
        (Some([]), _) | (_, Some([])) => None,
        (Some(a), Some(b)) if a.len() == b.len() => Some(Value::Number(dot_of_numbers(a, b))),
        (Some(factors), None) if factors.len() == right.len() => {
            numeric_vector_by_rows(factors, right.as_values()?).map(Value::list)
        }
        (None, Some(factors)) => numeric_rows_by_vector(left.as_values()?, factors).map(Value::list),
        _ => None,
    }
}

fn dot_of_numbers(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).fold(0.0, |sum, (a, b)| sum + a * b)
}

fn dot(left: &List, right: &List) -> Result<Value, Why> {
    let mut sum = 0.0;
    for (a, b) in left.iter().zip(right.iter()) {
        match (&a, &b) {
            (Value::Number(a), Value::Number(b)) => sum += a * b,
            _ => return Err(Why::Types(BinaryOp::Multiply, a.type_name(), b.type_name())),
        }
    }
    Ok(Value::Number(sum))
}

fn matrix_by_vector(matrix: &List, vector: &List) -> Result<Value, Why> {
    let mut out = ListBuilder::default();
    for (at, row) in matrix.iter().enumerate() {
        let Some(row) = row.as_list().filter(|row| row.len() == vector.len()) else {
            return Err(Why::Words(format!("Matrix must be rectangular. Problem at row {at}")));
        };
        let mut sum = 0.0;
        for (column, (a, b)) in row.iter().zip(vector.iter()).enumerate() {
            let Value::Number(a) = a else {
                return Err(Why::Words(format!("Matrix must contain only numbers. Problem at row {at}, col {column}")));
            };
            let Value::Number(b) = b else {
                return Err(Why::Words(format!("Vector must contain only numbers. Problem at index {column}")));
            };
            sum += a * b;
        }
        out.push(Value::Number(sum));
    }
    Ok(Value::list(out.finish()))
}

/// The product where all rows are numbers and as long as the vector.
fn numeric_rows_by_vector(rows: &[Value], factors: &[f64]) -> Option<List> {
    let product = |row: &Value| {
        let row = row.as_list()?.as_numbers().filter(|row| row.len() == factors.len())?;
        Some(row.iter().zip(factors).fold(0.0, |sum, (a, b)| sum + a * b))
    };
    if rows.len() <= FEW {
        let mut few = [0.0; FEW];
        for (slot, row) in few.iter_mut().zip(rows) {
            *slot = product(row)?;
        }
        return Some(List::of_few(rows.len(), few));
    }
    rows.iter().map(product).collect::<Option<Vec<f64>>>().map(List::from_numbers)
}

/// The product where all rows are numbers and equally long.
fn numeric_vector_by_rows(factors: &[f64], rows: &[Value]) -> Option<List> {
    let width = rows.first()?.as_list()?.len();
    if width <= FEW {
        let mut few = [0.0; FEW];
        add_rows(&mut few[..width], factors, rows)?;
        return Some(List::of_few(width, few));
    }
    let mut sums = vec![0.0; width];
    add_rows(&mut sums, factors, rows)?;
    Some(List::from_numbers(sums))
}

/// Adds each row times its factor; `None` where one is not of numbers, or of another length.
fn add_rows(sums: &mut [f64], factors: &[f64], rows: &[Value]) -> Option<()> {
    for (factor, row) in factors.iter().zip(rows) {
        let row = row.as_list()?.as_numbers().filter(|row| row.len() == sums.len())?;
        sums.iter_mut().zip(row).for_each(|(sum, entry)| *sum += factor * entry);
    }
    Some(())
}

fn vector_by_matrix(vector: &List, matrix: &List) -> Result<List, Why> {
    if let (Some(factors), Some(rows)) = (vector.as_numbers(), matrix.as_values())
        && let Some(product) = numeric_vector_by_rows(factors, rows)
    {
        return Ok(product);
    }
    let width = matrix.get(0).as_ref().and_then(Value::as_list).map_or(0, List::len);
    let mut sums = vec![0.0; width];
    for (column, sum) in sums.iter_mut().enumerate() {
        for (at, (factor, row)) in vector.iter().zip(matrix.iter()).enumerate() {
            let Some(row) = row.as_list().filter(|row| row.len() == width) else {
                return Err(Why::Twice(format!("Matrix must be rectangular. Problem at row {at}")));
            };
            let Value::Number(factor) = factor else {
                return Err(Why::Twice(format!("Vector must contain only numbers. Problem at index {at}")));
            };
            let Some(Value::Number(entry)) = row.get(column) else {
                return Err(Why::Twice(format!("Matrix must contain only numbers. Problem at row {at}, col {column}")));
            };
            *sum += factor * entry;
        }
    }
    Ok(List::from_numbers(sums))
}

fn matrix_by_matrix(left: &List, right: &List) -> Result<Value, Why> {
    let mut out = ListBuilder::default();
    for (at, row) in left.iter().enumerate() {
        let columns = row.as_list().map_or(0, List::len);
        let Some(row) = row.as_list().filter(|row| row.len() == right.len()) else {
            return Err(Why::Words(format!(
                "matrix*matrix left operand row length does not match right operand row count ({columns} != {}) at row {at}",
                right.len()
            )));
        };
        let product = vector_by_matrix(row, right)
            .map_err(|why| Why::Twice(why.and(format!("while processing left operand at row {at}")).to_string()))?;
        out.push(Value::list(product));
    }
    Ok(Value::list(out.finish()))
}

/// `-value`
///
/// # Errors
/// Why there is none.
pub fn negate(value: &Value) -> Result<Value, Why> {
    match value {
        Value::Number(number) => Ok(Value::Number(-number)),
        Value::List(list) => Ok(each(list, |number| -number, negate)),
        _ => Err(Why::Type('-', value.type_name())),
    }
}

/// `~value`
///
/// # Errors
/// Why there is none.
pub fn bit_not(value: &Value) -> Result<Value, Why> {
    match value {
        Value::Number(number) => Ok(Value::Number(!to_int(*number) as f64)),
        _ => Err(Why::Type('~', value.type_name())),
    }
}

/// `value[index]`; `undef` where there is no such element.
pub fn index(value: &Value, at: &Value) -> Value {
    match (value, at) {
        (Value::List(list), Value::Number(at)) => to_index(*at).and_then(|at| list.get(at)).unwrap_or_default(),
        (Value::Text(text), Value::Number(at)) => {
            to_index(*at).and_then(|at| text.char_at(at)).map_or(Value::Undef, ascii_text)
        }
        (Value::Range(range), Value::Number(at)) => range_part(range, to_index(*at)),
        (Value::Object(object), Value::Text(name)) => object.get(name.as_str()).cloned().unwrap_or_default(),
        _ => Value::Undef,
    }
}

fn range_part(range: &Range, at: Option<usize>) -> Value {
    match at {
        Some(0) => Value::Number(range.begin),
        Some(1) => Value::Number(range.step),
        Some(2) => Value::Number(range.end),
        _ => Value::Undef,
    }
}

/// The index that a number means: its whole part; none below zero.
fn to_index(number: f64) -> Option<usize> {
    (number > -1.0 && number < f64::from(u32::MAX)).then_some(number as usize)
}
