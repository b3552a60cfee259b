//! Log lines on standard error: text or JSON, one line an event whatever a file is called.

use std::io::{self, Write};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::args::{Common, LogFormat};

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
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(OneLine).with_ansi(false);
    // Starting twice (a test, an embedder with a subscriber of its own) is no error.
    let _already = match common.log_format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}

/// Standard error, with control characters escaped: a file name cannot forge a log line or drive a terminal.
struct OneLine;

impl<'a> MakeWriter<'a> for OneLine {
    type Writer = OneLine;

    fn make_writer(&'a self) -> OneLine {
        OneLine
    }
}

impl Write for OneLine {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        crate::progress::above(|| io::stderr().lock().write_all(escape(line).as_bytes()))?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().lock().flush()
    }
}

fn escape(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let mut safe = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        if c.is_control() || is_bidi_control(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    safe.push('\n');
    safe
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
        let line = escape("a\nERROR b \u{1b}]0;x\u{7} \u{202e}\n".as_bytes());
        assert_eq!(line, "a\\nERROR b \\u{1b}]0;x\\u{7} \\u{202e}\n");
    }
}
