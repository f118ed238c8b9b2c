//! Page to SVG: millimetre units, a named group for each layer and view, text as text.

use crate::export::number::rounded;
use crate::export::xml::escaped;
use crate::geom::Vec2;
use crate::page::{FONT_FAMILY, Ink, LAYERS, Mark, Page, Path, Shape, Step, Text, cap_height};

/// Writes one page as one SVG file; one user unit is one millimetre.
pub fn write(page: &Page) -> Vec<u8> {
    let mut svg = match page.model_origin() {
        Some(origin) => Writer { out: Vec::new(), origin, decimals: 6 },
        None => Writer { out: Vec::new(), origin: Vec2::new(0.0, page.height), decimals: 4 },
    };
    svg.head(page);
    for layer in LAYERS {
        let marks: Vec<&Mark> = page.flat_marks().filter(|mark| mark.ink.layer == layer).collect();
        if marks.is_empty() {
            continue;
        }
        let name = layer.name().to_ascii_lowercase();
        svg.text(&format!(
            "<g id=\"{name}\" class=\"{name}\" inkscape:groupmode=\"layer\" inkscape:label=\"{name}\">\n"
        ));
        for view in std::iter::once(None).chain((0..page.views.len() as u32).map(Some)) {
            svg.view(page, &name, view, &marks);
        }
        svg.text("</g>\n");
    }
    svg.text("</svg>\n");
    svg.out
}

struct Writer {
    out: Vec<u8>,
    /// Paper place that becomes SVG's origin: the sheet's upper left corner, or the model's own origin.
    origin: Vec2,
    decimals: u8,
}

impl Writer {
    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn number(&mut self, value: f64) {
        rounded(&mut self.out, value, self.decimals);
    }

    fn point(&mut self, point: Vec2) {
        self.number(point.x - self.origin.x);
        self.out.push(b' ');
        self.number(self.origin.y - point.y);
    }

    fn attribute(&mut self, name: &str, value: f64) {
        self.text(&format!(" {name}=\""));
        self.number(value);
        self.out.push(b'"');
    }

