//! Where the fields of a record stand in the other formats.

/// A field's places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The field of the record.
    pub field: &'static str,
    /// Its place in ninjs, `None` where ninjs has none for it.
    pub ninjs: Option<&'static str>,
    /// Its place in JSON-LD.
    pub jsonld: Option<&'static str>,
}

const fn at(field: &'static str, ninjs: &'static str, jsonld: &'static str) -> Place {
    Place {
        field,
        ninjs: if ninjs.is_empty() { None } else { Some(ninjs) },
        jsonld: if jsonld.is_empty() { None } else { Some(jsonld) },
    }
}

/// Every field that another format has a place for.
pub const PLACES: [Place; 20] = [
    at("id", "uri", "@id"),
    at("source", "renditions[original]", "encoding"),
    at("title", "headlines[main]", "headline"),
    at("authors", "by", "author"),
    at("published", "contentCreated, or altIds[published] for a day alone", "datePublished"),
    at("modified", "versionCreated, or altIds[modified] for a day alone", "dateModified"),
    at("dateline", "located", "dateline"),
    at("standfirst", "descriptions[summary]", "description"),
    at("section", "subjects[section]", "articleSection"),
    at("site", "infoSources[publisher]", "isPartOf"),
    at("url", "renditions[canonical]", "url"),
    at("language", "language", "inLanguage"),
    at("text", "bodies[main]", "articleBody"),
    at("entities", "people, organisations, places", "mentions"),
    at("quotations", "", "hasPart"),
    at("captions", "associations[picture-N]", "associatedMedia"),
    at("keywords", "subjects[keyword]", "keywords"),
    at("summary", "descriptions[derived]", "abstract"),
    at("word_count", "bodies[main].wordCount", "wordCount"),
    at("reading_minutes", "", "timeRequired"),
];
