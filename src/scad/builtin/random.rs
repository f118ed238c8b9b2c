//! `rands()`: the Mersenne twister and the distribution that OpenSCAD's library uses, so that seeds give its numbers.
//!
//! **Sources** Matsumoto and Nishimura, "Mersenne Twister" (1998); `std::uniform_real_distribution<double>` of the GNU library: two draws a number.

use crate::budget::Exceeded;
use crate::diag::Span;
use crate::scad::builtin::Arguments;
use crate::scad::eval::Interpreter;
use crate::scad::log::Run;
use crate::scad::value::{List, Value};

const STATE: usize = 624;
const SHIFT: usize = 397;

/// MT19937, 32 bits. What a draw needs of the state is computed when it is drawn: most seeds are used for a number or two.
#[derive(Debug, Clone)]
pub struct Random {
    state: Vec<u32>,
    at: usize,
}

impl Default for Random {
    /// OpenSCAD seeds with the time; here the same job gives the same numbers.
    fn default() -> Self {
        Self::seeded(5489)
    }
}

impl Random {
    /// The generator of a seed.
    pub fn seeded(seed: u32) -> Self {
        let mut state = Vec::with_capacity(STATE);
        state.push(seed);
        let mut random = Self { state, at: 0 };
        random.fill(STATE.min(SHIFT + 2));
        random
    }

    /// Sees to it that the first words of the state are there.
    fn fill(&mut self, count: usize) {
        let mut before = self.state.last().copied().unwrap_or_default();
        for at in self.state.len()..count {
            before = (before ^ (before >> 30)).wrapping_mul(1_812_433_253).wrapping_add(at as u32);
            self.state.push(before);
        }
    }

    /// The next 32 bits.
    pub fn bits(&mut self) -> u32 {
        let mut bits = self.twist();
        bits ^= bits >> 11;
        bits ^= (bits << 7) & 0x9d2c_5680;
        bits ^= (bits << 15) & 0xefc6_0000;
        bits ^ (bits >> 18)
    }

    /// The next word of the state: each needs the one after it and the one [`SHIFT`] further on, as they were before or already are anew.
    fn twist(&mut self) -> u32 {
        let at = self.at;
        if self.state.len() < STATE {
            self.fill(STATE.min(at + SHIFT + 1).max(at + 2));
        }
        let next = if at + 1 == STATE { 0 } else { at + 1 };
        let far = if at + SHIFT < STATE { at + SHIFT } else { at + SHIFT - STATE };
        let mixed = (self.state[at] & 0x8000_0000) | (self.state[next] & 0x7fff_ffff);
        let odd = if mixed & 1 == 1 { 0x9908_b0df } else { 0 };
        let word = self.state[far] ^ (mixed >> 1) ^ odd;
        self.state[at] = word;
        self.at = next;
        word
    }

    /// A number from `min` up to but not `max`.
    pub fn number(&mut self, min: f64, max: f64) -> f64 {
        const TWO_32: f64 = 4_294_967_296.0;
        let low = f64::from(self.bits());
        let unit = (low + f64::from(self.bits()) * TWO_32) / (TWO_32 * TWO_32);
        let unit = if unit >= 1.0 { 1.0_f64.next_down() } else { unit };
        unit * (max - min) + min
    }
}

pub(super) fn rands(job: &mut Interpreter<'_>, arguments: &Arguments<'_>) -> Run<Value> {
    job.note_impure();
    let count = arguments.values.len();
    if !(3..=4).contains(&count) {
        job.warn_count(arguments, "3 or 4", count);
        return Ok(Value::Undef);
    }
    let numbers = match count {
        3 => job.numbers(arguments).map(|[min, max, many]| (min, max, many, None)),
        _ => job.numbers(arguments).map(|[min, max, many, seed]| (min, max, many, Some(seed))),
    };
    let Some((min, max, many, seed)) = numbers else { return Ok(Value::Undef) };
    let min = finite_or(job, min, "min", -f64::MAX / 2.0, arguments.span);
    let max = finite_or(job, max, "max", f64::MAX / 2.0, arguments.span);
    let (min, max) = if max < min { (max, min) } else { (min, max) };
    let many = how_many(job, many.abs(), arguments.span)?;
    if let Some(seed) = seed {
        job.random = Random::seeded(seed_of(seed));
    }
    let numbers = if min >= max { vec![min; many] } else { (0..many).map(|_| job.random.number(min, max)).collect() };
    Ok(Value::list(List::from_numbers(numbers)))
}

fn finite_or(job: &mut Interpreter<'_>, number: f64, which: &str, otherwise: f64, span: Span) -> f64 {
    if number.is_finite() {
        return number;
    }
    job.warn(span, format!("rands() range {which} cannot be infinite"));
    job.warn(Span::DETACHED, format!("resetting to {otherwise:.6}"));
    otherwise
}

fn how_many(job: &mut Interpreter<'_>, many: f64, span: Span) -> Run<usize> {
    if !many.is_finite() {
        job.warn(span, "rands() cannot create an infinite number of results");
        job.warn(Span::DETACHED, "resetting number of results to 1");
        return Ok(1);
    }
    if many > 1e15 {
        let message = format!("a list of {many} elements is longer than the limit");
        return Err(job.stop_limit(Exceeded::Size, span, message));
    }
    let many = many as usize;
    job.ask_elements(many, span)?;
    job.steps(many, span)?;
    Ok(many)
}

/// A seed from a number: the hash that OpenSCAD took over from Python, 31 bits.
fn seed_of(number: f64) -> u32 {
    const BITS: i32 = 31;
    const MODULUS: u32 = (1 << BITS) - 1;
    const INFINITE: u32 = 314_159;
    if number.is_infinite() {
        return if number > 0.0 { INFINITE } else { INFINITE.wrapping_neg() };
    }
    if number.is_nan() {
        return 0;
    }
    let (mut mantissa, mut exponent) = libm::frexp(number.abs());
    let mut hash: u32 = 0;
    while mantissa != 0.0 {
        hash = ((hash << 28) & MODULUS) | (hash >> (BITS - 28));
        mantissa *= 268_435_456.0;
        exponent -= 28;
        let whole = mantissa as u32;
        mantissa -= f64::from(whole);
        hash += whole;
        if hash >= MODULUS {
            hash -= MODULUS;
        }
    }
    let turn = if exponent >= 0 { exponent % BITS } else { BITS - 1 - ((-1 - exponent) % BITS) };
    hash = ((hash << turn) & MODULUS) | hash.checked_shr((BITS - turn) as u32).unwrap_or(0);
    if number < 0.0 { hash.wrapping_neg() } else { hash }
}
