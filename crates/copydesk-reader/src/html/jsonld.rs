//! The article object of a page's JSON-LD, flattened to hints. Publishers nest it in graphs and arrays, break
//! its strings over lines and escape its entities; what cannot be understood is left out.

use serde_json::{Map, Value};

use super::clean;

/// Objects looked at in one page.
const MAX_OBJECTS: usize = 2000;
/// Authors told of one article.
const MAX_AUTHORS: usize = 32;

/// Entries told of one trail of breadcrumbs.
const MAX_CRUMBS: usize = 12;

/// Keys with one text as their value.
const KEYS: [&str; 10] = [
    "headline",
    "alternativeHeadline",
    "datePublished",
    "dateModified",
    "dateCreated",
    "description",
    "inLanguage",
    "dateline",
    "url",
    "articleBody",
];

/// What the JSON-LD of a page states of its article.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    rank: u8,
    found: Vec<(String, String)>,
    /// What the page's other objects say: the name of its site, and the trail that leads to it.
    around: Vec<(String, String)>,
}

impl Statements {
    /// Reads one script.
    pub(crate) fn read(&mut self, script: &str) {
        let Some(value) = parse(script) else { return };
        let objects = objects(&value);
        for object in &objects {
            let rank = rank(object);
            if rank > self.rank {
                self.rank = rank;
                self.found = statements(object, &objects);
            }
            self.read_around(object);
        }
    }

    /// The site's name and the first trail of breadcrumbs, whichever object they stand in.
    fn read_around(&mut self, object: &Map<String, Value>) {
        let is_told = |key: &str| self.around.iter().any(|(known, _)| known == key);
        if is_type(object, &["WebSite"]) && !is_told("site") {
            let name = object.get("name").and_then(first_text).map(clean).filter(|name| !name.is_empty());
            self.around.extend(name.map(|name| ("site".to_owned(), name)));
        } else if is_type(object, &["BreadcrumbList"]) && !is_told("breadcrumb") {
            let crumbs = crumbs(object).into_iter().map(|name| ("breadcrumb".to_owned(), name));
            self.around.extend(crumbs);
        }
    }

    /// Key and value, in a fixed order.
    pub(crate) fn finish(mut self) -> Vec<(String, String)> {
        self.found.append(&mut self.around);
        self.found
    }
}

fn parse(script: &str) -> Option<Value> {
    let script = script.trim();
    let script = script.strip_prefix("<!--").unwrap_or(script);
    let script = script.strip_suffix("-->").unwrap_or(script);
    let script = script.trim().trim_start_matches("//<![CDATA[").trim_start_matches("/*<![CDATA[*/");
    let script = script.trim().trim_end_matches("//]]>").trim_end_matches("/*]]>*/");
    let script = script.trim().trim_end_matches(';').trim_start_matches('\u{feff}');
    if let Ok(value) = serde_json::from_str(script) {
        return Some(value);
    }
    // Line ends inside strings are the usual fault.
    let unbroken: String = script.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    serde_json::from_str(&unbroken).ok()
}

/// Every object that may describe the page itself, outermost first.
fn objects(value: &Value) -> Vec<&Map<String, Value>> {
    let mut level = vec![value];
    let mut found = Vec::new();
    while !level.is_empty() && found.len() < MAX_OBJECTS {
        let mut next = Vec::new();
        for value in level {
            match value {
                Value::Array(values) => next.extend(values),
                Value::Object(object) => {
                    found.push(object);
                    next.extend(
                        ["@graph", "mainEntity", "mainEntityOfPage", "isPartOf", "breadcrumb"]
                            .iter()
                            .filter_map(|key| object.get(*key)),
                    );
                }
                _ => {}
            }
        }
        level = next;
    }
    found
}

/// The types an object gives itself.
fn types(object: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let (one, many) = match object.get("@type") {
        Some(Value::String(one)) => (Some(one.as_str()), [].as_slice()),
        Some(Value::Array(many)) => (None, many.as_slice()),
        _ => (None, [].as_slice()),
    };
    one.into_iter().chain(many.iter().filter_map(Value::as_str))
}

fn is_type(object: &Map<String, Value>, endings: &[&str]) -> bool {
    types(object).any(|kind| endings.iter().any(|ending| kind.ends_with(ending)))
}

