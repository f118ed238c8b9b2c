//! A request to the store, read: which operation on which bucket and key, with which parameters.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// A request to the store.
#[derive(Debug, Clone)]
pub struct Request {
    /// The first segment of the path.
    pub bucket: String,
    /// The rest of the path, decoded.
    pub key: String,
    /// Parameters behind the `?`, decoded; those without a value are empty.
    pub query: BTreeMap<String, String>,
    /// Headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
    method: Method,
}

impl Request {
    /// Reads path and query.
    pub fn read(head: Parts, body: Bytes) -> Self {
        let path = head.uri.path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let query = head.uri.query().unwrap_or_default();
        let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name, true), decode(value, true))
        });
        Self {
            bucket: decode(bucket, false),
            key: decode(key, false),
            query: query.collect(),
            headers: head.headers,
            body,
            method: head.method,
        }
    }

    /// The operation, as the service names it; `Unknown` for what it has no name for here.
    pub fn operation(&self) -> &'static str {
        let has = |name: &str| self.query.contains_key(name);
        let method = self.method.as_str();
        if self.bucket.is_empty() {
            return if method == "GET" { "ListBuckets" } else { "Unknown" };
        }
        if self.key.is_empty() {
            return self.bucket_operation();
        }
        match method {
            "PUT" if has("uploadId") => "UploadPart",
            "PUT" if self.headers.contains_key("x-amz-copy-source") => "CopyObject",
            "PUT" | "GET" if has("tagging") || has("acl") || has("retention") => "Unknown",
            "PUT" => "PutObject",
            "GET" if has("uploadId") => "ListParts",
            "GET" => "GetObject",
            "HEAD" => "HeadObject",
            "DELETE" if has("uploadId") => "AbortMultipartUpload",
            "DELETE" => "DeleteObject",
            "POST" if has("uploads") => "CreateMultipartUpload",
            "POST" if has("uploadId") => "CompleteMultipartUpload",
            _ => "Unknown",
        }
    }

    fn bucket_operation(&self) -> &'static str {
        let has = |name: &str| self.query.contains_key(name);
        match self.method.as_str() {
            "GET" if has("location") => "GetBucketLocation",
            "GET" if has("uploads") => "ListMultipartUploads",
            "GET" if self.query.get("list-type").is_some_and(|version| version == "2") => "ListObjectsV2",
            "POST" if has("delete") => "DeleteObjects",
            "PUT" if self.query.is_empty() || has("x-id") => "CreateBucket",
            "HEAD" => "HeadBucket",
            "DELETE" if self.query.is_empty() || has("x-id") => "DeleteBucket",
            _ => "Unknown",
        }
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }
}

/// Undoes percent-encoding; with `plus`, `+` is a space.
pub fn decode(text: &str, plus: bool) -> String {
    let text = if plus { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// Percent-encodes everything but letters, digits, `-_.~` and `/`.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');
