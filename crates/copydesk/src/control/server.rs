//! The daemon's end of the socket. Clients may be slow, silent or many: each is cut off after a while, only so
//! many are heard at a time, and none of them holds up anything else.

use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixSocket, UnixStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{Order, Reply, Request, SOCKET, Verdict, short_path};
use crate::view::Live;

/// Clients heard at a time.
const MOST_CLIENTS: usize = 32;
/// How long a client may take to ask, or to take its answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// A request is no longer than this, in bytes.
const LONGEST_REQUEST: u64 = 4096;
/// How long after a failure the socket is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// Answers until it is dropped.
pub(crate) struct Server {
    task: JoinHandle<()>,
    state: PathBuf,
}

impl Server {
    /// Answers at the socket of a state folder, whose lock the caller holds. That there can be no socket is
    /// only a warning: the daemon works without.
    pub(crate) fn start(state: &Path, live: Arc<Live>, orders: mpsc::Sender<Order>) -> Server {
        let task = tokio::spawn(keep(state.to_owned(), live, orders));
        Server { task, state: state.to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
        // A leftover tells nobody anything: nobody answers there, and the next daemon replaces it.
        let _ = remove_socket(&self.state.join(SOCKET));
    }
}

async fn keep(state: PathBuf, live: Arc<Live>, orders: mpsc::Sender<Order>) {
    let mut warned = false;
    loop {
        match bind(&state) {
            Ok(listener) => accept(&listener, &live, &orders).await,
            Err(error) if !warned => {
                warned = true;
                tracing::warn!(state = %state.display(), %error, "cannot make the control socket: `copydesk status` and `copydesk reload` find no daemon");
            }
            Err(_) => {}
        }
        tokio::time::sleep(TRY_AGAIN).await;
    }
}

fn bind(state: &Path) -> io::Result<UnixListener> {
    let (_folder, path) = short_path(state)?;
    remove_socket(&path)?;
    let socket = UnixSocket::new_stream()?;
    // Before it has a name, so that nobody else can get in between.
    rustix::fs::fchmod(&socket, rustix::fs::Mode::from_raw_mode(0o600))?;
    socket.bind(&path)?;
    socket.listen(MOST_CLIENTS as u32)
}

/// Removes what an earlier daemon left. Anything but a socket is left alone.
fn remove_socket(path: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.file_type().is_socket() => std::fs::remove_file(path),
        Ok(_) => Err(io::Error::other(format!("something else is called `{SOCKET}`"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

async fn accept(listener: &UnixListener, live: &Arc<Live>, orders: &mpsc::Sender<Order>) {
    let places = Arc::new(Semaphore::new(MOST_CLIENTS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let (live, orders) = (Arc::clone(live), orders.clone());
                tokio::spawn(async move {
                    // A client that goes wrong is its own affair.
                    let _gone = serve(stream, &live, &orders).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot take a connection to the control socket");
                tokio::time::sleep(TRY_AGAIN).await;
            }
        }
    }
}

/// Answers one client until it leaves, errs or says nothing for too long.
async fn serve(stream: UnixStream, live: &Live, orders: &mpsc::Sender<Order>) -> io::Result<()> {
    let peer = stream.peer_cred()?.uid();
    if peer != 0 && peer != rustix::process::geteuid().as_raw() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    loop {
        let mut line = Vec::new();
        let mut limited = (&mut read).take(LONGEST_REQUEST);
        if timeout(PATIENCE, limited.read_until(b'\n', &mut line)).await?? == 0 {
            return Ok(());
        }
        let whole = line.last() == Some(&b'\n');
        let reply = match serde_json::from_slice(&line) {
            _ if !whole => Reply::Error("a request is one line of at most 4096 bytes".into()),
            Ok(Request::Status) => Reply::Status(Box::new(live.view())),
            Ok(Request::Reload) => Reply::Reload(reload(orders).await),
            Err(error) => Reply::Error(format!(
                "no such request: {error} (ask {{\"ask\":\"status\"}} or {{\"ask\":\"reload\"}})"
            )),
        };
        let mut json = serde_json::to_vec(&reply)?;
        json.push(b'\n');
        timeout(PATIENCE, write.write_all(&json)).await??;
        if !whole {
            return Ok(());
        }
    }
}

async fn reload(orders: &mpsc::Sender<Order>) -> Verdict {
    let stopping = || Verdict::Ignored("the daemon is stopping".into());
    let (order, verdict) = Order::new();
    if orders.send(order).await.is_err() {
        return stopping();
    }
    verdict.await.unwrap_or_else(|_| stopping())
}
