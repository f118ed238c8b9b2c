//! The function behind the push queue: posts its jobs to a daemon's HTTP interface.
//!
//! `MAQUETTE_URL` the daemon, `MAQUETTE_WAIT_SECONDS` how long a job may take (50; less than the function's own timeout),
//! `MAQUETTE_ACCEPT` the daemon's `http.accept` (`direct`, or `queue`: then a 202 is as good as done), `MAQUETTE_TOKEN` the bearer token, or `MAQUETTE_SECRET_ID` where it lies.

use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use maquette_lambda::Secret;
use maquette_lambda::push::{Accept, Push};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let url = std::env::var("MAQUETTE_URL").map_err(|_| "MAQUETTE_URL says where the daemon is")?;
    let wait = std::env::var("MAQUETTE_WAIT_SECONDS").ok().and_then(|wait| wait.parse().ok()).unwrap_or(50);
    let accept = match std::env::var("MAQUETTE_ACCEPT").as_deref() {
        Ok("queue") => Accept::Queue,
        _ => Accept::Direct,
    };
    let push = &Push::new(&url, Secret::find("MAQUETTE_TOKEN").await?, wait, accept)?;
    run(service_fn(async |event: LambdaEvent<SqsEvent>| Ok::<_, Error>(push.batch(event.payload).await))).await
}
