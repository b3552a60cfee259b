//! All places of one name, and what they say together.

use copydesk_core::EntityKind;

use super::find::Run;
use super::gazetteer::Facts;
use super::lexicon::Class;
use super::page::Page;
use super::score::{Evidence, Points};
use super::variants;
use crate::text::Flags;

/// A run with what its place says of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mention {
    pub(super) run: Run,
    pub(super) key: u64,
    pub(super) evidence: Evidence,
}

/// The points at which a name is taken for something.
const ENOUGH: i32 = 4;
/// What the neighbours of a name say counts up to this.
const MOST_CONTEXT: i32 = 10;

/// A part of a name: a word with a large letter, or several that a hyphen joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit<'a> {
    pub(super) key: u64,
    pub(super) form: &'a str,
    /// [`variants::head`] of it.
    pub(super) head: char,
}

/// All places of one name.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Clone, Default)]
pub(super) struct Group<'a> {
    pub(super) mentions: Vec<Mention>,
    /// The parts of the name, as first seen.
    pub(super) units: Vec<Unit<'a>>,
    pub(super) form: Points,
    context: Points,
    n_speaks: i32,
    /// Some mention stands where a large letter says something.
    pub(super) is_shown: bool,
    /// What the gazetteer has of the name.
    pub(super) facts: Facts,
    /// The word stands in small letters elsewhere.
    pub(super) is_word: bool,
    /// A surname that several people share, and nothing tells which of them is meant.
    pub(super) ambiguous: bool,
    /// Joined to another group.
    pub(super) joined: bool,
}

impl<'a> Group<'a> {
    pub(super) fn new(page: &Page<'a>, run: Run) -> Group<'a> {
        let units = units(page, run);
        let hash = page.word(run.first).map_or(0, |word| word.hash);
        let is_word = run.n_words() < 2 && page.is_small_elsewhere(hash) && !page.is(run.first, Flags::CAPS);
        Group { facts: run.facts, units, is_word, ..Group::default() }
    }

    pub(super) fn add(&mut self, mention: Mention) {
        self.form = self.form.max(mention.evidence.form);
        self.context = self.context.plus(mention.evidence.context);
        self.n_speaks += i32::from(mention.evidence.speaks);
        self.is_shown |= !mention.evidence.at_start;
        self.mentions.push(mention);
    }

    pub(super) fn is_single(&self) -> bool {
        self.units.len() < 2
    }

    pub(super) fn points(&self) -> Points {
        // Countries and capitals speak as well as people.
        let speech = if self.facts.place() > 1 || (self.is_single() && !self.is_shown) {
            i32::from(self.is_shown && self.n_speaks > 0)
        } else {
            (2 * self.n_speaks).min(4)
        };
        let cap = |points: i32| points.clamp(-MOST_CONTEXT, MOST_CONTEXT);
        let is_unknown_word = self.is_word && self.is_single() && self.facts.place() < 2;
        let penalty = if is_unknown_word { 4 } else { 0 };
        // `the governor of the Bank of X`, `at the University of X`: the form says more than the preposition.
        let is_org = self.form.org > 4 && self.form.place < 4;
        let is_person = self.form.person > 4 && self.form.place < 4;
        let placed = if is_org || is_person { 0 } else { cap(self.context.place) };
        Points {
            person: self.form.person + cap(self.context.person) + speech - penalty,
            place: self.form.place + placed - penalty,
            org: self.form.org + cap(self.context.org) + speech / 2 - penalty,
        }
    }

    /// What the name is, if that is sure enough.
    pub(super) fn kind(&self) -> Option<EntityKind> {
        if self.ambiguous || self.joined {
            return None;
        }
        let points = self.points();
        let best = points.person.max(points.place).max(points.org);
        let is_no_name = self.facts.has(Facts::NO_NAME) && self.facts.place() < 3 && self.is_single();
        if best < if is_no_name { 2 * ENOUGH } else { ENOUGH } {
            return None;
        }
        Some(if points.org == best && points.org > points.place && points.org > points.person {
            EntityKind::Organisation
        } else if points.place == best && (points.place > points.person || self.facts.place() > 1) {
            EntityKind::Place
        } else if points.person == best && (points.person > points.org || self.form.person > self.form.org) {
            EntityKind::Person
        } else {
            EntityKind::Organisation
        })
    }

    pub(super) fn first_word(&self) -> usize {
        self.mentions.iter().map(|mention| mention.run.first).min().unwrap_or(usize::MAX)
    }
}

/// The parts of a run.
fn units<'a>(page: &Page<'a>, run: Run) -> Vec<Unit<'a>> {
    let mut bounds: Vec<(usize, usize)> = Vec::with_capacity(4);
    for idx in run.first..=run.last {
        let is_large = page.is(idx, Flags::LARGE);
        match bounds.last_mut() {
            // `Keller-Diop`, `Le Goff`
            Some(unit) if unit.1 + 1 == idx && (page.is(idx, Flags::HYPHEN) || is_particle(page, unit.1)) => {
                unit.1 = idx;
            }
            _ if is_large => bounds.push((idx, idx)),
            _ => {}
        }
    }
    let unit = |(first, last)| {
        let form = page.form(first, last);
        Unit { key: page.key_of(first, last), form, head: variants::head(form) }
    };
    bounds.into_iter().map(unit).collect()
}

/// True for a particle that is written large, as part of a surname.
fn is_particle(page: &Page<'_>, idx: usize) -> bool {
    page.is(idx, Flags::LARGE) && page.class(idx).any(Class::PARTICLE)
}
