//! Where names may stand: runs of words with large letters, and the small words that hold them together.

use super::endings::{is_adjective, is_and, is_slavic_adjective, is_slavic_genitive};
use super::gazetteer::Facts;
use super::lexicon::Class;
use super::page::Page;
use crate::text::{Flags, Part, fold};

/// The most words of a name.
const MOST_WORDS: usize = 10;
/// The most words of a name that the gazetteer is asked for.
const MOST_KNOWN: usize = 6;

/// A run of words that may be a name: from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) first: usize,
    pub(super) last: usize,
    /// What the gazetteer has of the whole.
    pub(super) facts: Facts,
}

impl Run {
    pub(super) fn n_words(&self) -> usize {
        self.last + 1 - self.first
    }
}

impl Page<'_> {
    /// True if the word may be part of a name by its form.
    fn is_name_word(&self, idx: usize) -> bool {
        let Some(word) = self.word(idx) else { return false };
        if !word.is(Flags::LARGE) || word.flags.any(Flags::NUMBER.with(Flags::ADDRESS)) {
            return false;
        }
        if word.is(Flags::CAPS) && !self.gazetteer.acronym(word.hash).is_empty() {
            return true;
        }
        let class = self.class(idx);
        if word.is(Flags::CAPS) && class.any(Class::FIRM) && !word.is(Flags::START) {
            // `Morel SA`
            return true;
        }
        if class.any(Class::HONORIFIC) && self.names_a_thing(idx + 1) {
            return true;
        }
        if !class.any(Class::HONORIFIC) && self.is_initial(idx) {
            return true;
        }
        !class.any(
            Class::HONORIFIC.with(Class::TITLE).with(Class::SMALL).with(Class::ARTICLE).with(Class::PLAIN),
        )
    }

    /// True if the name that opens here is that of a firm: `Nordlicht Energie GmbH`.
    fn is_firm(&self, first: usize, end: usize) -> bool {
        let words = (first + 1..end.min(first + 4))
            .take_while(|idx| self.adjoins(*idx) && self.is(*idx, Flags::LARGE));
        words.into_iter().any(|idx| self.class(idx).any(Class::FIRM.with(Class::ORG)))
    }

    /// `Van den Bossche`: a large particle, small ones, and a name word.
    fn mixed_particles(&self, first: usize, end: usize) -> Option<usize> {
        let opens = self.is(first, Flags::LARGE)
            && !self.is(first, Flags::START)
            && self.class(first).any(Class::PARTICLE);
        let is_small = |idx: &usize| {
            self.adjoins(*idx) && !self.is(*idx, Flags::LARGE) && self.class(*idx).any(Class::PARTICLE)
        };
        let past = first + 1 + (first + 1..end.min(first + 3)).take_while(is_small).count();
        (opens && past > first + 1 && past < end && self.adjoins(past) && self.is_name_word(past))
            .then_some(past)
    }

    /// `Street` in `Queen Street`.
    fn names_a_thing(&self, idx: usize) -> bool {
        self.is(idx, Flags::LARGE) && self.adjoins(idx) && self.class(idx).any(Class::PLACE.with(Class::ORG))
    }

    /// `Le Goff`, `Van Dijk`: a large particle that a name word follows.
    fn is_large_particle(&self, idx: usize) -> bool {
        self.is(idx, Flags::LARGE)
            && !self.is(idx, Flags::CAPS)
            && !self.is(idx, Flags::START)
            && self.class(idx).any(Class::PARTICLE)
            && self.adjoins(idx + 1)
            && self.is_name_word(idx + 1)
    }

    /// The longest name of several words that the gazetteer has from here on.
    fn known_from(&self, first: usize) -> Option<(usize, Facts)> {
        let hash = self.word(first)?.hash;
        let known = self.known_behind(first, hash);
        if known.is_some() || !self.lexicon.large_nouns {
            return known;
        }
        // `der Deutschen Bahn`: the gazetteer has `Deutsche Bahn`.
        let base =
            self.letters(first).strip_suffix(['n', 'r', 's', 'm']).filter(|base| base.ends_with('e'))?;
        self.known_behind(first, fold::of_word(base))
    }

    /// The same, with another hash for the first word.
    fn known_behind(&self, first: usize, mut hash: u64) -> Option<(usize, Facts)> {
        let mut best = None;
        for idx in first + 1..first + MOST_KNOWN {
            if !self.adjoins(idx) || self.is(idx - 1, Flags::SUFFIXED) {
                break;
            }
            let word = self.word(idx)?;
            hash = fold::join(hash, word.hash);
            let is_name = word.flags.any(Flags::LARGE.with(Flags::NUMBER));
            if !is_name {
                let goes_on = word.flags.any(Flags::HYPHEN.with(Flags::ELIDED))
                    || self.lexicon.small_names
                    || word.end() - word.start() < 4
                    || self.class(idx).any(Class::LINK);
                if !goes_on {
                    break;
                }
                if !self.lexicon.small_names {
                    continue;
                }
            }
            let facts = self.gazetteer.get(hash);
            // `Crédit agricole`, `Racing 92`
            if facts.has(Facts::ORGANISATION) || facts.place() > 0 && self.is(idx, Flags::LARGE) {
                best = Some((idx, facts));
            }
        }
        best
    }

    /// The runs of a part that may be names, in order.
    pub(super) fn runs(&self, part: usize, each: &mut impl FnMut(Run)) {
        let words = self.words_of(part);
        let mut idx = words.start;
        while idx < words.end {
            if !self.is(idx, Flags::LARGE) {
                let head = if self.lexicon.has_heads { self.head_run(idx, words.end, each) } else { None };
                idx = head.unwrap_or(idx + 1);
                continue;
            }
            let known = self.known_from(idx);
            if known.is_none() && !self.opens(idx) {
                idx += 1;
                continue;
            }
            let last = self.extend(idx, known.map_or(idx, |(last, _)| last), words.end);
            self.trim_and_give(self.front_of(idx, last, words.start), last, each);
            idx = last + 1;
        }
    }

    pub(super) fn words_of(&self, part: usize) -> std::ops::Range<usize> {
        let parts = &self.text.parts;
        let bound = |part: Option<&Part>| part.map_or(self.text.words.len(), |part| part.first_word as usize);
        bound(parts.get(part))..bound(parts.get(part + 1))
    }

    /// The first word of a name that opens with a word which is no name by itself: `West Mercia Police`.
    fn front_of(&self, first: usize, last: usize, start: usize) -> usize {
        let Some(before) = first.checked_sub(1).filter(|before| *before >= start && self.adjoins(first))
        else {
            return first;
        };
        let is_thing = (first..=last).any(|idx| self.class(idx).any(Class::ORG.with(Class::PLACE)));
        let fits = is_thing
            && self.is(before, Flags::LARGE)
            && !self.is(before, Flags::SUFFIXED)
            && self.class(before).any(Class::PLAIN.with(Class::SIDE))
            && !self.class(before).any(Class::SMALL);
        if fits && !self.lexicon.large_nouns { before } else { first }
    }

    /// True if a name may open with the word.
    fn opens(&self, idx: usize) -> bool {
        if !self.is_name_word(idx) {
            return self.is_large_particle(idx);
        }
        let is_lone_initial = self.letters(idx).chars().filter(|c| *c != '.').nth(1).is_none();
        if is_lone_initial && !(self.adjoins(idx + 1) && self.is_name_word(idx + 1)) {
            return false;
        }
        let starts = self.is(idx, Flags::START);
        let hash = self.word(idx).map_or(0, |word| word.hash);
        !(starts && self.is_small_elsewhere(hash) && !self.is(idx, Flags::CAPS))
    }

    /// `ministère de la Défense`: a name that opens small.
    fn head_run(&self, idx: usize, end: usize, each: &mut impl FnMut(Run)) -> Option<usize> {
        let word = self.word(idx)?;
        if !self.lexicon.get(word.hash).any(Class::HEAD) {
            return None;
        }
        // `tribunal judiciaire de Lyon`
        let adjective = self.adjoins(idx + 1) && is_adjective(self.letters(idx + 1));
        let front = idx + usize::from(adjective);
        let next = self.behind_links(front, end).filter(|next| *next > front + 1)?;
        let facts = self.facts(next);
        if self.class(next).any(Class::TITLE.with(Class::HONORIFIC)) || facts.has(Facts::GIVEN) {
            return None;
        }
        let last = self.extend(next, next, end);
        each(Run { first: idx, last, facts: Facts::default() });
        Some(last + 1)
    }

    /// The name word behind small words that hold names together.
    fn behind_links(&self, idx: usize, end: usize) -> Option<usize> {
        for next in idx + 1..end.min(idx + 5) {
            if !self.adjoins(next) || self.is(next - 1, Flags::SUFFIXED) {
                return None;
            }
            if self.is(next, Flags::LARGE) {
                let is_plain = next > idx + 1 && self.class(next).any(Class::PLAIN);
                return (is_plain || self.is_name_word(next)).then_some(next);
            }
            let word = self.word(next)?;
            if !self.lexicon.get(word.hash).any(Class::LINK) && !word.is(Flags::ELIDED) {
                return None;
            }
        }
        None
    }

    /// The last word of the name that opens at `first` and goes on to `last` at least.
    fn extend(&self, first: usize, mut last: usize, end: usize) -> usize {
        let mut n_links = 0;
        while last + 1 < end && last - first < MOST_WORDS {
            let next = last + 1;
            if self.is(last, Flags::SUFFIXED) || !self.adjoins(next) {
                break;
            }
            if self.is(next, Flags::LARGE)
                && let Some((known, _)) = self.known_from(next)
            {
                last = known;
                continue;
            }
            if self.ends_with_initial(first, last) {
                break;
            }
            if self.is_name_word(next) || self.is_surname_word(first, last, next) {
                last = next;
                continue;
            }
            if self.is_large_particle(next) {
                last = next + 1;
                continue;
            }
            if let Some(past) = self.mixed_particles(next, end) {
                last = past;
                continue;
            }
            if let Some(past) = self.small_words(first, last, end) {
                last = past;
                continue;
            }
            match self.over_small(first, last, end, n_links) {
                Some(past) => {
                    n_links += 1;
                    last = past;
                }
                None => break,
            }
        }
        last
    }

    /// `Dominik R. gestand`: surnames that are cut to a letter end the name.
    fn ends_with_initial(&self, first: usize, last: usize) -> bool {
        let next = self.facts(last + 1);
        self.lexicon.large_nouns
            && last == first + 1
            && self.is_initial(last)
            && self.letters(first).chars().count() > 2
            && !next.has(Facts::SURNAME)
    }

    /// What is a title elsewhere, and behind a given name a surname: `Nadia Boulanger`; or part of what an
    /// organisation is for: `Consejo de Política Fiscal`.
    fn is_surname_word(&self, first: usize, last: usize, next: usize) -> bool {
        let class = self.class(next);
        let is_large = self.is(next, Flags::LARGE) && !self.is(next, Flags::CAPS);
        let is_given = || {
            let facts = self.facts(last);
            facts.has(Facts::GIVEN) && !facts.has(Facts::WORD)
        };
        let is_org = || last > first && self.class(first).any(Class::ORG) && !self.lexicon.large_nouns;
        let bound = self.is(next, Flags::HYPHEN) && !self.lexicon.large_nouns;
        is_large && class.any(Class::TITLE.with(Class::HONORIFIC)) && (is_given() || is_org() || bound)
            || is_large && class.any(Class::PLAIN) && is_given()
    }

    /// Slavic organisations: `Российский научный фонд`, `Министерство культуры`.
    fn small_noun(&self, first: usize, last: usize, end: usize) -> Option<usize> {
        if last != first || self.is(first, Flags::CAPS) {
            return None;
        }
        let is_small = |idx: usize| {
            idx < end && self.adjoins(idx) && !self.is(idx, Flags::LARGE) && !self.is(idx, Flags::NUMBER)
        };
        if self.class(first).any(Class::ORG) {
            return (is_small(last + 1) && is_slavic_genitive(self.letters(last + 1))).then_some(last + 1);
        }
        if !is_slavic_adjective(self.letters(first)) {
            return None;
        }
        let words = (last + 1..last + 4).take_while(|idx| is_small(*idx));
        let class = |idx: &usize| self.class(*idx);
        let mut words =
            words.take_while(|idx| class(idx).any(Class::ORG) || is_slavic_adjective(self.letters(*idx)));
        words.find(|idx| class(idx).any(Class::ORG))
    }

    /// Organisations whose names go on in small letters: `Cour des comptes`, `Ligue nationale de rugby`.
    fn small_words(&self, first: usize, last: usize, end: usize) -> Option<usize> {
        if self.lexicon.inflects {
            return self.small_noun(first, last, end);
        }
        if self.lexicon.inflects {
            return self.small_noun(first, last, end);
        }
        let fits = self.lexicon.small_names
            && last == first
            && self.class(first).any(Class::ORG)
            && !self.is(first, Flags::CAPS);
        if !fits {
            return None;
        }
        let is_small = |idx: usize| {
            idx < end && self.adjoins(idx) && !self.is(idx, Flags::LARGE) && !self.is(idx, Flags::NUMBER)
        };
        let mut past = last;
        if is_small(past + 1) && is_adjective(self.letters(past + 1)) {
            past += 1;
        }
        // `de rugby`, `des maires`, `de recherche criminelle`
        let mut link = past + 1;
        while is_small(link)
            && (self.class(link).any(Class::LINK) && self.letters(link).starts_with('d')
                || link > past + 1 && (self.class(link).any(Class::ARTICLE) || self.is(link, Flags::ELIDED)))
        {
            link += 1;
        }
        if link > past + 1
            && is_small(link)
            && self.letters(link).chars().count() > 3
            && !self.class(link).any(Class::SMALL)
        {
            past = link;
            if is_small(past + 1) && is_adjective(self.letters(past + 1)) {
                past += 1;
            }
        }
        (past > last).then_some(past)
    }

    /// The name word behind small ones that hold the name together: `von der Leyen`, `of Oxford`.
    fn over_small(&self, first: usize, last: usize, end: usize, n_links: usize) -> Option<usize> {
        let next = last + 1;
        if self.is(next, Flags::LARGE) {
            return None;
        }
        let hyphened = self.is(next, Flags::HYPHEN);
        let is_titled = || {
            let before = first.checked_sub(1).filter(|_| self.adjoins(first));
            before.is_some_and(|before| self.class(before).any(Class::TITLE.with(Class::HONORIFIC)))
        };
        let is_person = self.facts(first).has(Facts::GIVEN) || self.is_initial(first) || is_titled();
        if hyphened || is_person {
            // `Saint-Martin-de-Ré`, `Ursula von der Leyen`
            let particles = (next..end.min(next + 4)).take_while(|idx| {
                self.adjoins(*idx)
                    && !self.is(*idx, Flags::LARGE)
                    && (hyphened && self.is(*idx, Flags::HYPHEN)
                        || self.class(*idx).any(Class::PARTICLE)
                        || self.is(*idx, Flags::ELIDED))
            });
            let past = next + particles.count();
            let fits = past > next && past < end && self.adjoins(past) && self.is_name_word(past);
            let is_thing = fits
                && (self.class(past).any(Class::ORG.with(Class::PLACE))
                    || self.is(past, Flags::CAPS)
                    || self.is_firm(past, end)
                    || self.known_from(past).is_some());
            // Behind a surname `von` says where somebody is from or works.
            let is_full = self.lexicon.large_nouns
                && (first + 1..=last).any(|idx| !self.facts(idx).has(Facts::GIVEN) && !self.is_initial(idx));
            let is_article = is_thing
                || is_full && !hyphened
                || self.class(next).any(Class::ARTICLE)
                    && past == next + 1
                    && !hyphened
                    && self.letters(next) != "de";
            if fits && !is_article && (!hyphened || self.is(past, Flags::HYPHEN)) {
                return Some(past);
            }
        }
        let opens_org = (first..=last).any(|idx| self.class(idx).any(Class::ORG.with(Class::PLACE)));
        if !opens_org {
            return None;
        }
        let letters = self.letters(next);
        if self.lexicon.large_nouns && letters != "für" {
            return None;
        }
        if matches!(letters, "in" | "on" | "en") || is_and(letters) && n_links == 0 {
            return None;
        }
        let past = self.behind_links(last, end)?;
        let facts = self.facts(past);
        // `the University of X and NOAA` are two.
        let is_other = past > next + 1
            || self.is(past, Flags::CAPS)
            || self.class(past).any(Class::ORG)
            || facts.place() > 0
            || facts.has(Facts::ORGANISATION);
        if is_and(letters) && is_other {
            return None;
        }
        let is_name = facts.has(Facts::GIVEN) && !facts.has(Facts::WORD) && facts.place() == 0;
        (!is_name).then_some(past)
    }

    /// Gives a run without what only stands beside the name.
    fn trim_and_give(&self, mut first: usize, mut last: usize, each: &mut impl FnMut(Run)) {
        loop {
            let mut facts = self.facts_of(first, last);
            if self.lexicon.large_nouns && facts.is_empty() && last > first {
                facts = self
                    .known_from(first)
                    .filter(|(known, _)| *known == last)
                    .map_or(facts, |(_, facts)| facts);
            }
            if facts.place() > 0 || facts.has(Facts::ORGANISATION) || first == last {
                each(Run { first, last, facts });
                return;
            }
            let is_org = (first..=last)
                .any(|idx| self.class(idx).any(Class::ORG.with(Class::FIRM).with(Class::PLACE)));
            if let Some(at) = self.given_behind_known(first, last).filter(|_| !is_org) {
                each(Run { first, last: at - 1, facts: self.facts_of(first, at - 1) });
                first = at;
                continue;
            }
            if let Some(at) = self.place_behind_person(first, last).filter(|_| !is_org) {
                each(Run { first, last: at - 1, facts: Facts::default() });
                first = at;
                continue;
            }
            let front = self.class(first);
            if front.any(Class::ARTICLE)
                && self.is(first, Flags::START)
                && self.class(first + 1).any(Class::ORG)
            {
                first += 1;
                continue;
            }
            let beside = Class::BODY.with(Class::LOCALITY).with(Class::RELATION);
            let is_beside = self.lexicon.large_nouns && front.any(beside) && !front.any(Class::FIRM);
            let is_noun = !is_org && self.is_noun_before(first, last);
            let is_people =
                is_noun || self.facts(first).has(Facts::NO_NAME) && !self.facts(first).is_person() && !is_org;
            // A first word that any sentence may open with, before what is surely a name.
            if is_beside || is_people {
                first += 1;
            } else if self.facts(last).has(Facts::NO_NAME) && !is_org && !self.facts(last).is_person() {
                last -= 1;
                while last > first && !self.is(last, Flags::LARGE) {
                    last -= 1;
                }
            } else {
                each(Run { first, last, facts });
                return;
            }
            while first < last && !self.is(first, Flags::LARGE) {
                first += 1;
            }
        }
    }

    /// `Krankenschwester Beate Sommer`: a noun before a name, where nouns are large too.
    fn is_noun_before(&self, first: usize, last: usize) -> bool {
        let next = self.facts(first + 1);
        let is_name = if last == first + 1 {
            next.place() > 1 && !next.is_person() || next.has(Facts::ORGANISATION)
        } else {
            next.has(Facts::GIVEN)
        };
        (self.lexicon.large_nouns || self.is(first, Flags::START) && last == first + 1)
            && self.facts(first).is_empty()
            && !self.is_initial(first)
            && !self.is(first + 1, Flags::HYPHEN)
            && is_name
            && !next.has(Facts::WORD)
    }

    /// `Ahmet Yılmaz Ankara'da`: a place behind a full name.
    fn place_behind_person(&self, first: usize, last: usize) -> Option<usize> {
        let place = self.facts(last);
        let is_place = place.place() > 1 && !place.is_person() && !self.is(last, Flags::HYPHEN);
        (last > first + 1
            && is_place
            && self.facts(first).has(Facts::GIVEN)
            && self.is(last - 1, Flags::LARGE))
        .then_some(last)
    }

    /// `Finistère Yann Le Goff`: a person's name behind that of a place or an organisation.
    fn given_behind_known(&self, first: usize, last: usize) -> Option<usize> {
        let at = (first + 1..last).find(|idx| {
            let facts = self.facts(*idx);
            facts.has(Facts::GIVEN) && !facts.has(Facts::WORD) && !self.is(*idx, Flags::HYPHEN)
        })?;
        let front = self.facts_of(first, at - 1);
        let is_known = front.has(Facts::ORGANISATION) || front.place() > 1 && !front.has(Facts::GIVEN);
        (is_known && self.is(at - 1, Flags::LARGE)).then_some(at)
    }
}
