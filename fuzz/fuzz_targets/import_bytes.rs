//! Readers of foreign files never panic and make no more than their bytes allow; the first byte says which format the others are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use maquette::budget::{Budget, Limits};
use maquette::geom::Vec2;
use maquette::import::{Division, MeshFormat, Selection, read_dxf, read_heights, read_mesh, read_svg};
use maquette::mesh::measure;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let division = Division { arc: &|_, angle| Some((angle.abs() / 6.0).ceil().min(360.0) as u32), curve: 20 };
    let budget = Budget::new(Limits { memory_bytes: 64 << 20, ..Limits::default() });
    let mesh = |format| {
        if let Ok(mesh) = read_mesh(bytes, format, &budget) {
            measure(&mesh);
        }
    };
    match kind % 9 {
        0 => mesh(MeshFormat::Stl),
        1 => mesh(MeshFormat::Off),
        2 => mesh(MeshFormat::Obj),
        3 => mesh(MeshFormat::Amf),
        4 => mesh(MeshFormat::ThreeMf),
        5 => drop(read_svg(bytes, &Selection { dpi: 96.0, ..Selection::default() }, &division, &budget)),
        6 => drop(read_dxf(bytes, None, Vec2::ZERO, 1.0, &division, &budget)),
        7 => drop(read_heights(bytes, false, &budget)),
        _ => drop(read_heights(bytes, true, &budget)),
    }
});
