//! Entries of zip archives, unpacked only as far as the job's memory goes.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::import::meter::Meter;
use crate::import::{ImportError, malformed};

/// Bytes unpacked between two looks at the budget.
const CHUNK: u64 = 1 << 20;
/// Bytes that a document takes for each byte of its text once it is read as XML.
const DOCUMENT_BYTES: usize = 10;

/// An archive of a format.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    format: &'static str,
}

impl<'a> Archive<'a> {
    /// Opens an archive.
    pub(super) fn open(bytes: &'a [u8], format: &'static str) -> Result<Self, ImportError> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| malformed(format, 0, error.to_string()))?;
        Ok(Self { zip, format })
    }

    /// The names of its entries.
    pub(super) fn names(&self) -> Vec<String> {
        self.zip.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect()
    }

    /// The text of its first entry whose name is `name`, or the very first where there is no name.
    pub(super) fn text(&mut self, name: Option<&str>, meter: &mut Meter<'_>) -> Result<String, ImportError> {
        let format = self.format;
        let fail = |what: String| malformed(format, 0, what);
        let mut entry = match name {
            Some(name) => self.zip.by_name(name),
            None => self.zip.by_index(0),
        }
        .map_err(|error| fail(error.to_string()))?;
        let mut bytes = Vec::new();
        loop {
            let before = bytes.len();
            entry.by_ref().take(CHUNK).read_to_end(&mut bytes).map_err(|error| fail(error.to_string()))?;
            if bytes.len() == before {
                return Ok(String::from_utf8_lossy(&bytes).into_owned());
            }
            meter.take((bytes.len() - before) * DOCUMENT_BYTES)?;
        }
    }
}
