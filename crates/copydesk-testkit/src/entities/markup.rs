//! Articles with their entities marked in place: `[[P:Ada Quill]]`, `[[O?:BBC]]`, `[[L:Italiens=Italien]]`.
//!
//! `P` is a person, `O` an organisation, `L` a place; of several letters (`OL`) each will do, and the first is what
//! a miss is counted under. `?` marks a mention that may be found or not. `=` names the entity where the form alone
//! does not: without it, a form whose words all stand in exactly one longer name of that kind is of that entity.

use std::collections::BTreeSet;
use std::ops::Range;

use copydesk_core::EntityKind;

/// An article without its marks, and what they said.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledText {
    /// The article as a reader gets it.
    pub text: String,
    /// In the order in which they are first named.
    pub entities: Vec<LabelledEntity>,
}

/// Somebody or something that the article names.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledEntity {
    /// The fullest form.
    pub name: String,
    /// What it may be taken for; the first is what it is counted under.
    pub kinds: Vec<EntityKind>,
    /// Neither finding nor missing it counts.
    pub optional: bool,
    /// Every place where it is named, in order.
    pub mentions: Vec<LabelledMention>,
}

/// A place where an entity is named.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledMention {
    /// As written there.
    pub form: String,
    /// Its bytes in the text.
    pub span: Range<usize>,
    /// Neither finding nor missing it counts.
    pub optional: bool,
}

/// A mark as it is written.
struct Mark {
    kinds: Vec<EntityKind>,
    optional: bool,
    form: String,
    name: Option<String>,
    span: Range<usize>,
}

impl LabelledText {
    /// Takes the marks out of an article.
    ///
    /// # Errors
    /// Which mark is broken, or could be of several entities.
    pub fn parse(source: &str) -> Result<LabelledText, String> {
        let mut text = String::with_capacity(source.len());
        let mut marks = Vec::new();
        let mut rest = source;
        while let Some((before, after)) = rest.split_once("[[") {
            text.push_str(before);
            let (inside, after) = after.split_once("]]").ok_or_else(|| "a mark without an end".to_owned())?;
            let start = text.len();
            let mut mark = mark(inside).ok_or_else(|| format!("`[[{inside}]]` is no mark"))?;
            text.push_str(&mark.form);
            mark.span = start..text.len();
            marks.push(mark);
            rest = after;
        }
        text.push_str(rest);
        if text.contains("]]") {
            return Err("an end without a mark".into());
        }
        Ok(LabelledText { entities: entities(marks)?, text })
    }
}

/// A mark without its brackets; its span is set by who knows the place.
fn mark(inside: &str) -> Option<Mark> {
    let (head, body) = inside.split_once(':')?;
    let letters = head.trim_end_matches('?');
    let kinds = letters.chars().map(kind).collect::<Option<Vec<_>>>()?;
    let (form, name) =
        body.split_once('=').map_or((body, None), |(form, name)| (form, Some(name.to_owned())));
    let sound = |name: &str| !name.is_empty() && name.trim() == name && !name.contains(['[', '\n']);
    if kinds.is_empty() || !sound(form) || name.as_deref().is_some_and(|name| !sound(name)) {
        return None;
    }
    Some(Mark { kinds, optional: head.ends_with('?'), form: form.to_owned(), name, span: 0..0 })
}

fn kind(letter: char) -> Option<EntityKind> {
    match letter {
        'P' => Some(EntityKind::Person),
        'O' => Some(EntityKind::Organisation),
        'L' => Some(EntityKind::Place),
        _ => None,
    }
}

fn entities(marks: Vec<Mark>) -> Result<Vec<LabelledEntity>, String> {
    let names: BTreeSet<(char, String)> = marks
        .iter()
        .filter_map(|mark| {
            Some((letter(*mark.kinds.first()?), mark.name.as_ref().unwrap_or(&mark.form).clone()))
        })
        .collect();
    let mut entities: Vec<LabelledEntity> = Vec::new();
    for mark in marks {
        let name = match &mark.name {
            Some(name) => name.clone(),
            None => full_name(&mark, &names)?,
        };
        let mention = LabelledMention { form: mark.form, span: mark.span, optional: mark.optional };
        let known =
            entities.iter_mut().find(|known| known.name == name && known.kinds.first() == mark.kinds.first());
        match known {
            Some(known) => {
                // Marked out once for several kinds, an entity is that everywhere.
                for kind in mark.kinds {
                    if !known.kinds.contains(&kind) {
                        known.kinds.push(kind);
                    }
                }
                known.optional &= mention.optional;
                known.mentions.push(mention);
            }
            None => entities.push(LabelledEntity {
                name,
                kinds: mark.kinds,
                optional: mention.optional,
                mentions: vec![mention],
            }),
        }
    }
    Ok(entities)
}

