//! What is no text at all, told by its first bytes or by what it decodes to.

use copydesk_core::ReadError;

/// Characters looked at.
const SAMPLE: usize = 64 * 1024;

const MAGIC: [(&[u8], &str); 24] = [
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\x1f\x8b", "gzip data inside other data"),
    (b"\x28\xb5\x2f\xfd", "zstd data inside other data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\0", "xz data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"OggS", "an Ogg recording"),
    (b"ID3", "an MP3 recording"),
    (b"fLaC", "a FLAC recording"),
    (b"\x1aE\xdf\xa3", "a Matroska film"),
    (b"{\\rtf", "an RTF document"),
    (b"wOF", "a font"),
];

/// What these bytes are, if they are known and no text.
pub(crate) fn kind(bytes: &[u8]) -> Option<&'static str> {
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        // Three letters may start a text as well; the marks of binary data follow at once.
        let sure = bytes.first().is_some_and(|byte| !byte.is_ascii_alphabetic())
            || bytes.iter().take(64).any(|byte| *byte < 9 || (14..32).contains(byte));
        return sure.then_some(*kind);
    }
    let at = |range: std::ops::Range<usize>| bytes.get(range);
    match (at(0..4), at(8..12)) {
        (Some(b"RIFF"), Some(b"WEBP")) => Some("a WebP picture"),
        (Some(b"RIFF"), Some(b"WAVE" | b"AVI ")) => Some("a recording"),
        _ if at(4..8) == Some(b"ftyp") => Some("an MP4 film or an AVIF picture"),
        _ => None,
    }
}

/// Refuses known formats that are no text.
pub(crate) fn refuse(bytes: &[u8]) -> Result<(), ReadError> {
    match kind(bytes) {
        Some(kind) => Err(ReadError::new(
            "binary",
            format!("looks like {kind} (text, Markdown, HTML, JSON and WARC can be read)"),
        )),
        None => Ok(()),
    }
}

/// Refuses text with more control characters than a damaged article has.
pub(crate) fn refuse_control(text: &str) -> Result<(), ReadError> {
    if !may_hold_control(text) {
        return Ok(());
    }
    let is_control =
        |c: &char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0b' | '\x0c' | '\x1b' | '\u{85}');
    let n_chars = text.chars().take(SAMPLE).count();
    let n_control = text.chars().take(SAMPLE).filter(is_control).count();
    if n_control * 10 > n_chars {
        return Err(ReadError::new(
            "binary",
            format!("{n_control} of the first {n_chars} characters are control characters: this is no text"),
        ));
    }
    Ok(())
}

/// False if `text` surely holds no control character but those of ordinary text. Nearly all articles end here,
/// so it is one pass over bytes without a branch in it, which the compiler makes into vector instructions.
fn may_hold_control(text: &str) -> bool {
    // 0x7f is DEL. The controls beyond ASCII are 0xc2 and a byte below 0xa0, but for 0x85; `©` begins alike.
    let low = |byte: u8| matches!(byte, 0..=0x08 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    let high = |byte: u8, next: u8| byte == 0xc2 && next < 0xa0 && next != 0x85;
    let bytes = text.as_bytes();
    let next = bytes.get(1..).unwrap_or_default();
    bytes.last().is_some_and(|last| low(*last))
        || bytes.chunks(256).zip(next.chunks(256)).any(|(chunk, next)| {
            chunk.iter().zip(next).fold(false, |found, (byte, next)| found | low(*byte) | high(*byte, *next))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_found_wherever_they_are() {
        for control in ["\0", "\u{1f}", "\u{7f}", "\u{80}", "\u{9f}", "\x0e", "\x08"] {
            assert!(may_hold_control(&format!("{}{control}", "é".repeat(300))), "{control:?}");
        }
        assert!(!may_hold_control("Rain fell.\r\n\tIt stopped.\x0b\x0c\x1b é 雨 ©\u{85}"));
        assert!(!may_hold_control("") && may_hold_control("\0"));
    }

    #[test]
    fn names_what_it_refuses() {
        assert_eq!(kind(b"%PDF-1.7\n"), Some("a PDF document"));
        assert_eq!(kind(b"PK\x03\x04\x14\0"), Some("a zip archive or an office document"));
        assert_eq!(kind(b"ID3 is a tag of music files."), None);
        assert_eq!(kind(b"BZh91AY&SY\x01\x02"), Some("bzip2 data"));
        assert!(refuse_control(&"\0".repeat(100)).is_err());
        assert!(refuse_control("Rain\0 fell on the harbour.").is_ok());
    }
}
