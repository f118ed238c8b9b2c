//! Operations on objects: put, get, head, copy, delete, with their conditions.

use std::collections::BTreeMap;

use axum::body::{Body, Bytes};
use axum::http::{Response, StatusCode};

use crate::standin::s3::checksum::{self, Checksum};
use crate::standin::s3::disk::{Description, Disk, Object};
use crate::standin::s3::error::S3Error;
use crate::standin::s3::request::{Request, decode};
use crate::standin::s3::xml::{self, element};
use crate::standin::s3::{Answer, bucket, chunked, http_time, iso_time, respond, respond_xml};
use crate::standin::sqs::{hex, now_ms};

/// Headers that are kept with an object and given back.
const KEPT: [&str; 6] =
    ["content-type", "content-encoding", "content-language", "content-disposition", "cache-control", "expires"];

/// PutObject.
pub async fn put(disk: &Disk, request: &Request) -> Answer {
    bucket::check(disk, request)?;
    let (bytes, trailers) = chunked::decode(&request.headers, &request.body)?;
    let checksum = checksum::verify(&request.headers, &trailers, &bytes)?;
    let etag = etag_of(&bytes);
    let description = Description { etag, modified_ms: now_ms(), headers: kept_headers(request), checksum };
    let object = store(disk, request, &bytes, description).await?;
    let headers = [
        ("etag", object.etag.clone()),
        (object.checksum.algorithm.header(), object.checksum.value.clone()),
        ("x-amz-checksum-type", "FULL_OBJECT".to_owned()),
    ];
    Ok(respond(StatusCode::OK, headers, Body::empty()))
}

/// Stores `bytes` if the request's conditions hold at the moment when no other writer of the key runs.
///
/// # Errors
/// `PreconditionFailed`, `NoSuchKey`, and what the disk says.
pub async fn store(
    disk: &Disk,
    request: &Request,
    bytes: &[u8],
    description: Description,
) -> Result<std::sync::Arc<Object>, S3Error> {
    let _writer = disk.writer(&request.bucket, &request.key).await;
    let current = disk.find(&request.bucket, &request.key);
    if let Some(unwanted) = request.header("if-none-match") {
        if unwanted != "*" {
            return Err(S3Error::not_implemented("If-None-Match with anything but * for a put"));
        }
        if current.is_some() {
            return Err(S3Error::precondition("If-None-Match"));
        }
    }
    if let Some(wanted) = request.header("if-match") {
        let current = current.ok_or_else(S3Error::no_key)?;
        if !names_etag(wanted, &current.etag) {
            return Err(S3Error::precondition("If-Match"));
        }
    }
    disk.put(&request.bucket, &request.key, bytes, description).await.map_err(|error| S3Error::disk(&error))
}

/// The headers that are kept with an object.
pub fn kept_headers(request: &Request) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for (name, value) in &request.headers {
        let Ok(text) = value.to_str() else { continue };
        if name.as_str().starts_with("x-amz-meta-") || KEPT.contains(&name.as_str()) {
            kept.insert(name.as_str().to_owned(), text.to_owned());
        }
    }
    // the framing of the upload is not part of the object
    let encodings = kept.get("content-encoding").cloned().unwrap_or_default();
    let own: Vec<&str> = encodings.split(',').map(str::trim).filter(|part| *part != "aws-chunked").collect();
    match own.join(", ") {
        none if none.is_empty() => drop(kept.remove("content-encoding")),
        own => drop(kept.insert("content-encoding".into(), own)),
    }
    kept.entry("content-type".into()).or_insert_with(|| "binary/octet-stream".into());
    kept
}

/// MD5 in quotes.
pub fn etag_of(bytes: &[u8]) -> String {
    use md5::Digest;
    format!("\"{}\"", hex(&md5::Md5::digest(bytes)))
}

/// GetObject, and HeadObject without the body.
pub fn get(disk: &Disk, request: &Request, with_body: bool) -> Answer {
    bucket::check(disk, request)?;
    let object = disk.find(&request.bucket, &request.key).ok_or_else(S3Error::no_key)?;
    if let Some(unchanged) = check_read_conditions(request, &object)? {
        return Ok(unchanged);
    }
    let range = request.header("range").map(|range| read_range(range, object.size)).transpose()?.flatten();
    let mut headers = object_headers(request, &object);
    let (first, length) = range.unwrap_or((0, object.size));
    if range.is_some() {
        headers.push(("content-range", format!("bytes {first}-{}/{}", first + length - 1, object.size)));
    }
    let status = if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    if !with_body {
        headers.push(("content-length", length.to_string()));
        return Ok(respond(status, headers, Body::empty()));
    }
    let bytes = Bytes::from(disk.read(&request.bucket, &object).map_err(|error| S3Error::disk(&error))?);
    let part = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    Ok(respond(status, headers, bytes.slice(part(first)..part(first + length))))
}

fn object_headers<'a>(request: &Request, object: &'a Object) -> Vec<(&'a str, String)> {
    let mut headers: Vec<(&str, String)> =
        object.headers.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    headers.push(("etag", object.etag.clone()));
    headers.push(("last-modified", http_time(object.modified_ms)));
    headers.push(("accept-ranges", "bytes".to_owned()));
    if request.header("x-amz-checksum-mode").is_some_and(|mode| mode.eq_ignore_ascii_case("enabled"))
        && request.header("range").is_none()
    {
        headers.push((object.checksum.algorithm.header(), object.checksum.value.clone()));
        let kind = if object.checksum.composite { "COMPOSITE" } else { "FULL_OBJECT" };
        headers.push(("x-amz-checksum-type", kind.to_owned()));
    }
    for name in KEPT {
        if let Some(value) = request.parameter(&format!("response-{name}")) {
            headers.retain(|(kept, _)| *kept != name);
            headers.push((name, value.to_owned()));
        }
    }
    headers
}

