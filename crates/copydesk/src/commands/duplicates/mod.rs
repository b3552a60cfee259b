//! `copydesk duplicates`: groups of copies, or one of them with the passages that its copies share.

mod groups;

use std::io::{self, Write};

use copydesk_core::{Duplicate, DuplicateKind};
use copydesk_deduplicator::{Comparison, Own, compare};
use copydesk_sink_sqlite::{Copies, StoreError};
use serde_json::{Value, json};

use self::groups::{Copy, Group, Known};
use super::{Answer, Failure};
use crate::args::Common;
use crate::columns::{self, BOLD, DIM, PLAIN, day, headline, place, short};
use crate::{Exit, setup};

/// Groups listed if nothing is said.
const LIMIT: u32 = 20;
/// Copies of a group in a list for people.
const N_COPIES: usize = 5;
/// Passages, numbers and names that are shown of a copy.
const N_PASSAGES: usize = 3;
const N_OWN: usize = 8;
/// Ids that are named where several begin as given.
const N_CHOICES: u32 = 8;

pub(super) fn run(common: &Common, id: Option<&str>, limit: Option<u32>, as_json: bool) -> Answer {
    let store = setup::store_path(common)?;
    let state = setup::state_folder(common)?;
    let copies = Copies::open(&store)?;
    let ledger = copydesk_runtime::ledger::read_articles(&state)
        .map_err(|error| Failure::Work(setup::chain(&error)))?;
    let known = Known::new(copies, ledger);
    let mut out = anstream::stdout().lock();
    if let Some(id) = id {
        let mut group = known.of(find(&known, id)?)?;
        let n_more = limit.map_or(0, |limit| group.copies.len().saturating_sub(limit as usize));
        group.copies.truncate(group.copies.len() - n_more);
        let compared = comparisons(&known, &group)?;
        if as_json {
            writeln!(out, "{}", as_value(&group, &compared))?;
        } else {
            show(&mut out, &group, &compared, n_more)?;
        }
        return Ok(Exit::Done);
    }
    let limit = limit.unwrap_or(LIMIT) as usize;
    let groups = known.latest(limit)?;
    let n_groups = groups.len();
    for mut group in groups {
        if as_json {
            writeln!(out, "{}", as_value(&group, &[]))?;
            continue;
        }
        let n_more = group.copies.len().saturating_sub(N_COPIES);
        group.copies.truncate(N_COPIES);
        show(&mut out, &group, &[], n_more)?;
        writeln!(out)?;
    }
    if !as_json {
        out.flush()?;
        let more = if n_groups == limit { ", the latest; --limit N shows more" } else { "" };
        writeln!(io::stderr(), "{n_groups} groups of copies in {}{more}", store.display())?;
    }
    Ok(Exit::Done)
}

/// The only article, of store or ledger, whose id begins so.
fn find(known: &Known, given: &str) -> Result<String, Failure> {
    if !(4..=64).contains(&given.len()) || !given.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(StoreError::NotAnId { given: given.to_owned() }.into());
    }
    let mut ids = known.ids(given, N_CHOICES + 1)?;
    match (ids.len(), ids.pop_first()) {
        (1, Some(id)) => Ok(id),
        (_, Some(first)) => {
            let more = if ids.len() >= N_CHOICES as usize { ", …" } else { "" };
            let choices: Vec<String> = std::iter::once(first).chain(ids).take(N_CHOICES as usize).collect();
            let choices = choices.join(", ") + more;
            Err(StoreError::Ambiguous { what: "article", given: given.to_owned(), choices }.into())
        }
        (_, None) => Err(Failure::Work(format!("no article `{given}` in store or ledger"))),
    }
}

/// Each copy beside what leads, in the order of the copies; `None` where one of the texts is not in the store.
fn comparisons(known: &Known, group: &Group) -> Result<Vec<Option<Compared>>, StoreError> {
    let lead = known.store.text(&group.lead)?;
    let mut compared = Vec::new();
    for copy in &group.copies {
        let text = if copy.dropped.is_none() { known.store.text(&copy.id)? } else { None };
        let both = lead.as_deref().zip(text);
        compared.push(both.map(|(lead, text)| Compared { comparison: compare(lead, &text), text }));
    }
    Ok(compared)
}

/// A copy's text, and how it compares with that of what leads.
struct Compared {
    comparison: Comparison,
    text: String,
}

impl Compared {
    /// What both say, with its length in words, as the copy says it.
    fn passages(&self) -> impl Iterator<Item = (usize, String)> {
        self.comparison.passages.iter().map(|passage| {
            let text = self.text.get(passage.second.clone()).unwrap_or_default();
            (passage.words, text.split_whitespace().collect::<Vec<_>>().join(" "))
        })
    }
}

