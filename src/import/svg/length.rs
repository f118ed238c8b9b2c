//! Lengths with units, the view box, and how it is fitted into the page.

use crate::geom::Vec2;

/// A number and its unit; none where the attribute is missing or not a length.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Length {
    number: f64,
    unit: Option<String>,
}

const MM_PER_INCH: f64 = 25.4;

impl Length {
    pub(super) fn parse(text: &str) -> Self {
        let text = text.trim();
        let split =
            text.find(|letter: char| letter.is_ascii_alphabetic() && !matches!(letter, 'e' | 'E') || letter == '%');
        // "em" and "ex" begin like an exponent
        let split = split.map(|at| if at > 0 && text[..at].ends_with(['e', 'E']) { at - 1 } else { at });
        let (number, unit) = text.split_at(split.unwrap_or(text.len()));
        match number.trim().parse() {
            Ok(number) => Self { number, unit: Some(unit.trim().to_owned()) },
            Err(_) => Self { number: 0.0, unit: None },
        }
    }

    /// In mm; `view` is the view box's size along the same axis.
    pub(super) fn to_mm(&self, view: Option<f64>, dpi: f64) -> f64 {
        match self.unit.as_deref() {
            Some("") => MM_PER_INCH * self.number / dpi,
            Some("px") => MM_PER_INCH * self.number / 96.0,
            Some("pt") => MM_PER_INCH * self.number / 72.0,
            Some("pc") => MM_PER_INCH * self.number / 6.0,
            Some("in") => MM_PER_INCH * self.number,
            Some("cm") => 10.0 * self.number,
            Some("mm") => self.number,
            Some("%") => view.map_or(0.0, |view| MM_PER_INCH * self.number / 100.0 * view / dpi),
            None => view.map_or(0.0, |view| MM_PER_INCH * view / dpi),
            Some(_) => view.unwrap_or(0.0),
        }
    }

    pub(super) fn percent_factor(&self) -> f64 {
        if self.unit.as_deref() == Some("%") { self.number / 100.0 } else { 1.0 }
    }
}

/// What of the user's plane the page shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ViewBox {
    pub corner: Vec2,
    pub size: Vec2,
}

impl ViewBox {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let words = text.split(|letter: char| letter == ',' || letter.is_ascii_whitespace());
        let numbers: Vec<f64> = words.filter(|word| !word.is_empty()).filter_map(|word| word.parse().ok()).collect();
        let [x, y, width, height] = <[f64; 4]>::try_from(numbers).ok()?;
        (width >= 0.0 && height >= 0.0).then_some(Self { corner: Vec2::new(x, y), size: Vec2::new(width, height) })
    }
}

/// `preserveAspectRatio`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Alignment {
    /// 0, ½ or 1 of the room that is left, along each axis; `None`: the view is stretched.
    part: Option<Vec2>,
    /// The view fits into the page; else it fills it.
    meet: bool,
}

impl Alignment {
    pub(super) fn parse(text: &str) -> Self {
        let mut words = text.split_ascii_whitespace().filter(|word| *word != "defer");
        let name = words.next().unwrap_or("xMidYMid");
        let part = |axis: &str| match name.get(axis.parse::<usize>().unwrap_or(0)..) {
            Some(rest) if rest.starts_with("Min") => 0.0,
            Some(rest) if rest.starts_with("Max") => 1.0,
            _ => 0.5,
        };
        let part = (name != "none").then(|| Vec2::new(part("1"), part("5")));
        Self { part, meet: words.next() != Some("slice") }
    }

    /// The scale to use, and how far the view is moved.
    pub(super) fn fit(&self, scale: Vec2, page: Vec2, view: Vec2) -> (Vec2, Vec2) {
        let Some(part) = self.part else { return (scale, Vec2::ZERO) };
        let factor = if self.meet { scale.min_element() } else { scale.max_element() };
        (Vec2::splat(factor), (page - view * factor) * part)
    }
}
