//! Standard Webhooks: the headers by which a receiver knows who sent an event, and that it is fresh.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Secret;

/// A key to sign with.
#[derive(Debug, Clone)]
pub struct Key(Secret);

impl Key {
    /// A key as Standard Webhooks writes it, `whsec_` and base64, of 24 to 64 bytes.
    ///
    /// # Errors
    /// When it is none.
    pub fn new(secret: &Secret) -> Result<Self, String> {
        let key = Self(secret.clone());
        let length = key.bytes()?.len();
        if (24..=64).contains(&length) {
            Ok(key)
        } else {
            Err(format!("a webhook key has 24 to 64 bytes, not {length}"))
        }
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        let text = self.0.reveal().strip_prefix("whsec_").ok_or("a webhook key begins with whsec_")?;
        STANDARD.decode(text).map_err(|error| format!("a webhook key is base64: {error}"))
    }

    /// The value of `webhook-signature` for an event with this id at this time (seconds since 1970).
    pub fn sign(&self, id: &str, time: u64, body: &[u8]) -> String {
        let bytes = self.bytes().unwrap_or_default();
        let mut mac = Hmac::<Sha256>::new_from_slice(&bytes).expect("HMAC takes keys of any length");
        mac.update(format!("{id}.{time}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use crate::Secret;
    use crate::webhook::Key;

    #[test]
    fn signs_as_the_standards_own_example() {
        let key = Key::new(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).expect("a key");
        let signature = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!", "whsec_AAAA"] {
            assert!(Key::new(&Secret::new(text)).is_err(), "{text}");
        }
    }
}
