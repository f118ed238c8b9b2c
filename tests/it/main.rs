//! The one integration binary: each module is a subject.

mod cells;
mod config;
mod daemon;
mod drawing;
mod export;
mod hostile;
mod import;
mod isolation;
mod job;
mod layers;
mod lease_model;
mod local_aws;
mod memo;
mod preview;
mod random;
mod realize;
mod region;
mod road;
mod scad;
mod solid;
mod standin;
mod text;
mod tidy;
