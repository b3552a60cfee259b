//! What the block model may not take, whatever it thinks: parts of an article that look like furniture to it, but
//! that their company vouches for.
//!
//! What must stay true: a guard only ever keeps. It looks at what the rules have left and at what the model would
//! leave, so cleaned text gets no cut that the page did not get.

mod within;

use copydesk_core::{Article, BlockKind, Cut, Span, slashed_credit};

use crate::view::{n_words, says_day};

/// Lines between a headline and the body.
const HEAD: usize = 4;

/// Takes back the model's cuts of what is vouched for. `cuts` are in order, and of whole blocks.
pub(crate) fn vouch(article: &Article, cuts: &mut Vec<Cut>) {
    let lines: Vec<Line<'_>> = article
        .kept()
        .map(|kept| Line {
            span: kept.span,
            text: kept.text,
            kind: kept.kind,
            after_cut: false,
            goes: cuts.binary_search_by_key(&kept.span.start(), |cut| cut.span.start()).is_ok(),
        })
        .collect();
    let lines = after_cuts(article, lines);
    let mut kept: Vec<Span> = Vec::new();
    kept.extend(captions(&lines, article.page.is_none()));
    kept.extend(code(&lines));
    if article.page.is_none() {
        kept.extend(head(&lines));
        kept.extend(byline(&lines));
        kept.extend(within::vouched(article, &lines));
    }
    kept.sort_unstable();
    cuts.retain(|cut| kept.binary_search(&cut.span).is_err());
}

struct Line<'a> {
    span: Span,
    text: &'a str,
    kind: BlockKind,
    /// True right below a line that a rule has cut.
    after_cut: bool,
    /// True if the model would cut it.
    goes: bool,
}

impl Line<'_> {
    fn is_prose(&self) -> bool {
        self.text.len() >= 160
            || self.text.len() >= 70 && self.text.ends_with(['.', '!', '?', '。', '”', '»', '"'])
    }

    fn n_words(&self) -> usize {
        n_words(self.text)
    }
}

fn after_cuts<'a>(article: &Article, mut lines: Vec<Line<'a>>) -> Vec<Line<'a>> {
    let mut before = 0;
    for line in &mut lines {
        let at = article.cuts().partition_point(|cut| cut.span.start() < line.span.start());
        let last = at.checked_sub(1).and_then(|at| article.cuts().get(at));
        line.after_cut = last.is_some_and(|cut| cut.span.end() > before);
        before = line.span.end();
    }
    lines
}

/// Signs of a picture's credit at the end of its caption, in small letters.
const CREDITS: [&str; 24] = [
    "photo:",
    ". photo ",
    "(photo",
    "photograph:",
    "photo by",
    "photo credit",
    "picture:",
    "image:",
    "credit:",
    "foto:",
    ". foto ",
    "(foto",
    "fotos:",
    "fotografía:",
    "crédit",
    "crédito:",
    "bild:",
    "beeld:",
    "фото:",
    "світлина:",
    "/getty",
    "getty images",
    "图片：",
    "摄影：",
];
/// Letters at the end of a caption in which its credit stands.
const CREDIT: usize = 70;

/// True for a line with a credit at its end: all that tells a caption in plain text.
fn is_credited(line: &Line<'_>) -> bool {
    if !(6..=60).contains(&line.n_words()) {
        return false;
    }
    let at = line.text.char_indices().rev().nth(CREDIT - 1).map_or(0, |(at, _)| at);
    let end = line.text.get(at..).unwrap_or_default().to_lowercase();
    slashed_credit(line.text).is_some() || CREDITS.iter().any(|credit| end.contains(credit))
}

/// Captions between two parts that stay are the article's.
fn captions<'a>(lines: &'a [Line<'_>], by_credit: bool) -> impl Iterator<Item = Span> + use<'a> {
    let first = lines.iter().position(|line| !line.goes).unwrap_or(lines.len());
    let last = lines.iter().rposition(|line| !line.goes && line.is_prose()).unwrap_or(0);
    let within = lines.iter().enumerate().filter(move |(idx, _)| (first..last).contains(idx));
    let is_caption = move |line: &Line<'_>| line.kind == BlockKind::Caption || by_credit && is_credited(line);
    within.filter(move |(_, line)| is_caption(line)).map(|(_, line)| line.span)
}

/// Program text stays or goes as a whole: a brace on a line of its own is nothing by itself.
fn code<'a>(lines: &'a [Line<'_>]) -> impl Iterator<Item = Span> + use<'a> {
    let runs = lines.chunk_by(|a, b| a.kind == BlockKind::Code && b.kind == BlockKind::Code);
    let stays = runs.filter(|run| run[0].kind == BlockKind::Code && run.iter().any(|line| !line.goes));
    stays.flatten().map(|line| line.span)
}

/// A headline with what stands between it and the date: in a dump of a page nothing but its place marks it, right
/// above the date and right below furniture that rules have cut, or at the very top. More lines there are more
/// than a head has.
fn head<'a>(lines: &'a [Line<'_>]) -> impl Iterator<Item = Span> + use<'a> {
    let body = lines.iter().position(|line| line.is_prose() && !line.goes).unwrap_or(0);
    let date = (0..body).find(|&idx| is_date(&lines[idx]));
    let headline = date.filter(|date| body - date <= HEAD).and_then(|date| {
        let from = (0..date).rev().take(HEAD).find(|&idx| lines[idx].after_cut || idx == 0)?;
        let is_headline =
            |line: &Line<'_>| (4..=30).contains(&line.n_words()) && !line.text.contains(['|', '>']);
        lines.get(from).filter(|line| is_headline(line)).map(|_| from)
    });
    let range = match (headline, date) {
        (Some(headline), Some(date)) => headline..date + 1,
        _ => 0..0,
    };
    lines.get(range).unwrap_or_default().iter().map(|line| line.span)
}

/// The name right below a headline that stays: `Jane Doe in Port Arden`. A menu has more lines of its kind.
fn byline(lines: &[Line<'_>]) -> Option<Span> {
    let headline = lines.iter().position(|line| !line.goes)?;
    let [title, line, below @ ..] = lines.get(headline..)? else { return None };
    let is_headline = (4..=30).contains(&title.n_words()) && !title.is_prose();
    let body = below.iter().take(HEAD + 2).find(|line| !is_credited(line))?;
    let is_body = !body.goes && body.is_prose();
    (is_headline && line.goes && is_name(line.text) && is_body).then_some(line.span)
}

/// Two words and more that begin with large letters, and hardly anything else.
fn is_name(text: &str) -> bool {
    let mut n_large = 0;
    let fits = |word: &str| {
        let large = word.starts_with(char::is_uppercase);
        n_large += usize::from(large);
        large || word.chars().count() <= 3
    };
    let n_words = text.split_whitespace().count();
    let plain =
        !text.contains(|c: char| c.is_numeric() || matches!(c, '|' | '>' | '?' | '!' | ':' | '“' | '"'));
    (2..=8).contains(&n_words) && plain && text.split_whitespace().all(fits) && n_large >= 2
}

fn is_date(line: &Line<'_>) -> bool {
    let n_digits = line.text.bytes().filter(u8::is_ascii_digit).count();
    line.text.len() <= 48 && line.n_words() <= 7 && (4..=14).contains(&n_digits) && says_day(line.text)
}
