//! Six significant digits of a number, without the way through long arithmetic wherever plain arithmetic is surely right.

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
/// Nearer than this to the middle between two results the rounding is left to somebody else.
const DOUBT: f64 = 1e-6;

/// The six leading decimal digits of a positive number as one of 100000 to 999999, rounded to the nearest, and the exponent of the first.
/// `None` for very large and very small numbers, and so near a tie that the sixteen digits of a double do not tell the way. O(1).
pub fn six_digits(number: f64) -> Option<(u32, i32)> {
    if !(1e-15..1e20).contains(&number) {
        return None;
    }
    let binary = ((number.to_bits() >> 52) & 0x7ff) as i32 - 1023;
    let mut exponent = (f64::from(binary) * std::f64::consts::LOG10_2).floor() as i32;
    let mut scaled = scale(number, 5 - exponent);
    if scaled >= 1e6 {
        exponent += 1;
        scaled = scale(number, 5 - exponent);
    }
    let whole = scaled.floor();
    let rest = scaled - whole;
    if (rest - 0.5).abs() < DOUBT || !(99_999.0..1e6).contains(&whole) {
        return None;
    }
    let digits = whole as u32 + u32::from(rest > 0.5);
    match digits {
        1_000_000 => Some((100_000, exponent + 1)),
        100_000..1_000_000 => Some((digits, exponent)),
        _ => None,
    }
}

/// One rounding: the powers are exact.
fn scale(number: f64, power: i32) -> f64 {
    let factor = POWERS[power.unsigned_abs() as usize];
    if power < 0 { number / factor } else { number * factor }
}

/// A number of at most 21 characters, as text on the stack.
#[derive(Debug, Default)]
pub(super) struct Short {
    bytes: [u8; 24],
    length: usize,
}

impl Short {
    /// As C++ streams write it: six significant digits, exponents as `1e+06`. `None` where [`six_digits`] has none.
    pub(super) fn of(number: f64) -> Option<Self> {
        let mut text = Self::default();
        if number.is_sign_negative() {
            text.push(b'-');
        }
        let size = number.abs();
        if size < 1e6 && size == size.trunc() {
            text.whole(size as u32);
            return Some(text);
        }
        let (digits, exponent) = six_digits(size)?;
        text.number(digits, exponent);
        Some(text)
    }

    /// A whole number.
    pub(super) fn of_whole(number: u32) -> Self {
        let mut text = Self::default();
        text.whole(number);
        text
    }

    /// The text.
    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) {
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    fn whole(&mut self, mut number: u32) {
        let mut digits = [0; 10];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        digits[at..].iter().for_each(|digit| self.push(*digit));
    }

    fn number(&mut self, digits: u32, exponent: i32) {
        let mut all = [0; 6];
        let mut left = digits;
        for place in all.iter_mut().rev() {
            *place = b'0' + (left % 10) as u8;
            left /= 10;
        }
        let used = all.iter().rposition(|digit| *digit != b'0').map_or(1, |last| last + 1);
        if (-4..0).contains(&exponent) {
            self.push(b'0');
            self.push(b'.');
            (1..-exponent).for_each(|_| self.push(b'0'));
            all[..used].iter().for_each(|digit| self.push(*digit));
            return;
        }
        let is_plain = (0..6).contains(&exponent);
        let before = if is_plain { exponent as usize + 1 } else { 1 };
        all[..before].iter().for_each(|digit| self.push(*digit));
        if used > before {
            self.push(b'.');
            all[before..used].iter().for_each(|digit| self.push(*digit));
        }
        if !is_plain {
            self.push(b'e');
            self.push(if exponent < 0 { b'-' } else { b'+' });
            if exponent.abs() < 10 {
                self.push(b'0');
            }
            self.whole(exponent.unsigned_abs());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::csg::digits::six_digits;

    #[test]
    fn digits_are_those_of_the_exact_way() {
        let mut state = 1_u64;
        for _ in 0..200_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = f64::from((state >> 33) as u32) * 10_f64.powi((state >> 20) as i32 % 20 - 12);
            let Some((digits, exponent)) = six_digits(number) else { continue };
            let text = format!("{number:.5e}");
            let digits = digits.to_string();
            assert_eq!(format!("{}.{}e{exponent}", &digits[..1], &digits[1..]), text, "{number:e}");
        }
    }
}
