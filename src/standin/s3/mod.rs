//! The object side: S3's REST protocol, path-style, operation by operation.
//!
//! **In** a [`Request`]; **Out** an HTTP answer, errors as the service's XML.
//! **Stages** `request` → `chunked`, `checksum` (bodies) → `object`, `bucket`, `list`, `multipart` (operations) → `disk` (files and index).
//! **Invariants** Conditions are decided by one writer a key: of many creators one wins. Objects are plain files that people can open.
//! **Knows nothing of** connections, versions of objects, access control, and signatures.

mod bucket;
mod checksum;
mod chunked;
mod disk;
mod error;
mod list;
mod multipart;
mod object;
mod request;
mod xml;

use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};

pub use disk::bucket_folder;
pub use error::error_response;
pub use request::Request;

use crate::standin::journal::Journal;
use crate::standin::s3::disk::Disk;
use crate::standin::s3::error::S3Error;
use crate::standin::s3::multipart::Uploads;
use crate::standin::sqs::fresh_id;

/// The object service.
#[derive(Debug)]
pub struct S3 {
    disk: Disk,
    uploads: Uploads,
}

type Answer = Result<Response<Body>, S3Error>;

impl S3 {
    /// The objects that the journal remembers, their files below `directory`.
    ///
    /// # Errors
    /// When the folders cannot be made or read.
    pub fn load(journal: Arc<Journal>, directory: &Path, sync: bool) -> std::io::Result<Self> {
        Ok(Self { disk: Disk::load(journal, directory, sync)?, uploads: Uploads::at(directory)? })
    }

    /// Carries one request out.
    pub async fn answer(&self, request: Request) -> Response<Body> {
        let outcome = match check_expiry(&request) {
            Ok(()) => self.call(&request).await,
            Err(error) => Err(error),
        };
        outcome.unwrap_or_else(|error| {
            let resource = format!("/{}/{}", request.bucket, request.key);
            error_response(error.status, error.code, &error.message, &resource)
        })
    }

    async fn call(&self, request: &Request) -> Answer {
        let disk = &self.disk;
        match request.operation() {
            "PutObject" => object::put(disk, request).await,
            "GetObject" => object::get(disk, request, true),
            "HeadObject" => object::get(disk, request, false),
            "DeleteObject" => object::delete(disk, request).await,
            "CopyObject" => object::copy(disk, request).await,
            "DeleteObjects" => object::delete_many(disk, request).await,
            "ListObjectsV2" => list::list(disk, request),
            "ListBuckets" => Ok(bucket::list(disk)),
            "CreateBucket" => bucket::create(disk, request).await,
            "HeadBucket" => bucket::head(disk, request),
            "DeleteBucket" => bucket::delete(disk, request).await,
            "GetBucketLocation" => bucket::location(disk, request),
            "CreateMultipartUpload" => self.uploads.create(disk, request),
            "UploadPart" => self.uploads.put_part(request),
            "ListParts" => self.uploads.list_parts(request),
            "CompleteMultipartUpload" => self.uploads.complete(disk, request).await,
            "AbortMultipartUpload" => self.uploads.abort(request),
            "ListMultipartUploads" => Ok(self.uploads.list(request)),
            _ => Err(S3Error::not_implemented("operation for this method and these parameters")),
        }
    }
}

/// A presigned URL is good for as long as it says; its signature is not checked.
fn check_expiry(request: &Request) -> Result<(), S3Error> {
    let Some((date, seconds)) = request.parameter("X-Amz-Date").zip(request.parameter("X-Amz-Expires")) else {
        return Ok(());
    };
    let format = time::macros::format_description!("[year][month][day]T[hour][minute][second]Z");
    let signed = time::PrimitiveDateTime::parse(date, format).map(time::PrimitiveDateTime::assume_utc);
    let (Ok(signed), Ok(seconds)) = (signed, seconds.parse::<i64>()) else {
        return Err(S3Error::bad("AuthorizationQueryParametersError", "X-Amz-Date or X-Amz-Expires cannot be read"));
    };
    if time::OffsetDateTime::now_utc() > signed + time::Duration::seconds(seconds) {
        return Err(S3Error::denied("Request has expired"));
    }
    Ok(())
}

/// An answer with a status, headers and a body.
fn respond<'a>(
    status: StatusCode,
    headers: impl IntoIterator<Item = (&'a str, String)>,
    body: impl Into<Body>,
) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let id = ("x-amz-request-id", fresh_id());
    for (name, value) in headers.into_iter().chain([id]) {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn respond_xml(root: &str, content: &str) -> Response<Body> {
    respond(StatusCode::OK, [("content-type", "application/xml".to_owned())], xml::document(root, content))
}

/// `2026-11-22T09:41:07.000Z`.
fn iso_time(ms: u64) -> String {
    let format =
        time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    at(ms).format(format).unwrap_or_default()
}

/// `Sun, 22 Nov 2026 09:41:07 GMT`.
fn http_time(ms: u64) -> String {
    let format = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    at(ms).format(format).unwrap_or_default()
}

fn at(ms: u64) -> time::OffsetDateTime {
    let nanos = i128::from(ms) * 1_000_000;
    time::OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(time::OffsetDateTime::UNIX_EPOCH)
}
