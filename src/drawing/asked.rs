//! What the program itself asks of its drawing, put into the views that show it best.

use crate::csg::{Annotation, Subject};
use crate::drawing::dimension::{
    Aligned, Callout, CalloutKind, Corner, Measure, Side, Spot, Symbol, SymbolKind, Worth, angle_text, length_text,
};
use crate::drawing::figure::Figure;
use crate::drawing::spec::{DetailSpec, SectionSpec, SheetSpec, TitleFields};
use crate::geom::{Vec2, Vec3, atan2_deg};

/// The spec with the sections and the title fields that the program asks for; what the job says goes first.
pub fn with_asked(spec: &SheetSpec) -> SheetSpec {
    let mut spec = spec.clone();
    for annotation in std::mem::take(&mut spec.annotations) {
        let words = annotation.text.as_deref().unwrap_or_default();
        match &annotation.subject {
            Subject::Section { at, normal } => {
                if spec.sections.iter().all(|section| section.label != words) {
                    spec.sections.push(SectionSpec::full(words, *at, *normal));
                }
            }
            Subject::Title { field } => {
                if let Some(slot) = title_field(&mut spec.title, field).filter(|slot| slot.is_empty()) {
                    words.clone_into(slot);
                }
            }
            _ => spec.annotations.push(annotation),
        }
    }
    spec
}

fn title_field<'a>(title: &'a mut TitleFields, name: &str) -> Option<&'a mut String> {
    Some(match name {
        "owner" => &mut title.owner,
        "title" => &mut title.title,
        "subtitle" => &mut title.subtitle,
        "number" => &mut title.number,
        "revision" => &mut title.revision,
        "date" => &mut title.date,
        "creator" => &mut title.creator,
        "approver" => &mut title.approver,
        "department" => &mut title.department,
        "material" => &mut title.material,
        "tolerance" => &mut title.tolerance,
        "status" => &mut title.status,
        "weight" => &mut title.weight,
        _ => return None,
    })
}

/// The details that the program asks for, each of the view named or else of the one that shows its middle nearest.
pub fn details_asked(annotations: &[Annotation], figures: &[Figure]) -> Vec<DetailSpec> {
    let detail = |annotation: &Annotation| {
        let Subject::Detail { at, radius, scale } = annotation.subject else { return None };
        let asked = Asked { annotation, named: named_figure(annotation, figures) };
        let figure = &figures[asked.figure(at, figures, |_| true)?];
        let label = asked.words(String::new());
        Some(DetailSpec {
            label,
            view: figure.name.clone(),
            center: at,
            radius,
            scale: scale.map(|scale| (scale, 1.0)),
        })
    };
    annotations.iter().filter_map(detail).collect()
}

/// Adds what is asked to the figures, each in the view named or else in the one that shows it true and nearest.
pub fn place_asked(annotations: &[Annotation], figures: &mut [Figure]) {
    for annotation in annotations {
        let asked = Asked { annotation, named: named_figure(annotation, figures) };
        asked.place(figures);
    }
}

fn named_figure(annotation: &Annotation, figures: &[Figure]) -> Option<usize> {
    let wanted = annotation.view.as_deref()?;
    figures.iter().position(|figure| figure.name == wanted || figure.caption == wanted)
}

struct Asked<'a> {
    annotation: &'a Annotation,
    named: Option<usize>,
}

/// Directions whose cosine differs from 0 or 1 by less are across or along.
const STRAIGHT: f64 = 1.0e-6;