/// The one longest name that holds all words of the form, or the form itself.
fn full_name(mark: &Mark, names: &BTreeSet<(char, String)>) -> Result<String, String> {
    let kind = mark.kinds.first().map(|kind| letter(*kind));
    let holding: Vec<&String> = names
        .iter()
        .filter(|(of, name)| Some(*of) == kind && is_short_for(&mark.form, name))
        .map(|(_, name)| name)
        .collect();
    let longest: Vec<&&String> =
        holding.iter().filter(|name| !holding.iter().any(|other| is_short_for(name, other))).collect();
    match longest.as_slice() {
        [] => Ok(mark.form.clone()),
        [name] => Ok((**name).clone()),
        several => Err(format!("`{}` may be of {several:?}: say of which", mark.form)),
    }
}

/// True if every word of the one stands in the other, which has more.
fn is_short_for(short: &str, long: &str) -> bool {
    let words: Vec<&str> = long.split_whitespace().collect();
    short.split_whitespace().count() < words.len()
        && short.split_whitespace().all(|word| words.contains(&word))
}

fn letter(kind: EntityKind) -> char {
    match kind {
        EntityKind::Person => 'P',
        EntityKind::Organisation => 'O',
        EntityKind::Place => 'L',
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
    use super::*;

    #[test]
    fn short_forms_are_of_the_one_longer_name() {
        let text =
            LabelledText::parse("[[P:Ada Quill]] met [[P:Bo Hart]]. [[P:Quill]]'s dog, [[O:Quill]] Ltd")
                .unwrap();
        assert_eq!(text.text, "Ada Quill met Bo Hart. Quill's dog, Quill Ltd");
        let names: Vec<(&str, usize)> =
            text.entities.iter().map(|entity| (entity.name.as_str(), entity.mentions.len())).collect();
        assert_eq!(names, [("Ada Quill", 2), ("Bo Hart", 1), ("Quill", 1)]);
        let second = &text.entities.first().unwrap().mentions.last().unwrap();
        assert_eq!(text.text.get(second.span.clone()), Some("Quill"));
    }

    #[test]
    fn a_form_of_two_entities_must_say_of_which() {
        let error = LabelledText::parse("[[P:Ada Quill]], [[P:Bo Quill]]: [[P:Quill]]").unwrap_err();
        assert!(error.contains("`Quill` may be of"), "{error}");
        let told = LabelledText::parse("[[P:Ada Quill]], [[P:Bo Quill]]: [[P:Quill=Bo Quill]]").unwrap();
        assert_eq!(told.entities.last().unwrap().mentions.len(), 2);
    }

    #[test]
    fn a_name_may_stand_in_no_form() {
        let text = LabelledText::parse("[[L:Italiens=Italien]] Wahl").unwrap();
        assert_eq!(
            (text.text.as_str(), text.entities.first().unwrap().name.as_str()),
            ("Italiens Wahl", "Italien")
        );
    }

    #[test]
    fn only_what_is_optional_everywhere_is_optional() {
        let text = LabelledText::parse("[[L?:ROME=Rome]] - [[L:Rome]], [[OL?:Hall]]").unwrap();
        let optional: Vec<bool> = text.entities.iter().map(|entity| entity.optional).collect();
        assert_eq!(optional, [false, true]);
        assert_eq!(text.entities.last().unwrap().kinds, [EntityKind::Organisation, EntityKind::Place]);
    }

    #[test]
    fn broken_marks_are_refused() {
        for broken in
            ["[[P:Ada", "[[X:Ada]]", "[[P: Ada]]", "[[Ada]]", "[[P:]]", "[[:Ada]]", "[[P:Ada=]]", "Ada]]"]
        {
            assert!(LabelledText::parse(broken).is_err(), "{broken}");
        }
    }
}