/// The names along a trail of breadcrumbs, by their stated places, else in the order of the list.
fn crumbs(object: &Map<String, Value>) -> Vec<String> {
    let Some(Value::Array(entries)) = object.get("itemListElement") else { return Vec::new() };
    let mut crumbs: Vec<(u64, String)> = Vec::new();
    for (idx, entry) in entries.iter().take(MAX_CRUMBS).enumerate() {
        let name = |value: &Value| value.as_object()?.get("name").and_then(first_text).map(clean);
        let Some(name) = name(entry).or_else(|| name(entry.as_object()?.get("item")?)) else { continue };
        let place = entry.as_object().and_then(|entry| entry.get("position"));
        let place = place.and_then(|place| place.as_u64().or_else(|| place.as_str()?.trim().parse().ok()));
        if !name.is_empty() {
            crumbs.push((place.unwrap_or(idx as u64 + 1), name));
        }
    }
    crumbs.sort_by_key(|(place, _)| *place);
    crumbs.into_iter().map(|(_, name)| name).collect()
}

/// How sure the object is to be the article: its type is one of an article, or of a page.
fn rank(object: &Map<String, Value>) -> u8 {
    let is = |endings: &[&str]| is_type(object, endings);
    let has = |key| object.contains_key(key);
    if is(&["Article", "BlogPosting", "Report", "SocialMediaPosting", "Review", "NewsStory"]) {
        if has("headline") || has("datePublished") { 4 } else { 3 }
    } else if is(&["CreativeWork", "VideoObject", "Recipe", "PodcastEpisode"]) {
        2
    } else {
        u8::from(is(&["WebPage", "ItemPage", "AboutPage"]) && (has("datePublished") || has("author")))
    }
}

fn statements(object: &Map<String, Value>, all: &[&Map<String, Value>]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut tell = |key: &str, value: String| {
        if !value.is_empty() {
            found.push((key.to_owned(), value));
        }
    };
    for key in KEYS {
        if let Some(value) = object.get(key).and_then(first_text) {
            tell(key, clean(value));
        }
    }
    if !object.contains_key("headline")
        && let Some(name) = object.get("name").and_then(first_text)
    {
        tell("name", clean(name));
    }
    for key in ["author", "creator"] {
        let mut names = Vec::new();
        if let Some(value) = object.get(key) {
            author_names(value, all, &mut names, 0);
        }
        let organisations = object.get(key).map(|value| organisations(value, all)).unwrap_or_default();
        for name in names {
            let key = if organisations.contains(&name) { "authorOrganization" } else { key };
            tell(key, name);
        }
    }
    let mut names = Vec::new();
    if let Some(value) = object.get("publisher") {
        author_names(value, all, &mut names, 0);
    }
    for name in names {
        tell("publisher", name);
    }
    let sections = match object.get("articleSection") {
        Some(Value::Array(sections)) => sections.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    for section in sections.iter().take(MAX_CRUMBS).filter_map(first_text) {
        tell("articleSection", clean(section));
    }
    if let Some(page) = object.get("mainEntityOfPage") {
        let address = page.as_str().or_else(|| page.as_object()?.get("@id")?.as_str());
        tell("mainEntityOfPage", address.map(clean).unwrap_or_default());
    }
    found
}

fn first_text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Array(values) => values.iter().find_map(Value::as_str),
        Value::Object(object) => object.get("@value").or_else(|| object.get("name")).and_then(Value::as_str),
        _ => None,
    }
}

/// The names of people or organisations: a text, an object with a name, a reference into the graph, or a list.
fn author_names(value: &Value, all: &[&Map<String, Value>], names: &mut Vec<String>, depth: u8) {
    if depth > 3 || names.len() >= MAX_AUTHORS {
        return;
    }
    match value {
        Value::String(name) => push_name(name, names),
        Value::Array(values) => {
            for value in values.iter().take(MAX_AUTHORS) {
                author_names(value, all, names, depth + 1);
            }
        }
        Value::Object(object) => {
            if let Some(name) = object.get("name") {
                author_names(name, all, names, depth + 1);
            } else if let Some(id) = object.get("@id").and_then(Value::as_str) {
                let named = all.iter().find(|other| {
                    other.contains_key("name") && other.get("@id").and_then(Value::as_str) == Some(id)
                });
                if let Some(name) = named.and_then(|other| other.get("name")).and_then(Value::as_str) {
                    push_name(name, names);
                }
            }
        }
        _ => {}
    }
}

