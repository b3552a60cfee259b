//! Shows how a file is read: its blocks with kind and place, its hints, its notes.
//!
//! `cargo run -p copydesk-reader --example show_blocks -- FILE`

use std::ops::ControlFlow;

use copydesk_core::{Article, PartSource, Reader, SourceFile};
use copydesk_reader::{FileReader, ReaderOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("give a file's path")?;
    let reader = FileReader::new(ReaderOptions::default());
    let name = path.to_string_lossy().into_owned();
    let file = SourceFile { uri: format!("file:{name}"), name, ..SourceFile::default() };
    let mut stream = std::fs::File::open(&path)?;
    reader.split(&file, PartSource::Stream(&mut stream), &mut |part| {
        match reader.decode(&part) {
            _ if part.skip.is_some() => eprintln!("{}: skipped: {}", part.uri, part.skip.unwrap_or_default()),
            Ok(article) => show(&article),
            Err(error) => eprintln!("{}: {}: {error}", part.uri, error.code),
        }
        ControlFlow::Continue(())
    })?;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is what the example is for")]
fn show(article: &Article) {
    let origin = &article.origin;
    println!("{} {} {} {} bytes", origin.uri, origin.media_type, origin.charset, origin.bytes);
    for hint in &article.hints {
        println!("  {} = {} {:?}", hint.name, hint.value, hint.block);
    }
    for (name, note) in &article.notes {
        println!("  note {name} = {note}");
    }
    for (idx, block) in article.blocks().iter().enumerate() {
        let chain = match (&article.page, block.markup) {
            (Some(page), Some(markup)) => page
                .ancestors(markup.node)
                .map(|(_, node)| format!("{}[{}]{}", node.tag, node.attrs, node.children))
                .collect::<Vec<_>>()
                .join(" < "),
            _ => String::new(),
        };
        let markup = block.markup.unwrap_or_default();
        println!(
            "{idx} {} {}..{} links {}/{} em {} {chain}\n    {}",
            block.kind.name(),
            block.span.start(),
            block.span.end(),
            markup.links,
            markup.link_bytes,
            markup.emphasis_bytes,
            block.span.of_text(article.raw())
        );
    }
}
