//! How many articles of 4 KB a second pass a stage `exec`: `cargo run --release -p copydesk-plugin --example
//! throughput -- [COMMAND…]`, at the top of the repository. Without a command it is one in Python that counts words.
//! Run it by `time`, and what both sides take of the processor is told too.

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Instant;

use copydesk_core::{Article, ArticleId, Block, BlockKind, Component, Origin, Span, Stage, Verdict};
use copydesk_plugin::{ExecStage, HostLimits};
use serde_json::json;

/// Counts words, and says so in a note.
const COUNT: &str = "import sys; sys.path.append('examples/plugins/python'); import copydesk_plugin; \
    copydesk_plugin.run(lambda article, _: article.note('words', len(article.text.split())))";

const BATCHES: usize = 400;
const BATCH: usize = 64;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    if args.first().is_some_and(|arg| arg == "plugin-host") {
        // The program starts itself between itself and the plugin.
        return ExitCode::from(u8::try_from(plugin_host(&args)).unwrap_or(1));
    }
    let command: Vec<String> = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let command =
        if command.is_empty() { ["python3", "-c", COUNT].map(str::to_owned).to_vec() } else { command };
    let options: <ExecStage as Component>::Options = serde_json::from_value(json!({
        "command": command, "folder": ".", "config": {}, "env": [], "workers": 1, "batch": BATCH, "timeout": 10_000,
        "start_timeout": 10_000, "memory": 512 << 20, "open_files": 64, "on_down": "quarantine",
    }))
    .expect("the options are those of the stage");
    let mut stage = ExecStage::new("mine", options).expect("the command is there");
    run(&mut stage, 1);
    let begun = Instant::now();
    run(&mut stage, BATCHES);
    let seconds = begun.elapsed().as_secs_f64();
    let n_articles = BATCHES * BATCH;
    eprintln!("{n_articles} articles in {seconds:.2} s: {:.0} a second", n_articles as f64 / seconds);
    ExitCode::SUCCESS
}

/// The two processes between this one and the plugin: `plugin-host [--launch PID] --memory N --open-files N -- …`.
fn plugin_host(args: &[OsString]) -> i32 {
    let number = |name: &str| {
        let at = args.iter().position(|arg| arg == name)?;
        args.get(at + 1)?.to_str()?.parse::<u64>().ok()
    };
    let limits = HostLimits {
        memory: number("--memory").expect("given"),
        open_files: number("--open-files").expect("given"),
        processes: number("--processes").expect("given"),
        total_memory: number("--total-memory").expect("given"),
    };
    let at = args.iter().position(|arg| arg == "--").map_or(args.len(), |at| at + 1);
    let command = args.get(at..).unwrap_or(&[]);
    match number("--launch") {
        Some(keeper) => copydesk_plugin::launch(i32::try_from(keeper).expect("a process"), limits, command),
        None => copydesk_plugin::host(limits, command),
    }
}

fn run(stage: &mut ExecStage, n_batches: usize) {
    for _ in 0..n_batches {
        let mut articles: Vec<Article> = (0..BATCH).map(article).collect();
        let mut given: Vec<&mut Article> = articles.iter_mut().collect();
        let kept =
            stage.process_batch(&mut given).into_iter().all(|result| matches!(result, Ok(Verdict::Keep)));
        let noted = articles.iter().all(|article| !article.notes.is_empty());
        assert!(kept && noted, "a plugin that fails has no throughput");
    }
}

/// Ten paragraphs, 4 KB in all.
fn article(number: usize) -> Article {
    let sentence =
        format!("Keeper number {number} counted more ships in this week than in any week since the war. ");
    let paragraph = sentence.repeat(5);
    let mut raw = String::new();
    let mut places = Vec::new();
    for _ in 0..10 {
        let start = raw.len();
        raw.push_str(paragraph.trim_end());
        places.push((start, raw.len()));
        raw.push_str("\n\n");
    }
    let spans = places.into_iter().filter_map(|(start, end)| Span::new(&raw, start, end));
    let blocks = spans.map(|span| Block::plain(span, BlockKind::Paragraph)).collect();
    let mut id = [0; 32];
    id[..8].copy_from_slice(&number.to_le_bytes());
    Article::new(ArticleId::from_bytes(id), Origin::default(), raw, blocks)
}
