//! Who may call: bearer tokens of a file, compared by digest.

use std::path::Path;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use sha2::{Digest as _, Sha256};

use crate::daemon::DaemonError;
use crate::daemon::http::Surface;
use crate::daemon::http::problem::Problem;

/// Digests of the tokens: comparing these takes the same time for every guess that is worth anything.
#[derive(Debug, Default)]
pub struct Tokens(Vec<[u8; 32]>);

/// Shorter ones can be guessed.
const LENGTH_MIN: usize = 16;

impl Tokens {
    /// Reads one token a line; empty lines and lines that begin with `#` do not count.
    ///
    /// # Errors
    /// The file cannot be read, has no token, or has one that is too short.
    pub fn read(file: Option<&Path>) -> Result<Self, DaemonError> {
        let Some(file) = file else { return Ok(Self::default()) };
        let failed = |reason: String| DaemonError::Tokens { file: file.display().to_string(), reason };
        let text = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let tokens: Vec<&str> = lines.collect();
        if tokens.is_empty() {
            return Err(failed("there is no token in it".to_owned()));
        }
        if tokens.iter().any(|token| token.len() < LENGTH_MIN) {
            return Err(failed(format!("a token has less than {LENGTH_MIN} characters")));
        }
        Ok(Self(tokens.into_iter().map(digest).collect()))
    }

    fn allow(&self, shown: Option<&str>) -> bool {
        self.0.is_empty() || shown.is_some_and(|shown| self.0.contains(&digest(shown)))
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Lets through who shows a token, or everybody where none is asked for.
pub async fn check(State(surface): State<Surface>, request: Request, next: Next) -> Result<Response, Problem> {
    let shown = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown =
        shown.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    if !surface.tokens.allow(shown.map(|(_, token)| token.trim())) {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "A bearer token that this daemon knows is needed"));
    }
    Ok(next.run(request).await)
}
