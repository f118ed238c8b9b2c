//! `List`: values in order; up to four numbers inside the list itself, more numbers packed, anything else as values.

use crate::scad::value::grave::bury;
use crate::scad::value::{Value, alive};

/// An immutable list.
#[derive(Debug)]
pub struct List {
    store: Store,
}

#[derive(Debug)]
enum Store {
    Few(u8, [f64; FEW]),
    Numbers(Vec<f64>),
    Values(Vec<Value>),
}

/// Numbers that lie in the list itself.
pub const FEW: usize = 4;
/// Bytes that a list costs beside its elements.
const HEAD_BYTES: usize = 56;

impl List {
    /// The empty list.
    pub fn empty() -> Self {
        Self::of_numbers(&[])
    }

    /// A list of numbers.
    pub fn of_numbers(numbers: &[f64]) -> Self {
        if numbers.len() > FEW {
            return Self::pack(numbers.to_vec());
        }
        let mut few = [0.0; FEW];
        few[..numbers.len()].copy_from_slice(numbers);
        Self::of_few(numbers.len(), few)
    }

    /// A list of the first of some numbers.
    #[inline]
    pub fn of_few(length: usize, few: [f64; FEW]) -> Self {
        alive::take(HEAD_BYTES);
        Self { store: Store::Few(length as u8, few) }
    }

    /// A list of numbers that owns them already.
    pub fn from_numbers(numbers: Vec<f64>) -> Self {
        if numbers.len() > FEW { Self::pack(numbers) } else { Self::of_numbers(&numbers) }
    }

    /// A list of values; packed where all are numbers.
    pub fn from_values(values: Vec<Value>) -> Self {
        if values.iter().all(|value| matches!(value, Value::Number(_))) {
            return Self::from_numbers(values.iter().map(Value::number_or_zero).collect());
        }
        Self::of_mixed(values)
    }

    /// A list of values of which at least one is no number.
    fn of_mixed(values: Vec<Value>) -> Self {
        alive::take(HEAD_BYTES + values.capacity() * size_of::<Value>());
        Self { store: Store::Values(values) }
    }

    /// The list to be added to, by one who has it to himself.
    pub fn into_builder(mut self) -> ListBuilder {
        match std::mem::replace(&mut self.store, Store::Few(0, [0.0; FEW])) {
            Store::Few(length, few) => ListBuilder::Numbers(few[..usize::from(length)].to_vec()),
            Store::Numbers(numbers) => {
                alive::give(numbers.capacity() * size_of::<f64>());
                ListBuilder::Numbers(numbers)
            }
            Store::Values(values) => {
                alive::give(values.capacity() * size_of::<Value>());
                ListBuilder::Values(values)
            }
        }
    }

    fn pack(numbers: Vec<f64>) -> Self {
        alive::take(HEAD_BYTES + numbers.capacity() * size_of::<f64>());
        Self { store: Store::Numbers(numbers) }
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        match &self.store {
            Store::Few(length, _) => usize::from(*length),
            Store::Numbers(numbers) => numbers.len(),
            Store::Values(values) => values.len(),
        }
    }

    /// Whether it has no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element at `index`.
    #[inline]
    pub fn get(&self, index: usize) -> Option<Value> {
        match &self.store {
            Store::Few(length, few) => (index < usize::from(*length)).then(|| Value::Number(few[index])),
            Store::Numbers(numbers) => numbers.get(index).map(|number| Value::Number(*number)),
            Store::Values(values) => values.get(index).cloned(),
        }
    }

    /// The number at `index`, if there is one.
    #[inline]
    pub fn number_at(&self, index: usize) -> Option<f64> {
        match &self.store {
            Store::Few(length, few) if index < usize::from(*length) => Some(few[index]),
            Store::Few(..) => None,
            Store::Numbers(numbers) => numbers.get(index).copied(),
            Store::Values(values) => values.get(index).and_then(Value::as_number),
        }
    }

    /// Its elements where all are numbers.
    #[inline]
    pub fn as_numbers(&self) -> Option<&[f64]> {
        match &self.store {
            Store::Few(length, few) => Some(&few[..usize::from(*length)]),
            Store::Numbers(numbers) => Some(numbers),
            Store::Values(_) => None,
        }
    }

