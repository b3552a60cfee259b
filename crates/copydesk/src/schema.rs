//! The article record's JSON Schema.

use copydesk_core::Reason;
use serde_json::{Value, json};

/// JSON Schema (draft 2020-12) of the article record.
pub fn article_schema() -> Value {
    let date = |what: &str| {
        json!({
            "type": ["string", "null"],
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+([zZ]|[+-][0-9]{2}:[0-9]{2}))?$",
            "description": format!("{what}: YYYY-MM-DD, or RFC 3339 where the source gives a time")
        })
    };
    let text_or_null = |help: &str| json!({"type": ["string", "null"], "description": help});
    let id = json!({"type": "string", "pattern": "^[0-9a-f]{64}$"});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "copydesk article record",
        "description": "What `copydesk clean --format json` prints, and what every sink stores. A field the source does not state is null or empty; fields described as derived are computed from the text.",
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "source", "title", "authors", "published", "modified", "dateline", "standfirst",
                     "section", "site", "url", "language", "text", "blocks", "cuts", "evidence", "duplicate", "story", "entities",
                     "quotations", "captions", "mentions", "keywords",
                     "summary", "word_count", "reading_minutes", "notes"],
        "properties": {
            "id": {"$ref": "#/$defs/id", "description": "SHA-256 of the original bytes: of the file, or of its record in a JSONL or WARC file"},
            "source": source(),
            "title": text_or_null("the headline"),
            "authors": {"type": "array", "items": {"type": "string"}, "description": "who wrote it: people, by their names alone"},
            "published": date("when it was published"),
            "modified": date("when it was changed since"),
            "dateline": text_or_null("the place the report was filed from"),
            "standfirst": text_or_null("the summary below the headline"),
            "section": text_or_null("the part of the paper or site it stands in"),
            "site": text_or_null("the name of the paper or site"),
            "url": text_or_null("where the source says the article is to be found"),
            "language": language(),
            "text": {"type": "string", "description": "the cleaned body: its blocks, a blank line between them; title, byline, date and standfirst are fields and not in it"},
            "blocks": blocks(),
            "cuts": cuts(),
            "evidence": evidence(),
            "duplicate": duplicate(),
            "story": {
                "description": "the story it belongs to; depends on the order in the ledger",
                "type": ["object", "null"],
                "additionalProperties": false,
                "required": ["id", "similarity"],
                "properties": {"id": {"type": "string"}, "similarity": {"$ref": "#/$defs/share"}}
            },
            "entities": entities(),
            "quotations": quotations(),
            "captions": captions(),
            "mentions": mentions(),
            "keywords": {"type": "array", "items": {"type": "string"}, "description": "derived: words that mark it out, the weightiest first"},
            "summary": text_or_null("derived: sentences of the article; `evidence` tells where they stand"),
            "word_count": {"type": ["integer", "null"], "minimum": 0, "description": "derived: words in text; null without the stage `enrich`"},
            "reading_minutes": {"type": ["integer", "null"], "minimum": 0, "description": "derived; null without the stage `enrich`"},
            "notes": {"type": "object", "description": "what stages and plugins noted"}
        },
        "$defs": {
            "id": id,
            "span": {"type": "array", "prefixItems": [{"type": "integer", "minimum": 0}, {"type": "integer", "minimum": 0}], "minItems": 2, "maxItems": 2,
                     "description": "a byte range of the decoded original; for HTML, of the page's visible text, one block a line"},
            "share": {"type": "number", "minimum": 0, "maximum": 1}
        }
    })
}

fn source() -> Value {
    json!({
        "description": "where the original came from, and what it is", "type": "object",
        "additionalProperties": false,
        "required": ["uri", "media_type", "charset", "bytes", "received"],
        "properties": {
            "uri": {"type": "string", "description": "file: and the path; with #N for the N-th record of a file that holds many"},
            "media_type": {"type": "string"},
            "charset": {"type": "string", "description": "the encoding the bytes were decoded from, by its WHATWG name"},
            "bytes": {"type": "integer", "minimum": 0},
            "received": {"type": "string", "description": "RFC 3339; the only field that differs between two runs over the same input"}
        }
    })
}

fn blocks() -> Value {
    let kinds = [
        "title",
        "byline",
        "date",
        "standfirst",
        "heading",
        "paragraph",
        "list_item",
        "quote",
        "caption",
        "table",
        "code",
    ];
    json!({"description": "what is kept, piece by piece, and what each piece is", "type": "array", "items": {
        "type": "object",
        "additionalProperties": false,
        "required": ["kind", "text", "span"],
        "properties": {
            "kind": {"enum": kinds},
            "text": {"type": "string"},
            "span": {"$ref": "#/$defs/span"},
            "language": {"type": "string", "description": "derived: BCP 47, where the block is in another language than the article"}
        }
    }})
}

fn cuts() -> Value {
    let reasons: Vec<&str> = Reason::ALL.iter().map(|reason| reason.name()).collect();
    json!({"description": "what is not kept, each piece with its place, rule and reason", "type": "array", "items": {
        "type": "object",
        "additionalProperties": false,
        "required": ["span", "text", "reason", "rule", "stage", "confidence", "twin"],
        "properties": {
            "span": {"$ref": "#/$defs/span"},
            "text": {"type": "string"},
            "reason": {"enum": reasons},
            "rule": {"type": "string", "description": "the rule or model that decided"},
            "stage": {"type": "string"},
            "confidence": {"$ref": "#/$defs/share"},
            "twin": {"description": "the span that a repeat repeats", "anyOf": [{"$ref": "#/$defs/span"}, {"type": "null"}]}
        }
    }})
}

