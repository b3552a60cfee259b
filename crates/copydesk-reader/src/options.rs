//! What a reader may be told: caps, and where JSON keeps what.

use copydesk_core::{OptionKind, OptionSpec};
use serde::Deserialize;

/// How a [`crate::FileReader`] reads.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
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

/// The names under which JSON articles keep their fields, the first present one wins. A dot steps into an
/// object: `article.body`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
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

/// The options a user may set, in the order of the reference. The `json_…` lists replace the default names.
pub const OPTIONS: &[OptionSpec] = &[
    option(
        "max_bytes",
        OptionKind::Bytes,
        "\"64MiB\"",
        "The largest article that is read; larger ones go to quarantine.",
    ),
    option("max_decompressed", OptionKind::Bytes, "\"256MiB\"", "The largest article once decompressed."),
    option(
        "max_ratio",
        OptionKind::Integer,
        "100",
        "How many bytes one compressed byte may become, beyond the first MiB.",
    ),
    option("max_container_ratio", OptionKind::Integer, "1000", "The same for JSONL and WARC files."),
    option("max_depth", OptionKind::Integer, "512", "HTML elements inside one another that are told apart."),
    option("max_blocks", OptionKind::Integer, "200000", "Blocks of text in one article."),
];