    /// Its elements where they are so few numbers that they lie in the list itself.
    #[inline]
    pub fn as_few(&self) -> Option<&[f64]> {
        match &self.store {
            Store::Few(length, few) => few.get(..usize::from(*length)),
            _ => None,
        }
    }

    /// The same to be changed, by one who has the list to himself.
    #[inline]
    pub fn numbers_mut(&mut self) -> Option<&mut [f64]> {
        match &mut self.store {
            Store::Few(length, few) => Some(&mut few[..usize::from(*length)]),
            Store::Numbers(numbers) => Some(numbers),
            Store::Values(_) => None,
        }
    }

    /// Its elements where not all are numbers.
    pub fn as_values(&self) -> Option<&[Value]> {
        match &self.store {
            Store::Values(values) => Some(values),
            _ => None,
        }
    }

    /// Its elements in order.
    pub fn iter(&self) -> ListIter<'_> {
        ListIter { list: self, at: 0 }
    }
}

impl Drop for List {
    fn drop(&mut self) {
        match &mut self.store {
            Store::Few(..) => alive::give(HEAD_BYTES),
            Store::Numbers(numbers) => alive::give(HEAD_BYTES + numbers.capacity() * size_of::<f64>()),
            Store::Values(values) => {
                alive::give(HEAD_BYTES + values.capacity() * size_of::<Value>());
                bury(std::mem::take(values));
            }
        }
    }
}

/// The elements of a list in order.
#[derive(Debug)]
pub struct ListIter<'a> {
    list: &'a List,
    at: usize,
}

impl Iterator for ListIter<'_> {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        let value = self.list.get(self.at);
        self.at += 1;
        value
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.list.len().saturating_sub(self.at);
        (left, Some(left))
    }
}

/// A list that still grows; stays packed while all are numbers.
#[derive(Debug)]
pub enum ListBuilder {
    /// Numbers so far.
    Numbers(Vec<f64>),
    /// Not only numbers: at least one is something else.
    Values(Vec<Value>),
}

impl Default for ListBuilder {
    fn default() -> Self {
        Self::Numbers(Vec::new())
    }
}

impl ListBuilder {
    /// Elements so far.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Values(values) => values.len(),
        }
    }

    /// Makes room for so many more elements.
    pub fn reserve(&mut self, more: usize) {
        match self {
            Self::Numbers(numbers) => numbers.reserve_exact(more),
            Self::Values(values) => values.reserve(more),
        }
    }

    /// Adds one element.
    #[inline]
    pub fn push(&mut self, value: Value) {
        match (&mut *self, value) {
            (Self::Numbers(numbers), Value::Number(number)) => numbers.push(number),
            (Self::Numbers(_), value) => self.widen().push(value),
            (Self::Values(values), value) => values.push(value),
        }
    }

    /// Adds a number.
    #[inline]
    pub fn push_number(&mut self, number: f64) {
        match self {
            Self::Numbers(numbers) => numbers.push(number),
            Self::Values(values) => values.push(Value::Number(number)),
        }
    }

    /// Adds the elements of a list.
    pub fn extend(&mut self, list: &List) {
        match (&mut *self, &list.store) {
            (Self::Numbers(numbers), Store::Numbers(more)) => numbers.extend_from_slice(more),
            (Self::Numbers(numbers), Store::Few(length, few)) => {
                numbers.extend_from_slice(&few[..usize::from(*length)])
            }
            (Self::Numbers(_), Store::Values(more)) => self.widen().extend_from_slice(more),
            (Self::Values(values), Store::Values(more)) => values.extend_from_slice(more),
            (Self::Values(values), _) => values.extend(list.iter()),
        }
    }

    /// The finished list.
    pub fn finish(self) -> List {
        match self {
            Self::Numbers(numbers) => List::from_numbers(numbers),
            Self::Values(values) => List::of_mixed(values),
        }
    }

    fn widen(&mut self) -> &mut Vec<Value> {
        if let Self::Numbers(numbers) = self {
            let room = numbers.capacity().max((numbers.len() + 1).next_power_of_two()).max(4);
            let mut values = Vec::with_capacity(room);
            values.extend(numbers.drain(..).map(Value::Number));
            *self = Self::Values(values);
        }
        match self {
            Self::Values(values) => values,
            Self::Numbers(_) => unreachable!("the line above made it values"),
        }
    }
}
