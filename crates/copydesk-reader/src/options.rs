//! What a reader may be told: caps, and where JSON keeps what.

use copydesk_core::{OptionKind, OptionSpec};
use serde::Deserialize;

/// How a [`crate::FileReader`] reads. Deserialised from the flat keys of [`OPTIONS`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "FlatOptions")]
pub struct ReaderOptions {
    /// Bytes of one article as it stands in its file.
    pub max_bytes: u64,
    /// Bytes of one article once decompressed.
    pub max_decompressed: u64,
    /// How many bytes one compressed byte may become, after the first 1 MiB of output.
    pub max_ratio: u64,
    /// The same for files of many articles, which are streamed and often repeat themselves.
    pub max_container_ratio: u64,
    /// HTML elements inside one another that are told apart; deeper ones are flattened.
    pub max_depth: usize,
    /// Blocks of one article.
    pub max_blocks: usize,
    /// Where JSON keeps what.
    pub json: JsonFields,
}

impl Default for ReaderOptions {
    fn default() -> ReaderOptions {
        ReaderOptions {
            max_bytes: 64 << 20,
            max_decompressed: 256 << 20,
            max_ratio: 100,
            max_container_ratio: 1000,
            max_depth: 512,
            max_blocks: 200_000,
            json: JsonFields::default(),
        }
    }
}

/// The options as a configuration spells them.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct FlatOptions {
    max_bytes: Option<u64>,
    max_decompressed: Option<u64>,
    max_ratio: Option<u64>,
    max_container_ratio: Option<u64>,
    max_depth: Option<usize>,
    max_blocks: Option<usize>,
    json_text: Option<Vec<String>>,
    json_html: Option<Vec<String>>,
    json_title: Option<Vec<String>>,
    json_author: Option<Vec<String>>,
    json_published: Option<Vec<String>>,
    json_modified: Option<Vec<String>>,
    json_url: Option<Vec<String>>,
    json_language: Option<Vec<String>>,
    json_description: Option<Vec<String>>,
    json_section: Option<Vec<String>>,
    json_site: Option<Vec<String>>,
}

impl From<FlatOptions> for ReaderOptions {
    fn from(flat: FlatOptions) -> ReaderOptions {
        let known = ReaderOptions::default();
        let json = known.json;
        ReaderOptions {
            max_bytes: flat.max_bytes.unwrap_or(known.max_bytes),
            max_decompressed: flat.max_decompressed.unwrap_or(known.max_decompressed),
            max_ratio: flat.max_ratio.unwrap_or(known.max_ratio),
            max_container_ratio: flat.max_container_ratio.unwrap_or(known.max_container_ratio),
            max_depth: flat.max_depth.unwrap_or(known.max_depth),
            max_blocks: flat.max_blocks.unwrap_or(known.max_blocks),
            json: JsonFields {
                text: flat.json_text.unwrap_or(json.text),
                html: flat.json_html.unwrap_or(json.html),
                title: flat.json_title.unwrap_or(json.title),
                author: flat.json_author.unwrap_or(json.author),
                published: flat.json_published.unwrap_or(json.published),
                modified: flat.json_modified.unwrap_or(json.modified),
                url: flat.json_url.unwrap_or(json.url),
                language: flat.json_language.unwrap_or(json.language),
                description: flat.json_description.unwrap_or(json.description),
                section: flat.json_section.unwrap_or(json.section),
                site: flat.json_site.unwrap_or(json.site),
            },
        }
    }
}

/// The names under which JSON articles keep their fields, the first present one wins. A dot steps into an
/// object: `article.body`.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonFields {
    /// Plain text (or HTML, if it plainly is).
    pub text: Vec<String>,
    /// HTML.
    pub html: Vec<String>,
    /// The headline.
    pub title: Vec<String>,
    /// Who wrote it: a text, a list, or objects with a `name`.
    pub author: Vec<String>,
    /// When it was published.
    pub published: Vec<String>,
    /// When it was last changed.
    pub modified: Vec<String>,
    /// Where it was published.
    pub url: Vec<String>,
    /// The language's code.
    pub language: Vec<String>,
    /// The summary below the headline.
    pub description: Vec<String>,
    /// The part of the paper or site.
    pub section: Vec<String>,
    /// The name of the paper or site.
    pub site: Vec<String>,
}

