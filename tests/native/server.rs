//! A small HTTP server that translates, is slow, refuses, or is in no state to answer, as it is told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::common::pause;

/// How it answers every request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Way {
    #[default]
    Well,
    /// With 500 and a page.
    Broken,
    /// With 503.
    Away,
    /// With what is no HTTP.
    Garbage,
    /// With half an answer.
    Half,
    /// Not at all.
    Silent,
}

#[derive(Default)]
pub(crate) struct Server {
    way: Mutex<Way>,
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
            match self.way() {
                Way::Garbage => stream.write_all(b"\x16\x03\x01 no HTTP at all\r\n\r\n")?,
                Way::Half => write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n<half")?,
                _ => {
                    write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())?;
                    continue;
                }
            }
            return Ok(());
        }
    }

    pub(crate) fn set(&self, way: Way) {
        *self.way.lock().unwrap() = way;
    }

    fn way(&self) -> Way {
        *self.way.lock().unwrap()
    }

    /// Status and body; `None` to hang up.
    fn answer(&self, title: &str) -> Option<(&'static str, String)> {
        // Long enough that several are under way.
        pause(Duration::from_millis(40));
        match self.way() {
            Way::Broken => return Some(("500 Internal Server Error", "<html>stack trace</html>".into())),
            Way::Away => return Some(("503 Service Unavailable", String::new())),
            Way::Silent => {
                pause(Duration::from_secs(20));
                return None;
            }
            Way::Well | Way::Garbage | Way::Half => {}
        }
        match title {
            _ if title.contains("Hang") => {
                pause(Duration::from_secs(20));
                None
            }
            _ if title.contains("Refuse") => Some(("400 Bad Request", String::new())),
            _ => Some(("200 OK", format!("<{title}>"))),
        }
    }
}
