//! Which names are one: short forms, spellings and genitives, within an article.

use copydesk_core::EntityKind;
use hashbrown::HashMap;

use super::gazetteer::Facts;
use super::group::{Group, Mention, Unit};
use super::page::Page;
use super::variants;
use crate::text::{Flags, fold};

/// What a short form stands for.
enum Long {
    None,
    /// The group of the full name.
    Of(usize),
    /// One of several people.
    Several,
}

/// The groups of an article's names.
pub(super) struct Groups<'p, 'a> {
    page: &'p Page<'a>,
    pub(super) all: Vec<Group<'a>>,
    by_key: HashMap<u64, usize>,
}

impl<'p, 'a> Groups<'p, 'a> {
    pub(super) fn of(page: &'p Page<'a>, mentions: &[Mention]) -> Groups<'p, 'a> {
        let mut groups = Groups {
            page,
            all: Vec::with_capacity(mentions.len()),
            by_key: HashMap::with_capacity(mentions.len()),
        };
        for mention in mentions {
            let at = *groups.by_key.entry(mention.key).or_insert_with(|| {
                groups.all.push(Group::new(page, mention.run));
                groups.all.len() - 1
            });
            if let Some(group) = groups.all.get_mut(at) {
                group.facts = group.facts.with(mention.run.facts);
                group.add(*mention);
            }
        }
        groups.join_genitives();
        groups.note_surnames();
        groups.join_people();
        groups.join_short();
        groups.join_acronyms();
        groups
    }

    fn merge(&mut self, from: usize, into: usize) {
        let Some(group) = self.all.get_mut(from) else { return };
        let mentions = std::mem::take(&mut group.mentions);
        group.joined = true;
        if let Some(target) = self.all.get_mut(into) {
            for mention in mentions {
                target.add(mention);
            }
        }
    }

