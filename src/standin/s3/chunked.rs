//! The `aws-chunked` framing that SDKs put around streams: chunks with signatures, then trailers with checksums.

use axum::body::Bytes;
use axum::http::HeaderMap;

use crate::standin::s3::error::S3Error;

/// A body without its framing, and the trailers behind it with lower-case names.
pub type Decoded = (Bytes, Vec<Trailer>);

/// Name and value.
type Trailer = (String, String);

/// Takes the framing off, if the headers say that there is one.
///
/// # Errors
/// `IncompleteBody` when the framing breaks off or the length is not the one promised.
pub fn decode(headers: &HeaderMap, body: &Bytes) -> Result<Decoded, S3Error> {
    let says = |name: &str, part: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(part))
    };
    if !says("content-encoding", "aws-chunked") && !says("x-amz-content-sha256", "STREAMING-") {
        return Ok((body.clone(), Vec::new()));
    }
    let incomplete = || S3Error::bad("IncompleteBody", "The request body terminated unexpectedly");
    let (decoded, trailers) = unframe(body).ok_or_else(incomplete)?;
    let promised =
        headers.get("x-amz-decoded-content-length").and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if promised.is_some_and(|promised| promised != decoded.len()) {
        return Err(incomplete());
    }
    Ok((Bytes::from(decoded), trailers))
}

fn unframe(body: &[u8]) -> Option<(Vec<u8>, Vec<Trailer>)> {
    let mut rest = body;
    let mut decoded = Vec::with_capacity(body.len());
    loop {
        let line = take_line(&mut rest)?;
        let size = line.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            break;
        }
        decoded.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
    let mut trailers = Vec::new();
    while let Some(line) = take_line(&mut rest) {
        if let Some((name, value)) = line.split_once(':') {
            trailers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    Some((decoded, trailers))
}

fn take_line<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
    let line = std::str::from_utf8(&rest[..end]).ok()?;
    *rest = &rest[end + 2..];
    Some(line)
}

#[cfg(test)]
mod tests {
    use crate::standin::s3::chunked::unframe;

    #[test]
    fn chunks_and_trailers_come_apart() {
        let body = b"4;chunk-signature=abc\r\nWiki\r\n5\r\npedia\r\n0\r\nX-Amz-Checksum-Crc32: AAAAAA==\r\n\r\n";
        let (decoded, trailers) = unframe(body).expect("a whole body");
        assert_eq!(decoded, b"Wikipedia");
        assert_eq!(trailers, [("x-amz-checksum-crc32".to_owned(), "AAAAAA==".to_owned())]);
        assert_eq!(unframe(b"4\r\nWi"), None);
    }
}
