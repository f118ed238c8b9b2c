//! The `transform` attribute.

use crate::geom::{Affine2, Vec2, cos_deg, sin_deg, tan_deg};

/// The product of all functions of a list, the leftmost outermost; one that cannot be read is left out.
pub(super) fn parse(text: &str) -> Affine2 {
    let mut map = Affine2::IDENTITY;
    for part in text.split(')') {
        let Some((name, arguments)) = part.split_once('(') else { continue };
        let words = arguments.split(|letter: char| letter == ',' || letter.is_ascii_whitespace());
        let numbers: Vec<f64> = words.filter(|word| !word.is_empty()).filter_map(|word| word.parse().ok()).collect();
        let name = name.trim_matches(|letter: char| letter == ',' || letter.is_ascii_whitespace());
        map *= function(name, &numbers);
    }
    map
}

fn function(name: &str, numbers: &[f64]) -> Affine2 {
    match (name, numbers) {
        ("matrix", [a, b, c, d, e, f]) => Affine2::from_cols_array(&[*a, *b, *c, *d, *e, *f]),
        ("translate", [x]) => Affine2::from_translation(Vec2::new(*x, 0.0)),
        ("translate", [x, y]) => Affine2::from_translation(Vec2::new(*x, *y)),
        ("scale", [both]) => Affine2::from_scale(Vec2::splat(*both)),
        ("scale", [x, y]) => Affine2::from_scale(Vec2::new(*x, *y)),
        ("rotate", [angle]) => rotation(*angle),
        ("rotate", [angle, x, y]) => {
            let center = Vec2::new(*x, *y);
            Affine2::from_translation(center) * rotation(*angle) * Affine2::from_translation(-center)
        }
        ("skewX", [angle]) => Affine2::from_cols_array(&[1.0, 0.0, tan_deg(*angle), 1.0, 0.0, 0.0]),
        ("skewY", [angle]) => Affine2::from_cols_array(&[1.0, tan_deg(*angle), 0.0, 1.0, 0.0, 0.0]),
        _ => Affine2::IDENTITY,
    }
}

fn rotation(angle: f64) -> Affine2 {
    let (sin, cos) = (sin_deg(angle), cos_deg(angle));
    Affine2::from_cols_array(&[cos, sin, -sin, cos, 0.0, 0.0])
}
