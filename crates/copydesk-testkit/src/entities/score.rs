//! What was found against what is marked, one to one.
//!
//! An entity is found if its kind is right and its name or an alias is a form of the marked one: first names are
//! matched with names, then with other forms, then aliases. A second entity of the same name is a wrong one, so
//! forms that were not joined cost precision. Mentions are a stricter figure: kind and place must be right.

use std::ops::Range;

use copydesk_core::{Entity, EntityKind};

use super::fold::fold;
use super::markup::{LabelledEntity, LabelledText};

/// Counts of what was right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Marked and found.
    pub right: usize,
    /// Found, but not marked.
    pub wrong: usize,
    /// Marked, but not found.
    pub missed: usize,
}

impl Tally {
    /// The share of what was found that is marked; 0 if nothing was.
    pub fn precision(&self) -> f64 {
        share(self.right, self.right + self.wrong)
    }

    /// The share of what is marked that was found; 0 if nothing is.
    pub fn recall(&self) -> f64 {
        share(self.right, self.right + self.missed)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        share(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }

    /// Adds the counts of another.
    pub fn add(&mut self, other: &Tally) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of names are small")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// One article's entities, compared with its labels.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    entities: Vec<(EntityKind, Tally)>,
    mentions: Vec<(EntityKind, Tally)>,
    /// Found by an unlabelled name or kind, or a second time: kind and name.
    pub wrong: Vec<(EntityKind, String)>,
    /// Labelled and not found: kind and name.
    pub missed: Vec<(EntityKind, String)>,
}

impl Comparison {
    /// The counts of entities of a kind.
    pub fn entities(&self, kind: EntityKind) -> Tally {
        sum(&self.entities, kind)
    }

    /// The counts of mentions of a kind.
    pub fn mentions(&self, kind: EntityKind) -> Tally {
        sum(&self.mentions, kind)
    }
}

fn sum(counts: &[(EntityKind, Tally)], kind: EntityKind) -> Tally {
    let mut total = Tally::default();
    for (_, tally) in counts.iter().filter(|(of, _)| *of == kind) {
        total.add(tally);
    }
    total
}

const RIGHT: Tally = Tally { right: 1, wrong: 0, missed: 0 };
const WRONG: Tally = Tally { right: 0, wrong: 1, missed: 0 };
const MISSED: Tally = Tally { right: 0, wrong: 0, missed: 1 };

/// Compares what was found in an article with what is marked in it.
pub fn compare_entities(labelled: &LabelledText, found: &[Entity]) -> Comparison {
    let mut comparison = Comparison::default();
    compare_names(labelled, found, &mut comparison);
    compare_mentions(labelled, found, &mut comparison);
    comparison
}

/// The folded names of one side.
struct Names {
    kinds: Vec<EntityKind>,
    name: String,
    others: Vec<String>,
}

impl Names {
    fn of_label(label: &LabelledEntity) -> Names {
        let kind = label.kinds.first().copied().unwrap_or(EntityKind::Place);
        let others = label.mentions.iter().map(|mention| fold(&mention.form, kind)).collect();
        Names { kinds: label.kinds.clone(), name: fold(&label.name, kind), others }
    }

    fn of_found(found: &Entity) -> Names {
        let others = found.aliases.iter().map(|alias| fold(alias, found.kind)).collect();
        Names { kinds: vec![found.kind], name: fold(&found.name, found.kind), others }
    }