fn check_read_conditions(request: &Request, object: &Object) -> Result<Option<Response<Body>>, S3Error> {
    if request.header("if-match").is_some_and(|wanted| !names_etag(wanted, &object.etag)) {
        return Err(S3Error::precondition("If-Match"));
    }
    if request.header("if-none-match").is_some_and(|unwanted| names_etag(unwanted, &object.etag)) {
        let headers = [("etag", object.etag.clone()), ("last-modified", http_time(object.modified_ms))];
        return Ok(Some(respond(StatusCode::NOT_MODIFIED, headers, Body::empty())));
    }
    Ok(None)
}

fn names_etag(list: &str, etag: &str) -> bool {
    let plain = etag.trim_matches('"');
    list.split(',')
        .map(|one| one.trim().trim_start_matches("W/").trim_matches('"'))
        .any(|one| one == "*" || one == plain)
}

/// First byte and length; nothing when the header is not one range of bytes, as the standard wants it ignored then.
fn read_range(range: &str, size: u64) -> Result<Option<(u64, u64)>, S3Error> {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Ok(None);
    };
    let (first, last) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.min(size.saturating_sub(1))),
        (Ok(first), Err(_)) if last.is_empty() => (first, size.saturating_sub(1)),
        (Err(_), Ok(count)) if first.is_empty() && count > 0 => (size.saturating_sub(count), size.saturating_sub(1)),
        _ => return Ok(None),
    };
    if first >= size {
        return Err(S3Error::range());
    }
    Ok(Some((first, last - first + 1)))
}

/// DeleteObject: what is not there is deleted already.
pub async fn delete(disk: &Disk, request: &Request) -> Answer {
    bucket::check(disk, request)?;
    let _writer = disk.writer(&request.bucket, &request.key).await;
    if let Some(wanted) = request.header("if-match") {
        let current = disk.find(&request.bucket, &request.key).ok_or_else(S3Error::no_key)?;
        if !names_etag(wanted, &current.etag) {
            return Err(S3Error::precondition("If-Match"));
        }
    }
    disk.remove(&request.bucket, &request.key).await;
    Ok(respond(StatusCode::NO_CONTENT, [], Body::empty()))
}

/// DeleteObjects: up to a thousand.
pub async fn delete_many(disk: &Disk, request: &Request) -> Answer {
    bucket::check(disk, request)?;
    let (body, trailers) = chunked::decode(&request.headers, &request.body)?;
    checksum::verify(&request.headers, &trailers, &body)?;
    let (keys, quiet) = {
        let document = xml::parse(&body)?;
        let root = document.root_element();
        let objects = root.children().filter(|node| node.tag_name().name() == "Object");
        let keys: Vec<String> = objects.filter_map(|object| xml::child(object, "Key").map(str::to_owned)).collect();
        (keys, xml::child(root, "Quiet") == Some("true"))
    };
    if keys.is_empty() || keys.len() > 1000 {
        return Err(S3Error::bad("MalformedXML", "The XML you provided was not well-formed or did not validate"));
    }
    let mut deleted = String::new();
    for key in keys {
        let _writer = disk.writer(&request.bucket, &key).await;
        disk.remove(&request.bucket, &key).await;
        if !quiet {
            deleted.push_str(&format!("<Deleted>{}</Deleted>", element("Key", &key)));
        }
    }
    Ok(respond_xml("DeleteResult", &deleted))
}

/// CopyObject: within the stand-in, with new or kept headers.
pub async fn copy(disk: &Disk, request: &Request) -> Answer {
    bucket::check(disk, request)?;
    let source = decode(request.header("x-amz-copy-source").unwrap_or_default(), false);
    let source = source.trim_start_matches('/').split('?').next().unwrap_or_default().to_owned();
    let (from, key) =
        source.split_once('/').ok_or_else(|| S3Error::bad("InvalidArgument", "x-amz-copy-source is not bucket/key"))?;
    let original = disk.find(from, key).ok_or_else(S3Error::no_key)?;
    check_copy_conditions(request, &original)?;
    let bytes = disk.read(from, &original).map_err(|error| S3Error::disk(&error))?;
    let replace = request.header("x-amz-metadata-directive") == Some("REPLACE");
    let headers = if replace { kept_headers(request) } else { original.headers.clone() };
    let algorithm = original.checksum.algorithm;
    let checksum = Checksum { algorithm, value: algorithm.of(&bytes), composite: false };
    let description = Description { etag: etag_of(&bytes), modified_ms: now_ms(), headers, checksum };
    let object = store(disk, request, &bytes, description).await?;
    let content = element("LastModified", &iso_time(object.modified_ms)) + &element("ETag", &object.etag);
    Ok(respond_xml("CopyObjectResult", &content))
}

fn check_copy_conditions(request: &Request, original: &Object) -> Result<(), S3Error> {
    let wanted = request.header("x-amz-copy-source-if-match");
    if wanted.is_some_and(|wanted| !names_etag(wanted, &original.etag)) {
        return Err(S3Error::precondition("x-amz-copy-source-If-Match"));
    }
    let unwanted = request.header("x-amz-copy-source-if-none-match");
    if unwanted.is_some_and(|unwanted| names_etag(unwanted, &original.etag)) {
        return Err(S3Error::precondition("x-amz-copy-source-If-None-Match"));
    }
    Ok(())
}
