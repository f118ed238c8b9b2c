//! Alignment: where the string stands, and its region.

use crate::budget::{Budget, Exceeded};
use crate::geom::Vec2;
use crate::region::Region;
use crate::text::outline::{Outline, Outlines, Scale, open};
use crate::text::shape::{Glyph, LETTERS_MAX, Shaped, shape};
use crate::text::{Fonts, Spec};

/// A shaped string with its outlines and its ink, in units of the text's size.
pub(super) struct Line {
    pub glyphs: Vec<(Glyph, Outline)>,
    pub advance: Vec2,
    /// What alignment moves the string by.
    pub offset: Vec2,
    /// The box of the ink before that; all zero without ink.
    pub min: Vec2,
    pub max: Vec2,
    pub ascent: f64,
    pub descent: f64,
}

impl Fonts {
    /// The region that a string covers; empty without ink or without a font.
    ///
    /// # Errors
    /// The job was stopped, or the string is longer than 65,536 bytes.
    pub fn layout(&self, spec: &Spec<'_>, budget: &Budget) -> Result<Region, Exceeded> {
        if spec.text.len() > LETTERS_MAX {
            return Err(Exceeded::Size);
        }
        let Some(line) = self.line(spec, budget)? else { return Ok(Region::default()) };
        let mut pen = line.offset;
        let mut letters = Vec::with_capacity(line.glyphs.len());
        for (glyph, outline) in &line.glyphs {
            let origin = pen + Vec2::from_array(glyph.offset) / Scale::UNITS;
            let place = |point: &Vec2| (*point / Scale::UNITS + origin) * spec.size;
            letters.extend(outline.contours.iter().map(|contour| contour.iter().map(place).collect::<Vec<_>>()));
            pen += Vec2::from_array(glyph.advance) / Scale::UNITS * spec.spacing;
        }
        Region::resolve_non_zero(&letters, budget)
    }

    pub(super) fn line(&self, spec: &Spec<'_>, budget: &Budget) -> Result<Option<Line>, Exceeded> {
        let Some(face) = self.find(spec.font) else { return Ok(None) };
        let Some(font) = open(&face) else { return Ok(None) };
        let scale = Scale::of(&font);
        let Some(shaped) = shape(&face, &scale, spec) else { return Ok(None) };
        let outlines = Outlines::new(&font, scale);
        let draw = |glyph: &Glyph| {
            budget.check()?;
            Ok((*glyph, outlines.draw(glyph.id, spec.segments)))
        };
        let glyphs = shaped.glyphs.iter().map(draw).collect::<Result<_, _>>()?;
        Ok(Some(measured(glyphs, &shaped, spec)))
    }
}

fn measured(glyphs: Vec<(Glyph, Outline)>, shaped: &Shaped, spec: &Spec<'_>) -> Line {
    let mut pen = Vec2::ZERO;
    let (mut min, mut max) = (Vec2::INFINITY, Vec2::NEG_INFINITY);
    let (mut ascent, mut descent) = (f64::NEG_INFINITY, f64::INFINITY);
    for (glyph, outline) in &glyphs {
        if let Some(ink) = outline.ink {
            let [left, bottom, right, top] = ink.map(|edge| edge / Scale::UNITS);
            let origin = pen + Vec2::from_array(glyph.offset) / Scale::UNITS;
            min = min.min(origin + Vec2::new(left, bottom));
            max = max.max(origin + Vec2::new(right, top));
            ascent = ascent.max(top);
            descent = descent.min(bottom);
        }
        pen += Vec2::from_array(glyph.advance) / Scale::UNITS * spec.spacing;
    }
    let mut line = Line { glyphs, advance: pen, offset: Vec2::ZERO, min, max, ascent, descent };
    if line.max.x < line.min.x {
        (line.min, line.max, line.ascent, line.descent) = (Vec2::ZERO, Vec2::ZERO, 0.0, 0.0);
    } else if shaped.is_horizontal {
        line.offset = horizontal_offset(&line, spec);
    } else {
        line.offset = vertical_offset(&line, spec);
    }
    line
}

fn horizontal_offset(line: &Line, spec: &Spec<'_>) -> Vec2 {
    let x = match spec.halign {
        "right" => -line.advance.x,
        "center" => -line.advance.x / 2.0,
        _ => 0.0,
    };
    let y = match spec.valign {
        "top" => -line.ascent,
        "center" => -(line.ascent - line.descent) / 2.0 - line.descent,
        "bottom" => -line.descent,
        _ => 0.0,
    };
    Vec2::new(x, y)
}

fn vertical_offset(line: &Line, spec: &Spec<'_>) -> Vec2 {
    let x = match spec.halign {
        "right" => -line.max.x,
        "left" => -line.min.x,
        _ => 0.0,
    };
    let y = match spec.valign {
        "center" => -line.advance.y / 2.0,
        "bottom" => -line.advance.y,
        _ => 0.0,
    };
    Vec2::new(x, y)
}
