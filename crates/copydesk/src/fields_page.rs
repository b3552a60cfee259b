//! The reference of an article record's fields, from the schema, the enrichers and the formats.

use std::fmt::Write as _;

use copydesk_enricher::ENRICHERS;
use copydesk_sink::PLACES;
use serde_json::Value;

/// The page, as Markdown.
pub(crate) fn fields_page() -> String {
    let schema = crate::article_schema();
    let mut out = String::from(
        "# Fields\n\n*Made from the code by `cargo dev generate`.*\n\n\
         The fields of an article record, as `copydesk clean --format json` prints it and sinks store it \
         ([JSON Schema](article.schema.json)), and where `--format ninjs` and `--format jsonld` have them; the sinks \
         `jsonl` and `stdout` write these with `format = \"ninjs\"` or `\"jsonld\"`. A field that the source does not \
         state is null or empty. What is derived is computed from the text and stated by nobody.\n\n\
         | field | type | what | enricher | ninjs 3.1 | schema.org |\n|---|---|---|---|---|---|\n",
    );
    let fields = schema["properties"].as_object().into_iter().flatten();
    for (name, field) in fields {
        let place = PLACES.iter().find(|place| place.field == name);
        let shown = |place: Option<&str>| place.map_or_else(|| "–".to_owned(), |place| format!("`{place}`"));
        let enricher = ENRICHERS.iter().find(|one| one.fills.contains(&name.as_str()));
        let _ = writeln!(
            out,
            "| `{name}` | {} | {} | {} | {} | {} |",
            kind(field),
            field["description"].as_str().unwrap_or_default().replace('|', "\\|"),
            enricher.map_or_else(|| "–".to_owned(), |one| format!("`{}`", one.name)),
            shown(place.and_then(|place| place.ninjs)),
            shown(place.and_then(|place| place.jsonld)),
        );
    }
    out.push_str(
        "\n## Enrichers\n\nThe stage `enrich` is made of these. Switch some off with `off = [\"summary\", \"entities\"]`.\n\n\
         | enricher | fills | how |\n|---|---|---|\n",
    );
    for one in ENRICHERS {
        let fills: Vec<String> = one.fills.iter().map(|field| format!("`{field}`")).collect();
        let derived = if one.derived { "Derived. " } else { "" };
        let _ = writeln!(out, "| `{}` | {} | {derived}{} |", one.name, fills.join(", "), one.how);
    }
    out
}

/// The type of a field, in a word or two.
fn kind(field: &Value) -> String {
    let name = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let own = match &field["type"] {
        Value::Array(several) => several.iter().map(name).collect::<Vec<String>>().join(" or "),
        Value::String(one) if one == "array" => format!("list of {}s", name(&field["items"]["type"])),
        Value::String(one) => one.clone(),
        _ => "string".to_owned(),
    };
    own.replace(" or null", ", null")
}
