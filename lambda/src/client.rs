//! The one HTTP client of a function: TLS by ring, redirects not followed, a deadline on everything.

use std::time::Duration;

/// A client whose calls end after `deadline`, connecting after five seconds.
///
/// # Errors
/// When the machine's certificates cannot be read.
pub fn client(deadline: Duration) -> Result<reqwest::Client, reqwest::Error> {
    // a second call finds it installed already
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("maquette-lambda/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .timeout(deadline)
        .build()
}
