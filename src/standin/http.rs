//! Connections: which service a request is for, and the faults that strike it on the way.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::standin::fault::{Action, Effects, Fault, Faults};
use crate::standin::s3::{self, S3};
use crate::standin::sqs::{Sqs, SqsError, fresh_id};

/// What answers requests.
#[derive(Debug)]
pub struct Services {
    /// Queues.
    pub sqs: Sqs,
    /// Objects.
    pub s3: S3,
    /// What goes wrong.
    pub faults: Faults,
}

/// The longest body that is read, in bytes: objects are held in memory on their way in.
const BODY_BYTES_MAX: usize = 1 << 30;

/// Paths of the stand-in's own controls; no bucket can have this name.
const CONTROL: &str = "/_standin/";

/// Serves connections until `stop`.
pub async fn serve(listener: TcpListener, services: Arc<Services>, stop: CancellationToken, tasks: TaskTracker) {
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match stream {
            Ok((stream, _)) => drop(tasks.spawn(serve_connection(stream, Arc::clone(&services), stop.clone()))),
            // out of file descriptors, most likely: waiting lets some close
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn serve_connection(stream: TcpStream, services: Arc<Services>, stop: CancellationToken) {
    // an answer of a few hundred bytes should not wait for the next
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let services = Arc::clone(&services);
        async move { answer(&services, request).await }
    });
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    // hyper drops the answer in the making when the client hangs up: an abandoned receive takes nothing
    tokio::select! {
        () = stop.cancelled() => {}
        // a reset on purpose ends here too
        _ = connection => {}
    }
}

/// The connection is closed without a word.
#[derive(Debug, thiserror::Error)]
#[error("the connection is reset on purpose")]
struct ResetOnPurpose;

async fn answer(services: &Services, request: Request<Incoming>) -> Result<Response<Body>, ResetOnPurpose> {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(Body::new(body), BODY_BYTES_MAX).await else { return Err(ResetOnPurpose) };
    if let Some(control) = head.uri.path().strip_prefix(CONTROL) {
        return Ok(answer_control(services, &head.method, control, &body));
    }
    let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let target = target.and_then(|target| target.strip_prefix("AmazonSQS.")).map(str::to_owned);
    let call = match target {
        Some(operation) => Call::Queue(operation),
        None => Call::Object(s3::Request::read(head, body.clone())),
    };
    let action = services.faults.strike(call.operation(), call.key());
    answer_call(services, call, &body, action).await
}

enum Call {
    Queue(String),
    Object(s3::Request),
}

impl Call {
    fn operation(&self) -> &str {
        match self {
            Self::Queue(operation) => operation,
            Self::Object(request) => request.operation(),
        }
    }

    fn key(&self) -> &str {
        match self {
            Self::Queue(_) => "",
            Self::Object(request) => &request.key,
        }
    }
}

async fn answer_call(
    services: &Services,
    call: Call,
    body: &Bytes,
    action: Option<Action>,
) -> Result<Response<Body>, ResetOnPurpose> {
    let effects =
        Effects { duplicate: action == Some(Action::DuplicateDelivery), lose: action == Some(Action::LoseDelete) };
    match &action {
        Some(Action::Reset) => return Err(ResetOnPurpose),
        Some(Action::BlackHole) => std::future::pending().await,
        Some(Action::Delay(ms)) => tokio::time::sleep(Duration::from_millis(*ms)).await,
        Some(Action::Refuse { status, code }) => return Ok(refuse(&call, *status, code)),
        _ => {}
    }
    let response = match call {
        Call::Queue(operation) => queue_response(services.sqs.call(&operation, body, effects).await),
        Call::Object(request) => services.s3.answer(request).await,
    };
    match action {
        Some(Action::ResetAfter) => Err(ResetOnPurpose),
        Some(Action::Truncate) => Ok(truncate(response).await),
        _ => Ok(response),
    }
}

fn queue_response(outcome: Result<serde_json::Value, SqsError>) -> Response<Body> {
    match outcome {
        Ok(value) => json_response(StatusCode::OK, value.to_string()),
        Err(error) => {
            let body = json!({ "__type": error.kind.wire_type(), "message": error.message });
            let mut response = json_response(StatusCode::BAD_REQUEST, body.to_string());
            set_header(&mut response, "x-amzn-query-error", &format!("{};Sender", error.kind.query_code()));
            response
        }
    }
}

fn refuse(call: &Call, status: u16, code: &str) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    match call {
        Call::Object(_) => s3::error_response(status, code, "refused on purpose", ""),
        Call::Queue(_) => {
            let body = json!({ "__type": format!("com.amazonaws.sqs#{code}"), "message": "refused on purpose" });
            json_response(status, body.to_string())
        }
    }
}

/// Promises the whole body and sends half of it.
async fn truncate(response: Response<Body>) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, BODY_BYTES_MAX).await.unwrap_or_default();
    head.headers.insert("content-length", HeaderValue::from(bytes.len()));
    let half = bytes.slice(..bytes.len() / 2);
    Response::from_parts(
        head,
        Body::new(Half { half: Some(half), pause: Box::pin(tokio::time::sleep(BEFORE_BREAKING)) }),
    )
}

/// A body that breaks off, some time after what there is of it was sent.
struct Half {
    half: Option<Bytes>,
    pause: Pin<Box<Sleep>>,
}

/// Long enough for the half to be on its way: what is not sent when the body fails is not sent at all.
const BEFORE_BREAKING: Duration = Duration::from_millis(20);

impl hyper::body::Body for Half {
    type Data = Bytes;
    type Error = ResetOnPurpose;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ResetOnPurpose>>> {
        match self.half.take() {
            Some(half) => Poll::Ready(Some(Ok(Frame::data(half)))),
            None => self.pause.as_mut().poll(context).map(|()| Some(Err(ResetOnPurpose))),
        }
    }
}

fn json_response(status: StatusCode, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    set_header(&mut response, "content-type", "application/x-amz-json-1.0");
    set_header(&mut response, "x-amzn-requestid", &fresh_id());
    response
}

fn set_header(response: &mut Response<Body>, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// `POST`, `GET`, `DELETE /_standin/faults`, `GET /_standin/calls`, `GET /_standin/health`.
fn answer_control(services: &Services, method: &Method, path: &str, body: &[u8]) -> Response<Body> {
    let answer = match (method.as_str(), path) {
        ("GET", "health") => Ok(json!({ "status": "ok", "backend": "local" })),
        ("GET", "calls") => Ok(json!(services.faults.calls())),
        ("GET", "faults") => Ok(json!(services.faults.active())),
        ("POST", "faults") => serde_json::from_slice::<Fault>(body)
            .map(|fault| json!({ "id": services.faults.inject(fault) }))
            .map_err(|error| (StatusCode::BAD_REQUEST, error.to_string())),
        ("DELETE", "faults") => {
            services.faults.clear();
            Ok(json!({}))
        }
        _ => Err((StatusCode::NOT_FOUND, "no such control: faults, calls or health".to_owned())),
    };
    match answer {
        Ok(value) => json_response(StatusCode::OK, value.to_string()),
        Err((status, error)) => json_response(status, json!({ "error": error }).to_string()),
    }
}