    fn group(&self, idx: usize) -> Option<&Group<'a>> {
        self.all.get(idx).filter(|group| !group.joined)
    }

    /// `Putins` belongs to `Putin`.
    fn join_genitives(&mut self) {
        if !self.page.lexicon.genitive_s {
            return;
        }
        for idx in 0..self.all.len() {
            let Some(target) = self.genitive_of(idx).filter(|target| *target != idx) else { continue };
            if self.group(target).is_some() {
                self.merge(idx, target);
            }
        }
    }

    fn genitive_of(&self, idx: usize) -> Option<usize> {
        let group = self.group(idx)?;
        let run = group.mentions.first()?.run;
        let base = self.page.letters(run.last).strip_suffix('s').filter(|base| base.len() > 2)?;
        let hash = fold::of_word(base);
        let front = (run.first..run.last).map(|idx| self.page.key(idx)).reduce(fold::join);
        let key = front.map_or(hash, |front| fold::join(front, hash));
        let by_surname = || {
            let is_of = |other: &Group<'_>| {
                !other.is_single() && other.units.last().is_some_and(|unit| unit.key == hash)
            };
            (group.is_single()).then(|| self.all.iter().position(is_of)).flatten()
        };
        self.by_key.get(&key).copied().or_else(by_surname)
    }

    /// A name whose last word stands alone elsewhere is rather a person's.
    fn note_surnames(&mut self) {
        let singles = self.all.iter().filter(|group| group.is_single() && !group.joined && !group.is_word);
        let keys: Vec<u64> = singles.filter_map(|group| Some(group.units.first()?.key)).collect();
        for group in self.all.iter_mut().filter(|group| !group.is_single()) {
            let is_thing = group.form.org > 3 || group.form.place > 3;
            if !is_thing && group.units.last().is_some_and(|last| keys.contains(&last.key)) {
                group.form.person += 2;
            }
        }
    }

    /// Full names of one person in several spellings.
    fn join_people(&mut self) {
        let is_person = |group: &Group<'_>| !group.is_single() && group.kind() == Some(EntityKind::Person);
        let mut people: Vec<usize> =
            (0..self.all.len()).filter(|idx| self.group(*idx).is_some_and(is_person)).collect();
        people.sort_by_key(|idx| self.all.get(*idx).map_or(0, Group::first_word));
        for (at, other) in people.iter().enumerate() {
            let Some(group) = self.group(*other) else { continue };
            let earlier = people.get(..at).unwrap_or_default().iter().copied();
            let mut same = earlier
                .filter(|one| self.group(*one).is_some_and(|one| same_person(&one.units, &group.units)));
            if let (Some(one), None) = (same.next(), same.next()) {
                self.merge(*other, one);
            }
        }
    }

    /// Surnames, given names and first words that stand for a full name.
    fn join_short(&mut self) {
        let kind = |idx: usize| self.group(idx).filter(|group| !group.is_single()).and_then(Group::kind);
        let full: Vec<(usize, EntityKind)> = (0..self.all.len())
            .filter_map(|idx| Some((idx, kind(idx)?)))
            .filter(|(_, kind)| *kind != EntityKind::Place)
            .collect();
        for idx in 0..self.all.len() {
            match self.long_form(idx, &full) {
                Long::Of(target) => self.merge(idx, target),
                Long::Several => {
                    if let Some(group) = self.all.get_mut(idx) {
                        group.ambiguous = true;
                    }
                }
                Long::None => {}
            }
        }
    }

    /// The full name that a single word stands for, if there is one alone.
    fn long_form(&self, idx: usize, full: &[(usize, EntityKind)]) -> Long {
        let Some(group) = self.group(idx).filter(|group| group.is_single()) else { return Long::None };
        let Some(word) = group.units.first() else { return Long::None };
        let points = group.points();
        let is_elsewhere = group.facts.place() > 2 && points.place >= points.person;
        let is_no_name = group.facts.has(Facts::NO_NAME) && group.facts.place() < 3;
        if is_elsewhere || is_no_name && points.person < 4 {
            return Long::None;
        }
        let by_surname: Vec<usize> = full
            .iter()
            .filter(|(other, kind)| {
                *kind == EntityKind::Person
                    && self.group(*other).is_some_and(|other| has_surname(other, word))
            })
            .map(|(other, _)| *other)
            .collect();
        match by_surname[..] {
            [one] => return Long::Of(one),
            [] => {}
            _ => {
                // Several of one surname: the one that alone was named before, if so.
                let at = group.first_word();
                let is_before = |one: &usize| self.group(*one).is_some_and(|one| one.first_word() < at);
                let mut before = by_surname.iter().copied().filter(is_before);
                return match (before.next(), before.next()) {
                    (Some(one), None) => Long::Of(one),
                    _ => Long::Several,
                };
            }
        }
        let is_free = group.facts.place() == 0 && !group.facts.has(Facts::ORGANISATION) && !group.is_word;
        let wanted = if group.facts.has(Facts::GIVEN) && group.facts.place() < 2 {
            EntityKind::Person
        } else if is_free {
            EntityKind::Organisation
        } else {
            return Long::None;
        };
        let opens = |other: usize| {
            self.group(other).and_then(|other| other.units.first()).is_some_and(|first| first.key == word.key)
        };
        let mut same = full.iter().filter(|(other, kind)| *kind == wanted && opens(*other));
        match (same.next(), same.next()) {
            (Some((one, _)), None) => Long::Of(*one),
            _ => Long::None,
        }
    }

    /// `Organisation X (OX)`.
    fn join_acronyms(&mut self) {
        let mut pairs: Vec<(usize, u64)> = Vec::new();
        for (idx, group) in self.all.iter().enumerate() {
            for mention in &group.mentions {
                let next = mention.run.last + 1;
                let stands = self.page.is(next, Flags::CAPS) && self.page.gap(next) == " (";
                if stands && self.page.is_acronym_of(next, mention.run) {
                    pairs.push((idx, self.page.key(next)));
                }
            }
        }
        for (idx, key) in pairs {
            let other = self.by_key.get(&key).copied();
            if let Some(other) = other.filter(|other| *other != idx && self.group(*other).is_some()) {
                self.merge(other, idx);
            }
        }
    }
}

/// True if a word is one of a person's surnames, or a spelling of the last.
fn has_surname(person: &Group<'_>, word: &Unit<'_>) -> bool {
    person.units.iter().skip(1).any(|unit| unit.key == word.key)
        || person.units.last().is_some_and(|last| is_spelling(last, word))
}

fn is_spelling(one: &Unit<'_>, other: &Unit<'_>) -> bool {
    one.head == other.head && variants::same_surname(one.form, other.form)
}

/// True if two full names are forms of one: `Joseph R. Biden` and `Joseph Biden`, `Yuri` and `Yury Ushakov`.
fn same_person(one: &[Unit<'_>], other: &[Unit<'_>]) -> bool {
    let (Some(one_last), Some(other_last)) = (one.last(), other.last()) else { return false };
    let (Some(one_first), Some(other_first)) = (one.first(), other.first()) else { return false };
    let same_last = one_last.key == other_last.key
        || one_last.head == other_last.head && variants::same_letters(one_last.form, other_last.form)
        || is_spelling(one_last, other_last);
    if same_last && variants::same_given(one_first.form, other_first.form) {
        return true;
    }
    // Spanish names leave the second surname out: `Pedro Sánchez Pérez`.
    one.iter().zip(other).all(|(one, other)| one.key == other.key)
}
