//! The title among headline, social cards, `h1` and `<title>`.

use copydesk_core::{Article, Conflict};

use super::{Site, Stated, all, folded};

/// Hints that state a title, the most trusted first.
const SOURCES: [&str; 10] = [
    "json:title",
    "meta:og:title",
    "jsonld:headline",
    "meta:parsely-title",
    "meta:sailthru.title",
    "meta:citation_title",
    "itemprop:headline",
    "meta:twitter:title",
    "html:title",
    "meta:title",
];

/// What may part a title from the site's name.
const BARS: [&str; 12] =
    [" | ", " - ", " – ", " — ", " · ", " :: ", " » ", " • ", " « ", " / ", " ‹ ", " : "];

/// What [`BARS`] are made of.
const SIGNS: [char; 11] = ['|', '-', '–', '—', '·', ':', '»', '•', '«', '/', '‹'];

/// The title, and the block that shows it, if one does.
pub(crate) fn title(article: &Article, site: &Site) -> Option<Stated<String>> {
    let stated: Vec<Stated<String>> = SOURCES
        .iter()
        .flat_map(|name| all(article, name).take(2).map(move |hint| (name, hint)))
        .filter_map(|(name, hint)| {
            let value = without_site(&hint.value, site)?;
            Some(Stated { value, rule: (*name).to_owned(), block: hint.block.map(|block| block as usize) })
        })
        .collect();
    let shown = shown(article);
    // A headline on the page that the head repeats is the title as readers see it.
    let mut titles: Vec<String> = stated.iter().map(|stated| folded(&stated.value)).collect();
    titles.sort_unstable();
    titles.dedup();
    if let Some(one) = repeated(&shown, &titles, site, 1) {
        return Some(one.stated(article));
    }
    let sure = stated.iter().find(|stated| stated.rule == "json:title");
    if let Some(headline) = headline(article, &shown, &titles, site) {
        return Some(headline.stated(article));
    }
    if let Some(one) = repeated(&shown, &titles, site, 2) {
        return Some(one.stated(article));
    }
    let only = match shown.iter().filter(|one| one.level == 1).collect::<Vec<_>>().as_slice() {
        [only] if !only.names_site(site) && only.folded.split(' ').count() >= 3 => Some(only.stated(article)),
        _ => None,
    };
    // The window's title is often short of the headline; what else the head states is meant for readers.
    let is_weak = |stated: &&Stated<String>| matches!(&*stated.rule, "html:title" | "meta:title");
    let (weak, strong): (Vec<_>, Vec<_>) = stated.iter().partition(is_weak);
    let strong = sure.or_else(|| strong.first().copied()).cloned();
    strong.or(only).or_else(|| weak.first().copied().cloned())
}

/// What other places state for a title, in other words: the most trusted first, each once.
pub(crate) fn title_conflicts(article: &Article, site: &Site, title: &str) -> Vec<Conflict> {
    const MOST: usize = 4;
    let mut known = vec![folded(title)];
    let mut conflicts = Vec::new();
    for (name, hint) in
        SOURCES.iter().flat_map(|name| all(article, name).take(1).map(move |hint| (name, hint)))
    {
        let Some(value) = without_site(&hint.value, site) else { continue };
        let other = folded(&value);
        if conflicts.len() < MOST && known.iter().all(|known| likeness(known, &other) < SAME) {
            conflicts.push(Conflict { value, rule: (*name).to_owned() });
            known.push(other);
        }
    }
    conflicts
}

/// Titles that are this much alike are one.
const SAME: f64 = 0.75;

/// The heading of this level that says most nearly what the head says, if it does so at all.
fn repeated<'a>(shown: &'a [Shown], stated: &[String], site: &Site, level: u8) -> Option<&'a Shown> {
    let at_least = if level == 1 { 0.6 } else { 0.85 };
    let mut best: Option<(f64, &Shown)> = None;
    for one in shown.iter().filter(|one| one.level == level && !one.names_site(site)) {
        let likeness = stated.iter().map(|stated| likeness(&one.folded, stated)).fold(0.0, f64::max);
        if likeness >= at_least && best.is_none_or(|(known, _)| likeness > known) {
            best = Some((likeness, one));
        }
    }
    best.map(|(_, one)| one)
}

