//! Booleans of small solids on a coarse raster, where much falls together: closed results whose volumes add up.
#![no_main]

use libfuzzer_sys::fuzz_target;
use maquette::budget::{Budget, Limits};
use maquette::geom::{Affine3, Vec3};
use maquette::mesh::measure;
use maquette::solid::{Control, Operator, Roundness, Solid};

/// Bytes of one solid.
const SOLID_BYTES: usize = 6;
const SOLIDS_MAX: usize = 12;

fuzz_target!(|bytes: &[u8]| {
    let control = Control::new(&Budget::new(Limits { triangles: 100_000, ..Limits::default() }));
    let mut whole = Solid::default();
    for chosen in bytes.chunks_exact(SOLID_BYTES).take(SOLIDS_MAX) {
        let part = solid(chosen, &control);
        let boolean =
            |operator| Solid::boolean(operator, &[whole.clone(), part.clone()], &control).expect("small solids");
        let (union, common) = (boolean(Operator::Union), boolean(Operator::Intersection));
        let both = volume(&union) + volume(&common);
        let apart = volume(&whole) + volume(&part);
        assert!((both - apart).abs() <= 1.0e-6 * apart.max(1.0), "{both} is not {apart}");
        whole = match chosen[0] >> 6 {
            0 => boolean(Operator::Difference),
            1 => common,
            _ => union,
        };
    }
});

fn volume(solid: &Solid) -> f64 {
    if solid.is_empty() {
        return 0.0;
    }
    let measured = measure(&solid.to_mesh());
    assert!(measured.closed, "open");
    measured.volume
}

fn solid(chosen: &[u8], control: &Control) -> Solid {
    let [kind, x, y, z, size, turn] = [0, 1, 2, 3, 4, 5].map(|at| chosen[at]);
    let length = |byte: u8| f64::from(byte % 4 + 1) * 0.5;
    let roundness = Roundness { segments: u32::from(size >> 5) + 3, smooth: true };
    let made = match kind % 3 {
        0 => Solid::cube(Vec3::new(length(size), length(size >> 2), length(size >> 4)), kind & 8 != 0, control),
        1 => Solid::cylinder(length(size), [length(size >> 2), length(size >> 3)], kind & 8 != 0, roundness, control),
        _ => Solid::sphere(length(size), roundness, control),
    };
    let angle = if turn & 4 == 0 { 90.0 } else { 15.0 } * f64::from(turn >> 4);
    let turned = Affine3::from_axis_angle([Vec3::X, Vec3::Y, Vec3::Z][usize::from(turn % 3)], f64::to_radians(angle));
    let place = Vec3::new(f64::from(x % 8), f64::from(y % 8), f64::from(z % 8)) * 0.5;
    made.expect("small").transformed(&(Affine3::from_translation(place) * turned))
}
