//! Plugins in the real program: at work, misbehaving in every way there is, down, changed, killed.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../common/mod.rs"]
mod common;
mod down;
mod ending;
mod failing;
mod live;
mod working;

use std::path::Path;

use common::{Desk, article};

const SDK: &str = include_str!("../../examples/plugins/python/copydesk_plugin.py");
const WORD_LENGTHS: &str = include_str!("../../examples/plugins/python/word_lengths/stage.py");
const BAD: &str = include_str!("bad.py");

/// A desk whose only stage is `plugins/PLUGIN`, with these lines in its table.
fn desk(plugin: &str, script: &str, lines: &str) -> Desk {
    let stage = format!(
        "[[stage]]\ntype = \"exec\"\nname = \"mine\"\ncommand = [\"python3\", \"plugins/{plugin}\"]\n{lines}"
    );
    let desk = Desk::in_memory(&common::config::to_jsonl(&stage));
    std::fs::create_dir(desk.path("plugins")).unwrap();
    std::fs::write(desk.path("plugins/copydesk_plugin.py"), SDK).unwrap();
    std::fs::write(desk.path("plugins").join(plugin), script).unwrap();
    desk
}

fn bad(how: &str, lines: &str) -> Desk {
    desk("bad.py", BAD, &format!("timeout = \"3s\"\n{lines}\n[stage.config]\nhow = \"{how}\"\n"))
}

fn drop_articles(desk: &Desk, numbers: std::ops::Range<u64>, is_bad: impl Fn(u64) -> bool) {
    for number in numbers {
        let mark = if is_bad(number) { "POISON is kept in the cellar of the lighthouse.\n" } else { "" };
        desk.drop_file(&format!("{number:03}.txt"), article(number) + mark);
    }
}

/// Processes whose command line or folder is of this desk, the keeper's and the daemon's included.
fn processes(desk: &Desk) -> Vec<String> {
    let of = desk.dir.path().to_str().unwrap().to_owned();
    let entries = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let is_here = |path: &Path| {
        let folder = std::fs::read_link(path.join("cwd")).unwrap_or_default();
        let state = std::fs::read_to_string(path.join("stat")).unwrap_or_default();
        folder.starts_with(&of) && !state.contains(") Z ")
    };
    let here = entries.map(|entry| entry.path()).filter(|path| is_here(path));
    here.map(|path| std::fs::read_to_string(path.join("cmdline")).unwrap_or_default().replace('\0', " "))
        .collect()
}
