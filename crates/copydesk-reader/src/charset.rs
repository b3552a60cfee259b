//! Bytes to text: the byte order mark, then what the source declares, then what its bytes look like.
//!
//! A declaration is believed unless the bytes refute it: text that was converted to UTF-8 keeps its old
//! declaration more often than not, and no other encoding looks like UTF-8 for long.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::ReadError;
use crate::binary;

/// Bytes in which a page declares its encoding.
const DECLARATION: usize = 4096;
/// Bytes the detector looks at.
const DETECTION: usize = 1 << 20;
/// Bytes beyond ASCII that are no accident when they are all valid UTF-8.
const SURELY_UTF8: usize = 10;

/// Decoded text.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    /// The WHATWG name.
    pub(crate) charset: &'static str,
    /// Some bytes had no meaning and became U+FFFD.
    pub(crate) lossy: bool,
    /// NUL characters that became U+FFFD.
    pub(crate) n_nul: usize,
}

/// Decodes an article's bytes. `declared` is the encoding named outside them; a page may name its own.
pub(crate) fn decode(bytes: &[u8], is_markup: bool, declared: Option<&str>) -> Result<Decoded, ReadError> {
    binary::refuse(bytes)?;
    let (encoding, bom) = match Encoding::for_bom(bytes) {
        Some(found) => found,
        None => (choose(bytes, is_markup, declared), 0),
    };
    let (text, lossy) = encoding.decode_without_bom_handling(bytes.get(bom..).unwrap_or_default());
    let mut text = text.into_owned();
    binary::refuse_control(&text)?;
    let n_nul = memchr::memchr_iter(0, text.as_bytes()).count();
    if n_nul > 0 {
        text = text.replace('\0', "\u{fffd}");
    }
    // A mark behind blank lines is no text either: it stands where files were joined.
    let n_text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').len();
    let head = text.get(..text.len() - n_text).unwrap_or_default();
    if let Some(at) = head.rfind('\u{feff}') {
        text.drain(..at + '\u{feff}'.len_utf8());
    }
    Ok(Decoded { text, charset: encoding.name(), lossy, n_nul })
}

fn choose(bytes: &[u8], is_markup: bool, declared: Option<&str>) -> &'static Encoding {
    if let Some(utf16) = utf16_without_bom(bytes) {
        return utf16;
    }
    let declared = declared
        .and_then(label)
        .or_else(|| if is_markup { declaration(bytes).and_then(|name| label(&name)) } else { None });
    let utf8 = Utf8Shape::of(bytes);
    match declared {
        // ISO-2022-JP is all ASCII bytes, so validity refutes nothing.
        Some(encoding) if encoding != UTF_8 => {
            if utf8.n_invalid == 0 && utf8.n_beyond_ascii >= SURELY_UTF8 {
                UTF_8
            } else {
                encoding
            }
        }
        _ if utf8.is_plausible() => UTF_8,
        _ => detect(bytes),
    }
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let sample = bytes.get(..DETECTION).unwrap_or(bytes);
    detector.feed(sample, sample.len() == bytes.len());
    detector.guess(None, Utf8Detection::Deny)
}

/// The encoding of this name. A page that can be read byte by byte is in no UTF-16, whatever it says.
fn label(name: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label_no_replacement(name.as_bytes())?;
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

/// How much of a text is valid UTF-8.
struct Utf8Shape {
    n_beyond_ascii: usize,
    n_invalid: usize,
}

impl Utf8Shape {
    fn of(bytes: &[u8]) -> Utf8Shape {
        let n_beyond_ascii = |bytes: &[u8]| bytes.iter().filter(|byte| !byte.is_ascii()).count();
        if std::str::from_utf8(bytes).is_ok() {
            return Utf8Shape { n_beyond_ascii: n_beyond_ascii(bytes), n_invalid: 0 };
        }
        let mut shape = Utf8Shape { n_beyond_ascii: 0, n_invalid: 0 };
        for chunk in bytes.utf8_chunks() {
            shape.n_beyond_ascii += n_beyond_ascii(chunk.valid().as_bytes());
            shape.n_invalid += usize::from(!chunk.invalid().is_empty());
        }
        shape
    }

    /// Valid, or with a few faults in much that is valid: a character cut in two, a stray byte.
    fn is_plausible(&self) -> bool {
        self.n_invalid == 0 || self.n_beyond_ascii >= 20 * self.n_invalid
    }
}

/// UTF-16 shows in text of Latin letters by its zero bytes, every other one.
fn utf16_without_bom(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..4096).unwrap_or(bytes);
    if sample.len() < 4 || !bytes.len().is_multiple_of(2) || memchr::memchr(0, sample).is_none() {
        return None;
    }
    let n_zero = |first: usize| sample.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (high, low) = (n_zero(0), n_zero(1));
    let n_pairs = sample.len() / 2;
    if low * 10 >= n_pairs * 6 && high * 10 <= n_pairs {
        Some(UTF_16LE)
    } else if high * 10 >= n_pairs * 6 && low * 10 <= n_pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The encoding a page names itself: in a `meta` element or an XML declaration.
fn declaration(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..DECLARATION).unwrap_or(bytes)).to_ascii_lowercase();
    let mut rest = head.as_str();
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let name = if after.starts_with("?xml") {
            after.split('>').next().and_then(|tag| value_after(tag, "encoding"))
        } else if after.starts_with("meta") {
            after.split('>').next().and_then(|tag| value_after(tag, "charset"))
        } else {
            None
        };
        if name.is_some() {
            return name;
        }
    }
    None
}

