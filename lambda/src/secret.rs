//! A secret: from the environment, or by its ARN from Secrets Manager through the layer that AWS provides for it.

use std::time::Duration;

/// Where the layer "AWS Parameters and Secrets Lambda Extension" listens.
const LAYER: &str = "http://localhost:2773";

/// Something that is not to be seen: its `Debug` says so.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A secret from its text, without the white space around it.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// Its text.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The secret in `variable`; else the one in Secrets Manager that `MAQUETTE_SECRET_ID` names; else none.
    /// Only the first line counts: a daemon's file of tokens has one a line.
    ///
    /// # Errors
    /// When Secrets Manager is asked and does not give it.
    pub async fn find(variable: &str) -> Result<Option<Self>, String> {
        if let Some(text) = set(variable) {
            return Ok(Some(Self::new(&text)));
        }
        let Some(id) = set("MAQUETTE_SECRET_ID") else { return Ok(None) };
        let layer = set("MAQUETTE_SECRETS_LAYER").unwrap_or_else(|| LAYER.to_owned());
        let session = set("AWS_SESSION_TOKEN").unwrap_or_default();
        Self::ask(&layer, &id, &session).await.map(Some)
    }

    async fn ask(layer: &str, id: &str, session: &str) -> Result<Self, String> {
        let client = crate::client(Duration::from_secs(10)).map_err(|error| error.to_string())?;
        let call = client
            .get(format!("{layer}/secretsmanager/get"))
            .query(&[("secretId", id)])
            .header("X-Aws-Parameters-Secrets-Token", session);
        let answer = call.send().await.and_then(reqwest::Response::error_for_status);
        let answer: serde_json::Value = match answer {
            Ok(answer) => answer.json().await.map_err(|error| error.to_string())?,
            Err(error) => return Err(format!("the secret {id} cannot be read: {error}")),
        };
        let text = answer["SecretString"].as_str().ok_or_else(|| format!("the secret {id} has no text"))?;
        Ok(Self::new(text.trim().lines().next().unwrap_or_default()))
    }
}

/// A variable that is set to something.
fn set(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use axum::extract::Query;
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::get;

    use crate::secret::Secret;

    async fn layer() -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let address = listener.local_addr().expect("bound");
        let answer = async |headers: HeaderMap, Query(query): Query<Vec<(String, String)>>| {
            let allowed = headers.get("X-Aws-Parameters-Secrets-Token").is_some_and(|token| token == "session");
            let known = query == [("secretId".to_owned(), "arn:aws:secretsmanager:x:1:secret:t".to_owned())];
            match (allowed, known) {
                (true, true) => Ok(r#"{"SecretString": "first\nsecond\n"}"#),
                (true, false) => Err(StatusCode::BAD_REQUEST),
                (false, _) => Err(StatusCode::FORBIDDEN),
            }
        };
        let app = axum::Router::new().route("/secretsmanager/get", get(answer));
        tokio::spawn(async move { axum::serve(listener, app).await });
        format!("http://{address}")
    }

    #[tokio::test]
    async fn the_layer_is_asked_with_the_session() {
        let layer = layer().await;
        let secret = Secret::ask(&layer, "arn:aws:secretsmanager:x:1:secret:t", "session").await;
        assert_eq!(secret.as_ref().map(Secret::reveal), Ok("first"));
        assert!(Secret::ask(&layer, "other", "session").await.is_err());
        assert!(Secret::ask(&layer, "arn:aws:secretsmanager:x:1:secret:t", "wrong").await.is_err());
    }

    #[test]
    fn it_is_not_printed() {
        assert_eq!(format!("{:?}", Secret::new("x")), "Secret(…)");
    }
}
