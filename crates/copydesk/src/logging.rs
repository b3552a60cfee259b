//! Log lines on standard error: text or JSON, one line an event whatever a file is called.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use tracing_subscriber::EnvFilter;

use crate::args::{Common, LogFormat};

/// True while nothing is to be heard.
static HUSHED: AtomicBool = AtomicBool::new(false);

/// While a plugin is tormented, what is logged of it helps nobody.
pub(crate) fn hush(hushed: bool) {
    HUSHED.store(hushed, Ordering::Relaxed);
}

/// Starts logging. A second call does nothing.
pub(crate) fn start(common: &Common) {
    let level = match (common.quiet, common.verbose) {
        (true, _) => "error",
        (false, 0) => "warn,copydesk=info",
        (false, 1) => "info,copydesk=debug",
        (false, _) => "debug,copydesk=trace",
    };
    // `copydesk=…` covers the crates `copydesk_…` too: targets match by prefix.
    let filter = EnvFilter::try_from_env("COPYDESK_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    // Starting twice (a test, an embedder with a subscriber of its own) is no error.
    let _already = match common.log_format {
        LogFormat::Text => {
            builder.with_writer(|| OneLine { escape: rust_escape }).with_target(false).try_init()
        }
        LogFormat::Json => {
            builder.with_writer(|| OneLine { escape: json_escape }).json().flatten_event(true).try_init()
        }
    };
}

/// Standard error, with control characters escaped: a file name cannot forge a log line or drive a terminal.
struct OneLine {
    /// How a character is written that must not be.
    escape: fn(char, &mut String),
}

impl Write for OneLine {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if HUSHED.load(Ordering::Relaxed) {
            return Ok(line.len());
        }
        let safe = one_line(line, self.escape);
        // A log that cannot be written, for its disk is full, must stop nothing. There is nowhere to say so.
        let _unheard = crate::progress::above(|| io::stderr().lock().write_all(safe.as_bytes()));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn one_line(line: &[u8], escape: fn(char, &mut String)) -> String {
    let text = String::from_utf8_lossy(line);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let mut safe = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        if c.is_control() || is_bidi_control(c) {
            escape(c, &mut safe);
        } else {
            safe.push(c);
        }
    }
    safe.push('\n');
    safe
}

fn rust_escape(c: char, out: &mut String) {
    out.extend(c.escape_default());
}

/// Such a character stands in a string of the JSON, where this means the same.
fn json_escape(c: char, out: &mut String) {
    // All of them are below U+10000.
    let _infallible = write!(out, "\\u{:04x}", u32::from(c));
}

/// Characters that reorder what stands around them.
pub(crate) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_forge_a_line() {
        let line = one_line("a\nERROR b \u{1b}]0;x\u{7} \u{202e}\n".as_bytes(), rust_escape);
        assert_eq!(line, "a\\nERROR b \\u{1b}]0;x\\u{7} \\u{202e}\n");
    }

    #[test]
    fn a_json_line_stays_json() {
        let text = "a \u{9b}31m \u{7f} \u{202e}";
        let line = one_line(serde_json::json!({ "file": text }).to_string().as_bytes(), json_escape);
        assert!(line.trim_end().chars().all(|c| !c.is_control() && !is_bidi_control(c)), "{line:?}");
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["file"], text);
    }
}