/// The value in `key = "value"`, however it is quoted.
fn value_after(tag: &str, key: &str) -> Option<String> {
    tag.split(key).skip(1).find_map(|after| {
        let value = after.trim_start().strip_prefix('=')?.trim_start();
        let value = value.trim_start_matches(['"', '\'']);
        let value =
            value.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '/' | '?')).next()?;
        (!value.is_empty()).then(|| value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], is_markup: bool, declared: Option<&str>, charset: &str, text: &str) {
        let decoded = decode(bytes, is_markup, declared).unwrap();
        assert_eq!((decoded.charset, decoded.text.as_str()), (charset, text));
        assert!(!decoded.lossy);
    }

    #[test]
    fn a_byte_order_mark_behind_blank_lines_is_no_text() {
        check("\r\n\u{feff} \u{feff}Fog\u{feff}".as_bytes(), false, None, "UTF-8", "Fog\u{feff}");
    }

    #[test]
    fn a_byte_order_mark_wins() {
        check(b"\xef\xbb\xbfcaf\xc3\xa9", true, Some("windows-1251"), "UTF-8", "café");
        check(b"\xff\xfeF\0o\0g\0", false, None, "UTF-16LE", "Fog");
        check(b"\xfe\xff\0F\0o\0g", false, None, "UTF-16BE", "Fog");
    }

    #[test]
    fn a_declaration_is_believed() {
        check(b"<meta charset=koi8-r>\xce\xc5\xd4", true, None, "KOI8-R", "<meta charset=koi8-r>нет");
        let page = b"<!-- <meta charset=utf-8> --><META http-equiv='Content-Type' content='text/html; charset=Shift_JIS'>\x93\xfa\x96{";
        assert_eq!(decode(page, true, None).unwrap().charset, "Shift_JIS");
        check(b"\xce\xc5\xd4", false, Some("koi8-r"), "KOI8-R", "нет");
        let xml = b"<?xml version='1.0' encoding=\"iso-8859-2\"?><p>\xb1</p>";
        assert_eq!(decode(xml, true, None).unwrap().charset, "ISO-8859-2");
    }

    #[test]
    fn a_declaration_is_refuted_by_its_bytes() {
        let page = "<meta charset=euc-kr>안개가 걷혔다";
        check(page.as_bytes(), true, None, "UTF-8", page);
        let latin =
            decode(b"<meta charset=utf-8>Le caf\xe9 ferm\xe9, le th\xe9\xe2tre aussi", true, None).unwrap();
        assert_eq!(latin.charset, "windows-1252");
        assert!(latin.text.ends_with("Le café fermé, le théâtre aussi"));
    }

    #[test]
    fn undeclared_text_is_detected() {
        check("Fog – und Nebel".as_bytes(), false, None, "UTF-8", "Fog – und Nebel");
        check(
            b"Der Nebel l\xf6st sich \xfcber M\xfcnchen auf",
            false,
            None,
            "windows-1252",
            "Der Nebel löst sich über München auf",
        );
        check(b"F\0o\0g\0 \0l\0i\0f\0t\0s\0", false, None, "UTF-16LE", "Fog lifts");
        let (sjis, ..) = encoding_rs::SHIFT_JIS.encode("霧のため港は三日間閉鎖され、船は岸に留まった。");
        assert_eq!(decode(&sjis, false, None).unwrap().charset, "Shift_JIS");
    }

    #[test]
    fn faults_are_told() {
        let mut text = "Der Nebel löst sich über München auf, sagt Jörg Müller, während Käthe lächelt. "
            .repeat(2)
            .into_bytes();
        text.push(0xc3);
        let decoded = decode(&text, false, None).unwrap();
        assert_eq!((decoded.charset, decoded.lossy), ("UTF-8", true));
        let nul = decode(b"Fog lifts over the sound\0 and the harbour", false, None).unwrap();
        assert_eq!(nul.n_nul, 1);
        assert!(nul.text.contains("sound\u{fffd} and"));
    }
}
