//! Compression and checksums of files: the same bytes on every machine, and stopped when the job is over.
//!
//! Faster compressors choose their matches by instructions that not every processor has, and so give other bytes elsewhere.

use miniz_oxide::MZFlush;
use miniz_oxide::deflate::core::{CompressorOxide, create_comp_flags_from_zip_params};
use miniz_oxide::deflate::stream::deflate;

use crate::budget::{Budget, Exceeded};

/// What is around the compressed data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    /// Nothing: as in ZIP.
    Raw,
    /// A header and a checksum: as in PNG and PDF.
    Zlib,
}

/// Bytes compressed between two looks at the budget: some 10 ms.
const STEP: usize = 1 << 18;

/// Compresses bytes; `level` is 1 (fast) to 9 (small).
///
/// # Errors
/// The job is over.
pub fn compress(bytes: &[u8], wrapping: Wrapping, level: u8, budget: &Budget) -> Result<Vec<u8>, Exceeded> {
    let window_bits = if wrapping == Wrapping::Zlib { 15 } else { -15 };
    let mut compressor = CompressorOxide::new(create_comp_flags_from_zip_params(i32::from(level), window_bits, 0));
    let mut out = Vec::with_capacity(bytes.len() / 3 + 64);
    let mut room = vec![0; STEP];
    let mut rest = bytes;
    loop {
        budget.check()?;
        let step = &rest[..rest.len().min(STEP)];
        let flush = if step.len() == rest.len() { MZFlush::Finish } else { MZFlush::None };
        let result = deflate(&mut compressor, step, &mut room, flush);
        out.extend_from_slice(&room[..result.bytes_written]);
        rest = &rest[result.bytes_consumed..];
        let finished = matches!(result.status, Ok(miniz_oxide::MZStatus::StreamEnd));
        // nothing read and nothing written would go on for ever
        if finished || (result.bytes_consumed == 0 && result.bytes_written == 0) {
            return Ok(out);
        }
    }
}

/// The CRC-32 of ZIP and PNG.
#[derive(Debug, Clone)]
pub struct Crc32 {
    table: [u32; 256],
}

impl Crc32 {
    /// Fills the table.
    pub fn new() -> Self {
        let entry = |index: usize| {
            (0..8).fold(index as u32, |rest, _| if rest & 1 == 1 { (rest >> 1) ^ 0xEDB8_8320 } else { rest >> 1 })
        };
        Self { table: std::array::from_fn(entry) }
    }

    /// The checksum of bytes.
    pub fn of(&self, bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |crc, byte| self.table[((crc ^ u32::from(*byte)) & 255) as usize] ^ (crc >> 8))
    }
}

impl Default for Crc32 {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use crate::budget::{Budget, Exceeded};
    use crate::deflate::{Crc32, Wrapping, compress};

    #[test]
    fn what_was_compressed_comes_back() {
        // longer than two steps, neither constant nor random
        let bytes: Vec<u8> = (0..700_000_u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 27) as u8).collect();
        for input in [&bytes[..], &bytes[..1], &[]] {
            let raw = compress(input, Wrapping::Raw, 6, &Budget::default()).expect("within limits");
            assert_eq!(miniz_oxide::inflate::decompress_to_vec(&raw).expect("valid"), input);
            let zlib = compress(input, Wrapping::Zlib, 6, &Budget::default()).expect("within limits");
            assert_eq!(miniz_oxide::inflate::decompress_to_vec_zlib(&zlib).expect("valid"), input);
        }
    }

    #[test]
    fn a_cancelled_job_stops() {
        let budget = Budget::default();
        budget.cancel();
        assert_eq!(compress(b"abc", Wrapping::Raw, 6, &budget), Err(Exceeded::Cancelled));
    }

    #[test]
    fn crc_of_the_standard_check() {
        assert_eq!(Crc32::new().of(b"123456789"), 0xCBF4_3926);
    }
}
