//! Names: which are passed over, and how one is written in a URI or a log. A name is bytes; nothing here
//! assumes it to be text.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::FolderError;

/// Which paths below the root are none of copydesk's business.
#[derive(Debug)]
pub(crate) struct Ignore {
    names: GlobSet,
    paths: GlobSet,
    /// Paths below the root that are excluded with all they hold: `done`, state, quarantine.
    places: Vec<Vec<u8>>,
}

impl Ignore {
    pub(crate) fn new(patterns: &[String], root: &Path, excluded: &[PathBuf]) -> Result<Ignore, FolderError> {
        let mut names = GlobSetBuilder::new();
        let mut paths = GlobSetBuilder::new();
        for pattern in patterns {
            let glob = GlobBuilder::new(pattern.trim_start_matches('/'))
                .literal_separator(true)
                .backslash_escape(true)
                .build()
                .map_err(|error| FolderError::Pattern(error.to_string()))?;
            if pattern.contains('/') {
                paths.add(glob)
            } else {
                names.add(glob)
            };
        }
        let build =
            |set: GlobSetBuilder| set.build().map_err(|error| FolderError::Pattern(error.to_string()));
        let places = excluded.iter().filter_map(|place| below(root, &settled_path(place))).collect();
        Ok(Ignore { names: build(names)?, paths: build(paths)?, places })
    }

    /// True if the entry called `name` in `folder` is passed over, its folder not being so.
    pub(crate) fn entry(&self, folder: &[u8], name: &[u8]) -> bool {
        if self.names.is_match(as_path(name)) {
            return true;
        }
        if self.paths.is_empty() && self.places.is_empty() {
            return false;
        }
        let path = joined(folder, name);
        self.paths.is_match(as_path(&path)) || self.places.contains(&path)
    }

    /// True if `path` below the root or a folder on the way to it is passed over.
    pub(crate) fn path(&self, path: &[u8]) -> bool {
        let mut start = 0;
        for name in path.split(|&byte| byte == b'/') {
            let folder = path.get(..start.max(1) - 1).unwrap_or(b"");
            if self.entry(folder, name) {
                return true;
            }
            start += name.len() + 1;
        }
        false
    }
}

/// Bytes as a path, for the calls that want one.
pub(crate) fn as_path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// `path` below `root`, as bytes; `None` if it is not below it, or is the root itself.
pub(crate) fn below(root: &Path, path: &Path) -> Option<Vec<u8>> {
    let rest = path.strip_prefix(root).ok()?;
    (!rest.as_os_str().is_empty()).then(|| rest.as_os_str().as_bytes().to_vec())
}

/// The path without links as far as it exists; the rest as given.
pub(crate) fn settled_path(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    for ancestor in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (ancestor.canonicalize(), path.strip_prefix(ancestor)) {
            return if rest.as_os_str().is_empty() { real } else { real.join(rest) };
        }
    }
    path
}

/// A path below the root joined to it.
pub(crate) fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() {
        return name.to_vec();
    }
    [folder, b"/", name].concat()
}

/// The folder and the name of a path below the root.
pub(crate) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(at) => (path.get(..at).unwrap_or(b""), path.get(at + 1..).unwrap_or(path)),
        None => (b"", path),
    }
}

/// The `file:` URI of `path` (any bytes but NUL) below `root`, which is absolute; percent-encoded. Every URI of a
/// file is made here, so that the same file has the same one in every record.
pub fn file_uri(root: &Path, path: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let root = root.as_os_str().as_bytes();
    let root = root.strip_suffix(b"/").unwrap_or(root);
    let mut uri = String::with_capacity("file://".len() + root.len() + 1 + path.len());
    uri.push_str("file://");
    for &byte in root.iter().chain(b"/").chain(path) {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push('%');
            uri.push(char::from(HEX[usize::from(byte >> 4)]));
            uri.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    uri
}

/// A path for a log line or a message: no control characters, no direction marks.
pub(crate) fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignore(patterns: &[&str], excluded: &[&str]) -> Ignore {
        let patterns: Vec<String> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
        let excluded: Vec<PathBuf> = excluded.iter().map(PathBuf::from).collect();
        Ignore::new(&patterns, Path::new("/nowhere/in"), &excluded).unwrap()
    }

    #[test]
    fn names_of_unfinished_files_are_passed_over() {
        let ignore = ignore(
            &crate::FolderOptions::default().ignore.iter().map(String::as_str).collect::<Vec<_>>(),
            &[],
        );
        for name in [".a", "a.tmp", "a.part", "a.partial", "a.crdownload", "a~", ".#a", "a.swp", ".", "..."] {
            assert!(ignore.path(name.as_bytes()), "{name}");
        }
        for name in ["a", "a.txt", "tmp", "a.tmp.txt", "part", "a.parts", "~a", "\u{e9}.txt"] {
            assert!(!ignore.path(name.as_bytes()), "{name}");
        }
        assert!(ignore.path(b"\xff.tmp"));
        assert!(!ignore.path(b"\xff\n"));
        assert!(ignore.path(b".git/config"));
        assert!(ignore.path(b"a/.b/c.txt"));
    }

    #[test]
    fn a_pattern_with_a_slash_is_held_against_the_whole_path() {
        let ignore = ignore(&["old/*.txt", "/top"], &[]);
        assert!(ignore.path(b"old/a.txt"));
        assert!(!ignore.path(b"new/old/a.txt"));
        assert!(!ignore.path(b"a.txt"));
        assert!(ignore.path(b"top") && ignore.path(b"top/x"));
        assert!(!ignore.path(b"a/top"));
    }

    #[test]
    fn excluded_places_hold_all_below_them() {
        let ignore = ignore(&[], &["/nowhere/in/done", "/elsewhere"]);
        assert!(ignore.path(b"done") && ignore.path(b"done/a/b"));
        assert!(!ignore.path(b"done2") && !ignore.path(b"a/done"));
    }

    #[test]
    fn a_bad_pattern_is_an_error() {
        let error = Ignore::new(&["[".to_owned()], Path::new("/"), &[]).unwrap_err();
        assert!(matches!(error, FolderError::Pattern(_)), "{error}");
    }

    #[test]
    fn a_uri_holds_any_bytes() {
        assert_eq!(
            file_uri(Path::new("/in box"), b"a/\xff\n\xc3\xa9%.txt"),
            "file:///in%20box/a/%FF%0A%C3%A9%25.txt"
        );
        assert_eq!(file_uri(Path::new("/"), b"a"), "file:///a");
    }

    #[test]
    fn a_path_is_shown_without_control_characters() {
        assert_eq!(shown("a\n\u{1b}]0;\u{202e}é".as_bytes()), "a\\n\\u{1b}]0;\\u{202e}é");
    }
}
