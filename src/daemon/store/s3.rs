//! The store on S3.

use std::time::Duration;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use axum::body::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::daemon::aws::{Trouble, explain, trouble};
use crate::daemon::retry::Backoff;
use crate::daemon::store::{Place, PutIf, StoreError};

/// The store on S3.
#[derive(Debug, Clone)]
pub struct S3Store {
    client: aws_sdk_s3::Client,
}

/// What a copy's source may hold as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// How often a body that breaks off is asked for.
const BODY_TRIES: u32 = 3;

/// Keys listed at most: a template or library of more files is a mistake.
const KEYS_MAX: usize = 5000;

impl S3Store {
    /// The store that `client` reaches.
    pub fn new(client: aws_sdk_s3::Client) -> Self {
        Self { client }
    }

    /// Stores with one PUT: atomic at any size that a job may write. The SDK sends a CRC with it, which S3 verifies.
    pub async fn put(&self, place: &Place, media_type: &str, bytes: Bytes, when: PutIf) -> Result<(), StoreError> {
        let mut call = self.client.put_object().bucket(&place.bucket).key(&place.key).content_type(media_type);
        if when == PutIf::Absent {
            call = call.if_none_match("*");
        }
        call.body(ByteStream::from(bytes)).send().await.map(drop).map_err(|error| failure(&error, place))
    }

    /// Copies within S3, up to 5 GB.
    pub async fn copy(&self, from: &Place, to: &Place) -> Result<(), StoreError> {
        let source = format!("{}/{}", from.bucket, utf8_percent_encode(&from.key, UNRESERVED));
        let call = self.client.copy_object().copy_source(source).bucket(&to.bucket).key(&to.key);
        call.send().await.map(drop).map_err(|error| failure(&error, from))
    }

    /// Fetches, and stops at the limit, whatever length is promised. A body that breaks off is asked for again: the SDK repeats calls, not bodies.
    pub async fn get(&self, place: &Place, version: Option<&str>, bytes_max: u64) -> Result<Bytes, StoreError> {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));
        for _ in 1..BODY_TRIES {
            match self.get_once(place, version, bytes_max).await {
                Err(Fetch::BrokenOff(_)) => tokio::time::sleep(backoff.next_pause()).await,
                other => return other.map_err(StoreError::from),
            }
        }
        self.get_once(place, version, bytes_max).await.map_err(StoreError::from)
    }

    async fn get_once(&self, place: &Place, version: Option<&str>, bytes_max: u64) -> Result<Bytes, Fetch> {
        let call = self.client.get_object().bucket(&place.bucket).key(&place.key);
        let call = call.set_version_id(version.map(str::to_owned));
        let output = call.send().await.map_err(|error| failure(&error, place))?;
        let promised = output.content_length().and_then(|length| u64::try_from(length).ok());
        let too_large = || StoreError::TooLarge(place.to_string(), bytes_max).into();
        if promised.is_some_and(|length| length > bytes_max) {
            return Err(too_large());
        }
        let mut body = output.body;
        let mut bytes = Vec::new();
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(|error| Fetch::BrokenOff(format!("{place}: {}", explain(&error))))?;
            if (bytes.len() + piece.len()) as u64 > bytes_max {
                return Err(too_large());
            }
            bytes.extend_from_slice(&piece);
        }
        match promised.filter(|length| *length != bytes.len() as u64) {
            Some(length) => Err(Fetch::BrokenOff(format!("{place}: {} of {length} bytes came", bytes.len()))),
            None => Ok(Bytes::from(bytes)),
        }
    }

    /// A URL that anybody may fetch the object with for a while.
    pub async fn presign(&self, place: &Place, file: &str, valid: Duration) -> Result<String, StoreError> {
        let refused = |error: &dyn std::fmt::Display| StoreError::Refused(format!("{place}: {error}"));
        let terms = PresigningConfig::expires_in(valid).map_err(|error| refused(&error))?;
        let call = self.client.get_object().bucket(&place.bucket).key(&place.key);
        let call = call.response_content_disposition(format!("attachment; filename=\"{file}\""));
        let signed = call.presigned(terms).await.map_err(|error| failure(&error, place))?;
        Ok(signed.uri().to_owned())
    }

    /// Whether there is an object.
    pub async fn contains(&self, place: &Place) -> Result<bool, StoreError> {
        match self.client.head_object().bucket(&place.bucket).key(&place.key).send().await {
            Ok(_) => Ok(true),
            // without the right to list, S3 answers 403 for what is not there
            Err(error) => match failure(&error, place) {
                StoreError::NotFound(_) => Ok(false),
                other => Err(other),
            },
        }
    }

    /// Keys below a prefix.
    pub async fn list(&self, prefix: &Place) -> Result<Vec<String>, StoreError> {
        let mut pages =
            self.client.list_objects_v2().bucket(&prefix.bucket).prefix(&prefix.key).into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| failure(&error, prefix))?;
            keys.extend(page.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
            if keys.len() > KEYS_MAX {
                return Err(StoreError::Refused(format!("{prefix} has more than {KEYS_MAX} objects below it")));
            }
        }
        Ok(keys)
    }

    /// Whether the bucket answers.
    pub async fn probe(&self, bucket: &str) -> Result<(), StoreError> {
        let place = Place { bucket: bucket.to_owned(), key: String::new() };
        let answer = self.client.head_bucket().bucket(bucket).send().await;
        match answer.map_err(|error| failure(&error, &place)) {
            Err(StoreError::NotFound(_)) => Err(StoreError::NoBucket(bucket.to_owned())),
            other => other.map(drop),
        }
    }
}

/// Why one fetch gave nothing.
enum Fetch {
    /// The connection broke off in the middle of the body.
    BrokenOff(String),
    Failed(StoreError),
}

impl From<StoreError> for Fetch {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl From<Fetch> for StoreError {
    fn from(fetch: Fetch) -> Self {
        match fetch {
            Fetch::BrokenOff(reason) => Self::Unavailable(reason),
            Fetch::Failed(error) => error,
        }
    }
}

fn failure<E>(error: &SdkError<E, HttpResponse>, place: &Place) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let text = format!("{place}: {}", explain(error));
    let status = error.raw_response().map(|response| response.status().as_u16());
    match (error.code().unwrap_or_default(), status) {
        ("NoSuchBucket", _) => StoreError::NoBucket(place.bucket.clone()),
        ("NoSuchKey" | "NotFound" | "NoSuchVersion", _) => StoreError::NotFound(place.to_string()),
        ("PreconditionFailed", _) | (_, Some(412)) => StoreError::Exists(place.to_string()),
        // somebody else is writing the same key at this moment: soon it is there, or not
        ("ConditionalRequestConflict" | "OperationAborted", _) | (_, Some(409)) => StoreError::Unavailable(text),
        _ => match trouble(error) {
            Trouble::Transient => StoreError::Unavailable(text),
            Trouble::Denied => StoreError::Denied(text),
            Trouble::Refused if status == Some(404) => StoreError::NotFound(place.to_string()),
            Trouble::Refused => StoreError::Refused(text),
        },
    }
}
