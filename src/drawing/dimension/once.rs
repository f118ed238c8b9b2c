//! A size is given once: what the program asks for is not said again by what is recognised.

use crate::drawing::dimension::Measure;
use crate::drawing::figure::Figure;
use crate::geom::{Vec2, Vec3};

/// What the figures said before anything was recognised.
pub struct Asked {
    /// Stretches in space: direction, and where they begin and end along it.
    spans: Vec<(Vec3, f64, f64)>,
    /// Circles: figure, centre and radius.
    circles: Vec<(usize, Vec2, f64)>,
    /// For each figure how many dimensions and callouts it had.
    counts: Vec<(usize, usize)>,
}

impl Asked {
    /// What they say now.
    pub fn of(figures: &[Figure]) -> Self {
        let spans =
            figures.iter().flat_map(|figure| figure.measures.iter().map(|measure| span(figure, measure))).collect();
        let circles = figures.iter().enumerate().flat_map(|(index, figure)| {
            let round = figure.callouts.iter().filter(|callout| callout.radius > 0.0);
            round.map(move |callout| (index, callout.spots[0].center, callout.radius))
        });
        let counts = figures.iter().map(|figure| (figure.measures.len(), figure.callouts.len())).collect();
        Self { spans, circles: circles.collect(), counts }
    }

    /// Takes away what was added since and says the same.
    pub fn keep_others(&self, figures: &mut [Figure], slack: f64) {
        for (index, (figure, (measures, callouts))) in figures.iter_mut().zip(&self.counts).enumerate() {
            let added = figure.measures.split_off((*measures).min(figure.measures.len()));
            let fresh = |measure: &Measure| {
                let (along, low, high) = span(figure, measure);
                self.spans.iter().all(|(other, other_low, other_high)| {
                    other.dot(along) < 1.0 - 1.0e-6
                        || (other_low - low).abs() > slack
                        || (other_high - high).abs() > slack
                })
            };
            let kept: Vec<Measure> = added.into_iter().filter(fresh).collect();
            figure.measures.extend(kept);
            let mut position = 0;
            figure.callouts.retain(|callout| {
                position += 1;
                let says_again = |(of, center, radius): &(usize, Vec2, f64)| {
                    let [only] = callout.spots.as_slice() else { return false };
                    *of == index && only.center.distance(*center) <= slack && (callout.radius - radius).abs() <= slack
                };
                position <= *callouts || !self.circles.iter().any(says_again)
            });
        }
    }
}

/// Whether any figure has a dimension over the same stretch of space.
pub fn is_said(figures: &[Figure], index: usize, measure: &Measure, slack: f64) -> bool {
    let (along, low, high) = span(&figures[index], measure);
    figures.iter().any(|figure| {
        figure.measures.iter().map(|other| span(figure, other)).any(|(other, other_low, other_high)| {
            other.dot(along) > 1.0 - 1.0e-6 && (other_low - low).abs() <= slack && (other_high - high).abs() <= slack
        })
    })
}

/// The stretch of a dimension in space, its direction with a positive largest component.
fn span(figure: &Figure, measure: &Measure) -> (Vec3, f64, f64) {
    let horizontal = measure.side.is_horizontal();
    let along = if horizontal { figure.picture.right } else { figure.picture.up };
    let pick = |point: Vec2| if horizontal { point.x } else { point.y };
    let sign = if (along.x + along.y * 1.01 + along.z * 1.02) < 0.0 { -1.0 } else { 1.0 };
    let (one, two) = (pick(measure.from) * sign, pick(measure.to) * sign);
    (along * sign, one.min(two), one.max(two))
}
