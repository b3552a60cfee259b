//! Which number comes first in `03/12/2025`, by all that a source says of itself.
//!
//! What must stay true: nothing is guessed. The order of trust: other dates of the same source that can be read in
//! one way only; a day that the source also states in full, if only one reading gives it; the region of its
//! language or address; its language, where that language is written in one order. Evidence of one kind that
//! disagrees with itself settles nothing.

use std::collections::BTreeSet;

use copydesk_core::Article;
use jiff::civil::Date;

use super::{first, host_of};
use crate::dates::SlashOrder;

/// Three numbers as a page writes them, day and month in an order that is to be found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Numbers {
    first: i8,
    second: i8,
    year: i16,
}

/// The order of `03/12/2025` in this source. `language` is that of the text.
pub(crate) fn slash_order(article: &Article, language: Option<&str>) -> SlashOrder {
    let mut dates = numbers(article.raw());
    for hint in article.hints.iter().filter(|hint| hint.value.len() <= 40) {
        dates.extend(numbers(&hint.value));
    }
    if !dates.is_empty() {
        let settled = agreed(dates.iter().filter_map(|one| one.by_day_over_twelve()));
        let settled = settled.or_else(|| {
            let stated = stated_days(article);
            agreed(dates.iter().filter_map(|one| one.by_stated(&stated)))
        });
        if let Some(order) = settled {
            return order;
        }
    }
    let tags: Vec<String> = LANGUAGE_TAGS
        .iter()
        .filter_map(|name| first(article, name))
        .map(|tag| tag.to_lowercase().replace('_', "-"))
        .collect();
    let stated = tags.iter().find_map(|tag| tag.split('-').next().filter(|code| !code.is_empty()));
    match language.or(stated) {
        Some("en") | None => {
            let region =
                tags.iter().filter(|tag| tag.starts_with("en-")).find_map(|tag| by_region(tag.get(3..)?));
            region.or_else(|| by_host(&host_of(article))).unwrap_or_default()
        }
        // Written year first, so that nothing can be said of other orders.
        Some("zh" | "ja" | "ko" | "hu" | "fa" | "lt") => SlashOrder::Unknown,
        Some(_) => SlashOrder::DayFirst,
    }
}

const LANGUAGE_TAGS: [&str; 6] = [
    "html:lang",
    "jsonld:inLanguage",
    "itemprop:inLanguage",
    "meta:og:locale",
    "json:language",
    "meta:content-language",
];

/// The order of English in a region.
fn by_region(region: &str) -> Option<SlashOrder> {
    match region {
        "us" | "ph" => Some(SlashOrder::MonthFirst),
        "gb" | "uk" | "ie" | "au" | "nz" | "in" | "za" | "sg" | "ng" | "ke" | "my" | "pk" => {
            Some(SlashOrder::DayFirst)
        }
        _ => None,
    }
}

/// The order of English at an address of a country: `.co.uk`, `.gov`.
fn by_host(host: &str) -> Option<SlashOrder> {
    match host.rsplit('.').next()? {
        "gov" | "mil" | "edu" => Some(SlashOrder::MonthFirst),
        country => by_region(country),
    }
}

impl Numbers {
    fn by_day_over_twelve(self) -> Option<SlashOrder> {
        match (self.first, self.second) {
            (13..=31, 1..=12) => Some(SlashOrder::DayFirst),
            (1..=12, 13..=31) => Some(SlashOrder::MonthFirst),
            _ => None,
        }
    }

    /// The order in which it is one of the days that are stated in full.
    fn by_stated(self, stated: &BTreeSet<Date>) -> Option<SlashOrder> {
        let is_stated =
            |month, day| Date::new(self.year, month, day).is_ok_and(|date| stated.contains(&date));
        match (is_stated(self.second, self.first), is_stated(self.first, self.second)) {
            (true, false) => Some(SlashOrder::DayFirst),
            (false, true) => Some(SlashOrder::MonthFirst),
            _ => None,
        }
    }
}

/// What all say, if all say the same.
fn agreed(mut orders: impl Iterator<Item = SlashOrder>) -> Option<SlashOrder> {
    let order = orders.next()?;
    orders.all(|other| other == order).then_some(order)
}

