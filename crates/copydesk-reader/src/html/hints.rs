//! What a page states beside its text: head, microdata and JSON-LD. Hints are told as they stand, in document
//! order; which of them to believe is for others to decide.

use copydesk_core::Hint;

use super::jsonld::Statements;
use super::tokens::{Attr, Attrs};

/// Hints kept of one page.
const MAX_HINTS: usize = 512;
/// Bytes kept of one hint.
const MAX_VALUE: usize = 2000;
/// Elements whose text is collected at the same time.
const MAX_OPEN: usize = 8;
/// Bytes of JSON-LD and titles that are looked at.
const MAX_SCRIPT: usize = 1 << 20;

/// Metadata that says nothing of an article.
const IGNORED_META: [&str; 17] = [
    "viewport",
    "theme-color",
    "msapplication",
    "google-site-verification",
    "generator",
    "format-detection",
    "apple-",
    "mobile-web-app",
    "referrer",
    "robots",
    "googlebot",
    "csrf-",
    "fb:",
    "al:",
    "x-ua-compatible",
    "color-scheme",
    "og:image",
];

/// Microdata that describes an article.
const ITEMPROPS: [&str; 14] = [
    "author",
    "creator",
    "name",
    "datepublished",
    "datemodified",
    "datecreated",
    "dateline",
    "headline",
    "alternativeheadline",
    "alternateheadline",
    "description",
    "publisher",
    "inlanguage",
    "articlesection",
];

/// An element whose text is a hint's value.
#[derive(Debug)]
struct Open {
    hint: usize,
    text: String,
    /// Some of its text is visible.
    shown: bool,
}

/// Collects hints.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    found: Vec<Hint>,
    waiting: Vec<(usize, u32, usize)>,
    open: Vec<Open>,
    script: String,
    jsonld: Statements,
}

/// Where in the text a hint is found: the line, and the byte in it.
pub(crate) type Place = (u32, usize);

impl Hints {
    /// The hints of the whole page.
    pub(crate) fn finish(mut self) -> Vec<Hint> {
        self.found.retain(|hint| !hint.value.is_empty());
        for (key, value) in std::mem::take(&mut self.jsonld).finish() {
            self.add(&format!("jsonld:{key}"), &value, None);
        }
        self.found
    }

    fn add(&mut self, name: &str, value: &str, place: Option<Place>) -> Option<usize> {
        if self.found.len() >= MAX_HINTS {
            return None;
        }
        let idx = self.found.len();
        self.found.push(Hint { name: name.to_owned(), value: fold(value), block: None });
        if let Some((line, at)) = place {
            self.waiting.push((idx, line, at));
        }
        Some(idx)
    }

    /// A line has become blocks: `block_of` says which block holds a byte of it.
    pub(crate) fn settle(&mut self, line: u32, block_of: impl Fn(usize) -> usize) {
        if self.waiting.is_empty() {
            return;
        }
        let hints = &mut self.found;
        self.waiting.retain(|&(hint, waits_for, at)| {
            if waits_for == line
                && let Some(hint) = hints.get_mut(hint)
            {
                hint.block = Some(block_of(at) as u32);
            }
            waits_for != line
        });
    }

    /// The blocks from `from` on have moved.
    pub(crate) fn move_blocks(&mut self, from: usize, moved_to: &[usize]) {
        for block in self.found.iter_mut().filter_map(|hint| hint.block.as_mut()) {
            let moved = (*block as usize).checked_sub(from).and_then(|idx| moved_to.get(idx));
            *block = moved.map_or(*block, |moved| *moved as u32);
        }
    }

    pub(crate) fn lang(&mut self, attrs: &Attrs) {
        if let Some(lang) = attrs.get(Attr::Lang)
            && !lang.trim().is_empty()
        {
            self.add("html:lang", lang, None);
        }
    }

    pub(crate) fn meta(&mut self, attrs: &Attrs) {
        let Some(content) = attrs.get(Attr::Content) else { return };
        if content.trim().is_empty() {
            return;
        }
        if let Some(names) = attrs.get(Attr::Itemprop) {
            self.itemprop_content(names, content);
        }
        for attr in [Attr::Property, Attr::Name, Attr::HttpEquiv] {
            let Some(name) = attrs.get(attr) else { continue };
            let name = name.trim().to_ascii_lowercase();
            if !name.is_empty()
                && name.len() < 64
                && !IGNORED_META.iter().any(|start| name.starts_with(start))
            {
                self.add(&format!("meta:{name}"), content, None);
            }
        }
    }

    fn itemprop_content(&mut self, names: &str, content: &str) {
        for name in known_itemprops(names) {
            // `<span itemprop="author"><meta itemprop="name" content="…"></span>` names the author.
            if name == "name"
                && let Some(open) = self.open.last_mut()
                && open.text.is_empty()
            {
                open.text.push_str(content);
            }
            self.add(&format!("itemprop:{name}"), content, None);
        }
    }

    pub(crate) fn link(&mut self, attrs: &Attrs) {
        let Some(href) = attrs.get(Attr::Href) else { return };
        if attrs.get(Attr::Rel).is_some_and(|rel| has_word(rel, "canonical")) {
            self.add("link:canonical", href, None);
        }
    }

