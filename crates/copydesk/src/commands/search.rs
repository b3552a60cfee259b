//! `copydesk search`: full-text search of the embedded store.

use std::io::{self, Write};

use copydesk_sink_sqlite::Hit;
use serde_json::json;

use super::Answer;
use crate::args::Common;
use crate::explain::safe;
use crate::{Exit, setup};

pub(super) fn run(common: &Common, query: &str, as_json: bool, limit: u32) -> Answer {
    let store = setup::store_path(common)?;
    let hits = copydesk_sink_sqlite::search(&store, query, limit as usize)?;
    let mut out = anstream::stdout().lock();
    for hit in &hits {
        if as_json {
            let line = json!({
                "id": hit.id, "uri": hit.uri, "title": hit.title, "published": hit.published,
                "snippet": hit.snippet, "rank": hit.rank,
            });
            writeln!(out, "{line}")?;
        } else {
            show(&mut out, hit)?;
        }
    }
    if !as_json {
        out.flush()?;
        writeln!(io::stderr(), "{} found in {}", hits.len(), store.display())?;
    }
    Ok(Exit::Done)
}

fn show(out: &mut impl Write, hit: &Hit) -> io::Result<()> {
    let title = hit.title.as_deref().map_or_else(|| "(no title stated)".to_owned(), safe);
    let date = hit.published.as_deref().map_or_else(String::new, |date| format!("  {}", safe(date)));
    let id: String = hit.id.chars().take(12).collect();
    writeln!(out, "\x1b[1m{title}\x1b[0m\x1b[2m{date}  {id}\x1b[0m")?;
    let mut snippet = String::new();
    let mut at = 0;
    for found in &hit.matches {
        let (before, word) = (hit.snippet.get(at..found.start), hit.snippet.get(found.clone()));
        snippet.push_str(&safe(before.unwrap_or("")));
        snippet.extend(["\x1b[33m", &safe(word.unwrap_or("")), "\x1b[0m"]);
        at = found.end;
    }
    snippet.push_str(&safe(hit.snippet.get(at..).unwrap_or("")));
    writeln!(out, "  {snippet}\n")
}