    /// How a found entity is this labelled one: 0 by name, 1 by another form, 2 by an alias.
    fn is(&self, found: &Names) -> Option<u8> {
        if !found.kinds.iter().all(|kind| self.kinds.contains(kind)) {
            return None;
        }
        if self.name == found.name {
            return Some(0);
        }
        if self.others.contains(&found.name) {
            return Some(1);
        }
        found.others.iter().any(|alias| *alias == self.name || self.others.contains(alias)).then_some(2)
    }
}

fn compare_names(labelled: &LabelledText, found: &[Entity], comparison: &mut Comparison) {
    let labels: Vec<Names> = labelled.entities.iter().map(Names::of_label).collect();
    let names: Vec<Names> = found.iter().map(Names::of_found).collect();
    let mut pairs = Vec::new();
    for (label_idx, label) in labels.iter().enumerate() {
        let optional = labelled.entities.get(label_idx).is_some_and(|entity| entity.optional);
        for (found_idx, name) in names.iter().enumerate() {
            if let Some(rank) = label.is(name) {
                pairs.push((rank, optional, label_idx, found_idx));
            }
        }
    }
    pairs.sort_unstable();
    let (mut of_label, mut of_found) = (vec![false; labels.len()], vec![false; found.len()]);
    for (_, _, label_idx, found_idx) in pairs {
        if let (Some(label), Some(taken)) = (of_label.get_mut(label_idx), of_found.get_mut(found_idx))
            && !*label
            && !*taken
        {
            (*label, *taken) = (true, true);
        }
    }
    for (label, is_found) in labelled.entities.iter().zip(&of_label) {
        let Some(kind) = label.kinds.first().filter(|_| !label.optional) else { continue };
        comparison.entities.push((*kind, if *is_found { RIGHT } else { MISSED }));
        if !is_found {
            comparison.missed.push((*kind, label.name.clone()));
        }
    }
    for ((entity, name), is_right) in found.iter().zip(&names).zip(&of_found) {
        // What is optional may also be found in two pieces.
        let is_free = labels
            .iter()
            .zip(&labelled.entities)
            .any(|(label, entity)| entity.optional && label.is(name).is_some());
        if !is_right && !is_free {
            comparison.entities.push((entity.kind, WRONG));
            comparison.wrong.push((entity.kind, entity.name.clone()));
        }
    }
}

/// Mentions of the text below the headline, which is a field and may be read or not.
fn compare_mentions(labelled: &LabelledText, found: &[Entity], comparison: &mut Comparison) {
    let headline_end = labelled.text.trim_start().find('\n').unwrap_or(0);
    let mut spans: Vec<(EntityKind, Range<usize>, bool)> = found
        .iter()
        .flat_map(|entity| entity.spans.iter().map(|span| (entity.kind, span.start()..span.end(), false)))
        .collect();
    for label in &labelled.entities {
        for mention in &label.mentions {
            let is_free = mention.optional || label.optional || mention.span.start < headline_end;
            let hit = spans.iter_mut().find(|(kind, span, _)| {
                label.kinds.contains(kind) && is_same_place(labelled, label, *kind, span, &mention.span)
            });
            let is_hit = hit.is_some();
            if let Some((_, _, used)) = hit {
                *used = true;
            }
            if let Some(kind) = label.kinds.first().filter(|_| !is_free) {
                comparison.mentions.push((*kind, if is_hit { RIGHT } else { MISSED }));
            }
        }
    }
    for (kind, span, used) in spans {
        let in_free = labelled.entities.iter().any(|label| {
            label.mentions.iter().any(|mention| {
                (mention.optional || label.optional)
                    && span.start < mention.span.end
                    && mention.span.start < span.end
            })
        });
        if !used && !in_free && span.start >= headline_end {
            comparison.mentions.push((kind, WRONG));
        }
    }
}

/// True for spans that are the same but for an article, a possessive, or the generic word before the name.
fn is_same_place(
    labelled: &LabelledText,
    label: &LabelledEntity,
    kind: EntityKind,
    span: &Range<usize>,
    mention: &Range<usize>,
) -> bool {
    if span == mention {
        return true;
    }
    if span.end <= mention.start || mention.end <= span.start {
        return false;
    }
    let folded = |span: &Range<usize>| labelled.text.get(span.clone()).map(|form| fold(form, kind));
    let found = folded(span);
    found.is_some() && (found == folded(mention) || found == Some(fold(&label.name, kind)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
    use copydesk_core::Span;

    use super::*;

    const TEXT: &str = "Headline of the day\n\n[[P:Ada Quill]] of [[O:Quill & Sons]] came to [[L:Rome]]. [[P:Quill]]'s \
                        host was [[P?:Bo Hart]], and the [[OL:Kremlin]] wrote.\n";

    fn found(kind: EntityKind, name: &str, aliases: &[&str], raw: &str) -> Entity {
        let mut spans = Vec::new();
        for form in std::iter::once(&name).chain(aliases) {
            spans.extend(
                raw.match_indices(form).filter_map(|(start, form)| Span::new(raw, start, start + form.len())),
            );
        }
        let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        Entity { name: name.to_owned(), kind, count: 1, aliases, spans }
    }

    fn all(text: &LabelledText) -> Vec<Entity> {
        let mut quill = found(EntityKind::Person, "Ada Quill", &[], &text.text);
        quill.aliases.push("Quill".into());
        let at = text.text.find("Quill's").unwrap();
        quill.spans.push(Span::new(&text.text, at, at + "Quill's".len()).unwrap());
        vec![
            quill,
            found(EntityKind::Organisation, "Quill & Sons", &[], &text.text),
            found(EntityKind::Place, "Rome", &[], &text.text),
            found(EntityKind::Place, "The Kremlin", &["Kremlin"], &text.text),
        ]
    }

    #[test]
    fn all_that_is_labelled_and_no_more_is_all_right() {
        let text = LabelledText::parse(TEXT).unwrap();
        let comparison = compare_entities(&text, &all(&text));
        assert_eq!((comparison.wrong.len(), comparison.missed.len()), (0, 0), "{comparison:?}");
        let people = Tally { right: 1, wrong: 0, missed: 0 };
        assert_eq!(comparison.entities(EntityKind::Person), people);
        assert_eq!(comparison.mentions(EntityKind::Person), Tally { right: 2, ..people });
        assert_eq!(
            comparison.mentions(EntityKind::Organisation).right,
            2,
            "the Kremlin under its first kind"
        );
    }

    #[test]
    fn what_is_optional_counts_neither_way() {
        let text = LabelledText::parse(TEXT).unwrap();
        let without = compare_entities(&text, &all(&text));
        let mut more = all(&text);
        more.push(found(EntityKind::Person, "Bo Hart", &[], &text.text));
        let with = compare_entities(&text, &more);
        for kind in [EntityKind::Person, EntityKind::Organisation, EntityKind::Place] {
            assert_eq!(without.entities(kind), with.entities(kind));
            assert_eq!(without.mentions(kind), with.mentions(kind));
        }
    }

    #[test]
    fn the_wrong_kind_is_a_miss_and_a_wrong_one() {
        let text = LabelledText::parse(TEXT).unwrap();
        let mut entities = all(&text);
        entities.get_mut(2).unwrap().kind = EntityKind::Person;
        let comparison = compare_entities(&text, &entities);
        assert_eq!(comparison.wrong, [(EntityKind::Person, "Rome".to_owned())]);
        assert_eq!(comparison.missed, [(EntityKind::Place, "Rome".to_owned())]);
        assert_eq!(comparison.mentions(EntityKind::Person).wrong, 1);
        assert_eq!(comparison.mentions(EntityKind::Place).missed, 1);
    }

    #[test]
    fn forms_that_are_not_joined_cost_precision() {
        let text = LabelledText::parse(TEXT).unwrap();
        let mut entities = all(&text);
        entities.push(found(EntityKind::Person, "Quill", &[], ""));
        let comparison = compare_entities(&text, &entities);
        assert_eq!(comparison.entities(EntityKind::Person), Tally { right: 1, wrong: 1, missed: 0 });
        assert_eq!(comparison.wrong, [(EntityKind::Person, "Quill".to_owned())]);
    }

    #[test]
    fn two_people_of_one_surname_need_two() {
        let text = LabelledText::parse("Head\n\n[[P:Ada Quill]] and [[P:Bo Quill]].").unwrap();
        let one = [found(EntityKind::Person, "Quill", &["Ada Quill", "Bo Quill"], &text.text)];
        let tally = compare_entities(&text, &one).entities(EntityKind::Person);
        assert_eq!(tally, Tally { right: 1, wrong: 0, missed: 1 });
        assert!((tally.f1() - 2.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn a_generic_word_may_be_in_the_span_or_not_and_a_wrong_name_may_not() {
        let text = LabelledText::parse("Head\n\non [[L:île de Sein=Sein]].").unwrap();
        for (name, right) in [("île de Sein", 1), ("Sein", 1), ("île", 0)] {
            let tally = compare_entities(&text, &[found(EntityKind::Place, name, &[], &text.text)]);
            assert_eq!(tally.mentions(EntityKind::Place).right, right, "{name}");
        }
    }

    #[test]
    fn nothing_found_is_nothing_right() {
        let text = LabelledText::parse(TEXT).unwrap();
        let tally = compare_entities(&text, &[]).entities(EntityKind::Place);
        assert_eq!((tally.missed, tally.precision(), tally.recall(), tally.f1()), (1, 0.0, 0.0, 0.0));
    }
}
