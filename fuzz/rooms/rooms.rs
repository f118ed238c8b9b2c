//! The rooms between a program's text and its shape, without the job, the daemon and the command line.

#[path = "../../src/budget.rs"]
pub mod budget;
#[path = "../../src/diag/mod.rs"]
pub mod diag;
#[path = "../../src/geom/mod.rs"]
pub mod geom;
#[path = "../../src/lru.rs"]
pub mod lru;

#[path = "../../src/mesh/mod.rs"]
pub mod mesh;

#[path = "../../src/csg/mod.rs"]
pub mod csg;
#[path = "../../src/scad/mod.rs"]
pub mod scad;

#[path = "../../src/import/mod.rs"]
pub mod import;
#[path = "../../src/realize/mod.rs"]
pub mod realize;
#[path = "../../src/region/mod.rs"]
pub mod region;
#[path = "../../src/solid/mod.rs"]
pub mod solid;
#[path = "../../src/text/mod.rs"]
pub mod text;
