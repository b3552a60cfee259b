//! A line read back, in whichever format it is.

use copydesk_core::{ArticleId, RecordHead};
use serde::Deserialize;

use super::record::URN;

/// What a line says of its article, whatever its format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineHead {
    /// Its id.
    pub id: ArticleId,
    /// Where it came from.
    pub uri: String,
    /// Size of its original.
    pub bytes: u64,
    /// The article in whose place it stands.
    pub supersedes: Option<ArticleId>,
}

impl LineHead {
    /// Reads a line.
    ///
    /// # Errors
    /// It is no article in a known format, or it does not agree with itself: in a few words.
    pub fn parse(line: &[u8]) -> Result<LineHead, String> {
        let damaged = |error: serde_json::Error| format!("it is no article: {error}");
        let [_, ninjs, jsonld] = PREFIXES;
        if line.starts_with(ninjs) {
            return serde_json::from_slice::<Ninjs>(line).map_err(damaged)?.head();
        }
        if line.starts_with(jsonld) {
            return serde_json::from_slice::<Jsonld>(line).map_err(damaged)?.head();
        }
        let RecordHead { id, uri, bytes, supersedes, .. } = RecordHead::parse(line)?;
        Ok(LineHead { id, uri, bytes, supersedes })
    }
}

#[derive(Deserialize)]
struct Ninjs {
    uri: String,
    renditions: Vec<Rendition>,
    bodies: Vec<Body>,
    #[serde(default)]
    associations: Vec<Association>,
}

#[derive(Deserialize)]
struct Rendition {
    name: String,
    href: String,
    #[serde(rename = "sizeInBytes", default)]
    bytes: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    char_count: usize,
    value: String,
}

#[derive(Deserialize)]
struct Association {
    #[serde(default)]
    rel: String,
    uri: String,
}

impl Ninjs {
    fn head(self) -> Result<LineHead, String> {
        if self.bodies.iter().any(|body| body.value.chars().count() != body.char_count) {
            return Err("its text is not as long as it says".to_owned());
        }
        let original = self.renditions.into_iter().find(|one| one.name == "original");
        let original = original.ok_or("it does not name its original")?;
        let earlier = self.associations.iter().find(|one| one.rel == "supersedes");
        Ok(LineHead {
            id: id_of(&self.uri)?,
            uri: original.href,
            bytes: original.bytes,
            supersedes: earlier.map(|one| id_of(&one.uri)).transpose()?,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Jsonld {
    #[serde(rename = "@id")]
    id: String,
    encoding: Vec<MediaObject>,
    is_based_on: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MediaObject {
    content_url: String,
    content_size: String,
}

impl Jsonld {
    fn head(self) -> Result<LineHead, String> {
        let original = self.encoding.into_iter().next().ok_or("it does not name its original")?;
        Ok(LineHead {
            id: id_of(&self.id)?,
            uri: original.content_url,
            bytes: original.content_size.parse().map_err(|_| "it does not tell the size of its original")?,
            supersedes: self.is_based_on.as_deref().map(id_of).transpose()?,
        })
    }
}

fn id_of(urn: &str) -> Result<ArticleId, String> {
    let id = urn.strip_prefix(URN).and_then(|id| id.parse().ok());
    id.ok_or_else(|| format!("`{urn}` names no article"))
}

/// The id alone, for a look that must be fast.
pub(crate) fn id(line: &[u8]) -> Option<ArticleId> {
    #[derive(Deserialize)]
    struct Ids {
        #[serde(alias = "uri", alias = "@id")]
        id: String,
    }
    let ids: Ids = serde_json::from_slice(line).ok()?;
    ids.id.strip_prefix(URN).unwrap_or(&ids.id).parse().ok()
}

/// What lines begin with, up to the id.
pub(crate) const PREFIXES: [&[u8]; 3] =
    [br#"{"id":""#, br#"{"uri":"urn:sha256:"#, br#"{"@context":"https://schema.org","@id":"urn:sha256:"#];