/// The headline that readers see, where the head says it in other words, for search engines.
///
/// A single `h1` of some length that has a word of the head's titles in it, and stands above the text. A short one
/// that shares little with them is rather the name of a section, or a slogan.
fn headline<'a>(article: &Article, shown: &'a [Shown], stated: &[String], site: &Site) -> Option<&'a Shown> {
    let is_long = |one: &&Shown| {
        let (n_words, n_chars) = (one.folded.split(' ').count(), one.folded.chars().count());
        // Chinese, Japanese and Thai have no spaces.
        let is_unspaced = n_words <= n_chars / 12 && !one.folded.is_ascii();
        (4..=30).contains(&n_words) || (n_words < 4 && n_chars >= 40) || is_unspaced
    };
    let mut long = shown.iter().filter(|one| one.level == 1 && is_long(one) && !one.names_site(site));
    let only = long.next()?;
    let prose = article.blocks().iter().position(|block| is_prose(block.span.of_text(article.raw())));
    let is_above = prose.is_none_or(|prose| only.block < prose);
    let words =
        |folded: &'a str| folded.split(' ').filter(|word| word.chars().count() >= 4 || !word.is_ascii());
    let shares_word = words(&only.folded)
        .any(|word| stated.iter().any(|title| title.split(' ').any(|other| other == word)));
    (is_above && shares_word && long.all(|other| other.folded == only.folded)).then_some(only)
}

/// A paragraph of running text.
fn is_prose(text: &str) -> bool {
    let text = text.trim_end();
    text.len() >= 160 && text.ends_with(['.', '!', '?', '。', '”', '"', '।'])
}

/// A heading of the page.
struct Shown {
    block: usize,
    level: u8,
    text: String,
    folded: String,
}

impl Shown {
    /// True if it is the name of the site, or its address: `harbour.example`.
    fn names_site(&self, site: &Site) -> bool {
        let is_address = || {
            let text = self.text.trim();
            let is_host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
            text.chars().all(is_host)
                && text.rsplit_once('.').is_some_and(|(name, end)| {
                    !name.is_empty() && end.len() >= 2 && end.chars().all(char::is_alphabetic)
                })
        };
        site.is_called(&self.text) || is_address()
    }

    fn stated(&self, _article: &Article) -> Stated<String> {
        Stated { value: self.text.clone(), rule: format!("h{}", self.level), block: Some(self.block) }
    }
}

/// Every `h1` and `h2` of the page, cut or not, for the main column may begin below the headline.
fn shown(article: &Article) -> Vec<Shown> {
    let Some(page) = &article.page else { return Vec::new() };
    let mut shown = Vec::new();
    for (idx, block) in article.blocks().iter().enumerate() {
        let Some(markup) = block.markup else { continue };
        let level = page.ancestors(markup.node).take(3).find_map(|(_, node)| match &*node.tag {
            "h1" => Some(1),
            "h2" => Some(2),
            _ => None,
        });
        let Some(level) = level else { continue };
        let text = block.span.of_text(article.raw()).trim();
        let folded = folded(text);
        if !folded.is_empty() && text.len() <= 400 {
            shown.push(Shown { block: idx, level, text: text.to_owned(), folded });
        }
    }
    shown
}

/// How much two folded titles say the same: 1 for equal, for part and whole the share of words.
pub(crate) fn likeness(one: &str, other: &str) -> f64 {
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    if one == other {
        return 1.0;
    }
    let (a, b): (Vec<&str>, Vec<&str>) = (one.split(' ').collect(), other.split(' ').collect());
    let common = a.iter().filter(|word| b.contains(word)).count() as f64;
    let dice = 2.0 * common / (a.len() + b.len()) as f64;
    let (short, long) = if a.len() < b.len() { (&a, &b) } else { (&b, &a) };
    let is_part = short.len() >= 3 && long.windows(short.len()).any(|window| window == short.as_slice());
    if is_part { dice.max(0.75) } else { dice }
}

/// A title without the site's name at either end; `None` if nothing else is left.
pub(crate) fn without_site(title: &str, site: &Site) -> Option<String> {
    let mut rest = title.trim();
    // Most titles have no bar, which one look tells.
    while rest.contains(SIGNS) {
        let last = BARS.iter().filter_map(|bar| rest.rfind(bar).map(|at| (at, bar.len()))).max();
        let first = BARS.iter().filter_map(|bar| rest.find(bar).map(|at| (at, bar.len()))).min();
        let tail = last.and_then(|(at, len)| Some((rest.get(..at)?, rest.get(at + len..)?)));
        let head = first.and_then(|(at, len)| Some((rest.get(at + len..)?, rest.get(..at)?)));
        match (tail, head) {
            (Some((kept, name)), _) if site.is_called(name) => rest = kept.trim(),
            (_, Some((kept, name))) if site.is_called(name) => rest = kept.trim(),
            _ => break,
        }
    }
    let says_something = !rest.is_empty()
        && !site.is_called(rest)
        && !matches!(
            folded(rest).as_str(),
            "" | "home" | "homepage" | "untitled" | "index" | "untitled document"
        );
    says_something.then(|| rest.to_owned())
}
