//! The one integration binary: each module is a subject.

mod drawing;
mod export;
mod layers;
mod preview;
mod realize;
mod region;
mod tidy;
