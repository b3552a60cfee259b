//! The page that shows an original with every cut marked in place.
//!
//! It is drawn from the article record, so it looks the same for a file and for an article in the store: blocks
//! and cuts together hold every non-space byte of the original. What the stages have to say of the pieces comes
//! beside it.

mod fields;

use std::fmt::Write as _;

use copydesk_core::Account;
use serde_json::Value;

use crate::logging::is_bidi_control;

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RED: &str = "\x1b[31m";
const STRUCK: &str = "\x1b[31;9m";
const GREEN: &str = "\x1b[32m";
const RESET: &str = "\x1b[0m";

/// The gutter's width, its bar not counted.
const GUTTER: usize = 12;

/// The page, with colour codes; whoever prints it strips them where they are not wanted. With `why` it tells all
/// that the accounts say, and of kept pieces too.
pub(crate) fn page(record: &Value, accounts: &[Account], why: bool, width: usize) -> String {
    let width = width.clamp(40, 100);
    let mut out = String::new();
    header(&mut out, record, width);
    let pieces = body(&mut out, record, accounts, why, width);
    footer(&mut out, record, &pieces, width);
    out
}

/// The pieces of the original, kept and cut, one below the other.
pub(crate) fn drawn(record: &Value, width: usize) -> String {
    let mut out = String::new();
    body(&mut out, record, &[], false, width);
    out
}

fn body<'a>(
    out: &mut String,
    record: &'a Value,
    accounts: &[Account],
    why: bool,
    width: usize,
) -> Vec<Piece<'a>> {
    let mut pieces = pieces(record);
    pieces.sort_by_key(|piece| piece.span);
    let page = Page { pieces: &pieces, record, accounts: Accounts::new(accounts) };
    for (idx, piece) in pieces.iter().enumerate() {
        draw(out, piece, pieces.get(idx + 1).filter(|_| !why), &page, width);
        if why {
            account(out, piece, &page, width);
        }
    }
    pieces
}

/// What an explanation may have to look up.
struct Page<'a> {
    pieces: &'a [Piece<'a>],
    record: &'a Value,
    accounts: Accounts<'a>,
}

/// What stages say of pieces, by place.
struct Accounts<'a>(Vec<&'a Account>);

impl<'a> Accounts<'a> {
    fn new(accounts: &'a [Account]) -> Accounts<'a> {
        let mut sorted: Vec<&Account> = accounts.iter().collect();
        // Those of several stages stay in the order of the stages.
        sorted.sort_by_key(|account| account.span.start());
        Accounts(sorted)
    }

    /// Those of any part of a place. No stage's pieces overlap, so ends are in order but for other stages'.
    fn of(&self, place: (u64, u64)) -> impl Iterator<Item = &'a Account> {
        let end = self.0.partition_point(|account| (account.span.start() as u64) < place.1);
        let known = self.0.get(..end).unwrap_or(&[]).iter().copied();
        known.filter(move |account| account.span.end() as u64 > place.0)
    }
}

struct Piece<'a> {
    span: (u64, u64),
    text: &'a str,
    /// The block's kind, or the cut.
    what: What<'a>,
}

enum What<'a> {
    Kept(&'a str),
    Cut(&'a Value),
}

fn pieces(record: &Value) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for block in array(record, "blocks") {
        pieces.push(Piece {
            span: span(&block["span"]),
            text: text(block, "text"),
            what: What::Kept(text(block, "kind")),
        });
    }
    for cut in array(record, "cuts") {
        pieces.push(Piece { span: span(&cut["span"]), text: text(cut, "text"), what: What::Cut(cut) });
    }
    pieces
}

fn draw(out: &mut String, piece: &Piece<'_>, next: Option<&Piece<'_>>, page: &Page<'_>, width: usize) {
    match piece.what {
        What::Kept(kind) => {
            let style = if matches!(kind, "title" | "heading") { BOLD } else { "" };
            let label = if kind == "paragraph" { "" } else { kind };
            lines(out, GREEN, label, style, piece.text, width);
        }
        What::Cut(cut) => {
            lines(out, RED, &format!("✂ {}", text(cut, "reason")), STRUCK, piece.text, width);
            let why = why(cut, page);
            // A run of cuts for the same cause is explained once, below its last line.
            let goes_on = next
                .is_some_and(|next| matches!(next.what, What::Cut(other) if self::why(other, page) == why));
            if !goes_on {
                let _ = writeln!(out, "{DIM}{:>GUTTER$} │ ╰ {why}{RESET}", "");
            }
        }
    }
}

/// All that is known of why a piece was cut or kept.
fn account(out: &mut String, piece: &Piece<'_>, page: &Page<'_>, width: usize) {
    let mut said: Vec<(bool, String)> = Vec::new();
    for account in page.accounts.of(piece.span) {
        for (idx, line) in account.lines.iter().enumerate() {
            let stage = if idx == 0 { format!("{}: ", account.stage) } else { String::new() };
            said.push((idx == 0, safe(&(stage + line))));
        }
    }
    if matches!(piece.what, What::Kept(_)) {
        said.extend(fields(piece, page.record).into_iter().map(|line| (true, line)));
    }
    let room = width.saturating_sub(GUTTER + 5).max(20);
    for (opens, line) in &said {
        let mut mark = if *opens { "╰" } else { " " };
        for line in textwrap::wrap(line, room) {
            let _ = writeln!(out, "{DIM}{:>GUTTER$} │ {mark} {line}{RESET}", "");
            mark = " ";
        }
    }
}

