//! How many of the stated fields are read, and how many that are not stated are invented.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use copydesk_core::Article;

use super::write::Invented;

/// Share of stated values that must be read, and of articles without one that may show one.
const RIGHT: f64 = 0.95;
const INVENTED: f64 = 0.02;

/// The fields, and whether they must reach [`RIGHT`].
const FIELDS: [(&str, bool); 6] = [
    ("title", true),
    ("authors", true),
    ("published", true),
    ("modified", false),
    ("dateline", true),
    ("standfirst", false),
];

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    stated: usize,
    right: usize,
    unstated: usize,
    invented: usize,
}

impl Count {
    fn add(&mut self, other: Count) {
        self.stated += other.stated;
        self.right += other.right;
        self.unstated += other.unstated;
        self.invented += other.invented;
    }

    fn right(self) -> f64 {
        self.right as f64 / self.stated.max(1) as f64
    }

    fn invented(self) -> f64 {
        self.invented as f64 / self.unstated.max(1) as f64
    }
}

/// What was read rightly, by field and language.
#[derive(Debug, Default)]
pub(super) struct Score {
    counts: BTreeMap<(&'static str, &'static str), Count>,
    errors: String,
}

impl Score {
    /// Compares an article as it was read with what it states.
    pub(super) fn add(&mut self, invented: &Invented, article: &Article) {
        for (field, _) in FIELDS {
            let (stated, found) = (invented.fields.get(field).cloned(), value(article, field));
            let count = self.counts.entry((field, invented.language)).or_default();
            if stated.is_some() {
                count.stated += 1;
                count.right += usize::from(stated == found);
            } else {
                count.unstated += 1;
                count.invented += usize::from(found.is_some());
            }
            if stated != found {
                let (id, style) = (&invented.id, invented.style);
                let show = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".into());
                let (stated, found) = (show(&stated), show(&found));
                let _ = writeln!(self.errors, "{id} {style} {field}: read {found:?}, stated {stated:?}");
            }
        }
    }

    fn total(&self, field: &str) -> Count {
        let mut total = Count::default();
        self.counts.iter().filter(|((name, _), _)| *name == field).for_each(|(_, count)| total.add(*count));
        total
    }

    /// True if every field is read as well as it must be. Where articles are few, `slack` inventions of a field are
    /// chance.
    pub(super) fn holds(&self, slack: usize) -> bool {
        FIELDS.iter().all(|(field, must)| {
            let total = self.total(field);
            !must || (total.right() >= RIGHT && (total.invented() <= INVENTED || total.invented <= slack))
        })
    }

    /// Right of stated, and invented of not stated, by field and language.
    pub(super) fn table(&self) -> String {
        let mut languages: Vec<&str> = self.counts.keys().map(|(_, language)| *language).collect();
        languages.sort_unstable();
        languages.dedup();
        let mut table = format!("{:11}{:>8}{:>9}{:>9}", "", "stated", "right", "invented");
        for language in &languages {
            let _ = write!(table, "{language:>11}");
        }
        table.push('\n');
        for (field, _) in FIELDS {
            let total = self.total(field);
            let (right, invented) = (total.right(), total.invented());
            let _ = write!(table, "{field:11}{:8}{right:9.3}{invented:9.3}", total.stated);
            for language in &languages {
                let count = self.counts.get(&(field, *language)).copied().unwrap_or_default();
                let _ = write!(table, "  {:.2} / {:.2}", count.right(), count.invented());
            }
            table.push('\n');
        }
        table
    }

    /// Every wrong value.
    pub(super) fn errors(&self) -> &str {
        &self.errors
    }
}

fn value(article: &Article, field: &str) -> Option<String> {
    match field {
        "title" => article.title.clone(),
        "authors" => (!article.authors.is_empty()).then(|| article.authors.join("; ")),
        "published" => article.published.clone(),
        "modified" => article.modified.clone(),
        "dateline" => article.dateline.clone(),
        _ => article.standfirst.clone(),
    }
}