impl Asked<'_> {
    fn place(&self, figures: &mut [Figure]) {
        match &self.annotation.subject {
            Subject::Dimension { from, to, along } => self.distance(*from, *to, *along, figures),
            Subject::Circle { center, axis, radius, diameter } => {
                self.circle(*center, axis.normalize_or_zero(), *radius, *diameter, figures);
            }
            Subject::Angle { corner, from, to } => self.angle(*corner, *from, *to, figures),
            Subject::Note { at } => self.note(*at, self.words(String::new()), figures),
            Subject::Datum { at, normal } => self.symbol(*at, *normal, SymbolKind::Datum, figures),
            Subject::Finish { at, normal } => self.symbol(*at, *normal, SymbolKind::Finish, figures),
            // these are looked for elsewhere
            Subject::Section { .. }
            | Subject::Detail { .. }
            | Subject::Room { .. }
            | Subject::Part { .. }
            | Subject::Title { .. } => {}
        }
    }

    /// What is written: the program's words or the value, then the tolerance.
    fn words(&self, value: String) -> String {
        let text = self.annotation.text.as_deref().map_or(value, str::to_owned);
        text + self.annotation.tolerance.as_deref().unwrap_or_default()
    }

    /// The view named, else the orthogonal one that passes a test and has a point nearest to its viewer, else any.
    fn figure(&self, at: Vec3, figures: &[Figure], shows: impl Fn(&Figure) -> bool) -> Option<usize> {
        let depth = |figure: &Figure| at.dot(figure.picture.toward);
        let nearest = figures
            .iter()
            .enumerate()
            .filter(|(_, figure)| figure.cell.is_some() && !figure.is_section && shows(figure))
            .map(|(index, figure)| (figure.front - depth(figure), index))
            .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        self.named.or(nearest.map(|(_, index)| index)).or_else(|| figures.iter().position(shows))
    }

    fn distance(&self, from: Vec3, to: Vec3, along: Option<Vec3>, figures: &mut [Figure]) {
        let direction = along.unwrap_or(to - from).normalize_or_zero();
        let value = (to - from).dot(direction).abs();
        let words = self.words(length_text(value));
        let level = |figure: &Figure| direction.dot(figure.picture.toward).abs() < STRAIGHT;
        let chosen = self.figure(from.midpoint(to), figures, level);
        // in a pictorial view where no other shows it true
        let pictorial = || figures.iter().position(|figure| figure.cell.is_none()).or(Some(0));
        let Some(index) = chosen.or_else(pictorial).filter(|index| *index < figures.len()) else { return };
        let figure = &mut figures[index];
        let (from, to) = (figure.picture.flat(from), figure.picture.flat(to));
        let along = figure.picture.flat(direction).normalize_or_zero();
        if along == Vec2::ZERO {
            return;
        }
        if along.x.abs() < STRAIGHT || along.y.abs() < STRAIGHT {
            let side = nearest_side(figure, from.midpoint(to), along.y.abs() < STRAIGHT);
            figure.measures.push(Measure::new(side, from, to, words, Worth::ASKED));
        } else {
            figure.aligned.push(Aligned { from, to, along, value, text: words });
        }
    }

    fn circle(&self, center: Vec3, axis: Vec3, radius: f64, diameter: bool, figures: &mut [Figure]) {
        let (sign, size) = if diameter { ("Ø", radius * 2.0) } else { ("R", radius) };
        let words = self.words(format!("{sign}{}", length_text(size)));
        let words = if words.starts_with(sign) { words } else { format!("{sign}{words}") };
        let true_view = |figure: &Figure| axis.dot(figure.picture.toward).abs() > 1.0 - STRAIGHT;
        match self.figure(center, figures, true_view).filter(|index| true_view(&figures[*index])) {
            Some(index) => {
                let figure = &mut figures[index];
                let spots = vec![Spot { center: figure.picture.flat(center), toward: None }];
                let kind = if diameter { CalloutKind::Diameter } else { CalloutKind::Radius };
                figure.callouts.push(Callout { spots, radius, text: words, kind, worth: Worth::ASKED });
            }
            None => self.note(center, words, figures),
        }
    }

    fn angle(&self, corner: Vec3, from: Vec3, to: Vec3, figures: &mut [Figure]) {
        let (one, two) = ((from - corner).normalize_or_zero(), (to - corner).normalize_or_zero());
        let normal = one.cross(two);
        let value = atan2_deg(normal.length(), one.dot(two));
        let words = self.words(angle_text(value));
        let normal = normal.normalize_or_zero();
        let true_view = |figure: &Figure| normal.dot(figure.picture.toward).abs() > 1.0 - STRAIGHT;
        match self.figure(corner, figures, true_view).filter(|index| true_view(&figures[*index])) {
            Some(index) => {
                let figure = &mut figures[index];
                let [corner, from, to] = [corner, from, to].map(|point| figure.picture.flat(point));
                figure.angles.push(Corner { corner, from, to, value, text: words, worth: Worth::ASKED });
            }
            None => self.note(corner, words, figures),
        }
    }

    fn note(&self, at: Vec3, words: String, figures: &mut [Figure]) {
        let Some(index) = self.figure(at, figures, |_| true) else { return };
        let figure = &mut figures[index];
        let spots = vec![Spot { center: figure.picture.flat(at), toward: None }];
        let kind = CalloutKind::Note;
        figure.callouts.push(Callout { spots, radius: 0.0, text: words, kind, worth: Worth::ASKED });
    }

    fn symbol(&self, at: Vec3, normal: Vec3, kind: SymbolKind, figures: &mut [Figure]) {
        let normal = normal.normalize_or_zero();
        let edge_on = |figure: &Figure| normal.dot(figure.picture.toward).abs() < STRAIGHT;
        match self.figure(at, figures, edge_on).filter(|index| edge_on(&figures[*index])) {
            Some(index) => {
                let figure = &mut figures[index];
                let (at, normal) = (figure.picture.flat(at), figure.picture.flat(normal).normalize_or_zero());
                figure.symbols.push(Symbol { at, normal, text: self.words(String::new()), kind });
            }
            None => self.note(at, self.words(String::new()), figures),
        }
    }
}

/// The side of a view's bounds that a point is nearest to, among those with horizontal or with vertical lines.
fn nearest_side(figure: &Figure, at: Vec2, horizontal: bool) -> Side {
    let middle = figure.bounds.center();
    match (horizontal, if horizontal { at.y > middle.y } else { at.x > middle.x }) {
        (true, true) => Side::Top,
        (true, false) => Side::Bottom,
        (false, true) => Side::Right,
        (false, false) => Side::Left,
    }
}
