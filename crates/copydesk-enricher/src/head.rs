//! The head of an article: title, byline, dates and standfirst among its first lines.
//!
//! What must stay true: a line is taken out of the text only with support. A title is supported by the byline
//! or date below it, by the page's own markup, or by standing out above prose. And the reading is stable: what
//! is left of a head, read again alone, is no head (see [`stable`]).

use std::borrow::Cow;

use copydesk_core::BlockKind;

use crate::dates::SlashOrder;
use crate::furniture::{self, Furniture};
use crate::headline;
use crate::line::Line;
use crate::names::{bare, starts_with_given_name};
use crate::vocabulary::STANDFIRST_LABELS;

/// Lines that may belong to a head.
const WINDOW: usize = 16;
/// Lines at the end in which somebody may be introduced.
const AFTERWORD: usize = 5;

/// What the first lines are, by their places in the list of lines.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Head {
    pub title: Option<usize>,
    pub title_rule: &'static str,
    pub furniture: Vec<(usize, Furniture)>,
    pub standfirst: Vec<usize>,
    pub standfirst_rule: &'static str,
}

impl Head {
    /// The kinds of the lines it takes. A date beside a byline is part of it.
    pub(crate) fn kinds(&self) -> Vec<(usize, BlockKind)> {
        let mut kinds: Vec<(usize, BlockKind)> = Vec::new();
        kinds.extend(self.title.map(|idx| (idx, BlockKind::Title)));
        kinds.extend(self.standfirst.iter().map(|idx| (*idx, BlockKind::Standfirst)));
        let is_byline = |idx: usize| self.furniture.iter().any(|(at, one)| *at == idx && one.is_byline());
        let is_furniture = |idx: usize| self.furniture.iter().any(|(at, _)| *at == idx);
        for (idx, _) in &self.furniture {
            let above = (0..=*idx).rev().take_while(|at| is_furniture(*at)).any(is_byline);
            let below = (*idx..*idx + WINDOW).take_while(|at| is_furniture(*at)).any(is_byline);
            kinds.push((*idx, if above || below { BlockKind::Byline } else { BlockKind::Date }));
        }
        kinds
    }

    fn takes(&self, idx: usize) -> bool {
        self.title == Some(idx)
            || self.standfirst.contains(&idx)
            || self.furniture.iter().any(|(at, _)| *at == idx)
    }
}

