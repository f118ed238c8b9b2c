//! The one integration binary: each module is a subject.

mod layers;
mod realize;
mod region;
mod tidy;
