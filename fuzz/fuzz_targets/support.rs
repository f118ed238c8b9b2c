//! A world of one file, which may include itself.

use std::sync::Arc;

use maquette::csg::TextSpec;
use maquette::scad::{FontMetrics, Host, HostError, Purpose, TextMetrics};

/// The one file.
pub struct OneFile(pub Arc<[u8]>);

impl Host for OneFile {
    fn resolve(&self, _: &str, name: &str, _: Purpose) -> Result<String, HostError> {
        if name == "main.scad" { Ok(name.to_owned()) } else { Err(HostError::NotFound) }
    }

    fn read(&self, _: &str) -> Result<Arc<[u8]>, HostError> {
        Ok(self.0.clone())
    }

    fn text_metrics(&self, _: &TextSpec) -> Option<TextMetrics> {
        Some(TextMetrics::default())
    }

    fn font_metrics(&self, _: &TextSpec) -> Option<FontMetrics> {
        Some(FontMetrics::default())
    }
}
