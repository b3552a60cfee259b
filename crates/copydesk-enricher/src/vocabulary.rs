//! The words by which heads of articles are known: byline prefixes, roles, agencies, labels of dates.
//!
//! They stand in text files beside this one, one a line, in lower case, so that a language can be added without
//! a line of code. A word is listed only where it decides alone; what needs its neighbours is code.

use std::borrow::Cow;
use std::sync::LazyLock;

use hashbrown::{HashMap, HashSet};

/// A list of words or phrases, in the order of its file.
#[derive(Debug)]
pub(crate) struct List {
    words: Vec<String>,
    set: HashSet<String>,
    /// The entries by their first letter.
    by_first: HashMap<char, Vec<usize>>,
    /// The letters of ASCII that an entry opens with, one bit each: most words open with another.
    first_ascii: u128,
}

impl List {
    /// One entry a line; `#` opens a comment, and `_` at the end stands for a space.
    fn parse(file: &str) -> List {
        let entry = |line: &str| match line.strip_suffix('_') {
            Some(word) => format!("{word} "),
            None => line.to_owned(),
        };
        let words: Vec<String> =
            file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(entry).collect();
        let mut by_first: HashMap<char, Vec<usize>> = HashMap::new();
        for (idx, word) in words.iter().enumerate() {
            by_first.entry(word.chars().next().unwrap_or_default()).or_default().push(idx);
        }
        let first_ascii =
            by_first.keys().filter(|first| first.is_ascii()).fold(0, |set, c| set | 1 << *c as u32);
        List { set: words.iter().cloned().collect(), words, by_first, first_ascii }
    }

    /// True if `word`, in lower case, is listed.
    pub(crate) fn contains(&self, word: &str) -> bool {
        self.set.contains(word)
    }

    /// The entries that open with the first letter of `text`, in any case: the only ones it can start with.
    pub(crate) fn opening(&self, text: &str) -> impl Iterator<Item = &str> {
        let first = text.chars().next();
        let first = first.filter(|first| {
            !first.is_ascii() || self.first_ascii >> (first.to_ascii_lowercase() as u32) & 1 == 1
        });
        let lower = first.and_then(|first| {
            let mut lower = first.to_lowercase();
            lower.next().filter(|lower| *lower != first)
        });
        let entries = first.into_iter().chain(lower).filter_map(|first| self.by_first.get(&first));
        entries.flatten().filter_map(|idx| self.words.get(*idx)).map(String::as_str)
    }

    /// The entries, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }
}

/// `word` in lower case, as the lists have it.
pub(crate) fn lower(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(word.to_lowercase())
    }
}

/// Declares a list by its file.
macro_rules! list {
    ($(#[$doc:meta])* $name:ident, $file:literal) => {
        $(#[$doc])*
        pub(crate) static $name: LazyLock<List> = LazyLock::new(|| List::parse(include_str!(concat!("words/", $file))));
    };
}

list!(
    /// What stands before a name that wrote the article.
    AUTHOR_PREFIXES,
    "author_prefixes.txt"
);
list!(
    /// What stands before the name of somebody who did something else for the article.
    OTHER_CREDITS,
    "other_credits.txt"
);
list!(
    /// Small words between what was done and the name of who did it.
    BY,
    "by.txt"
);
list!(
    /// What somebody writes, that it is written, and who writes.
    WORKS,
    "works.txt"
);
list!(
    /// What others do for an article.
    OTHER_WORKS,
    "other_works.txt"
);
list!(
    /// Joins two names of one byline.
    AND,
    "and.txt"
);
list!(
    /// Parts of names that are written small.
    PARTICLES,
    "particles.txt"
);
list!(
    /// Parts of a byline that say what somebody is, not who.
    ROLES,
    "roles.txt"
);
list!(
    /// News agencies and the like by the names they sign with.
    AGENCIES,
    "agencies.txt"
);
list!(
    /// A name with one of these words is that of an organisation.
    ORGANISATIONS,
    "organisations.txt"
);
list!(
    /// Words that are no part of a person's name, though written large in headings and labels.
    NOT_NAMES,
    "not_names.txt"
);
list!(
    /// Before a date: when the article was first there.
    PUBLISHED,
    "published.txt"
);
list!(
    /// In a sentence, right before a date: when the article was first there.
    FIRST_PUBLISHED,
    "first_published.txt"
);
list!(
    /// Before a date: when it was last changed.
    MODIFIED,
    "modified.txt"
);
list!(
    /// Before a date that is the article's; without a date they say nothing.
    DATE_LABELS,
    "date_labels.txt"
);
list!(
    /// Large words before a dash that are no places, and words that no place begins with.
    NO_PLACES,
    "no_places.txt"
);
list!(
    /// Words of times gone by: `vor 2 Stunden`.
    RELATIVE_TIMES,
    "relative_times.txt"
);
list!(
    /// Words for yesterday, today and the like.
    RELATIVE_DAYS,
    "relative_days.txt"
);
list!(
    /// Sections of newspapers, alone above a headline.
    SECTIONS,
    "sections.txt"
);
list!(
    /// Chinese and Japanese family names.
    HAN_SURNAMES,
    "han_surnames.txt"
);
list!(
    /// Words that go with dates and reading times and say nothing of their own.
    FURNITURE,
    "furniture.txt"
);
list!(
    /// Stand alone on a line above the standfirst.
    STANDFIRST_LABELS,
    "standfirst_labels.txt"
);
list!(
    /// What a photograph's credit is known by.
    CREDIT_MARKS,
    "credit_marks.txt"
);
list!(
    /// Common given names: they tell `Sarah Johnson` from `Opening Analysis`.
    GIVEN_NAMES,
    "given_names.txt"
);
list!(
    /// Names of weekdays.
    WEEKDAYS,
    "weekdays.txt"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_lower_case_and_say_things_once() {
        for list in [
            &AUTHOR_PREFIXES,
            &OTHER_CREDITS,
            &BY,
            &WORKS,
            &OTHER_WORKS,
            &DATE_LABELS,
            &HAN_SURNAMES,
            &NO_PLACES,
            &RELATIVE_TIMES,
            &RELATIVE_DAYS,
            &SECTIONS,
            &AND,
            &PARTICLES,
            &ROLES,
            &AGENCIES,
            &ORGANISATIONS,
            &NOT_NAMES,
            &PUBLISHED,
            &FIRST_PUBLISHED,
            &MODIFIED,
            &FURNITURE,
            &STANDFIRST_LABELS,
            &CREDIT_MARKS,
            &GIVEN_NAMES,
            &WEEKDAYS,
        ] {
            assert!(list.set.len() == list.words.len() && !list.words.is_empty());
            assert!(list.iter().all(|word| word.to_lowercase() == word), "{list:?}");
        }
    }
}
