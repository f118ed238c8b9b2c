//! maquette: 3D models and technical drawings from OpenSCAD programs, as a daemon on a queue.
//!
//! The road of a job, room by room:
//! message → [`job`] spec → [`scad`] program → [`csg`] tree → [`realize`] shape → [`drawing`] pages → [`export`] bytes → [`daemon`]
//! store → notify → acknowledge.

pub mod budget;
pub mod deflate;
pub mod diag;
pub mod geom;
pub mod lru;

pub mod mesh;
pub mod page;

pub mod csg;
pub mod scad;

pub mod import;
pub mod realize;
pub mod region;
pub mod remesh;
pub mod solid;
pub mod text;

pub mod drawing;
pub mod export;
pub mod preview;

pub mod job;

pub mod config;
pub mod daemon;
pub mod standin;

pub mod cli;

/// Programs make lists by the million, most of them short-lived.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