fn show(out: &mut impl Write, group: &Group, compared: &[Option<Compared>], n_more: usize) -> io::Result<()> {
    let width = columns::width();
    let mut say = |parts: &[(&str, &str)]| writeln!(out, "{}", columns::line(parts, width));
    match &group.article {
        Some(lead) => say(&[
            (DIM, &short(&lead.id)),
            (PLAIN, &format!("  {:<10}  ", day(lead.published.as_deref()))),
            (DIM, &format!("{:<24}  ", place(&lead.uri))),
            (BOLD, &headline(lead.title.as_deref(), &lead.opening)),
        ])?,
        None => say(&[(DIM, &short(&group.lead)), (PLAIN, "  is not in the store any more")])?,
    }
    let is_alone = group.copies.is_empty() && n_more == 0;
    if is_alone {
        say(&[(PLAIN, "  has no copies, and is none")])?;
    }
    for (idx, copy) in group.copies.iter().enumerate() {
        let start = (PLAIN, "  ");
        let id = short(&copy.id);
        if let Some(reason) = &copy.dropped {
            say(&[
                start,
                (DIM, &id),
                (PLAIN, "  dropped     "),
                (DIM, &format!("{:<24}  ", place(&copy.uri))),
                (PLAIN, reason),
            ])?;
            continue;
        }
        let day = format!("  {:<10}  ", day(copy.published.as_deref()));
        let file = format!("{:<24}  ", place(&copy.uri));
        let told = copy.duplicate.as_ref().map_or_else(String::new, |duplicate| told(duplicate, &group.lead));
        say(&[
            start,
            (DIM, &id),
            (PLAIN, &day),
            (DIM, &file),
            (PLAIN, &headline(copy.title.as_deref(), &copy.opening)),
            (DIM, &told),
        ])?;
        let Some(Some(compared)) = compared.get(idx) else { continue };
        for (n_words, text) in compared.passages().take(N_PASSAGES) {
            say(&[(DIM, &format!("      {n_words:>4} words  ")), (PLAIN, &text)])?;
        }
        let n_hidden = compared.comparison.passages.len().saturating_sub(N_PASSAGES);
        if n_hidden > 0 {
            say(&[(DIM, &format!("                  and {n_hidden} shorter passages"))])?;
        }
        for (where_, own) in
            [("only here", &compared.comparison.second), ("only there", &compared.comparison.first)]
        {
            if own.words > 0 {
                say(&[(DIM, &format!("      {where_:>10}  ")), (PLAIN, &own_words(own))])?;
            }
        }
    }
    if n_more > 0 {
        say(&[(DIM, &format!("  … and {n_more} more: copydesk duplicates {}", short(&group.lead)))])?;
    }
    Ok(())
}

/// What a record says of a copy.
fn told(duplicate: &Duplicate, lead: &str) -> String {
    let kind = match duplicate.kind {
        DuplicateKind::Exact => "exact".to_owned(),
        DuplicateKind::Near => format!("near {:.2}", duplicate.similarity),
    };
    let shared = duplicate.shared.map_or_else(String::new, |shared| {
        let shingles = format!("{} of {} runs", shared.shingles, shared.of_shingles);
        format!(", {shingles}, {} of {} facts", shared.facts, shared.of_facts)
    });
    // It was compared with another copy, or with what led then.
    let other = duplicate.via.unwrap_or(duplicate.of);
    let by =
        if other.to_string() == lead { String::new() } else { format!(", as a copy of {}", other.short()) };
    format!("  {kind}{shared}{by}")
}

/// What only one of two texts says, in a line.
fn own_words(own: &Own) -> String {
    let mut text = format!("{} words", own.words);
    for (what, list) in [("numbers", &own.numbers), ("names", &own.names)] {
        let first: Vec<&str> = list.iter().take(N_OWN).map(String::as_str).collect();
        let more = if list.len() > N_OWN { ", …" } else { "" };
        if !first.is_empty() {
            text.extend(["; ", what, " ", &first.join(", "), more]);
        }
    }
    text
}

fn as_value(group: &Group, compared: &[Option<Compared>]) -> Value {
    let own = |own: &Own| json!({"words": own.words, "numbers": own.numbers, "names": own.names});
    let lead = group.article.as_ref();
    let lead = json!({
        "id": group.lead, "uri": lead.map(|lead| &lead.uri), "title": lead.and_then(|lead| lead.title.as_ref()),
        "published": lead.and_then(|lead| lead.published.as_ref()), "stored": lead.is_some(),
    });
    let copy = |(idx, copy): (usize, &Copy)| {
        let mut value = json!({
            "id": copy.id, "uri": copy.uri, "title": copy.title, "published": copy.published,
            "duplicate": copy.duplicate, "dropped": copy.dropped,
        });
        if let Some(Some(compared)) = compared.get(idx) {
            let passages = compared.passages().map(|(words, text)| json!({"words": words, "text": text}));
            value["passages"] = passages.collect();
            value["only_here"] = own(&compared.comparison.second);
            value["only_in_lead"] = own(&compared.comparison.first);
        }
        value
    };
    json!({"lead": lead, "copies": group.copies.iter().enumerate().map(copy).collect::<Vec<_>>()})
}
