//! Secrets by name, and what is signed with them.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::daemon::DaemonError;

/// Keys by name; more than one while a secret is being replaced. What it prints shows none of them.
#[derive(Default)]
pub struct Secrets(BTreeMap<String, Vec<Vec<u8>>>);

/// The secret of jobs that name none.
const DEFAULT: &str = "default";

impl Secrets {
    /// Reads `name whsec_…` from each line; a name may stand on two lines.
    ///
    /// # Errors
    /// The file cannot be read, or a line of it.
    pub fn read(file: Option<&Path>) -> Result<Self, DaemonError> {
        let Some(file) = file else { return Ok(Self::default()) };
        let failed = |reason: String| DaemonError::Secrets { file: file.display().to_string(), reason };
        let text = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
        let mut secrets = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            // the line itself must not get into a log
            let wrong = || failed(format!("line {} is not `name whsec_…` with 24 to 64 bytes in base64", index + 1));
            let (name, secret) = line.split_once([' ', '\t', '=']).ok_or_else(wrong)?;
            let encoded = secret.trim_matches([' ', '\t', '=', '"']);
            // trimming took the padding along
            let key = encoded.strip_prefix("whsec_").and_then(|text| STANDARD.decode(padded(text)).ok());
            let key = key.filter(|key| (24..=64).contains(&key.len())).ok_or_else(wrong)?;
            secrets.0.entry(name.trim().to_owned()).or_default().push(key);
        }
        Ok(secrets)
    }

    /// Whether there is a secret of this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The value of `webhook-signature`: one signature for each key of the secret; none where there is no secret to sign with.
    pub fn sign(&self, name: Option<&str>, content: &str) -> Option<String> {
        let keys = self.0.get(name.unwrap_or(DEFAULT))?;
        let signatures = keys.iter().filter_map(|key| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
            mac.update(content.as_bytes());
            Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
        });
        Some(signatures.collect::<Vec<_>>().join(" "))
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Secrets({:?})", self.0.keys().collect::<Vec<_>>())
    }
}

fn padded(text: &str) -> String {
    format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4))
}

#[cfg(test)]
mod tests {
    use crate::daemon::webhook::secret::Secrets;

    #[test]
    fn a_signature_is_that_of_standard_webhooks() {
        let folder = std::env::temp_dir().join(format!("maquette-secrets-{}", std::process::id()));
        std::fs::write(&folder, "# for the API\napi whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").expect("written");
        let secrets = Secrets::read(Some(&folder)).expect("it can be read");
        std::fs::remove_file(&folder).expect("removed");
        // the example of the specification's own libraries
        let content = "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}";
        assert_eq!(
            secrets.sign(Some("api"), content).as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
        assert_eq!(secrets.sign(None, content), None);
        assert!(secrets.has("api") && !secrets.has("other"));
        assert!(!format!("{secrets:?}").contains("MfKQ"));
    }
}