impl Default for JsonFields {
    fn default() -> JsonFields {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        JsonFields {
            text: names(&[
                "text",
                "body",
                "content",
                "article_body",
                "articleBody",
                "maintext",
                "main_text",
                "full_text",
                "fulltext",
                "article_text",
                "article",
                "story",
                "body_text",
                "bodyText",
                "raw_text",
                "body_xhtml",
                "plain_text",
                "cleaned_text",
            ]),
            html: names(&[
                "html",
                "raw_html",
                "body_html",
                "bodyHtml",
                "html_body",
                "content_html",
                "page_html",
                "raw_content",
            ]),
            title: names(&["title", "headline", "head_line", "name"]),
            author: names(&["authors", "author", "byline", "creator", "by"]),
            published: names(&[
                "published",
                "date",
                "date_publish",
                "datePublished",
                "date_published",
                "publish_date",
                "published_date",
                "publication_date",
                "published_at",
                "publishedAt",
                "pub_date",
                "pubDate",
                "firstpublished",
                "versioncreated",
                "created",
                "created_at",
                "timestamp",
            ]),
            modified: names(&[
                "modified",
                "date_modify",
                "dateModified",
                "date_modified",
                "updated",
                "updated_at",
                "updatedAt",
                "last_modified",
                "contentmodified",
            ]),
            url: names(&["url", "link", "canonical_url", "uri", "source_url"]),
            language: names(&["language", "lang", "inLanguage", "language_code"]),
            section: names(&["section", "articleSection", "category", "rubric"]),
            site: names(&["site_name", "sitename", "publisher", "publication", "source_name"]),
            description: names(&[
                "description",
                "standfirst",
                "subtitle",
                "summary",
                "excerpt",
                "lead",
                "abstract",
            ]),
        }
    }
}

const fn option(
    name: &'static str,
    kind: OptionKind,
    default: &'static str,
    help: &'static str,
) -> OptionSpec {
    OptionSpec { name, kind, default: Some(default), choices: &[], help }
}

const fn names(name: &'static str, help: &'static str) -> OptionSpec {
    option(name, OptionKind::List, "", help)
}

/// The options a user may set, in the order of the reference. The `json_…` lists replace the built-in names.
pub const OPTIONS: &[OptionSpec] = &[
    option("max_bytes", OptionKind::Bytes, "\"64MiB\"", "The largest article; larger ones go to quarantine."),
    option("max_decompressed", OptionKind::Bytes, "\"256MiB\"", "The largest article once decompressed."),
    option("max_ratio", OptionKind::Integer, "100", "What one compressed byte may become, beyond 1 MiB."),
    option("max_container_ratio", OptionKind::Integer, "1000", "The same for JSONL and WARC files."),
    option("max_depth", OptionKind::Integer, "512", "HTML elements inside one another that are told apart."),
    option("max_blocks", OptionKind::Integer, "200000", "Blocks of text in one article."),
    names("json_text", "Fields of a JSON article that hold its text; the first one present counts."),
    names("json_html", "Fields that hold it as HTML."),
    names("json_title", "Fields that hold the headline."),
    names("json_author", "Fields that hold the authors."),
    names("json_published", "Fields that hold the date of publication."),
    names("json_modified", "Fields that hold the date of the last change."),
    names("json_url", "Fields that hold the address."),
    names("json_language", "Fields that hold the language's code."),
    names("json_description", "Fields that hold the summary below the headline."),
    names("json_section", "Fields that hold the section of the paper or site."),
    names("json_site", "Fields that hold the name of the paper or site."),
];

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;

    #[test]
    fn every_option_is_understood_and_others_are_not() {
        let value = |spec: &OptionSpec| match spec.kind {
            OptionKind::List => json!(["a.b"]),
            _ => json!(7),
        };
        let all: Map<String, Value> =
            OPTIONS.iter().map(|spec| (spec.name.to_owned(), value(spec))).collect();
        let options: ReaderOptions = serde_json::from_value(Value::Object(all)).unwrap();
        assert_eq!((options.max_bytes, options.max_depth), (7, 7));
        assert_eq!(options.json.description, ["a.b"]);
        assert_eq!(serde_json::from_str::<ReaderOptions>("{}").unwrap(), ReaderOptions::default());
        assert!(serde_json::from_str::<ReaderOptions>("{\"max_byte\": 1}").is_err());
    }
}
