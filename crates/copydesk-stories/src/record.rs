//! A story for people and stores, as of its latest article.

use copydesk_core::{ArticleId, StoryArticle, StoryRecord};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::story::{LiveStory, Mention};

/// Names that a record shows.
const MOST_NAMES: usize = 10;

/// A story's id as text.
pub(crate) fn id_text(id: u64) -> String {
    format!("s-{id:016x}")
}

/// What sinks hold of a story.
pub(crate) fn record(story: &LiveStory) -> StoryRecord {
    StoryRecord {
        id: id_text(story.id),
        title: (!story.title.is_empty()).then(|| story.title.clone()),
        first: mention(&story.first),
        last: mention(&story.last),
        articles: u64::from(story.n_articles),
        sources: story.sources.clone(),
        n_sources: u64::from(story.n_sources),
        names: leading(&story.names),
        // One more with each article and revision, also when they are told again after a restart.
        version: story.articles.len() as u64,
    }
}

fn mention(mention: &Mention) -> StoryArticle {
    let published = mention.published.and_then(|seconds| {
        let time = Timestamp::from_second(seconds).ok()?;
        Some(if mention.day_only {
            time.to_zoned(TimeZone::UTC).date().to_string()
        } else {
            time.to_string()
        })
    });
    StoryArticle { id: ArticleId::from_bytes(mention.article), published }
}

/// The names that most articles hold. Forms with the same last word are one name, shown in its most frequent
/// form of several words.
fn leading(names: &[(String, u32)]) -> Vec<String> {
    let mut groups: Vec<(String, u32, &str, u32)> = Vec::new();
    for (name, n) in names {
        let key = name.rsplit(char::is_whitespace).next().unwrap_or(name).to_lowercase();
        let weight = *n * if name.contains(char::is_whitespace) { 4 } else { 1 };
        match groups.iter_mut().find(|(known, ..)| *known == key) {
            Some((_, total, form, best)) => {
                *total += n;
                if weight > *best {
                    (*form, *best) = (name, weight);
                }
            }
            None => groups.push((key, *n, name, weight)),
        }
    }
    groups.sort_by_key(|(_, total, ..)| std::cmp::Reverse(*total));
    groups.into_iter().take(MOST_NAMES).map(|(_, _, form, _)| form.to_owned()).collect()
}

/// When an article was published: seconds since 1970, and whether only the day is stated. A day counts from its
/// noon.
pub(crate) fn published(text: &str) -> Option<(i64, bool)> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some((time.as_second(), false));
    }
    let day: jiff::civil::Date = text.parse().ok()?;
    let noon = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).ok()?;
    Some((noon.timestamp().as_second(), true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_told_apart() {
        assert_eq!(published("1970-01-02T00:00:00+01:00"), Some((82_800, false)));
        assert_eq!(published("1970-01-01"), Some((43_200, true)));
        assert_eq!(published("yesterday"), None);
        let shown = |seconds, day_only| {
            mention(&Mention { article: [0; 32], published: Some(seconds), day_only }).published.unwrap()
        };
        assert_eq!(shown(82_800, false), "1970-01-01T23:00:00Z");
        assert_eq!(shown(43_200, true), "1970-01-01");
    }

    #[test]
    fn forms_of_a_name_are_one() {
        let names: Vec<(String, u32)> =
            [("Quill", 3), ("Ada Quill", 2), ("Tidewater", 4), ("Mayor Ada Quill", 1)]
                .map(|(name, n)| (name.to_owned(), n))
                .to_vec();
        assert_eq!(leading(&names), ["Ada Quill", "Tidewater"]);
    }
}
