//! The suite that every source must pass.

use std::sync::Arc;

use copydesk_core::SourceContext;
use copydesk_testkit::source_conformance;
use copydesk_watcher::{After, FolderDeps, FolderOptions, FolderSource};

use crate::desk::Desk;

#[tokio::test]
async fn the_folder_conforms_whatever_becomes_of_its_files() {
    let files: [(&str, &[u8]); 4] = [
        ("a.txt", b"Rain fell."),
        ("b/c.txt", b"It stopped."),
        ("d \n.txt", b"\xff\0"),
        ("e.txt", b"The sun shone."),
    ];
    for after in [After::Keep, After::Move, After::Delete] {
        let desk = Desk::new();
        for (path, bytes) in files {
            std::fs::write(desk.write(path, ""), bytes).unwrap();
        }
        let make = |context: &SourceContext| {
            let deps = FolderDeps { known: Arc::clone(&context.known), ..desk.deps() };
            FolderSource::open(FolderOptions { after, ..desk.once() }, deps).unwrap()
        };
        source_conformance(make, &files).await;
    }
}
