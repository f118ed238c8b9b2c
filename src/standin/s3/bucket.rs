//! Operations on buckets.

use axum::body::Body;
use axum::http::{Response, StatusCode};

use crate::standin::s3::disk::Disk;
use crate::standin::s3::error::S3Error;
use crate::standin::s3::request::Request;
use crate::standin::s3::xml::element;
use crate::standin::s3::{Answer, iso_time, respond, respond_xml};

/// ListBuckets.
pub fn list(disk: &Disk) -> Response<Body> {
    let names: Vec<String> = disk.lock().keys().cloned().collect();
    let created = element("CreationDate", &iso_time(0));
    let buckets: String =
        names.iter().map(|name| format!("<Bucket>{}{created}</Bucket>", element("Name", name))).collect();
    let owner = "<Owner><ID>000000000000</ID><DisplayName>standin</DisplayName></Owner>";
    respond_xml("ListAllMyBucketsResult", &format!("{owner}<Buckets>{buckets}</Buckets>"))
}

/// CreateBucket.
pub async fn create(disk: &Disk, request: &Request) -> Answer {
    let name = &request.bucket;
    let is_good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
    let edges = [name.bytes().next(), name.bytes().last()];
    let edges_good = edges.iter().flatten().all(u8::is_ascii_alphanumeric);
    if !(3..=63).contains(&name.len()) || !name.bytes().all(is_good) || !edges_good || name.contains("..") {
        return Err(S3Error::bad("InvalidBucketName", "The specified bucket is not valid."));
    }
    if disk.make_bucket(name).await.map_err(|error| S3Error::disk(&error))? {
        return Ok(respond(StatusCode::OK, [("location", format!("/{name}"))], Body::empty()));
    }
    let message = "Your previous request to create the named bucket succeeded and you already own it.";
    Err(S3Error::conflict("BucketAlreadyOwnedByYou", message))
}

/// HeadBucket.
pub fn head(disk: &Disk, request: &Request) -> Answer {
    check(disk, request)?;
    Ok(respond(StatusCode::OK, [("x-amz-bucket-region", "us-east-1".to_owned())], Body::empty()))
}

/// GetBucketLocation.
pub fn location(disk: &Disk, request: &Request) -> Answer {
    check(disk, request)?;
    Ok(respond_xml("LocationConstraint", ""))
}

/// DeleteBucket.
pub async fn delete(disk: &Disk, request: &Request) -> Answer {
    let is_empty = disk.lock().get(&request.bucket).ok_or_else(S3Error::no_bucket)?.is_empty();
    if !is_empty {
        return Err(S3Error::conflict("BucketNotEmpty", "The bucket you tried to delete is not empty"));
    }
    disk.drop_bucket(&request.bucket).await;
    Ok(respond(StatusCode::NO_CONTENT, [], Body::empty()))
}

/// Whether the bucket is there.
///
/// # Errors
/// `NoSuchBucket`.
pub fn check(disk: &Disk, request: &Request) -> Result<(), S3Error> {
    if disk.lock().contains_key(&request.bucket) { Ok(()) } else { Err(S3Error::no_bucket()) }
}
