//! A small HTTP server that translates, is slow, refuses, or is away, as it is told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use crate::common::pause;

#[derive(Default)]
pub(crate) struct Server {
    /// Answers every request with 503.
    pub(crate) is_away: AtomicBool,
    pub(crate) n_asked: AtomicUsize,
    n_now: AtomicUsize,
    pub(crate) most_at_once: AtomicUsize,
}

impl Server {
    pub(crate) fn start() -> (Arc<Server>, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = Arc::new(Server::default());
        let accepting = Arc::clone(&server);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let server = Arc::clone(&accepting);
                // Whoever asked may have gone.
                std::thread::spawn(move || drop(server.serve(&stream)));
            }
        });
        (server, address)
    }

    fn serve(&self, mut stream: &TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        loop {
            let mut length = 0;
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line)? == 0 {
                    return Ok(());
                }
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut title = vec![0; length];
            reader.read_exact(&mut title)?;
            let title = String::from_utf8(title).unwrap();
            self.n_asked.fetch_add(1, SeqCst);
            let n_now = self.n_now.fetch_add(1, SeqCst) + 1;
            self.most_at_once.fetch_max(n_now, SeqCst);
            let answer = self.answer(&title);
            self.n_now.fetch_sub(1, SeqCst);
            let Some((status, body)) = answer else { return Ok(()) };
            write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())?;
        }
    }

    /// Status and body; `None` to hang up.
    fn answer(&self, title: &str) -> Option<(&'static str, String)> {
        if self.is_away.load(SeqCst) {
            return Some(("503 Service Unavailable", String::new()));
        }
        // Long enough that several are under way.
        pause(std::time::Duration::from_millis(40));
        match title {
            _ if title.contains("Hang") => {
                pause(std::time::Duration::from_secs(20));
                None
            }
            _ if title.contains("Refuse") => Some(("400 Bad Request", String::new())),
            _ => Some(("200 OK", format!("<{title}>"))),
        }
    }
}
