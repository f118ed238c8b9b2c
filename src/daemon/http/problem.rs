//! What went wrong with a call, as RFC 9457 has it.

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A call that was not answered as it wished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: Option<String>,
    /// As in a manifest.
    code: Option<&'static str>,
    /// When to try again, in seconds.
    retry_after: Option<u64>,
}

impl Problem {
    /// A problem of this kind.
    pub fn new(status: StatusCode, title: &'static str) -> Self {
        Self { status, title, detail: None, code: None, retry_after: None }
    }

    /// There is no such thing.
    pub fn not_found(title: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, title)
    }

    /// Not now; in so many seconds perhaps.
    pub fn later(status: StatusCode, title: &'static str, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(status, title) }
    }

    /// A body that could not be read.
    pub fn of_body(rejection: &BytesRejection) -> Self {
        let title = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            "The job is larger than 1 MiB; bigger models come by reference"
        } else {
            "The body could not be read"
        };
        Self::new(rejection.status(), title)
    }

    /// With what exactly is wrong.
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// With the code that a manifest would have.
    pub fn code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({ "type": "about:blank", "title": self.title, "status": self.status.as_u16() });
        if let Some(detail) = self.detail {
            body["detail"] = detail.into();
        }
        if let Some(code) = self.code {
            body["code"] = code.into();
        }
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        response
    }
}