    /// Looks at an element of the body. The answer is true if its text is wanted until [`Hints::close`].
    pub(crate) fn open(&mut self, is_time: bool, attrs: &Attrs, place: Option<Place>) -> bool {
        let datetime = attrs.get(Attr::Datetime).filter(|datetime| !datetime.trim().is_empty());
        if is_time && let Some(datetime) = datetime {
            self.add("time:datetime", datetime, place);
        }
        let mut wanted = None;
        if let Some(names) = attrs.get(Attr::Itemprop) {
            if let Some(value) = attrs.get(Attr::Content).or(datetime) {
                for name in known_itemprops(names) {
                    self.add(&format!("itemprop:{name}"), value, place);
                }
            } else {
                wanted = known_itemprops(names).next().map(|name| format!("itemprop:{name}"));
            }
        }
        if wanted.is_none() {
            wanted = says_author(attrs).map(str::to_owned);
        }
        if self.open.len() >= MAX_OPEN {
            return false;
        }
        let hint = wanted.and_then(|name| self.add(&name, "", place));
        self.open.extend(hint.map(|hint| Open { hint, text: String::new(), shown: false }));
        hint.is_some()
    }

    /// The element opened last has ended.
    pub(crate) fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        if !open.shown {
            self.waiting.retain(|(hint, ..)| *hint != open.hint);
        }
        if let Some(hint) = self.found.get_mut(open.hint) {
            hint.value = fold(&open.text);
        }
    }

    /// Text of the page, shown or not.
    pub(crate) fn text(&mut self, text: &str, shown: bool) {
        for open in &mut self.open {
            open.shown |= shown && !text.trim().is_empty();
            if open.text.len() < MAX_VALUE {
                open.text.push_str(text);
            }
        }
    }

    /// A block begins or ends: what follows is another word.
    pub(crate) fn space(&mut self) {
        self.text(" ", false);
    }

    /// Text of a title or a script.
    pub(crate) fn script_text(&mut self, text: &str) {
        if self.script.len() + text.len() <= MAX_SCRIPT {
            self.script.push_str(text);
        }
    }

    pub(crate) fn title_done(&mut self) {
        let title = std::mem::take(&mut self.script);
        if !self.found.iter().any(|hint| hint.name == "html:title") && !title.trim().is_empty() {
            self.add("html:title", &title, None);
        }
    }

    pub(crate) fn jsonld_done(&mut self) {
        let script = std::mem::take(&mut self.script);
        self.jsonld.read(&script);
    }
}

/// What marks an element's text as the name of an author: its `rel`, the address it leads to, or its class.
fn says_author(attrs: &Attrs) -> Option<&'static str> {
    if attrs.get(Attr::Rel).is_some_and(|rel| has_word(rel, "author")) {
        return Some("rel:author");
    }
    if attrs.get(Attr::Href).is_some_and(leads_to_author) {
        return Some("link:author");
    }
    let is_name = |class: &str| {
        let class = class.as_bytes();
        let ends = |end: &[u8]| {
            class
                .len()
                .checked_sub(end.len())
                .and_then(|at| class.get(at..))
                .is_some_and(|last| last.eq_ignore_ascii_case(end))
        };
        ends(b"author")
            || ends(b"author-name")
            || ends(b"author__name")
            || ends(b"author_name")
            || ends(b"authorname")
    };
    attrs
        .get(Attr::Class)
        .is_some_and(|class| class.split_ascii_whitespace().any(is_name))
        .then_some("class:author")
}

/// True for an address below the site's folder of authors: `/author/ada-moor`, `/en/authors/ada/`.
fn leads_to_author(href: &str) -> bool {
    const FOLDERS: [&str; 11] = [
        "author",
        "authors",
        "autor",
        "autoren",
        "autores",
        "autore",
        "autori",
        "auteur",
        "auteurs",
        "contributor",
        "contributors",
    ];
    let path = href.split(['?', '#']).next().unwrap_or(href);
    let mut parts = path.split('/').skip(1).peekable();
    while let Some(part) = parts.next() {
        if FOLDERS.contains(&part) && parts.peek().is_some_and(|name| !name.is_empty()) {
            return true;
        }
    }
    false
}

fn known_itemprops(names: &str) -> impl Iterator<Item = &str> {
    names
        .split_ascii_whitespace()
        .filter(|name| ITEMPROPS.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

fn has_word(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|other| other.eq_ignore_ascii_case(word))
}

/// White space folded, cut at the cap.
pub(crate) fn fold(value: &str) -> String {
    let mut folded = String::new();
    for word in value.split_whitespace() {
        if folded.len() + word.len() >= MAX_VALUE {
            break;
        }
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_addresses_of_authors() {
        for href in ["/author/ada-moor", "https://wick.example/en/authors/ada/", "/autor/ada?x=1"] {
            assert!(leads_to_author(href), "{href}");
        }
        for href in [
            "/authors/",
            "/author",
            "author/ada",
            "/the-author-speaks",
            "https://social.example/profile/ada",
            "#/author/x",
        ] {
            assert!(!leads_to_author(href), "{href}");
        }
    }
}
