//! Text: sizes, alignment, styles and what stands in for a font that is not there.

use maquette::budget::Budget;
use maquette::text::{Fonts, Spec};

fn spec<'a>(text: &'a str, font: &'a str) -> Spec<'a> {
    Spec {
        text,
        size: 10.0,
        font,
        spacing: 1.0,
        direction: "",
        language: "en",
        script: "",
        halign: "left",
        valign: "baseline",
        segments: 3,
    }
}

#[test]
fn a_capital_is_about_as_high_as_its_size() {
    let bounds = Fonts::bundled().layout(&spec("H", ""), &Budget::default()).expect("no limit").bounding_box();
    assert!((bounds.max.y - 9.5).abs() < 0.2 && bounds.min.y.abs() < 0.02, "{bounds:?}");
}

#[test]
fn alignment_moves_the_whole() {
    let fonts = Fonts::bundled();
    let plain = fonts.text_metrics(&spec("Hy", "")).expect("a font");
    let centered = Spec { halign: "center", valign: "top", ..spec("Hy", "") };
    let moved = fonts.text_metrics(&centered).expect("a font");
    assert!((moved.position.x - plain.position.x + plain.advance.x / 2.0).abs() < 1.0e-9);
    assert!((moved.position.y + moved.size.y).abs() < 1.0e-9, "{moved:?}");
    let region = fonts.layout(&centered, &Budget::default()).expect("no limit").bounding_box();
    assert!((region.min.x - moved.position.x).abs() < 0.02 && region.max.y <= 1.0e-9, "{region:?}");
}

#[test]
fn styles_are_told_apart_and_unknown_families_fall_back() {
    let fonts = Fonts::bundled();
    let area = |font: &str| fonts.layout(&spec("maquette", font), &Budget::default()).expect("no limit").area();
    assert!(area("Liberation Sans:style=Bold") > area("Liberation Sans") * 1.2);
    assert_eq!(area("No Such Family"), area("Liberation Sans"));
    assert_ne!(area("Liberation Serif"), area("Liberation Mono"));
    assert!(!fonts.has(":charset=xxx"));
}

#[test]
fn letters_with_counters_have_holes() {
    let region = Fonts::bundled().layout(&spec("o8", ""), &Budget::default()).expect("no limit");
    assert_eq!(region.contours().len(), 5);
    assert!(region.check().is_ok());
}

#[test]
fn right_to_left_and_columns() {
    let fonts = Fonts::bundled();
    let column = fonts
        .layout(&Spec { direction: "ttb", halign: "default", valign: "default", ..spec("AA", "") }, &Budget::default())
        .expect("no limit")
        .bounding_box();
    assert!(column.size().y > 2.0 * column.size().x && column.max.y < 0.0, "{column:?}");
    assert!(column.center().x.abs() < 0.05, "{column:?}");
    assert!(fonts.layout(&spec("", ""), &Budget::default()).expect("no limit").is_empty());
}