/// The fields of the record that come from a piece.
fn fields(piece: &Piece<'_>, record: &Value) -> Vec<String> {
    let evidence = record["evidence"].as_object().into_iter().flatten();
    let is_here = |found: &Value| {
        let (start, end) = span(&found["span"]);
        found["span"].is_array() && start < piece.span.1 && end > piece.span.0
    };
    evidence
        .filter(|(_, found)| is_here(found))
        .map(|(field, found)| {
            format!("the field “{}” comes from it: {}", safe(field), safe(text(found, "rule")))
        })
        .collect()
}

fn why(cut: &Value, page: &Page<'_>) -> String {
    let sure = cut["confidence"].as_f64().unwrap_or(0.0);
    let mut why = format!("{} in {}, {:.0} % sure", text(cut, "rule"), text(cut, "stage"), 100.0 * sure);
    if cut["twin"].is_array() {
        let twin = span(&cut["twin"]);
        let first = page.pieces.iter().find(|piece| piece.span.0 <= twin.0 && twin.1 <= piece.span.1);
        let words = first.map_or_else(String::new, |piece| start_of(piece.text, 32));
        let _ = write!(why, "; says again what stands at byte {}: “{words}”", twin.0);
    }
    if let Some(evidence) = evidence(cut, &page.record["notes"]) {
        let _ = write!(why, "; {evidence}");
    }
    let brief = page.accounts.of(span(&cut["span"])).find(|account| account.stage == text(cut, "stage"));
    if let Some(account) = brief.filter(|account| !account.brief.is_empty()) {
        let _ = write!(why, ": {}", safe(&account.brief));
    }
    why
}

/// In which articles a line was seen, if it was cut for that: the stage notes it beside the cut.
fn evidence(cut: &Value, notes: &Value) -> Option<String> {
    let note = notes.get(text(cut, "stage"))?;
    let seen = note["seen"].get(span(&cut["span"]).0.to_string())?.as_u64()?;
    let (of, source) = (note["articles"].as_u64()?, safe(note["source"].as_str()?));
    Some(format!("in {seen} of the last {of} articles of {source}"))
}

fn header(out: &mut String, record: &Value, width: usize) {
    let rule = "─".repeat(width);
    let title = record["title"].as_str().unwrap_or("(no title stated)");
    let _ = writeln!(out, "{BOLD}{}{RESET}", safe(title));
    let authors: Vec<&str> = array(record, "authors").filter_map(Value::as_str).collect();
    let mut facts =
        vec![if authors.is_empty() { "no author stated".into() } else { safe(&authors.join(", ")) }];
    facts.push(record["published"].as_str().map_or_else(|| "no date stated".into(), safe));
    facts.extend(record["dateline"].as_str().map(safe));
    facts.extend(record["language"]["code"].as_str().map(safe));
    if let Some(n_words) = record["word_count"].as_u64() {
        facts.push(format!("{n_words} words, {} min", record["reading_minutes"].as_u64().unwrap_or(0)));
    }
    let _ = writeln!(out, "{}", facts.join(" · "));
    let source = &record["source"];
    let _ = writeln!(
        out,
        "{DIM}{} · {} · {} · {} bytes{RESET}",
        safe(text(source, "uri")),
        safe(text(source, "media_type")),
        safe(text(source, "charset")),
        source["bytes"]
    );
    let _ = writeln!(out, "{DIM}id {}{RESET}\n{DIM}{rule}{RESET}", safe(text(record, "id")));
}

fn footer(out: &mut String, record: &Value, pieces: &[Piece<'_>], width: usize) {
    let _ = writeln!(out, "{DIM}{}{RESET}", "─".repeat(width));
    let n_words = |text: &str| text.split_whitespace().count();
    let (mut kept, mut n_kept, mut cut, mut n_cuts) = (0, 0, 0, 0);
    let mut by_reason: std::collections::BTreeMap<&str, (usize, usize, Vec<&str>)> =
        std::collections::BTreeMap::new();
    for piece in pieces {
        match piece.what {
            What::Kept(_) => (kept, n_kept) = (kept + n_words(piece.text), n_kept + 1),
            What::Cut(value) => {
                (cut, n_cuts) = (cut + n_words(piece.text), n_cuts + 1);
                let row = by_reason.entry(text(value, "reason")).or_default();
                row.0 += 1;
                row.1 += n_words(piece.text);
                let rule = text(value, "rule");
                if !row.2.contains(&rule) {
                    row.2.push(rule);
                }
            }
        }
    }
    let share = if kept + cut == 0 { 0.0 } else { 100.0 * cut as f64 / (kept + cut) as f64 };
    let _ = writeln!(
        out,
        "kept {n_kept} blocks, {kept} words · cut {n_cuts} pieces, {cut} words ({share:.0} % of all)"
    );
    for (reason, (n_pieces, n_words, rules)) in by_reason {
        let _ = writeln!(
            out,
            "  {RED}✂ {reason:<10}{RESET} {n_pieces:>4} × {n_words:>5} words  {DIM}{}{RESET}",
            rules.join(", ")
        );
    }
    fields::draw(out, record, width);
}

fn lines(out: &mut String, label_style: &str, label: &str, style: &str, text: &str, width: usize) {
    let text = safe(text);
    let room = width.saturating_sub(GUTTER + 3).max(20);
    let mut label = label;
    for line in textwrap::wrap(&text, room) {
        let _ = writeln!(out, "{label_style}{label:>GUTTER$}{RESET} {DIM}│{RESET} {style}{line}{RESET}");
        label = "";
    }
}

fn array<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("")
}

