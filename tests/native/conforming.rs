//! The examples' components pass the suites that the built-in ones pass.

use copydesk::{LookupLimits, Program};
use copydesk_testkit::{
    SinkTraits, StageTraits, article, lookup_conformance, sink_conformance, source_conformance,
    stage_conformance,
};

use crate::server::Server;
use crate::{native_sink, native_source, native_stage, native_translate, native_watch_list};

#[test]
fn the_stages_conform() {
    let samples = || [article("Rain fell on the harbour.\nThe HARBOUR, again."), article("東京の港")];
    let make = || Box::new(native_stage::MinWords { words: 3 }) as Box<dyn copydesk::Stage>;
    stage_conformance(make, StageTraits { stateless: true }, samples());
    let words = || native_watch_list::Options { words: vec!["harbour".into(), "東京".into()] };
    let make = || Box::new(native_watch_list::WatchList::new(words()).unwrap()) as Box<dyn copydesk::Stage>;
    stage_conformance(make, StageTraits { stateless: true }, samples());
}

#[tokio::test]
async fn the_lookup_conforms() {
    let (_server, address) = Server::start();
    let options =
        native_translate::Options { address: format!("http://{address}/"), at_once: 3, timeout: 5000 };
    let samples = (0..7).map(|n| {
        let mut sample = article(&format!("Report {n}\nRain fell."));
        sample.title = Some(if n == 3 { "Refuse this".into() } else { format!("Report {n}") });
        sample
    });
    let make = || native_translate::TranslateTitle::new(&options).unwrap();
    assert_eq!(
        copydesk::Lookup::limits(&make()),
        LookupLimits { at_once: 3, timeout: std::time::Duration::from_secs(5) }
    );
    lookup_conformance(make, samples).await;
}

#[tokio::test]
async fn the_source_conforms() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("feed.txt");
    std::fs::write(&path, "Rain fell.\nIt stopped.\nThe sun shone.\nnot yet wh").unwrap();
    let files: [(&str, &[u8]); 3] = [
        ("000000000.txt", b"Rain fell."),
        ("000000001.txt", b"It stopped."),
        ("000000002.txt", b"The sun shone."),
    ];
    let make = |context: &copydesk::SourceContext| {
        native_source::Lines::new(native_source::Options { path: path.clone() }, context)
    };
    source_conformance(make, &files).await;
}

#[tokio::test]
async fn the_sink_conforms() {
    // It syncs thousands of files.
    let desk = crate::common::Desk::in_memory("");
    let make = || native_sink::TextFiles::new(native_sink::Options { path: desk.path("out") });
    sink_conformance(make, SinkTraits { holds: true, replaces: true, ..SinkTraits::default() }).await;
}

#[test]
fn the_tables_of_their_options_are_right() {
    let program = Program::new()
        .stage::<native_stage::MinWords>("min_words", |_, options| Ok(options))
        .stage::<native_watch_list::WatchList>("watch_list", |_, options| {
            native_watch_list::WatchList::new(options)
        })
        .lookup::<native_translate::TranslateTitle>("translate_title", |_, options| {
            native_translate::TranslateTitle::new(&options)
        })
        .source::<native_source::Lines>("lines", |options, context| {
            Ok(native_source::Lines::new(options, context))
        })
        .sink::<native_sink::TextFiles>("text_files", |_, options, _| {
            Ok(native_sink::TextFiles::new(options))
        });
    assert_eq!(program.wrong_defaults(), Vec::<String>::new());
    let reference = program.reference();
    assert!(["min_words", "lines", "text_files"].iter().all(|name| reference.contains(name)));
}
