//! The style of an element that is drawn: what it inherits, and what it says itself.

use roxmltree::Node;

use crate::import::svg::length::Length;

/// How an element is drawn, in user units.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Look {
    /// Whether it is filled with something dark.
    pub filled: bool,
    /// Its line's width; none where it has no line.
    pub stroke: Option<f64>,
    /// Width that a line would have.
    width: f64,
    /// Whether its line is dashed.
    pub dashed: bool,
    /// Size of its lettering.
    pub font_size: f64,
    /// Where its lettering is anchored: `start`, `middle`, `end`.
    pub anchor: String,
    /// Whether it is there to be seen.
    pub shown: bool,
}

impl Default for Look {
    /// What SVG says of an element that says nothing.
    fn default() -> Self {
        Self {
            filled: true,
            stroke: None,
            width: 1.0,
            dashed: false,
            font_size: 16.0,
            anchor: "start".to_owned(),
            shown: true,
        }
    }
}

/// Properties that would change the picture and are not drawn; `none` and the values that change nothing are let through.
const REFUSED: [&str; 5] = ["clip-path", "mask", "filter", "marker-start", "marker-end"];

impl Look {
    /// The look of an element inside another.
    ///
    /// # Errors
    /// What of its style cannot be drawn.
    pub(super) fn inside(&self, node: Node<'_, '_>) -> Result<Self, String> {
        let say = |name: &str| property(node, name);
        for name in REFUSED {
            if say(name).is_some_and(|value| value != "none") {
                return Err(format!("{name} on <{}>", node.tag_name().name()));
            }
        }
        let mut look = self.clone();
        if let Some(paint) = say("fill") {
            look.filled = is_dark(&paint).ok_or_else(|| format!("the fill {paint:?}"))?;
        }
        if let Some(width) = say("stroke-width") {
            look.width = user_units(&width);
        }
        if let Some(paint) = say("stroke") {
            let drawn = paint != "none" && luminance(&paint).ok_or_else(|| format!("the stroke {paint:?}"))? < WHITE;
            look.stroke = drawn.then_some(look.width);
        } else if look.stroke.is_some() {
            look.stroke = Some(look.width);
        }
        if let Some(dashes) = say("stroke-dasharray") {
            look.dashed = dashes != "none" && !dashes.is_empty();
        }
        if let Some(size) = say("font-size") {
            look.font_size = if size.ends_with('%') { self.font_size } else { user_units(&size) };
        }
        if let Some(anchor) = say("text-anchor") {
            look.anchor = anchor;
        }
        let is_clear = |name: &str| say(name).and_then(|value| value.parse::<f64>().ok()) == Some(0.0);
        look.shown &= say("display").as_deref() != Some("none") && !is_clear("opacity");
        look.shown &= !matches!(say("visibility").as_deref(), Some("hidden" | "collapse"));
        look.filled &= !is_clear("fill-opacity");
        if is_clear("stroke-opacity") || look.stroke.is_some_and(|width| width <= 0.0) {
            look.stroke = None;
        }
        Ok(look)
    }
}

/// A property by the `style` attribute, else by its own.
fn property(node: Node<'_, '_>, name: &str) -> Option<String> {
    let entries = node.attribute("style").unwrap_or_default().split(';');
    let styled = entries.filter_map(|entry| entry.split_once(':')).find(|(key, _)| key.trim() == name);
    let value = styled.map(|(_, value)| value).or_else(|| node.attribute(name))?.trim();
    (value != "inherit").then(|| value.to_owned())
}

/// A length in user units: those of CSS have 96 to the inch.
pub(super) fn user_units(text: &str) -> f64 {
    Length::parse(text).to_mm(None, 96.0) * (96.0 / 25.4)
}

/// Lighter than this is white: it leaves no line on white paper.
const WHITE: f64 = 0.98;
/// Areas darker than this are filled.
const DARK: f64 = 0.5;

/// Whether a paint fills with something dark; none for what is no colour.
fn is_dark(paint: &str) -> Option<bool> {
    if matches!(paint, "none" | "transparent") { Some(false) } else { Some(luminance(paint)? < DARK) }
}

/// From 0, black, to 1, white.
fn luminance(paint: &str) -> Option<f64> {
    let [red, green, blue] = channels(paint)?;
    Some(0.2126 * red + 0.7152 * green + 0.0722 * blue)
}

fn channels(paint: &str) -> Option<[f64; 3]> {
    if let Some(digits) = paint.strip_prefix('#') {
        let wide = digits.len() >= 6;
        let channel = |at: usize| {
            let text = if wide { digits.get(at * 2..at * 2 + 2)? } else { digits.get(at..=at)? };
            Some(f64::from(u32::from_str_radix(text, 16).ok()?) / if wide { 255.0 } else { 15.0 })
        };
        return Some([channel(0)?, channel(1)?, channel(2)?]);
    }
    if let Some(list) = paint.strip_prefix("rgb(").and_then(|rest| rest.strip_suffix(')')) {
        let mut parts = list.split(',').map(|part| {
            let part = part.trim();
            match part.strip_suffix('%') {
                Some(share) => share.parse::<f64>().ok().map(|share| share / 100.0),
                None => part.parse::<f64>().ok().map(|value| value / 255.0),
            }
        });
        return Some([parts.next()??, parts.next()??, parts.next()??]);
    }
    let known = NAMES.iter().find(|(name, _)| paint.eq_ignore_ascii_case(name))?;
    Some(known.1.map(f64::from).map(|channel| channel / 255.0))
}

/// The sixteen basic names of CSS, and what editors write for the text's own colour.
const NAMES: [(&str, [u8; 3]); 20] = [
    ("black", [0, 0, 0]),
    ("currentColor", [0, 0, 0]),
    ("silver", [192, 192, 192]),
    ("gray", [128, 128, 128]),
    ("grey", [128, 128, 128]),
    ("lightgray", [211, 211, 211]),
    ("darkgray", [169, 169, 169]),
    ("white", [255, 255, 255]),
    ("maroon", [128, 0, 0]),
    ("red", [255, 0, 0]),
    ("purple", [128, 0, 128]),
    ("fuchsia", [255, 0, 255]),
    ("green", [0, 128, 0]),
    ("lime", [0, 255, 0]),
    ("olive", [128, 128, 0]),
    ("yellow", [255, 255, 0]),
    ("navy", [0, 0, 128]),
    ("blue", [0, 0, 255]),
    ("teal", [0, 128, 128]),
    ("aqua", [0, 255, 255]),
];
