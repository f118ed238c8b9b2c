//! The function behind the bucket: tells the API server, signed, that a result was saved.
//!
//! `MAQUETTE_NOTIFY_URL` whom to tell, `MAQUETTE_WEBHOOK_KEY` (`whsec_…`) what to sign with, or `MAQUETTE_SECRET_ID` where it lies; unsigned without both.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use maquette_lambda::Secret;
use maquette_lambda::notify::Notify;
use maquette_lambda::webhook::Key;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let url = std::env::var("MAQUETTE_NOTIFY_URL").map_err(|_| "MAQUETTE_NOTIFY_URL says whom to tell")?;
    let key = Secret::find("MAQUETTE_WEBHOOK_KEY").await?.map(|secret| Key::new(&secret)).transpose()?;
    let notify = &Notify::new(&url, key)?;
    run(service_fn(async |event: LambdaEvent<serde_json::Value>| Ok::<_, Error>(notify.event(&event.payload).await?)))
        .await
}
