//! What must have become of every file that was put into the inbox, counted without asking the program.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use super::{Desk, sha256, stderr, stdout};

/// What a writer did, and what follows from it.
#[derive(Clone, Default)]
pub struct Oracle {
    /// Every content that each name ever had; the last one stands.
    versions: BTreeMap<String, Vec<Vec<u8>>>,
    /// Contents that a reader may have taken for whole, because their writer paused for too long.
    halves: BTreeSet<String>,
}

/// The records of a file: themselves, and whether they can be read.
fn records(name: &str, bytes: &[u8]) -> Vec<(String, bool)> {
    let is_json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).is_ok();
    let is = |kind: &str| Path::new(name).extension().is_some_and(|extension| extension == kind);
    if is("jsonl") {
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        return lines.map(|line| (sha256(line), is_json(line))).collect();
    }
    vec![(sha256(bytes), !is("json") || is_json(bytes))]
}

impl Oracle {
    /// Takes note of a content.
    pub fn put(&mut self, name: &str, bytes: impl AsRef<[u8]>) {
        self.versions.entry(name.to_owned()).or_default().push(bytes.as_ref().to_vec());
    }

    /// Takes note of a content that stood for a while as if it were whole.
    pub fn put_half(&mut self, bytes: impl AsRef<[u8]>) {
        self.halves.insert(sha256(bytes));
    }

    /// The last content of each name.
    pub fn last(&self) -> impl Iterator<Item = (&String, &Vec<u8>)> {
        self.versions.iter().filter_map(|(name, versions)| Some((name, versions.last()?)))
    }

    pub fn has(&self, name: &str) -> bool {
        self.versions.contains_key(name)
    }

    /// The last content of a name, as text.
    pub fn content(&self, name: &str) -> Option<String> {
        self.versions.get(name)?.last().map(|bytes| String::from_utf8(bytes.clone()).unwrap())
    }

    fn standing(&self) -> Vec<(&str, String, bool)> {
        let each = |(name, bytes): (&'_ String, &'_ Vec<u8>)| records(name, bytes);
        self.last()
            .flat_map(|(name, bytes)| {
                each((name, bytes)).into_iter().map(move |(id, good)| (name.as_str(), id, good))
            })
            .collect()
    }

    /// Asserts that, once all is drained, nothing is lost, doubled or torn, and that `verify` says so too.
    pub fn check(&self, desk: &Desk, after: &str, what: &str) {
        self.check_sinks_and_ledger(desk, what);
        self.check_folder(desk, after, what);
    }

    /// The same where files were deleted in some runs and moved in others.
    pub fn check_sinks_and_ledger(&self, desk: &Desk, what: &str) {
        let standing = self.standing();
        let good: BTreeSet<&str> =
            standing.iter().filter(|(_, _, good)| *good).map(|(_, id, _)| id.as_str()).collect();
        self.check_sinks(desk, &good, what);
        let status = desk.balanced();
        let count = |key: &str| status[key].as_u64().unwrap() as usize;
        assert_eq!(count("pending"), 0, "{what}: {status}");
        assert_eq!(count("delivered"), good.len(), "{what}: {status}");
        let kept = count("delivered") + count("duplicate") + count("quarantined");
        assert_eq!(kept, standing.len(), "{what}: {status}");
        self.check_quarantine(desk, what);
        let verify = desk.run(&["verify"]);
        let said = stdout(&verify);
        // A compacted ledger has forgotten revisions whose lines an append-only file keeps.
        let of_old_lines = |line: &str| line.starts_with("orphan in jsonl");
        let clean = verify.status.success() || said.lines().rev().skip(1).all(of_old_lines);
        assert!(clean, "{what}: {said}{}", stderr(&verify));
    }

    /// Which content of which names an id is of.
    fn whose(&self, id: &str) -> String {
        let mut whose = String::from(id);
        for (name, versions) in &self.versions {
            for (number, bytes) in versions.iter().enumerate() {
                if records(name, bytes).iter().any(|(record, _)| record == id) {
                    let _fits = write!(whose, ", version {} of {} of {name}", number + 1, versions.len());
                }
            }
        }
        if self.halves.contains(id) {
            whose.push_str(", half of a file");
        }
        whose
    }

    fn check_sinks(&self, desk: &Desk, good: &BTreeSet<&str>, what: &str) {
        let rows = desk.rows();
        let lines = desk.lines();
        let ids: BTreeSet<&str> = rows.keys().map(String::as_str).collect();
        let lost: Vec<String> = good.difference(&ids).map(|id| self.whose(id)).collect();
        let extra: Vec<String> = ids.difference(good).map(|id| self.whose(id)).collect();
        assert!(ids == *good, "{what}: lost from the store: {lost:?}; too many there: {extra:?}");
        let ever: BTreeSet<String> = self
            .versions
            .iter()
            .flat_map(|(name, versions)| versions.iter().flat_map(|bytes| records(name, bytes)))
            .map(|(id, _)| id)
            .collect();
        let lost: Vec<&&str> = good.iter().filter(|id| !lines.contains_key(**id)).collect();
        assert!(lost.is_empty(), "{what}: lost from the JSONL file: {lost:?}");
        for (id, line) in &lines {
            assert!(ever.contains(id) || self.halves.contains(id), "{what}: {id} was never whole: {line}");
            if let Some(row) = rows.get(id) {
                assert_eq!(row["text"], line["text"], "{what}: {id} differs between the sinks");
            }
        }
    }

    fn check_quarantine(&self, desk: &Desk, what: &str) {
        let found: BTreeSet<(String, String)> = desk
            .quarantine()
            .iter()
            .map(|entry| {
                let text = |key: &str| entry[key].as_str().unwrap().to_owned();
                let bytes = desk.path("state/quarantine").join(text("key")).join("bytes");
                assert_eq!(sha256(std::fs::read(bytes).unwrap()), text("id"), "{what}: {entry}");
                (text("path"), text("id"))
            })
            .collect();
        let bad = self.standing().into_iter().filter(|(_, _, good)| !good);
        let wanted: BTreeSet<(String, String)> = bad.map(|(name, id, _)| (name.to_owned(), id)).collect();
        assert_eq!(found, wanted, "{what}: quarantine");
    }

    fn check_folder(&self, desk: &Desk, after: &str, what: &str) {
        let mut left = Vec::new();
        files_below(&desk.path("inbox"), &mut left);
        let done = desk.path("inbox/done");
        let (moved, left): (Vec<_>, Vec<_>) = left.into_iter().partition(|path| path.starts_with(&done));
        if after == "keep" {
            for (name, bytes) in self.last() {
                assert!(std::fs::read(desk.inbox(name)).unwrap() == *bytes, "{what}: {name} was changed");
            }
            return;
        }
        assert!(left.is_empty(), "{what}: settled and still there: {left:?}");
        if after == "move" {
            let moved: BTreeSet<String> =
                moved.iter().map(|path| sha256(std::fs::read(path).unwrap())).collect();
            for (name, bytes) in self.last() {
                assert!(moved.contains(&sha256(bytes)), "{what}: {name} is not in `done`");
            }
        }
    }
}

fn files_below(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path, files) } else { files.push(path) }
    }
}
