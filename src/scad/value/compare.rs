//! Equality and order between values of any two kinds.

use std::rc::Rc;

use crate::scad::ast::BinaryOp;
use crate::scad::value::{List, Object, Value, Why};

/// Whether two values are equal; lists that hold values without order are compared all the same.
pub fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Undef | Value::Unset, Value::Undef | Value::Unset) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => Rc::ptr_eq(a, b) || a.as_str() == b.as_str(),
        (Value::List(a), Value::List(b)) => lists_equal(a, b),
        (Value::Range(a), Value::Range(b)) => Rc::ptr_eq(a, b) || a.equals(b),
        (Value::Function(a), Value::Function(b)) => Rc::ptr_eq(a, b) || a.is_same_method(b),
        (Value::Object(a), Value::Object(b)) => Rc::ptr_eq(a, b) || objects_equal(a, b),
        _ => false,
    }
}

fn lists_equal(left: &List, right: &List) -> bool {
    if left.len() != right.len() {
        return false;
    }
    match (left.as_numbers(), right.as_numbers(), left.as_values(), right.as_values()) {
        (Some(a), Some(b), ..) => a == b,
        (.., Some(a), Some(b)) => a.iter().zip(b).all(|(a, b)| equal(a, b)),
        _ => left.iter().zip(right.iter()).all(|(a, b)| equal(&a, &b)),
    }
}

fn objects_equal(left: &Object, right: &Object) -> bool {
    left.len() == right.len() && left.iter().zip(right.iter()).all(|(a, b)| a.0 == b.0 && equal(a.1, b.1))
}

/// `<`, `<=`, `>` or `>=`.
///
/// # Errors
/// Why the two have no order.
pub fn compare(op: BinaryOp, left: &Value, right: &Value) -> Result<bool, Why> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => Ok(ordered(op, a, b)),
        (Value::Bool(a), Value::Bool(b)) => Ok(ordered(op, a, b)),
        (Value::Text(a), Value::Text(b)) => Ok(ordered(op, a.as_str(), b.as_str())),
        (Value::List(a), Value::List(b)) => match op {
            BinaryOp::Less => list_less(a, b),
            BinaryOp::Greater => list_less(b, a),
            BinaryOp::LessEqual => list_less(b, a).map(|less| !less),
            _ => list_less(a, b).map(|less| !less),
        },
        (Value::Range(a), Value::Range(b)) => Ok(match op {
            BinaryOp::Less => a.is_less(b),
            BinaryOp::Greater => b.is_less(a),
            BinaryOp::LessEqual => a.is_less(b) || a.equals(b),
            _ => b.is_less(a) || a.equals(b),
        }),
        _ if std::mem::discriminant(left) == std::mem::discriminant(right) => {
            Err(Why::NoOrder(op, left.type_name(), right.type_name()))
        }
        _ => Err(Why::Types(op, left.type_name(), right.type_name())),
    }
}

fn ordered<T: PartialOrd + ?Sized>(op: BinaryOp, left: &T, right: &T) -> bool {
    match op {
        BinaryOp::Less => left < right,
        BinaryOp::LessEqual => left <= right,
        BinaryOp::Greater => left > right,
        _ => left >= right,
    }
}

/// Lexicographic order.
fn list_less(left: &List, right: &List) -> Result<bool, Why> {
    for (at, (a, b)) in left.iter().zip(right.iter()).enumerate() {
        let note = |why: Why| why.and(format!("in vector comparison at index {at}"));
        if compare(BinaryOp::Less, &a, &b).map_err(note)? {
            return Ok(true);
        }
        if compare(BinaryOp::Less, &b, &a).map_err(note)? {
            return Ok(false);
        }
    }
    Ok(left.len() < right.len())
}