fn span(value: &Value) -> (u64, u64) {
    (value[0].as_u64().unwrap_or(0), value[1].as_u64().unwrap_or(0))
}

fn start_of(text: &str, n_chars: usize) -> String {
    let mut start: String = safe(text).chars().take(n_chars).collect();
    if text.chars().nth(n_chars).is_some() {
        start.push('…');
    }
    start
}

/// Text that cannot drive a terminal: control characters are shown, not obeyed; line ends become spaces.
pub(crate) fn safe(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        c if c.is_control() || is_bidi_control(c) => '\u{fffd}',
        c => c,
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn plain(page: &str) -> String {
        anstream::adapter::strip_str(page).to_string()
    }

    #[test]
    fn a_line_that_recurs_says_where() {
        let record = json!({
            "id": "00", "source": {"uri": "file:///a", "bytes": 10}, "blocks": [],
            "cuts": [{"span": [7, 10], "text": "Tides", "reason": "other", "rule": "recurs_in_source",
                      "stage": "again", "confidence": 0.99, "twin": null}],
            "notes": {"again": {"source": "lantern.example", "articles": 9, "seen": {"7": 8}}}
        });
        let page = plain(&page(&record, &[], false, 120));
        assert!(page.contains("99 % sure; in 8 of the last 9 articles of lantern.example\n"), "{page}");
    }

    #[test]
    fn every_piece_is_shown_in_place_and_explained() {
        let record = json!({
            "id": "00", "title": "Rain", "authors": [], "published": null,
            "source": {"uri": "file:///a", "media_type": "text/plain", "charset": "UTF-8", "bytes": 30},
            "blocks": [{"kind": "paragraph", "text": "It rained.", "span": [8, 18]}],
            "cuts": [
                {"span": [0, 7], "text": "I agree", "reason": "consent", "rule": "consent_button",
                 "stage": "strip_boilerplate", "confidence": 0.98, "twin": null},
                {"span": [20, 30], "text": "It rained.", "reason": "repeat", "rule": "repeat_exact",
                 "stage": "drop_repeats", "confidence": 1.0, "twin": [8, 18]}],
            "evidence": {}
        });
        let page = plain(&page(&record, &[], false, 80));
        let order: Vec<usize> = [
            "✂ consent │ I agree",
            "consent_button in strip_boilerplate, 98 % sure",
            "│ It rained.",
            "✂ repeat │ It rained.",
            "at byte 8: “It rained.”",
        ]
        .iter()
        .map(|part| page.find(part).unwrap_or_else(|| panic!("no {part:?} in\n{page}")))
        .collect();
        assert!(order.is_sorted(), "{page}");
        assert!(page.contains("cut 2 pieces, 4 words (67 % of all)"), "{page}");
    }

    #[test]
    fn fields_say_where_they_come_from_and_what_speaks_against_them() {
        let record = json!({
            "id": "00", "title": "Rain", "authors": ["Jane Doe", "Tom Roe"], "blocks": [], "cuts": [],
            "source": {"uri": "file:///a", "bytes": 30},
            "entities": [{"kind": "person", "name": "Ida Moor", "count": 3, "aliases": ["Moor"]}],
            "keywords": ["rain", "flood"], "quotations": [{"text": "It rained.", "speaker": null}],
            "evidence": {"authors": {"span": null, "rule": "meta:author", "confidence": 0.9,
                         "conflicts": [{"value": "Staff", "rule": "byline"}]}}
        });
        let page = plain(&page(&record, &[], false, 80));
        for part in [
            "authors      Jane Doe, Tom Roe\n",
            "meta:author, outside the visible text, 90 % sure\n",
            "but byline says Staff\n",
            "people        Ida Moor 3\n",
            "keywords      rain · flood\n",
            "quoted        somebody: “It rained.”\n",
        ] {
            assert!(page.contains(part), "no {part:?} in\n{page}");
        }
    }

    #[test]
    fn a_title_cannot_drive_the_terminal() {
        assert_eq!(safe("a\u{1b}]0;b\u{7}\nc"), "a\u{fffd}]0;b\u{fffd} c");
    }
}