/// The days that hints give year first, as machines write them.
fn stated_days(article: &Article) -> BTreeSet<Date> {
    let day = |value: &str| value.trim().get(..10)?.parse::<Date>().ok();
    article.hints.iter().filter_map(|hint| day(&hint.value)).collect()
}

/// Every `3/12/2025`, `03.12.2025` and `03-12-2025` of a text.
fn numbers(text: &str) -> Vec<Numbers> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    for at in memchr::memchr3_iter(b'/', b'.', b'-', bytes) {
        if is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)) {
            found.extend(numbers_at(text, at));
        }
    }
    found
}

/// The date whose first separator stands at `at`.
fn numbers_at(text: &str, at: usize) -> Option<Numbers> {
    let (before, after, sep) = (text.get(..at)?, text.get(at + 1..)?, text.get(at..=at)?);
    let start = before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let first = before.get(start..)?;
    let (second, rest) = after.split_once(sep).filter(|(second, _)| (1..=2).contains(&second.len()))?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (year, rest) = (rest.get(..end)?, rest.get(end..)?);
    let runs_on = before.get(..start)?.ends_with(sep)
        || rest.strip_prefix(sep).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if runs_on || !(1..=2).contains(&first.len()) || year.len() != 4 {
        return None;
    }
    Some(Numbers { first: first.parse().ok()?, second: second.parse().ok()?, year: year.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use copydesk_core::{ArticleId, Hint, Origin};

    use super::*;

    fn order(text: &str, hints: &[(&str, &str)], language: Option<&str>) -> SlashOrder {
        let mut article = Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), text, Vec::new());
        article.hints = hints
            .iter()
            .map(|(name, value)| Hint { name: (*name).into(), value: (*value).into(), block: None })
            .collect();
        slash_order(&article, language)
    }

    #[test]
    fn other_dates_of_the_page_go_before_its_region() {
        let british = [("html:lang", "en-GB")];
        assert_eq!(order("10/12/2023", &british, Some("en")), SlashOrder::DayFirst);
        assert_eq!(order("10/12/2023 and 12/18/2025", &british, Some("en")), SlashOrder::MonthFirst);
        let stated = [("html:lang", "en-GB"), ("time:datetime", "2023-10-12T19:38:01Z")];
        assert_eq!(order("10/12/2023 7:38 PM", &stated, Some("en")), SlashOrder::MonthFirst);
        // Evidence that disagrees with itself says nothing, and the region is left.
        assert_eq!(order("13/12/2023 and 12/18/2025", &british, Some("en")), SlashOrder::DayFirst);
    }

    #[test]
    fn region_address_and_language_settle_what_is_left() {
        let day = "03/12/2025";
        assert_eq!(order(day, &[], Some("en")), SlashOrder::Unknown);
        assert_eq!(order(day, &[("meta:og:locale", "en_US")], Some("en")), SlashOrder::MonthFirst);
        let at = |address| order(day, &[("link:canonical", address)], Some("en"));
        assert_eq!(at("https://wick.example.co.uk/fog"), SlashOrder::DayFirst);
        assert_eq!(at("https://harbour.example.gov/fog"), SlashOrder::MonthFirst);
        assert_eq!(at("https://wick.example/fog"), SlashOrder::Unknown);
        // A template says `en-US` of a page that is in German.
        assert_eq!(order(day, &[("html:lang", "en-US")], Some("de")), SlashOrder::DayFirst);
        assert_eq!(order(day, &[("html:lang", "ja")], Some("ja")), SlashOrder::Unknown);
    }

    #[test]
    fn finds_numbers_that_are_dates() {
        let found = |text: &str| numbers(text).iter().map(|one| (one.first, one.second)).collect::<Vec<_>>();
        assert_eq!(found("of 3/12/2025, 09.10.2024 and 1-2-2024."), [(3, 12), (9, 10), (1, 2)]);
        for text in ["10.2.2025.1", "2025-12-03", "1/2/25", "x.12.2025", "123/12/2025", "3/12/20256", "…/"]
        {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
