//! The errors of S3: a code, an HTTP status, and XML around them.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode};

use crate::standin::s3::xml::escape;
use crate::standin::sqs::fresh_id;

/// What S3 answers when it refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Error {
    /// HTTP status.
    pub status: StatusCode,
    /// The service's code.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

impl S3Error {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// 400 with any code.
    pub fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// No such bucket.
    pub fn no_bucket() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchBucket", "The specified bucket does not exist")
    }

    /// No such key.
    pub fn no_key() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist.")
    }

    /// No such multipart upload.
    pub fn no_upload() -> Self {
        let message =
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted.";
        Self::new(StatusCode::NOT_FOUND, "NoSuchUpload", message)
    }

    /// A condition of the request does not hold.
    pub fn precondition(which: &str) -> Self {
        let message = format!("At least one of the pre-conditions you specified did not hold ({which})");
        Self::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message)
    }

    /// The range lies outside of the object.
    pub fn range() -> Self {
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", "The requested range is not satisfiable")
    }

    /// A 409.
    pub fn conflict(code: &'static str, message: &str) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// A 403.
    pub fn denied(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessDenied", message)
    }

    /// The service can do it and the stand-in cannot.
    pub fn not_implemented(what: &str) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", format!("The stand-in has no {what}"))
    }

    /// The disk did not do what was asked.
    pub fn disk(error: &std::io::Error) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", format!("the stand-in's directory: {error}"))
    }
}

/// An error on the wire.
pub fn error_response(status: StatusCode, code: &str, message: &str, resource: &str) -> Response<Body> {
    let id = fresh_id();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message><Resource>{}</Resource><RequestId>{id}</RequestId></Error>",
        escape(code),
        escape(message),
        escape(resource)
    );
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/xml"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-amz-request-id", id);
    }
    response
}