/// Reads the head. `title` is the line that states the title, where something outside the text says so.
pub(crate) fn read(lines: &[Line<'_>], title: Option<usize>, order: SlashOrder) -> Head {
    let mut head = once(lines, title, order);
    stable(lines, &mut head, order);
    head
}

/// As [`read`], without a second look at what is left.
pub(crate) fn once(lines: &[Line<'_>], title: Option<usize>, order: SlashOrder) -> Head {
    let mut head = Head { title, title_rule: "matches_hint", ..Head::default() };
    let from = title.map_or(0, |at| at.saturating_sub(6));
    let window_end = lines.len().min(title.unwrap_or(0) + WINDOW);
    let mut read: Vec<(usize, Furniture)> = Vec::new();
    let mut announced: Option<usize> = None;
    for (idx, line) in lines.iter().enumerate().take(window_end).skip(from) {
        if !may_be_furniture(line) || Some(idx) == title {
            announced = None;
            continue;
        }
        // `Written by` and the name may be two lines.
        let above = announced.take().and_then(|at| Some((at, lines.get(at)?)));
        let joined = above.and_then(|(at, label)| {
            let both = format!("{} {}", label.text.trim().trim_end_matches(':'), line.text);
            Some((at, furniture::read(&both, order)?))
        });
        if let Some((at, furniture)) = joined {
            let Furniture { prefixed, timed, .. } = furniture;
            read.push((at, Furniture { prefixed, timed, ..Furniture::default() }));
            read.push((idx, furniture));
        } else if furniture::announces(&line.text) {
            announced = Some(idx);
        } else if let Some(furniture) = line.furniture(order)
            && !may_be_dated_title(lines, idx, &furniture)
        {
            read.push((idx, furniture.into_owned()));
        }
    }
    if head.title.is_none() {
        (head.title, head.title_rule) = find_title(lines, &read, window_end);
    }
    let end = end_of_head(lines, head.title, &read, window_end);
    for (idx, furniture) in read {
        if Some(idx) != head.title && idx < end && is_trusted(lines, idx, &furniture, &head) {
            head.furniture.push((idx, furniture));
        }
    }
    find_standfirst(lines, &mut head, end);
    head
}

/// True for a headline that ends in its day: `Metasploit Wrap-Up 12/19/2025`. Below a headline such a line is a byline.
fn may_be_dated_title(lines: &[Line<'_>], idx: usize, one: &Furniture) -> bool {
    let alone = one.authors.len() == 1 && one.place.is_none() && !one.beside;
    // No mark stands between: `Wrap-Up 12/19/2025`.
    let text = lines.get(idx).map_or("", |line| line.text.trim());
    let touches = one.authors.first().and_then(|name| text.strip_prefix(name.as_str()));
    let touches = touches.is_some_and(|rest| rest.trim_start().starts_with(char::is_alphanumeric));
    let dated = one.timed && !one.prefixed && alone && touches;
    let known = || one.authors.iter().any(|name| starts_with_given_name(name));
    let below = || lines.iter().take(idx).any(|line| line.is_headline() && line.n_words >= 3);
    // Where names are known by their characters, it is one.
    let wide = || one.authors.iter().any(|name| name.chars().any(crate::wide::is_wide));
    dated && !known() && !wide() && !below()
}

fn may_be_furniture(line: &Line<'_>) -> bool {
    !matches!(line.kind, BlockKind::Quote | BlockKind::Code | BlockKind::Table | BlockKind::Caption)
        && !line.is_caption()
}

/// The line that is the title by the company it keeps.
fn find_title(
    lines: &[Line<'_>],
    read: &[(usize, Furniture)],
    window_end: usize,
) -> (Option<usize>, &'static str) {
    // A name alone may be the headline of a portrait, if somebody else signs it.
    let signs = |idx: usize, one: &Furniture| {
        let told = one.place.is_some() || one.beside || one.authors.len() > 1;
        (told || !read.iter().any(|(at, other)| *at != idx && !other.authors.is_empty()))
            && is_name_here(lines, idx, one, None)
    };
    let is_furniture =
        |idx: usize| read.iter().any(|(at, one)| *at == idx && (!one.is_bare_name() || signs(idx, one)));
    let n_prose = |from: usize, to: usize| {
        lines.get(from..to).unwrap_or_default().iter().filter(|line| line.is_prose()).count()
    };
    // A byline or date, with what stands above it.
    let anchor = read.iter().find(|(idx, one)| one.is_sure() && n_prose(0, *idx) <= 2).map(|(idx, _)| *idx);
    if let Some(anchor) = anchor {
        if let Some(title) = headline::first_before(lines, anchor, &is_furniture) {
            return (Some(title), "above_byline");
        }
        // Some put the date above the headline.
        let run = (anchor..window_end).take_while(|idx| is_furniture(*idx)).count();
        if n_prose(0, anchor) == 0 && headline::stands_below(lines, anchor + run, &is_furniture) {
            return (Some(anchor + run), "below_byline");
        }
        if n_prose(0, anchor) > 0 {
            return (None, "");
        }
    }
    // A name that nothing but its form and place makes a byline.
    for (idx, one) in read.iter().filter(|(_, one)| one.is_bare_name()) {
        let above = idx.checked_sub(1).filter(|above| !is_furniture(*above));
        if let Some(title) = above.filter(|_| n_prose(0, *idx) == 0 && is_name_here(lines, *idx, one, above))
            && lines.get(title).is_some_and(|line| line.is_headline() && line.n_words >= 4)
        {
            return (Some(title), "above_name");
        }
    }
    let title = headline::stands_alone(lines).filter(|idx| !is_furniture(*idx));
    (title, "above_prose")
}

/// The first line that is no longer head: the prose after the title and what belongs to it.
fn end_of_head(
    lines: &[Line<'_>],
    title: Option<usize>,
    read: &[(usize, Furniture)],
    window_end: usize,
) -> usize {
    let after = title.map_or(0, |title| title + 1);
    let mut n_prose = 0;
    for (idx, line) in lines.iter().enumerate().take(window_end).skip(after) {
        if !line.is_prose() || read.iter().any(|(at, _)| *at == idx) {
            continue;
        }
        n_prose += 1;
        // One paragraph may be a standfirst, if the byline follows close upon it.
        let close = |(at, one): &(usize, Furniture)| *at > idx && *at <= idx + 9 && one.is_sure();
        let allowed = title.is_some() && n_prose == 1 && line.n_words <= 70;
        if !(allowed && read.iter().any(close)) {
            return idx;
        }
    }
    window_end
}

/// A bare name is believed only with support; other furniture always.
fn is_trusted(lines: &[Line<'_>], idx: usize, one: &Furniture, head: &Head) -> bool {
    if !one.is_bare_name() {
        // `SEO Agencies` alone says what somebody is, if somebody is named above.
        let named_above =
            || idx.checked_sub(1).is_some_and(|above| head.furniture.iter().any(|(at, _)| *at == above));
        return one.is_sure() || named_above();
    }
    // `JANE DOE, HOST:` speaks.
    if lines.get(idx).is_some_and(|line| line.text.trim_end().ends_with([':', '：'])) {
        return false;
    }
    let below_head = match head.title {
        Some(title) => idx > title && idx <= title + 4,
        // The headline may be lost, and the byline not.
        None => idx <= 2 && (one.beside || one.place.is_some() || one.authors.len() > 1),
    };
    below_head && is_name_here(lines, idx, one, head.title)
}

/// True if the words of a bare name are a name here: none is an ordinary word of this text, and enough speaks for
/// it: a given name that is known, a place, an `and`, what stands beside it or comes again below the text.
fn is_name_here(lines: &[Line<'_>], idx: usize, one: &Furniture, title: Option<usize>) -> bool {
    let at = |at: usize| lines.get(at);
    let told =
        |line: &Line<'_>| line.furniture(SlashOrder::Unknown).is_some_and(|one| one.timed || one.prefixed);
    let beside = [idx.checked_sub(1), Some(idx + 1)].into_iter().flatten().filter_map(at).any(told);
    let known = one.authors.iter().any(|name| starts_with_given_name(name));
    let several = one.authors.len() > 1;
    let again = one.authors.iter().any(|name| {
        let last = lines.len().saturating_sub(AFTERWORD).max(idx + 2);
        lines
            .get(last..)
            .unwrap_or_default()
            .iter()
            .any(|line| line.text.trim_start().starts_with(name.as_str()))
    });
    // A usual family name, where nothing else may look like one.
    let wide = title.is_some_and(|title| idx <= title + 2)
        && one.authors.iter().any(|name| name.chars().any(crate::wide::is_wide));
    let supported =
        beside || wide || known || several || again || one.place.is_some() || one.beside || one.organisation;
    // Where headlines are written like sentences, a line of large words alone is no heading.
    let unlike_a_heading = || {
        let is_small = |word: &str| word.chars().count() > 3 && word.starts_with(char::is_lowercase);
        let below = title.and_then(at).is_some_and(|title| title.text.split_whitespace().any(is_small));
        below
            && title.is_some_and(|title| idx <= title + 2)
            && one.authors.iter().all(|name| name.contains(' '))
    };
    (supported || unlike_a_heading()) && !one.authors.iter().any(|name| has_ordinary_word(lines, idx, name))
}

/// True if a word of `name` stands in the text in small letters, but for the line `idx`.
pub(crate) fn has_ordinary_word(lines: &[Line<'_>], idx: usize, name: &str) -> bool {
    let words: Vec<Cow<'_, str>> =
        name.split_whitespace().map(bare).filter(|word| word.chars().count() > 3).collect();
    lines
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != idx)
        .flat_map(|(_, line)| line.text.split_whitespace())
        .any(|word| {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            word.starts_with(char::is_lowercase) && words.iter().any(|known| known == word)
        })
}

/// The summary: between title and byline, or below a label such as `Brief`.
fn find_standfirst(lines: &[Line<'_>], head: &mut Head, end: usize) {
    let Some(title) = head.title else { return };
    let below = head.furniture.iter().map(|(idx, _)| *idx).find(|idx| *idx > title);
    if let Some(below) = below {
        for idx in title + 1..below {
            let fits = lines.get(idx).is_some_and(|line| {
                (5..=70).contains(&line.n_words)
                    && (line.is_prose() || line.is_headline() || line.n_words >= 8)
                    && !line.is_caption()
                    && !matches!(line.kind, BlockKind::ListItem | BlockKind::Table | BlockKind::Code)
            });
            if fits && !head.takes(idx) && head.standfirst.len() < 2 {
                head.standfirst.push(idx);
                head.standfirst_rule = "above_byline";
            }
        }
    }
    if head.standfirst.is_empty() {
        let label = (title + 1..=end).find(|idx| lines.get(*idx).is_some_and(|line| is_label(&line.text)));
        if let Some(label) = label
            && lines
                .get(label + 1)
                .is_some_and(|line| line.n_words <= 80 && line.n_words >= 6 && !line.is_headline())
        {
            head.standfirst.push(label + 1);
            head.standfirst_rule = "below_label";
        }
    }
}

fn is_label(text: &str) -> bool {
    let text = text.trim().trim_end_matches([':', '.']).to_lowercase();
    STANDFIRST_LABELS.contains(&text)
}

/// Makes the reading stable: what would be head if the rest were read alone is out of the text at once. It
/// states no field, for the head above it does: a second headline is a standfirst, a second byline furniture.
fn stable(lines: &[Line<'_>], head: &mut Head, order: SlashOrder) {
    const MAX_ROUNDS: usize = 8;
    for _ in 0..MAX_ROUNDS {
        if head.title.is_none() && head.furniture.is_empty() {
            return;
        }
        let rest: Vec<usize> = (0..lines.len()).filter(|idx| !head.takes(*idx)).collect();
        let left: Vec<Line<'_>> =
            rest.iter().filter_map(|idx| lines.get(*idx)).map(Line::as_read_again).collect();
        let second = once(&left, None, order);
        let found = second.title.iter().chain(&second.standfirst).filter_map(|idx| rest.get(*idx));
        let before = head.standfirst.len() + head.furniture.len();
        head.standfirst.extend(found);
        for idx in second.furniture.iter().filter_map(|(idx, _)| rest.get(*idx)) {
            head.furniture.push((*idx, Furniture { prefixed: true, ..Furniture::default() }));
        }
        if head.standfirst.len() + head.furniture.len() == before {
            return;
        }
        head.furniture.sort_by_key(|(idx, _)| *idx);
        if head.standfirst_rule.is_empty() {
            head.standfirst_rule = "below_title";
        }
    }
}
