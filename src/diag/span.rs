//! `FileId` and `Span`: where in a program a thing came from; `Copy`, 8 bytes, with a detached value.

use serde::{Deserialize, Serialize};

/// A source file of one job; 0 is the main program's file, [`FileId::NONE`] is no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileId(pub u16);

impl FileId {
    /// No file.
    pub const NONE: Self = Self(u16::MAX);
}

/// A run of bytes in a source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Byte offset of the first byte.
    pub start: u32,
    /// The file.
    pub file: FileId,
    /// Length in bytes; saturates at 65535, which only shortens the caret line.
    pub len: u16,
}

impl Span {
    /// From nowhere in particular: made by the machine, not written by the author.
    pub const DETACHED: Self = Self { start: 0, file: FileId::NONE, len: 0 };

    /// The bytes `start..end` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let len = u16::try_from(end.saturating_sub(start)).unwrap_or(u16::MAX);
        Self { start: u32::try_from(start).unwrap_or(u32::MAX), file, len }
    }

    /// From the first byte of `self` to the last byte of `other`; `self` where the files differ.
    pub fn to(self, other: Self) -> Self {
        if self.file != other.file {
            return self;
        }
        Self::new(self.file, self.start as usize, other.end())
    }

    /// Byte offset past the last byte.
    pub fn end(self) -> usize {
        self.start as usize + self.len as usize
    }

    /// Whether it names no place.
    pub fn is_detached(self) -> bool {
        self.file == FileId::NONE
    }
}
