//! What a fixture's `NAME.expected.json` says, and how it differs from what came.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::answer::{Came, CameCut};

/// What is expected of a plugin's answer, all of it: what is not named is expected not to come. As written by hand:
///
/// ```json
/// {"notes": {"words": 12}, "fields": {"section": "Sea"}, "cuts": [{"text": "Share!", "reason": "share"}]}
/// {"drop": "not wanted"}
/// {"fail": "ValueError: no such harbour"}
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    notes: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    fields: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cuts: Vec<ExpectedCut>,
    /// The reason, exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    drop: Option<String>,
    /// A part of what the plugin says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fail: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedCut {
    text: String,
    reason: String,
    /// Any, if it is not named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
}

impl Expected {
    /// Reads one. The error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Expected, String> {
        // A list would pass for an object that leaves everything out.
        if !text.trim_start().starts_with('{') {
            return Err("invalid type: it is no object".into());
        }
        let expected: Expected = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let proposes = !(expected.notes.is_empty() && expected.fields.is_empty() && expected.cuts.is_empty());
        let n_ends = usize::from(expected.drop.is_some()) + usize::from(expected.fail.is_some());
        if n_ends > 1 || (n_ends == 1 && proposes) {
            return Err("`drop` and `fail` stand alone: such an answer has no notes, fields or cuts".into());
        }
        Ok(expected)
    }

    /// What is to be written down where this has come; nothing if it is no answer to expect.
    pub(super) fn of(came: &Came) -> Option<Expected> {
        let none = Expected::default();
        Some(match came {
            Came::Keep { notes, fields, cuts } => {
                let cut = |cut: &CameCut| ExpectedCut {
                    text: cut.text.clone(),
                    reason: cut.reason.clone(),
                    rule: Some(cut.rule.clone()),
                };
                let cuts = cuts.iter().map(cut).collect();
                Expected { notes: notes.clone(), fields: fields.clone(), cuts, ..none }
            }
            Came::Drop(reason) => Expected { drop: Some(reason.clone()), ..none },
            Came::Fail(said) => Expected { fail: Some(said.clone()), ..none },
            Came::Hung(_) | Came::Broke(_) => return None,
        })
    }

    /// The file's text.
    pub(super) fn to_text(&self) -> String {
        // Every key is a string, and nothing here refuses to be written.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Every difference, a line each.
    pub(super) fn differences(&self, came: &Came) -> Vec<String> {
        let expected = match (&self.drop, &self.fail) {
            (Some(reason), _) => format!("it is dropped: {reason}"),
            (_, Some(said)) => format!("a failure that says {said}"),
            (None, None) => "it is kept".to_owned(),
        };
        let is_as_expected = match came {
            Came::Keep { notes, fields, cuts } if self.drop.is_none() && self.fail.is_none() => {
                let mut found = entries("note", &self.notes, notes);
                found.extend(entries("field", &self.fields, fields));
                found.extend(self.cut_differences(cuts));
                return found;
            }
            Came::Drop(reason) => self.drop.as_ref() == Some(reason),
            Came::Fail(said) => self.fail.as_ref().is_some_and(|part| said.contains(part.as_str())),
            Came::Keep { .. } | Came::Hung(_) | Came::Broke(_) => false,
        };
        if is_as_expected {
            Vec::new()
        } else {
            vec![format!("expected {expected}"), format!("came     {}", came.brief())]
        }
    }

    fn cut_differences(&self, cuts: &[CameCut]) -> Vec<String> {
        let is_same = |expected: &ExpectedCut, cut: &CameCut| {
            let is_rule = expected.rule.as_ref().is_none_or(|rule| *rule == cut.rule);
            expected.text == cut.text && expected.reason == cut.reason && is_rule
        };
        let mut left: Vec<&CameCut> = cuts.iter().collect();
        let mut found = Vec::new();
        for expected in &self.cuts {
            if let Some(at) = left.iter().position(|cut| is_same(expected, cut)) {
                left.remove(at);
            } else {
                let shown = serde_json::to_string(expected).unwrap_or_default();
                found.push(format!("cut expected and not made: {shown}"));
            }
        }
        let more = left.into_iter().map(|CameCut { text, reason, rule }| {
            let shown = serde_json::json!({ "text": text, "reason": reason, "rule": rule });
            format!("cut made and not expected: {shown}")
        });
        found.into_iter().chain(more).collect()
    }
}

fn entries(what: &str, expected: &Map<String, Value>, came: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in expected {
        match came.get(name) {
            Some(other) if other == value => {}
            Some(other) => {
                found.push(format!("{what} `{name}`: expected {value}"));
                found.push(format!("{what} `{name}`: came     {other}"));
            }
            None => found.push(format!("{what} `{name}`: expected {value}, and did not come")),
        }
    }
    for (name, value) in came.iter().filter(|(name, _)| !expected.contains_key(*name)) {
        found.push(format!("{what} `{name}`: not expected, came {value}"));
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keep(notes: &Value, cuts: &[(&str, &str)]) -> Came {
        let cut = |(text, reason): &(&str, &str)| CameCut {
            text: (*text).into(),
            reason: (*reason).into(),
            rule: "r".into(),
        };
        Came::Keep {
            notes: notes.as_object().unwrap().clone(),
            fields: Map::new(),
            cuts: cuts.iter().map(cut).collect(),
        }
    }

    fn differences(expected: &str, came: &Came) -> String {
        Expected::parse(expected).unwrap().differences(came).join("\n")
    }

    #[test]
    fn what_was_written_down_is_what_is_expected() {
        let all = [keep(&json!({"n": [1, null]}), &[("a", "promo"), ("a", "promo")]), Came::Drop("x".into())];
        for came in all.into_iter().chain([Came::Fail("y: z".into()), keep(&json!({}), &[])]) {
            let text = Expected::of(&came).unwrap().to_text();
            assert_eq!(differences(&text, &came), "", "{text}");
        }
        assert_eq!(Expected::of(&Came::Broke("it crashed".into())), None);
    }

    #[test]
    fn every_difference_is_told() {
        let came = keep(&json!({"n": 1, "m": 2}), &[("a", "promo")]);
        let told =
            differences(r#"{"notes": {"n": 3, "o": 4}, "cuts": [{"text": "b", "reason": "promo"}]}"#, &came);
        for expected in [
            "note `n`: expected 3\nnote `n`: came     1",
            "note `o`: expected 4, and did not come",
            "note `m`: not expected, came 2",
            r#"cut expected and not made: {"text":"b","reason":"promo"}"#,
            r#"cut made and not expected: {"text":"a","reason":"promo","rule":"r"}"#,
        ] {
            assert!(told.contains(expected), "{expected} is not in\n{told}");
        }
        assert!(
            differences(r#"{"drop": "x"}"#, &came)
                .contains("expected it is dropped: x\ncame     2 notes, 1 cut")
        );
        assert!(differences("{}", &Came::Broke("it crashed".into())).contains("it crashed"));
        assert!(differences(r#"{"fail": "Val"}"#, &Came::Fail("ValueError: x".into())).is_empty());
        assert!(differences(r#"{"drop": "x"}"#, &Came::Drop("xy".into())).contains("came     dropped: xy"));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (text, expected) in [
            (
                r#"{"note": {}}"#,
                "unknown field `note`, expected one of `notes`, `fields`, `cuts`, `drop`, `fail`",
            ),
            (r#"{"cuts": [{"text": "a"}]}"#, "missing field `reason`"),
            (r#"{"drop": "a", "notes": {"n": 1}}"#, "stand alone"),
            ("[]", "invalid type"),
        ] {
            let error = Expected::parse(text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
