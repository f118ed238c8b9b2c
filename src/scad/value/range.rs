//! `Range`: `[begin : step : end]`, how many values it has, and which.

use std::cmp::Ordering;

use crate::scad::value::alive;

/// A range.
#[derive(Debug)]
pub struct Range {
    /// First value.
    pub begin: f64,
    /// Distance.
    pub step: f64,
    /// Last value at most.
    pub end: f64,
}

/// Bytes that a range takes.
const BYTES: usize = 48;

impl Drop for Range {
    fn drop(&mut self) {
        alive::give(BYTES);
    }
}

impl Range {
    /// A range.
    pub fn new(begin: f64, step: f64, end: f64) -> Self {
        alive::take(BYTES);
        Self { begin, step, end }
    }

    /// How many values it has; `u32::MAX` where endlessly many.
    pub fn count(&self) -> u32 {
        if self.begin.is_nan() || self.end.is_nan() || self.step.is_nan() {
            return 0;
        }
        let empty = if self.step < 0.0 { self.begin < self.end } else { self.begin > self.end };
        if empty {
            return 0;
        }
        if self.begin == self.end || self.step.is_infinite() {
            return 1;
        }
        if self.begin.is_infinite() || self.end.is_infinite() || self.step == 0.0 {
            return u32::MAX;
        }
        // one step up makes good for a quotient that came out just below a whole number
        let steps = ((self.end - self.begin) / self.step).next_up();
        if steps >= f64::from(u32::MAX) { u32::MAX } else { steps as u32 + 1 }
    }

    /// Its values in order.
    pub fn iter(&self) -> impl Iterator<Item = f64> {
        let (begin, step) = (self.begin, self.step);
        let stuck = step == 0.0 || step.is_nan();
        let at = move |index: u32| if index == 0 { begin } else { begin + step * f64::from(index) };
        (0..if stuck { 0 } else { self.count() }).map(at)
    }

    /// Whether both have the same values.
    pub fn equals(&self, other: &Self) -> bool {
        let (count, other_count) = (self.count(), other.count());
        if count == 0 || other_count == 0 {
            return count == other_count;
        }
        self.begin == other.begin && self.step == other.step && count == other_count
    }

    /// Whether `self` comes before `other`: by emptiness, begin, step, count.
    pub fn is_less(&self, other: &Self) -> bool {
        let (count, other_count) = (self.count(), other.count());
        if count == 0 || other_count == 0 {
            return count == 0 && other_count > 0;
        }
        let order = self.begin.partial_cmp(&other.begin).unwrap_or(Ordering::Greater);
        let order = order.then(self.step.partial_cmp(&other.step).unwrap_or(Ordering::Greater));
        order.then(count.cmp(&other_count)) == Ordering::Less
    }
}
