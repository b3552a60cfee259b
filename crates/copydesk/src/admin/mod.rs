//! The admin server: `/healthz`, `/readyz` and `/metrics` over HTTP, for whoever can reach its address.
//!
//! What must stay true:
//! - It only shows. Nothing can be changed through it, and no text of an article leaves by it.
//! - Clients may be slow, silent or many: each is cut off after a while, only so many are heard at a time, and none
//!   of them holds up anything else.

mod metrics;
mod page;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub(crate) use page::metrics_page;

use crate::view::{DaemonView, Doing, HealthState, Live};

/// Clients heard at a time.
const MOST_CLIENTS: usize = 32;
/// How long a client may take to ask.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long it may stay, whatever it asks.
const LONGEST_STAY: Duration = Duration::from_secs(300);
/// Bytes of a request's head.
const LONGEST_HEAD: usize = 16 << 10;
/// How long after a failure the next connection is taken.
const TRY_AGAIN: Duration = Duration::from_millis(200);

/// Answers until it is dropped.
pub(crate) struct AdminServer {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl AdminServer {
    /// Listens at `address` and answers from then on.
    ///
    /// # Errors
    /// The address is in use, or not this machine's.
    pub(crate) async fn start(address: SocketAddr, live: Arc<Live>) -> io::Result<AdminServer> {
        let listener = TcpListener::bind(address).await?;
        tracing::info!(address = %listener.local_addr()?, "admin server listens");
        Ok(AdminServer { address, task: tokio::spawn(accept(listener, live)) })
    }

    /// The address it was told to listen at.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for AdminServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, live: Arc<Live>) {
    let places = Arc::new(Semaphore::new(MOST_CLIENTS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let live = Arc::clone(&live);
                tokio::spawn(async move {
                    // A client that goes wrong, or stays too long, is its own affair.
                    let _gone = timeout(LONGEST_STAY, serve(stream, live)).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot take a connection to the admin server");
                tokio::time::sleep(TRY_AGAIN).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, live: Arc<Live>) -> Result<(), hyper::Error> {
    let service = service_fn(move |request| {
        let response = answer(&request, &live);
        async move { Ok::<_, Infallible>(response) }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .await
}

fn answer(request: &Request<Incoming>, live: &Live) -> Response<Full<Bytes>> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n".into());
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    match request.uri().path() {
        "/healthz" => text(StatusCode::OK, health(&live.view())),
        "/readyz" => {
            let view = live.view();
            let status = if is_ready(&view) { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
            text(status, health(&view))
        }
        "/metrics" => {
            let mut response = text(StatusCode::OK, metrics::render(&live.view()));
            let format = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
            response.headers_mut().insert(CONTENT_TYPE, format);
            response
        }
        _ => text(StatusCode::NOT_FOUND, "there are /healthz, /readyz and /metrics\n".into()),
    }
}

fn text(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// True if it takes articles and can bring them to their stores.
fn is_ready(view: &DaemonView) -> bool {
    view.doing == Doing::Running && view.health.state != HealthState::Down
}

/// What it is doing, and whether all is well: a line, and a line for each reason why not.
fn health(view: &DaemonView) -> String {
    let state = match view.health.state {
        HealthState::Ok => "ok",
        HealthState::Degraded => "degraded",
        HealthState::Down => "down",
    };
    let mut lines = format!("{state}, {}\n", view.doing.name());
    for reason in &view.health.reasons {
        lines.push_str(reason);
        lines.push('\n');
    }
    lines
}