fn duplicate() -> Value {
    json!({
        "description": "the earlier article that this one repeats; depends on the order in the ledger", "type": ["object", "null"],
        "additionalProperties": false,
        "required": ["of", "kind", "similarity"],
        "properties": {
            "of": {"$ref": "#/$defs/id", "description": "the article that leads: the earlier one, unless a better copy came later"},
            "kind": {"enum": ["exact", "near"]},
            "similarity": {"$ref": "#/$defs/share", "description": "of the shorter text, how much the longer one holds too"},
            "shared": {
                "type": "object",
                "description": "what samples of both were found to share; absent where the whole text is the same",
                "additionalProperties": false,
                "required": ["shingles", "of_shingles", "facts", "of_facts"],
                "properties": {
                    "shingles": {"type": "integer", "minimum": 0, "description": "runs of words that both hold"},
                    "of_shingles": {"type": "integer", "minimum": 0, "description": "of so many in the shorter one"},
                    "facts": {"type": "integer", "minimum": 0, "description": "numbers and names that both hold"},
                    "of_facts": {"type": "integer", "minimum": 0, "description": "of so many"}
                }
            },
            "via": {"$ref": "#/$defs/id", "description": "the copy of `of` that was compared, if it was not `of` itself"}
        }
    })
}

fn entities() -> Value {
    json!({"type": "array", "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["name", "kind", "count", "aliases", "spans"],
                "properties": {
                    "name": {"type": "string", "description": "the fullest form of the name"},
                    "kind": {"enum": ["person", "organisation", "place"]},
                    "count": {"type": "integer", "minimum": 1},
                    "aliases": {"type": "array", "items": {"type": "string"}, "description": "other forms found"},
                    "spans": {"type": "array", "items": {"$ref": "#/$defs/span"}, "description": "where it is named"}
                }
            }, "description": "derived: who and what is named, the most often named first"})
}

fn language() -> Value {
    json!({
        "type": ["object", "null"],
        "description": "derived: the language of the text",
        "additionalProperties": false,
        "required": ["code", "confidence", "script", "tag"],
        "properties": {
            "code": {"type": "string", "description": "ISO 639-1 where there is one, else ISO 639-3"},
            "confidence": {"$ref": "#/$defs/share"},
            "script": {"type": "string", "description": "ISO 15924"},
            "tag": {"type": "string", "description": "BCP 47; without the script where the language is usually written in it"}
        }
    })
}

fn quotations() -> Value {
    json!({"type": "array", "description": "what is quoted, in order", "items": {
        "type": "object",
        "additionalProperties": false,
        "required": ["text", "span", "speaker", "speaker_span"],
        "properties": {
            "text": {"type": "string", "description": "the words, without the marks of quotation"},
            "span": {"$ref": "#/$defs/span"},
            "speaker": {"type": ["string", "null"], "description": "whose words they are, by the fullest form of the name; null where the article does not say it plainly"},
            "speaker_span": {"description": "where the speaker is named", "anyOf": [{"$ref": "#/$defs/span"}, {"type": "null"}]}
        }
    }})
}

fn captions() -> Value {
    json!({"type": "array", "description": "the words below its pictures", "items": {
        "type": "object",
        "additionalProperties": false,
        "required": ["text", "credit", "span"],
        "properties": {
            "text": {"type": "string", "description": "what the picture shows"},
            "credit": {"type": ["string", "null"], "description": "who made the picture"},
            "span": {"$ref": "#/$defs/span"}
        }
    }})
}

fn mentions() -> Value {
    json!({"type": "array", "description": "derived: days and quantities that the text mentions, in order", "items": {
        "type": "object",
        "additionalProperties": false,
        "required": ["kind", "value", "unit", "text", "span"],
        "properties": {
            "kind": {"enum": ["date", "quantity"]},
            "value": {"type": "string", "description": "a date as ISO 8601, as precise as the text; a quantity as a decimal number"},
            "unit": {"type": ["string", "null"], "description": "a quantity's unit: percent, a currency by ISO 4217, or a unit's symbol"},
            "text": {"type": "string"},
            "span": {"$ref": "#/$defs/span"}
        }
    }})
}

/// Where the fields' values come from.
fn evidence() -> Value {
    let conflict = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["value", "rule"],
        "properties": {"value": {"type": "string"}, "rule": {"type": "string"}}
    });
    json!({
        "description": "where each field's value comes from, by the field's name",
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "additionalProperties": false,
            "required": ["span", "rule"],
            "properties": {
                "span": {"description": "null where the source states it outside its visible text", "anyOf": [{"$ref": "#/$defs/span"}, {"type": "null"}]},
                "rule": {"type": "string"},
                "confidence": {"description": "how sure it is: by what all places say that state the field, or by how often the rule was right where it was measured; absent of a summary", "$ref": "#/$defs/share"},
                "spans": {"description": "where several places make the value, each of them", "type": "array", "items": {"$ref": "#/$defs/span"}},
                "conflicts": {"description": "what other places state instead, the weightiest first", "type": "array", "items": conflict}
            }
        }
    })
}
