//! scad
