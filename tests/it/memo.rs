//! Computed subtrees shared by jobs: found instead of made again, and never seen in what a job gives.

use std::sync::Arc;

use maquette::budget::{Budget, Limits};
use maquette::csg::{Attached, Content, ImportFormat, Kind, Node, NodeRef, Resolution};
use maquette::diag::Span;
use maquette::geom::{Mat4, Rgba, Vec3};
use maquette::mesh::TriMesh;
use maquette::realize::{Memo, Shape, realize};
use maquette::text::Fonts;
use proptest::collection::vec;
use proptest::prelude::{Strategy, prop_assert_eq, proptest};

use crate::random::cases;

fn node(kind: Kind, children: Vec<NodeRef>) -> NodeRef {
    Arc::new(Node::new(kind, children, Span::DETACHED))
}

fn moved(at: [f64; 3], child: NodeRef) -> NodeRef {
    node(Kind::Transform(Mat4::from_translation(Vec3::from_array(at))), vec![child])
}

fn ball(radius: f64) -> NodeRef {
    let resolution = Resolution { segments: 8.0, ..Resolution::default() };
    node(Kind::Sphere { radius, resolution }, Vec::new())
}

/// Enough of the language of trees, each number a choice; parts come from few, so that they are alike here and there.
fn tree(choices: &[u8]) -> NodeRef {
    let mut made = vec![ball(1.0), ball(1.25)];
    for choice in choices {
        let pick = |step: usize| made[(usize::from(*choice) / step) % made.len()].clone();
        let near = f64::from(choice % 5) * 0.4;
        made.push(match choice % 4 {
            0 => node(Kind::Union, vec![pick(3), moved([near, 0.1, 0.0], pick(7))]),
            1 => node(Kind::Difference, vec![pick(3), moved([0.3, near, 0.2], pick(5))]),
            2 => node(Kind::Color(Rgba { r: near as f32 / 2.0, g: 0.5, b: 0.25, a: 1.0 }), vec![pick(2)]),
            _ => node(Kind::Intersection, vec![pick(2), moved([0.2, 0.0, near], pick(11))]),
        });
    }
    node(Kind::Group, made.split_off(made.len().saturating_sub(2)))
}

fn mesh(root: &NodeRef, fonts: &Fonts, memo: &Memo) -> TriMesh {
    match realize(root, fonts, memo, &Budget::default()).shape {
        Some(Shape::Solid(solid)) => solid.to_mesh(),
        Some(Shape::Empty) => TriMesh::default(),
        other => panic!("no solid but {other:?}"),
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn what_other_jobs_left_changes_nothing(jobs in vec(vec(0..=255_u8, 1..7), 2..4).prop_map(|mut jobs| {
        // the second begins as the first does
        let first = jobs[0].clone();
        jobs[1].splice(0..0, first);
        jobs
    })) {
        let (fonts, shared) = (Fonts::default(), Memo::default());
        for job in &jobs {
            let root = tree(job);
            prop_assert_eq!(mesh(&root, &fonts, &shared), mesh(&root, &fonts, &Memo::default()));
        }
    }
}

#[test]
fn a_subtree_is_computed_once_for_two_jobs() {
    let (fonts, memo) = (Fonts::default(), Memo::default());
    let part = node(Kind::Difference, vec![ball(2.0), moved([1.0, 0.0, 0.0], ball(1.5))]);
    let whole = |x: f64| node(Kind::Union, vec![part.clone(), moved([x, 0.0, 0.0], ball(0.5))]);
    mesh(&whole(9.0), &fonts, &memo);
    let (found, kept) = (memo.found(), memo.len());
    mesh(&whole(10.0), &fonts, &memo);
    assert!(memo.found() > found);
    // the part and the small ball were there; the new union is all that came
    assert_eq!(memo.len(), kept + 1);
}

#[test]
fn limits_and_fonts_are_told_apart() {
    let memo = Memo::default();
    let root = node(Kind::Union, vec![ball(1.0), moved([0.5, 0.0, 0.0], ball(1.0))]);
    let fonts = Fonts::default();
    assert!(!mesh(&root, &fonts, &memo).is_empty());
    let tight = Budget::new(Limits { triangles: 10, ..Limits::default() });
    assert!(realize(&root, &fonts, &memo, &tight).shape.is_none());
}

#[test]
fn the_bytes_of_a_file_count_by_their_digest() {
    let import = |bytes: &[u8]| {
        let content = Content::from(Arc::<[u8]>::from(bytes));
        let file = Attached { path: "part.stl".into(), bytes: Some(content) };
        let kind = Kind::Import {
            file,
            format: ImportFormat::Stl,
            layer: None,
            id: None,
            origin: maquette::geom::Vec2::ZERO,
            scale: 1.0,
            dpi: 72.0,
            center: false,
            convexity: 1,
            resolution: Resolution::default(),
        };
        node(kind, Vec::new()).digest()
    };
    assert_eq!(import(b"solid"), import(b"solid"));
    assert_ne!(import(b"solid"), import(b"solic"));
}