/// The names among the authors that their type calls organisations.
fn organisations(value: &Value, all: &[&Map<String, Value>]) -> Vec<String> {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut found = Vec::new();
    for value in values.iter().take(MAX_AUTHORS) {
        let Some(object) = value.as_object() else { continue };
        let id = object.get("@id").and_then(Value::as_str);
        let referred =
            all.iter().find(|other| id.is_some() && other.get("@id").and_then(Value::as_str) == id);
        let kind = object.get("@type").or_else(|| referred.and_then(|other| other.get("@type")));
        let is_organisation = kind.and_then(first_text).is_some_and(|kind| {
            kind.ends_with("Organization") || kind.ends_with("Corporation") || kind == "WebSite"
        });
        if is_organisation {
            author_names(value, all, &mut found, 1);
        }
    }
    found
}

fn push_name(name: &str, names: &mut Vec<String>) {
    let name = clean(name);
    if !name.is_empty() && !names.contains(&name) {
        names.push(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(script: &str) -> Vec<(String, String)> {
        let mut statements = Statements::default();
        statements.read(script);
        statements.finish()
    }

    fn values<'a>(found: &'a [(String, String)], key: &str) -> Vec<&'a str> {
        found.iter().filter(|(other, _)| other == key).map(|(_, value)| value.as_str()).collect()
    }

    #[test]
    fn finds_the_article_in_a_graph() {
        let found = read(
            r##"{"@graph": [
              {"@type": "WebPage", "datePublished": "2031-01-01", "name": "Page"},
              {"@type": "Person", "@id": "#ada", "name": "Ada Moor"},
              {"@type": ["NewsArticle"], "headline": "Ferries &amp; fog", "author": [{"@id": "#ada"}, "Ben Holt"],
               "datePublished": "2031-05-02T08:00:00Z", "url": "https://wick.example/fog", "publisher": {"name": "The Wick Herald"}}]}"##,
        );
        assert_eq!(values(&found, "headline"), ["Ferries & fog"]);
        assert_eq!(values(&found, "author"), ["Ada Moor", "Ben Holt"]);
        assert_eq!(values(&found, "datePublished"), ["2031-05-02T08:00:00Z"]);
        assert_eq!(values(&found, "publisher"), ["The Wick Herald"]);
        assert_eq!(values(&found, "url"), ["https://wick.example/fog"]);
    }

    #[test]
    fn organisations_are_told_from_people() {
        let found = read(
            r##"{"@graph": [
              {"@type": ["Organization"], "@id": "#post", "name": "The Wick Herald"},
              {"@type": "NewsArticle", "headline": "Fog", "author": [
                {"@type": "Person", "name": "Ada Moor"}, {"@id": "#post"}, {"@type": "NewsMediaOrganization", "name": "Sea Press"}]}]}"##,
        );
        assert_eq!(values(&found, "author"), ["Ada Moor"]);
        assert_eq!(values(&found, "authorOrganization"), ["The Wick Herald", "Sea Press"]);
    }

    #[test]
    fn tells_section_site_and_trail() {
        let found = read(
            r#"{"@graph": [
              {"@type": "Article", "headline": "Fog", "articleSection": ["Sea", "Weather"],
               "mainEntityOfPage": {"@type": "WebPage", "@id": "https://wick.example/sea/fog"}},
              {"@type": "WebSite", "name": "The Wick Herald"},
              {"@type": "BreadcrumbList", "itemListElement": [
                {"position": 2, "item": {"name": "Sea"}}, {"position": "1", "name": "Home"}, {"position": 3, "name": "Fog"}]}]}"#,
        );
        assert_eq!(values(&found, "articleSection"), ["Sea", "Weather"]);
        assert_eq!(values(&found, "mainEntityOfPage"), ["https://wick.example/sea/fog"]);
        assert_eq!(values(&found, "site"), ["The Wick Herald"]);
        assert_eq!(values(&found, "breadcrumb"), ["Home", "Sea", "Fog"]);
    }

    #[test]
    fn reads_strings_broken_over_lines_and_ignores_nonsense() {
        let found =
            read("[{\"@type\":\"Article\",\"headline\":\"Fog\nlifts\",\"author\":{\"name\":[\"A\",\"B\"]}}]");
        assert_eq!(values(&found, "headline"), ["Fog lifts"]);
        assert_eq!(values(&found, "author"), ["A", "B"]);
        assert!(read("{\"@type\": \"Article\"").is_empty());
        assert!(read(&"[".repeat(100_000)).is_empty());
    }
}
