//! The page at `/`, where the settings say so: its files lie in the binary, and its headers let a browser load nothing else.
//!
//! They are built from `ui/` into `ui/dist/`, which is committed: a build of the daemon needs no npm.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::budget::Budget;
use crate::daemon::http::problem::Problem;
use crate::daemon::samples::SAMPLES;
use crate::deflate::{Crc32, Wrapping, compress};

/// A browser may run, style, show and ask for what this server has, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Size and speed of the files on their way: packed once a process.
const LEVEL: u8 = 9;

macro_rules! file {
    ($name:literal, $media:literal) => {
        ($name, $media, include_bytes!(concat!("../../../ui/dist/", $name)) as &[u8])
    };
}

/// Name, media type and bytes of what `ui/build.mjs` writes.
const FILES: &[(&str, &str, &[u8])] = &[
    file!("index.html", "text/html; charset=utf-8"),
    file!("page.css", "text/css; charset=utf-8"),
    file!("page.js", "text/javascript; charset=utf-8"),
    file!("model.js", "text/javascript; charset=utf-8"),
    file!("icon.svg", "image/svg+xml"),
];

/// `/` and `/assets/…`.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/", get(|headers: HeaderMap| async move { answer("index.html", &headers).await })).route(
        "/assets/{name}",
        get(|Path(name): Path<String>, headers: HeaderMap| async move { answer(&name, &headers).await }),
    )
}

/// A file as it goes out.
struct Asset {
    name: &'static str,
    media: &'static str,
    plain: Vec<u8>,
    gzip: Vec<u8>,
    /// Changes with the bytes.
    tag: HeaderValue,
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let samples = ("samples.json", "application/json", samples());
    let files = FILES.iter().map(|(name, media, bytes)| (*name, *media, bytes.to_vec()));
    files.chain([samples]).map(|(name, media, plain)| Asset::new(name, media, plain)).collect()
});

/// The sample programs with their jobs, as the page reads them.
fn samples() -> Vec<u8> {
    let sample = |name: &str, program: &str, job: &str| {
        let job: Value = serde_json::from_str(job).unwrap_or_default();
        json!({ "name": name, "program": program, "job": job })
    };
    Value::from_iter(SAMPLES.iter().map(|each| sample(each.name, each.program, each.job))).to_string().into_bytes()
}

impl Asset {
    fn new(name: &'static str, media: &'static str, plain: Vec<u8>) -> Self {
        let digest: String = Sha256::digest(&plain).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        // weak, because the same tag stands for the packed form
        let tag = HeaderValue::from_str(&format!("W/\"{digest}\"")).unwrap_or(HeaderValue::from_static("W/\"\""));
        let gzip = gzip(&plain).unwrap_or_default();
        Self { name, media, plain, gzip, tag }
    }
}

/// As RFC 1952 has it, without name and time.
fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    let packed = compress(plain, Wrapping::Raw, LEVEL, &Budget::default()).ok()?;
    let mut bytes = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255];
    bytes.extend(packed);
    bytes.extend(Crc32::new().of(plain).to_le_bytes());
    bytes.extend(u32::try_from(plain.len()).ok()?.to_le_bytes());
    Some(bytes)
}

async fn answer(name: &str, asked: &HeaderMap) -> Response {
    // the first call packs, which takes some ten milliseconds
    let assets = tokio::task::spawn_blocking(|| &*ASSETS).await;
    let Some(asset) = assets.ok().and_then(|assets| assets.iter().find(|asset| asset.name == name)) else {
        return Problem::not_found("The page has no such file").into_response();
    };
    let says = |name, text: &str| asked.get(name).is_some_and(|value| value.to_str().is_ok_and(|it| it.contains(text)));
    let mut response = if says(header::IF_NONE_MATCH, asset.tag.to_str().unwrap_or_default()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if says(header::ACCEPT_ENCODING, "gzip") && !asset.gzip.is_empty() {
        ([(header::CONTENT_ENCODING, "gzip")], &*asset.gzip).into_response()
    } else {
        asset.plain.as_slice().into_response()
    };
    let fixed = [
        (header::CONTENT_TYPE, asset.media),
        // kept, but asked for again: a daemon that was replaced has another page
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "accept-encoding"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::ETAG, asset.tag.clone());
    response
}
