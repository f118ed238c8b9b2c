//! Equality and order between values of any two kinds.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::scad::ast::BinaryOp;
use crate::scad::value::effort::{enter, spend};
use crate::scad::value::{List, Object, Value, Why};

/// Whether two values are equal; lists that hold values without order are compared all the same.
pub fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Undef | Value::Unset, Value::Undef | Value::Unset) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => Rc::ptr_eq(a, b) || texts_equal(a.as_str(), b.as_str()),
        (Value::List(a), Value::List(b)) => lists_equal(a, b),
        (Value::Range(a), Value::Range(b)) => Rc::ptr_eq(a, b) || a.equals(b),
        (Value::Function(a), Value::Function(b)) => Rc::ptr_eq(a, b) || a.is_same_method(b),
        (Value::Object(a), Value::Object(b)) => Rc::ptr_eq(a, b) || objects_equal(a, b),
        _ => false,
    }
}

/// Numbers or bytes that are compared in the time of a step.
const AT_ONCE: usize = 64;

fn texts_equal(left: &str, right: &str) -> bool {
    left.len() == right.len() && (left.len() < AT_ONCE || spend(left.len() / AT_ONCE)) && left == right
}

fn lists_equal(left: &List, right: &List) -> bool {
    if left.len() != right.len() {
        return false;
    }
    match (left.as_numbers(), right.as_numbers(), left.as_values(), right.as_values()) {
        (Some(a), Some(b), ..) => (a.len() < AT_ONCE || spend(a.len() / AT_ONCE)) && a == b,
        (.., Some(a), Some(b)) => enter() && a.iter().zip(b).all(|(a, b)| spend(1) && equal(a, b)),
        _ => enter() && left.iter().zip(right.iter()).all(|(a, b)| spend(1) && equal(&a, &b)),
    }
}

fn objects_equal(left: &Object, right: &Object) -> bool {
    left.len() == right.len() && enter() && left.iter().zip(right.iter()).all(|(a, b)| a.0 == b.0 && equal(a.1, b.1))
}

/// `<`, `<=`, `>` or `>=`.
///
/// # Errors
/// Why the two have no order.
pub fn compare(op: BinaryOp, left: &Value, right: &Value) -> Result<bool, Why> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => Ok(ordered(op, a, b)),
        (Value::Bool(a), Value::Bool(b)) => Ok(ordered(op, a, b)),
        (Value::Text(a), Value::Text(b)) => {
            spend(a.len().min(b.len()) / AT_ONCE);
            Ok(ordered(op, a.as_str(), b.as_str()))
        }
        (Value::List(a), Value::List(b)) => Ok(match op {
            BinaryOp::Less => order(a, b)?.is_lt(),
            BinaryOp::Greater => order(b, a)?.is_lt(),
            BinaryOp::LessEqual => order(b, a)?.is_ge(),
            _ => order(a, b)?.is_ge(),
        }),
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

/// Lexicographic order; elements that are neither less nor greater, as no number is than a number that is none, count as equal.
fn order(left: &List, right: &List) -> Result<Ordering, Why> {
    if !enter() {
        return Ok(Ordering::Equal);
    }
    for (at, (a, b)) in left.iter().zip(right.iter()).enumerate() {
        let note = |why: Why| why.and(format!("in vector comparison at index {at}"));
        let ordering = match (&a, &b) {
            _ if !spend(1) => return Ok(Ordering::Equal),
            (Value::Number(a), Value::Number(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            (Value::List(a), Value::List(b)) => order(a, b).map_err(note)?,
            _ if compare(BinaryOp::Less, &a, &b).map_err(note)? => Ordering::Less,
            _ if compare(BinaryOp::Less, &b, &a).map_err(note)? => Ordering::Greater,
            _ => Ordering::Equal,
        };
        if ordering != Ordering::Equal {
            return Ok(ordering);
        }
    }
    Ok(left.len().cmp(&right.len()))
}
