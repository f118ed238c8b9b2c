//! realize
