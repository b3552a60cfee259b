//! `copydesk stories`: the stories of the embedded store, or one of them with its articles.

use std::io::{self, Write};

use copydesk_core::StoryRecord;
use copydesk_sink_sqlite::Member;
use serde_json::{Value, json};

use super::Answer;
use crate::args::Common;
use crate::columns::{self, BOLD, DIM, PLAIN, day, headline, place, short};
use crate::{Exit, setup};

/// Stories listed if nothing is said.
const LIMIT: u32 = 20;

pub(super) fn run(common: &Common, id: Option<&str>, limit: Option<u32>, as_json: bool) -> Answer {
    let store = setup::store_path(common)?;
    let mut out = anstream::stdout().lock();
    if let Some(id) = id {
        let (story, members) = copydesk_sink_sqlite::story(&store, id)?;
        let n_shown = limit.map_or(members.len(), |limit| members.len().min(limit as usize));
        let shown = members.get(..n_shown).unwrap_or(&members);
        if as_json {
            writeln!(out, "{}", as_value(&story, shown)?)?;
        } else {
            show(&mut out, &story, shown, members.len() - n_shown)?;
        }
        return Ok(Exit::Done);
    }
    let limit = limit.unwrap_or(LIMIT) as usize;
    let stories = copydesk_sink_sqlite::stories(&store, limit)?;
    if as_json {
        for story in &stories {
            writeln!(out, "{}", json!(story))?;
        }
        return Ok(Exit::Done);
    }
    list(&mut out, &stories)?;
    out.flush()?;
    let more = if stories.len() == limit { ", the latest; --limit N shows more" } else { "" };
    writeln!(io::stderr(), "{} stories in {}{more}", stories.len(), store.display())?;
    Ok(Exit::Done)
}

fn list(out: &mut impl Write, stories: &[StoryRecord]) -> io::Result<()> {
    let width = columns::width();
    let digits = |n: u64| n.to_string().len();
    let n_articles = stories.iter().map(|story| digits(story.articles)).max().unwrap_or(1);
    let n_sources = stories.iter().map(|story| digits(story.n_sources)).max().unwrap_or(1);
    for story in stories {
        let articles = format!("{:>n_articles$} {:<8}", story.articles, many("article", story.articles));
        let sources = format!("{:>n_sources$} {:<7}", story.n_sources, many("source", story.n_sources));
        let names = story.names.join(", ");
        let parts = [
            (DIM, story.id.as_str()),
            (PLAIN, &format!("  {articles}  {sources}  {:<21}  ", days(story))),
            (BOLD, &headline(story.title.as_deref(), "")),
            (DIM, if names.is_empty() { "" } else { "  " }),
            (DIM, &names),
        ];
        writeln!(out, "{}", columns::line(&parts, width))?;
    }
    Ok(())
}

fn show(out: &mut impl Write, story: &StoryRecord, members: &[Member], n_more: usize) -> io::Result<()> {
    let width = columns::width();
    let mut say = |parts: &[(&str, &str)]| writeln!(out, "{}", columns::line(parts, width));
    say(&[(BOLD, &headline(story.title.as_deref(), "")), (DIM, "  "), (DIM, &story.id)])?;
    let articles = format!("{} {}", story.articles, many("article", story.articles));
    let sources = format!("{} {}", story.n_sources, many("source", story.n_sources));
    say(&[(PLAIN, &format!("{articles}, {sources}, {}", days(story)))])?;
    let hidden = story.n_sources.saturating_sub(story.sources.len() as u64);
    let more = if hidden > 0 { format!(" and {hidden} more") } else { String::new() };
    for (what, named) in [("from", story.sources.join(", ") + &more), ("names", story.names.join(", "))] {
        if !named.is_empty() {
            say(&[(DIM, what), (PLAIN, " "), (PLAIN, &named)])?;
        }
    }
    say(&[])?;
    for member in members {
        let similarity =
            member.story.as_ref().map_or_else(String::new, |in_it| format!("{:.2}", in_it.similarity));
        let copy = member.duplicate.as_ref().map(|duplicate| format!("  copy of {}", duplicate.of.short()));
        say(&[
            (PLAIN, &format!("{:<10}  {similarity:<4}  ", day(member.published.as_deref()))),
            (DIM, &short(&member.id)),
            (DIM, &format!("  {:<24}  ", place(&member.uri))),
            (BOLD, &headline(member.title.as_deref(), &member.opening)),
            (DIM, copy.as_deref().unwrap_or_default()),
        ])?;
    }
    if n_more > 0 {
        say(&[(DIM, &format!("… and {n_more} more"))])?;
    }
    Ok(())
}

fn as_value(story: &StoryRecord, members: &[Member]) -> io::Result<Value> {
    let mut value = serde_json::to_value(story).map_err(io::Error::other)?;
    let member = |member: &Member| {
        json!({
            "id": member.id, "uri": member.uri, "title": member.title, "published": member.published,
            "similarity": member.story.as_ref().map(|story| story.similarity), "duplicate": member.duplicate,
        })
    };
    value["members"] = members.iter().map(member).collect();
    Ok(value)
}

fn many(what: &str, n: u64) -> String {
    if n == 1 { what.to_owned() } else { format!("{what}s") }
}

/// The days from first to last.
fn days(story: &StoryRecord) -> String {
    let (first, last) = (day(story.first.published.as_deref()), day(story.last.published.as_deref()));
    if first == last { first } else { format!("{first}–{last}") }
}