    fn head(&mut self, page: &Page) {
        self.text("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" ");
        self.text(
            "xmlns:inkscape=\"http://www.inkscape.org/namespaces/inkscape\" version=\"1.1\" role=\"img\" width=\"",
        );
        self.number(page.width);
        self.text("mm\" height=\"");
        self.number(page.height);
        self.text("mm\" viewBox=\"");
        self.point(Vec2::new(0.0, page.height));
        self.out.push(b' ');
        self.number(page.width);
        self.out.push(b' ');
        self.number(page.height);
        self.text("\" fill=\"none\" stroke=\"#000\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\n<title>");
        self.text(&escaped(if page.title.is_empty() { &page.name } else { &page.title }));
        self.text("</title>\n<desc>");
        self.text(&escaped(&page.description));
        self.text("</desc>\n");
    }

    fn view(&mut self, page: &Page, layer: &str, view: Option<u32>, marks: &[&Mark]) {
        let mut marks = marks.iter().filter(|mark| mark.view == view).peekable();
        if marks.peek().is_none() {
            return;
        }
        let name = view.map_or("sheet", |view| page.views[view as usize].name.as_str());
        self.text(&format!("<g id=\"{layer}-{}\" data-view=\"{}\">\n", identifier(name), escaped(name)));
        for mark in marks {
            self.mark(mark);
        }
        self.text("</g>\n");
    }

    fn mark(&mut self, mark: &Mark) {
        match &mark.shape {
            Shape::Text(text) => self.lettering(text),
            Shape::Circle { center, radius } => {
                self.text("<circle");
                self.attribute("cx", center.x - self.origin.x);
                self.attribute("cy", self.origin.y - center.y);
                self.attribute("r", *radius);
                self.ink(mark.ink, 0.0);
            }
            Shape::Area { .. } => {
                if let Some(path) = mark.fill() {
                    self.text("<path d=\"");
                    self.path(&path);
                    let grey = ((1.0 - mark.ink.layer.darkness()) * 255.0).round() as u8;
                    self.text(&format!(
                        "\" fill=\"#{grey:02x}{grey:02x}{grey:02x}\" fill-rule=\"evenodd\" stroke=\"none\"/>\n"
                    ));
                }
            }
            Shape::Arc { center, radius, start_deg, sweep_deg } => {
                self.arc(*center, Vec2::new(*radius, 0.0), 1.0, (*start_deg, *sweep_deg), mark.ink);
            }
            Shape::Ellipse { center, major, ratio, start_deg, sweep_deg } => {
                self.arc(*center, *major, *ratio, (*start_deg, *sweep_deg), mark.ink);
            }
            _ => {
                let mut all = Path::default();
                mark.strokes().iter().for_each(|path| all.append(path));
                if !all.steps.is_empty() {
                    self.text("<path d=\"");
                    self.path(&all);
                    self.text("\"");
                    self.ink(mark.ink, 0.0);
                }
            }
        }
    }

    /// A part of an ellipse as SVG's own arcs; a whole one as two.
    fn arc(&mut self, center: Vec2, major: Vec2, ratio: f64, (start_deg, sweep_deg): (f64, f64), ink: Ink) {
        use crate::geom::{atan2_deg, cos_deg, sin_deg};
        let minor = major.perp() * ratio;
        let at = |degrees: f64| center + major * cos_deg(degrees) + minor * sin_deg(degrees);
        self.text("<path d=\"M");
        self.point(at(start_deg));
        let pieces = if sweep_deg > 180.0 { 2 } else { 1 };
        for piece in 1..=pieces {
            self.text(" A");
            self.number(major.length());
            self.out.push(b' ');
            self.number(minor.length());
            self.out.push(b' ');
            self.number(-atan2_deg(major.y, major.x));
            // counter-clockwise with Y up is sweep 0 with Y down
            self.text(" 0 0 ");
            self.point(at(start_deg + sweep_deg * f64::from(piece) / f64::from(pieces)));
        }
        self.text("\"");
        self.ink(ink, 0.0);
    }

    fn ink(&mut self, ink: Ink, phase: f64) {
        self.attribute("stroke-width", ink.width);
        let pattern = ink.line.pattern(ink.width);
        if !pattern.is_empty() {
            self.text(" stroke-linecap=\"butt\" stroke-dasharray=\"");
            for (index, length) in pattern.iter().enumerate() {
                if index > 0 {
                    self.out.push(b' ');
                }
                self.number(*length);
            }
            self.out.push(b'"');
            if phase > 0.0 {
                self.attribute("stroke-dashoffset", phase);
            }
        }
        self.text("/>\n");
    }

    fn path(&mut self, path: &Path) {
        for step in &path.steps {
            match step {
                Step::Move(to) => {
                    self.out.push(b'M');
                    self.point(*to);
                }
                Step::Line(to) => {
                    self.out.push(b'L');
                    self.point(*to);
                }
                Step::Cubic(first, second, to) => {
                    self.out.push(b'C');
                    self.point(*first);
                    self.out.push(b' ');
                    self.point(*second);
                    self.out.push(b' ');
                    self.point(*to);
                }
                Step::Close => self.out.push(b'Z'),
            }
        }
    }

    fn lettering(&mut self, text: &Text) {
        let start = text.start();
        self.text("<text");
        if text.angle_deg == 0.0 {
            self.attribute("x", start.x - self.origin.x);
            self.attribute("y", self.origin.y - start.y);
        } else {
            self.text(" transform=\"translate(");
            self.point(start);
            self.text(") rotate(");
            self.number(-text.angle_deg);
            self.text(")\"");
        }
        self.attribute("font-size", text.height / cap_height());
        // keeps the layout where another font stands in
        self.attribute("textLength", text.width());
        self.text(&format!(
            " lengthAdjust=\"spacingAndGlyphs\" font-family=\"{FONT_FAMILY}\" fill=\"#000\" stroke=\"none\">"
        ));
        self.text(&escaped(&text.content));
        self.text("</text>\n");
    }
}

/// A name as an XML id.
fn identifier(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect()
}
