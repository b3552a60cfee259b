//! A desk with some of everything: what was settled before, and what has just come; and how to go back to it.

use std::path::{Path, PathBuf};

use copydesk_testkit::Tree;

use super::oracle::Oracle;
use super::{BOTH_SINKS, Desk, article};

/// The configuration of both sinks and all stages, with what is to become of settled files.
pub fn config(after: &str) -> String {
    let quick =
        BOTH_SINKS.replace("settle = \"60ms\"", "settle = \"20ms\"").replace("\"300ms\"", "\"100ms\"");
    quick.replace("path = \"inbox\"\n", &format!("path = \"inbox\"\nafter = \"{after}\"\n"))
}

fn record(number: u64) -> String {
    format!("{}\n", serde_json::json!({"title": format!("Report {number}"), "text": article(number)}))
}

fn put(desk: &Desk, oracle: &mut Oracle, name: &str, content: &str) {
    desk.drop_file(name, content);
    oracle.put(name, content);
}

/// Files of an earlier run: a plain one, one with revisions to come, a bad one, a container.
pub fn earlier(desk: &Desk, oracle: &mut Oracle) {
    put(desk, oracle, "a.txt", &article(1));
    put(desk, oracle, "revised.txt", &article(2));
    put(desk, oracle, "healed.json", "{\"text\": ");
    put(desk, oracle, "feed.jsonl", &(record(3) + &record(4)));
    desk.drain(3);
}

/// Twelve files that have just come: plain ones, a revision, a duplicate, bad ones, a healed one, a container
/// that has grown.
pub fn now(desk: &Desk, oracle: &mut Oracle) {
    for number in 10..16 {
        put(desk, oracle, &format!("{number}.txt"), &article(number));
    }
    put(desk, oracle, "copy-of-a.txt", &article(1));
    put(desk, oracle, "revised.txt", &article(20));
    put(
        desk,
        oracle,
        "healed.json",
        &serde_json::json!({"title": "Healed", "text": article(21)}).to_string(),
    );
    put(desk, oracle, "bad.json", "{\"text\": \"no end");
    put(desk, oracle, "feed.jsonl", &(record(3) + &record(4) + "{\"text\": \n" + &record(5)));
    put(
        desk,
        oracle,
        "page.html",
        &format!("<html><body><article><h1>Page</h1><p>{}</p></article></body></html>", article(22)),
    );
}

/// All that lies on a desk.
pub fn snapshot(desk: &Desk) -> Tree {
    let mut tree = Tree::new();
    gather(desk.dir.path(), Path::new(""), &mut tree);
    tree
}

fn gather(root: &Path, below: &Path, tree: &mut Tree) {
    for entry in std::fs::read_dir(root.join(below)).unwrap() {
        let entry = entry.unwrap();
        let path = below.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            tree.insert(path.clone(), None);
            gather(root, &path, tree);
        } else {
            tree.insert(path, Some(std::fs::read(entry.path()).unwrap()));
        }
    }
}

/// Makes the desk hold exactly this. SQLite's shared memory is left out: it is made anew by who needs it.
pub fn restore(desk: &Desk, tree: &Tree) {
    for entry in std::fs::read_dir(desk.dir.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            std::fs::remove_dir_all(path).unwrap();
        } else {
            std::fs::remove_file(path).unwrap();
        }
    }
    for (path, content) in tree {
        let to: PathBuf = desk.path(path.to_str().unwrap());
        match content {
            None => std::fs::create_dir(to).unwrap(),
            Some(_) if path.to_string_lossy().ends_with("-shm") => {}
            Some(bytes) => std::fs::write(to, bytes).unwrap(),
        }
    }
}
