//! Checksums of bodies: verified when sent, computed when not, and told when asked for.

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crc_fast::CrcAlgorithm;
use md5::Md5;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::standin::s3::error::S3Error;
use crate::standin::sqs::hex;

/// The algorithms that every SDK has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// CRC-32, IEEE.
    Crc32,
    /// CRC-32C, Castagnoli.
    Crc32C,
    /// CRC-64/NVME, what S3 computes by itself.
    Crc64Nvme,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

/// A checksum and what it covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksum {
    /// How it was computed.
    pub algorithm: Algorithm,
    /// In base64; of parts' checksums with `-N` behind.
    pub value: String,
    /// Whether it is over parts' checksums and not over the bytes.
    pub composite: bool,
}

const ALL: [Algorithm; 5] =
    [Algorithm::Crc32, Algorithm::Crc32C, Algorithm::Crc64Nvme, Algorithm::Sha1, Algorithm::Sha256];

impl Algorithm {
    /// The algorithm of a name in a header, in any case.
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32C => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The header or trailer that carries it.
    pub fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32C => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// The element that carries it in a list of parts.
    pub fn element(self) -> String {
        format!("Checksum{}", self.name())
    }

    /// The checksum of `bytes`, in base64.
    pub fn of(self, bytes: &[u8]) -> String {
        STANDARD.encode(self.raw(bytes))
    }

    fn raw(self, bytes: &[u8]) -> Vec<u8> {
        let crc32 = |algorithm| {
            let crc = crc_fast::checksum(algorithm, bytes).to_be_bytes();
            crc[4..].to_vec()
        };
        match self {
            Self::Crc32 => crc32(CrcAlgorithm::Crc32IsoHdlc),
            Self::Crc32C => crc32(CrcAlgorithm::Crc32Iscsi),
            Self::Crc64Nvme => crc_fast::checksum(CrcAlgorithm::Crc64Nvme, bytes).to_be_bytes().to_vec(),
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
        }
    }
}

/// Checks every checksum that came with `body` in headers or trailers. Returns the one to keep.
///
/// # Errors
/// `BadDigest`, `InvalidDigest`, `XAmzContentSHA256Mismatch`.
pub fn verify(headers: &HeaderMap, trailers: &[(String, String)], body: &[u8]) -> Result<Checksum, S3Error> {
    verify_content_md5(headers, body)?;
    if let Some(claimed) = text(headers, "x-amz-content-sha256").filter(|claimed| claimed.len() == 64)
        && hex(&Sha256::digest(body)) != claimed.to_ascii_lowercase()
    {
        let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
        return Err(S3Error::bad("XAmzContentSHA256Mismatch", message));
    }
    let mut kept = None;
    for algorithm in ALL {
        let in_trailer =
            || trailers.iter().find(|(name, _)| name == algorithm.header()).map(|(_, value)| value.as_str());
        let Some(claimed) = text(headers, algorithm.header()).or_else(in_trailer) else { continue };
        let value = algorithm.of(body);
        if value != claimed {
            let message = format!("The {} you specified did not match the calculated checksum.", algorithm.name());
            return Err(S3Error::bad("BadDigest", message));
        }
        kept = Some(Checksum { algorithm, value, composite: false });
    }
    Ok(kept.unwrap_or_else(|| {
        let algorithm = Algorithm::Crc64Nvme;
        Checksum { algorithm, value: algorithm.of(body), composite: false }
    }))
}

fn verify_content_md5(headers: &HeaderMap, body: &[u8]) -> Result<(), S3Error> {
    let Some(claimed) = text(headers, "content-md5") else { return Ok(()) };
    let Ok(claimed) = STANDARD.decode(claimed) else {
        return Err(S3Error::bad("InvalidDigest", "The Content-MD5 you specified is not valid."));
    };
    if Md5::digest(body).as_slice() != claimed.as_slice() {
        return Err(S3Error::bad("BadDigest", "The Content-MD5 you specified did not match what we received."));
    }
    Ok(())
}

/// The checksum over the checksums of parts, as multipart uploads have it.
pub fn of_parts(algorithm: Algorithm, parts: &[Checksum]) -> Checksum {
    let raw: Vec<u8> = parts.iter().flat_map(|part| STANDARD.decode(&part.value).unwrap_or_default()).collect();
    Checksum { algorithm, value: format!("{}-{}", algorithm.of(&raw), parts.len()), composite: true }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use crate::standin::s3::checksum::Algorithm;

    /// The check values of the CRC catalogue, in base64.
    #[test]
    fn checksums_are_the_published_ones() {
        let input = b"123456789";
        assert_eq!(Algorithm::Crc32.of(input), "y/Q5Jg==");
        assert_eq!(Algorithm::Crc32C.of(input), "4waSgw==");
        assert_eq!(Algorithm::Crc64Nvme.of(input), "rosUhgp5mIg=");
        assert_eq!(Algorithm::Sha1.of(b"abc"), "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
    }
}
