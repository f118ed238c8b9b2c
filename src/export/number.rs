//! Numbers as text: shortest, locale-free, the same on every machine. No other file turns a number into text for an artefact.

use std::io::Write as _;

/// Appends the shortest text that reads back as the same number; whole numbers without a point. What is not finite becomes 0.
pub fn shortest(out: &mut Vec<u8>, value: f64) {
    if value == 0.0 || !value.is_finite() {
        out.push(b'0');
        return;
    }
    // writing to a vector cannot fail
    let _ = write!(out, "{value}");
}

/// Appends a number rounded to `places` decimals (at most 9), without trailing zeros. Much cheaper than [`shortest`].
pub fn rounded(out: &mut Vec<u8>, value: f64, places: u8) {
    let scale = POWERS[usize::from(places.min(9))];
    let scaled = value * scale as f64;
    if !scaled.is_finite() || scaled.abs() >= 9.0e15 {
        // past the exact integers nothing is left to round
        shortest(out, value);
        return;
    }
    let units = scaled.round() as i64;
    if units < 0 {
        out.push(b'-');
    }
    let (whole, mut fraction) = (units.unsigned_abs() / scale, units.unsigned_abs() % scale);
    whole_number(out, whole);
    if fraction == 0 {
        return;
    }
    out.push(b'.');
    let mut digit = scale / 10;
    while fraction > 0 {
        out.push(b'0' + (fraction / digit) as u8);
        fraction %= digit;
        digit /= 10;
    }
}

/// Appends a number as C++ streams print it by default: `digits` significant ones, an exponent below 1e-4 and from 10^digits on.
/// OpenSCAD writes its ASCII STL and OFF so, with six.
pub fn significant(out: &mut Vec<u8>, value: f64, digits: u8) {
    if value == 0.0 || !value.is_finite() {
        out.push(b'0');
        return;
    }
    let digits = usize::from(digits.max(1));
    let text = format!("{value:.*e}", digits - 1);
    let Some((mantissa, exponent)) = text.split_once('e') else { return };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent < -4 || exponent >= digits as i32 {
        let (sign, size) = if exponent < 0 { ('-', -exponent) } else { ('+', exponent) };
        let _ = write!(out, "{}e{sign}{size:02}", trimmed(mantissa));
    } else {
        let places = (digits as i32 - 1 - exponent).max(0) as usize;
        out.extend_from_slice(trimmed(&format!("{value:.places$}")).as_bytes());
    }
}

/// Appends a whole number.
pub fn whole_number(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0_u8; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

const POWERS: [u64; 10] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

#[cfg(test)]
mod tests {
    use crate::export::number::{rounded, shortest, significant};

    fn text(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("numbers are ASCII")
    }

    #[test]
    fn shortest_reads_back_as_the_same_number() {
        for value in [0.1, 1.0 / 3.0, -2.5e-7, 1.0e21, 123_456_789.125, f64::MIN_POSITIVE] {
            assert_eq!(text(|out| shortest(out, value)).parse(), Ok(value));
        }
        assert_eq!(text(|out| shortest(out, -0.0)), "0");
        assert_eq!(text(|out| shortest(out, 10.0)), "10");
        assert_eq!(text(|out| shortest(out, f64::NAN)), "0");
    }

    #[test]
    fn rounded_keeps_no_trailing_zeros() {
        let cases =
            [(1.5, "1.5"), (-0.000_000_4, "0"), (-0.25, "-0.25"), (12.000_001, "12.000001"), (1.0e12, "1000000000000")];
        for (value, expected) in cases {
            assert_eq!(text(|out| rounded(out, value, 6)), expected);
        }
    }

    #[test]
    fn significant_prints_as_streams_do() {
        let cases = [
            (1.0 / 3.0, "0.333333"),
            (0.000_012_345_67, "1.23457e-05"),
            (1_234_567.0, "1.23457e+06"),
            (123_456.0, "123456"),
            (999_999.5, "1e+06"),
            (0.1, "0.1"),
            (-3.474_93, "-3.47493"),
            (100_000.0, "100000"),
            (0.000_1, "0.0001"),
        ];
        for (value, expected) in cases {
            assert_eq!(text(|out| significant(out, value, 6)), expected);
        }
    }
}
