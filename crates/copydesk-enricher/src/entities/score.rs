//! What a name is: points for person, place and organisation, from its form and from what stands beside it.
//!
//! The points are small whole numbers set by hand: four say that one sign is enough, two that another is needed.

use super::endings::is_and;
use super::find::Run;
use super::gazetteer::Facts;
use super::lexicon::Class;
use super::page::Page;
use crate::text::Flags;

/// Points for each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Points {
    pub(super) person: i32,
    pub(super) place: i32,
    pub(super) org: i32,
}

impl Points {
    fn new(person: i32, place: i32, org: i32) -> Points {
        Points { person, place, org }
    }

    pub(super) fn plus(self, other: Points) -> Points {
        Points {
            person: self.person + other.person,
            place: self.place + other.place,
            org: self.org + other.org,
        }
    }

    /// The larger of both, kind by kind.
    pub(super) fn max(self, other: Points) -> Points {
        Points {
            person: self.person.max(other.person),
            place: self.place.max(other.place),
            org: self.org.max(other.org),
        }
    }
}

/// The most large words of a name that are looked at.
const MOST_LARGE: usize = 12;

/// What one place in the text says of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Evidence {
    /// From its words.
    pub(super) form: Points,
    /// From its neighbours.
    pub(super) context: Points,
    /// A verb of speech stands beside it.
    pub(super) speaks: bool,
    /// Its large letter says nothing: a sentence begins with it.
    pub(super) at_start: bool,
}

impl Page<'_> {
    /// What the text says of a run.
    pub(super) fn evidence(&self, run: Run) -> Evidence {
        let mut evidence = Evidence {
            form: self.form_points(run),
            at_start: self.is(run.first, Flags::START),
            ..Evidence::default()
        };
        self.before(run, &mut evidence);
        self.after(run, &mut evidence);
        evidence
    }

    fn form_points(&self, run: Run) -> Points {
        let mut points = known_points(run);
        if run.n_words() == 1 {
            return points.plus(self.single_points(run.first, run.facts));
        }
        let mut places = [0; MOST_LARGE];
        let mut n_large = 0;
        for idx in (run.first..=run.last).filter(|idx| self.is(*idx, Flags::LARGE)) {
            if let Some(place) = places.get_mut(n_large) {
                *place = idx;
                n_large += 1;
            }
        }
        let large = places.get(..n_large).unwrap_or_default();
        let classes = (run.first..=run.last).map(|idx| self.class(idx));
        let all = classes.clone().fold(Class::default(), Class::with);
        let last = self.class(run.last);
        let first = self.class(run.first);
        if self.is_plain_person(large) {
            // `Fiona Hill`: a surname that is also a kind of place.
            points.person += self.person_points(run, large);
            return points;
        }
        if last.any(Class::FIRM) {
            points.org += 6;
        } else if all.any(Class::ORG) || first.any(Class::HEAD) {
            points.org += 5;
        } else if all.any(Class::FIRM) && n_large > 2 {
            points.org += 3;
        }
        if is_saint(self.letters(run.first)) || self.is_article_name(run.first) {
            points.place += 2;
        }
        // `Stade brestois` is a club, `Stade de France` a place.
        let is_club = first.any(Class::ORG) && first.any(Class::PLACE) && n_large == 1;
        let is_kind = last.any(Class::PLACE) || first.any(Class::PLACE);
        if is_kind && !is_club && !run.facts.has(Facts::ORGANISATION) {
            points.place += 5;
        }
        let is_thing = points.org >= 5 || points.place >= 5;
        let has_ampersand = (run.first + 1..=run.last).any(|idx| self.gap(idx) == " & ");
        if has_ampersand {
            points.org += 6;
        }
        let person = if has_ampersand { 0 } else { self.person_points(run, large) };
        // `Bank` and `Lake` are surnames too, but rarely.
        points.person += if is_thing { person / 3 } else { person };
        points
    }

    /// A given name and a surname, no more.
    fn is_plain_person(&self, large: &[usize]) -> bool {
        let [first, last] = large[..] else { return false };
        let given = self.facts(first);
        given.has(Facts::GIVEN)
            && !given.has(Facts::WORD)
            && given.place() < 2
            && self.facts(last).has(Facts::SURNAME)
    }

    fn single_points(&self, idx: usize, facts: Facts) -> Points {
        let Some(word) = self.word(idx) else { return Points::default() };
        let n_letters = self.letters(idx).chars().filter(|c| c.is_alphabetic()).count();
        let mut points = Points::default();
        if word.is(Flags::CAPS) && (2..=6).contains(&n_letters) && facts.is_empty() {
            let beside_number = self.is(idx + 1, Flags::NUMBER) && self.adjoins(idx + 1);
            points.org += if n_letters > 2 && !beside_number { 4 } else { 2 };
        }
        if facts.has(Facts::SURNAME) || facts.has(Facts::GIVEN) {
            points.person += 1;
        }
        let class = self.class(idx);
        let is_kind = self.lexicon.get(word.hash) != Class::default();
        if !is_kind && class.any(Class::PLACE) {
            // `Johannesgasse`
            points.place += 5;
        } else if facts.has(Facts::ORGANISATION) {
            points.person -= 1;
        } else if class
            .any(Class::ORG.with(Class::BODY).with(Class::PLACE).with(Class::LOCALITY).with(Class::FIRM))
        {
            // A kind of thing is no name by itself.
            let is_federal = self.lexicon.large_nouns && self.letters(idx).starts_with("Bundes");
            points.org += if is_federal { 5 } else { -6 };
            points.place -= 6;
            points.person -= 8;
        }
        points
    }

    /// Points for the form of a person's name of several words.
    fn person_points(&self, run: Run, large: &[usize]) -> i32 {
        let (Some(first), Some(last)) = (large.first(), large.last()) else { return 0 };
        if run.facts.place() > 1 || run.facts.has(Facts::ORGANISATION) || large.len() > 5 {
            return 0;
        }
        if is_saint(self.letters(*first)) || self.is_article_name(*first) {
            return 0;
        }
        let given = self.facts(*first);
        let surname = self.facts(*last);
        let mut points = 0;
        if given.has(Facts::GIVEN) {
            points += if given.has(Facts::WORD) || given.place() > 2 { 3 } else { 4 };
        } else if given.has(Facts::SURNAME) && self.lexicon.inflects {
            points += 1;
        }
        if surname.has(Facts::SURNAME) {
            points += if surname.has(Facts::WORD) { 1 } else { 2 };
        }
        if large.iter().any(|idx| self.is_initial(*idx)) && !self.is_initial(*last) {
            points += 3;
        }
        if large.iter().any(|idx| is_patronymic(self.letters(*idx))) {
            points += 3;
        }
        if self.is(run.first, Flags::CAPS) && self.letters(run.first).chars().count() < 5 {
            points -= 3;
        }
        points + self.unknown_points(large)
    }

    /// Points for words of which nothing is known. Where only names are written large inside a sentence, two such
    /// are mostly a person's.
    fn unknown_points(&self, large: &[usize]) -> i32 {
        let is_bare = |idx: &usize| {
            let Some(word) = self.word(*idx) else { return false };
            let known = self.facts(*idx);
            self.class(*idx) == Class::default()
                && !word.flags.any(Flags::CAPS.with(Flags::START))
                && known.place() < 2
                && !known.has(Facts::NO_NAME)
                && self.letters(*idx).chars().count() > 2
                && !self.is_small_elsewhere(word.hash)
        };
        if !(2..=4).contains(&large.len()) || !large.iter().all(is_bare) {
            return 0;
        }
        match (self.lexicon.large_in_names, large.len()) {
            (true, 2) => 3,
            _ => 2,
        }
    }

    /// `La Souterraine`, `El Casar`: a name that opens with its language's article, large inside a sentence.
    fn is_article_name(&self, first: usize) -> bool {
        self.class(first).any(Class::ARTICLE) && !self.is(first, Flags::CAPS)
    }

    /// What stands before a run.
    fn before(&self, run: Run, evidence: &mut Evidence) {
        let Some(one) = run.first.checked_sub(1).filter(|_| !self.opens_sentence(run.first)) else { return };
        if !self.adjoins(run.first) {
            if self.gap(run.first) == ", " && self.titled_before(one) {
                evidence.context.person += 3;
            }
            if self.gap(run.first) == ", " && self.is_place(one) {
                evidence.context.place += 2;
            }
            return;
        }
        let class = self.class(one);
        let is_small = !self.is(one, Flags::LARGE);
        let single = run.n_words() == 1;
        let is_thing = !single && run.facts.place() == 0 && evidence.form.person < 3;
        let context = &mut evidence.context;
        if class.any(Class::HONORIFIC)
            && (!is_small || self.is(one, Flags::ABBREVIATED) || self.letters(one).chars().count() > 3)
        {
            *context = context.plus(Points::new(6, -2, -3));
        } else if class.any(Class::TITLE) {
            *context = context.plus(Points::new(4, -1, -1));
        } else if class.any(Class::RELATION) {
            *context = context.plus(Points::new(3, 0, 0));
        }
        if class.any(Class::LOCALITY) && (is_small || self.lexicon.large_nouns) {
            context.place += 5;
        }
        // `le groupe allemand X`
        let is_body = self.lexicon.large_in_names
            && is_small
            && class == Class::default()
            && one.checked_sub(1).is_some_and(|body| self.adjoins(one) && self.class(body).any(Class::BODY));
        if is_body {
            context.org += 5;
            context.person -= 1;
        }
        if class.any(Class::BODY) && (is_small || self.lexicon.large_nouns) {
            context.org += 6;
            context.person -= 2;
        }
        let is_known = run.facts.place() > 0;
        if class.any(Class::IN) {
            let is_weak = !is_known && (self.lexicon.large_nouns || !single);
            context.place += if is_weak { 2 } else { 4 };
            context.person -= 1;
        } else if class.any(Class::AT) {
            context.org += 2;
            context.place += 1;
        } else if class.any(Class::TO) {
            context.place += 1;
        }
        if class.any(Class::SIDE) {
            context.place += 3;
        }
        if is_small && self.is_and(one) && one.checked_sub(1).is_some_and(|place| self.is_place(place)) {
            context.place += 2;
        }
        if class.any(Class::SPEECH) {
            evidence.speaks = true;
        }
        if class.any(Class::ARTICLE) && is_small {
            context.person -= 2;
            if single && self.is(run.first, Flags::CAPS) {
                context.org += 1;
            } else if single && run.facts.place() < 2 && !run.facts.has(Facts::ORGANISATION) {
                context.place -= 2;
                context.org -= if self.lexicon.large_nouns { 3 } else { 0 };
            }
        }
        self.before_link(one, class, is_thing, context);
    }

    /// A known place, large enough to be sure.
    fn is_place(&self, idx: usize) -> bool {
        let facts = self.facts(idx);
        facts.place() > 1 && !facts.is_person() && !facts.has(Facts::WORD)
    }

    fn is_and(&self, idx: usize) -> bool {
        is_and(self.letters(idx))
    }

    /// `the manager of the club, X`: a title not far before a comma.
    fn titled_before(&self, last: usize) -> bool {
        for idx in (last.saturating_sub(5)..=last).rev() {
            if self.class(idx).any(Class::TITLE.with(Class::RELATION)) {
                return true;
            }
            if !self.adjoins(idx) {
                return false;
            }
        }
        false
    }

    /// `the town of X`, `a spokesman for the X`.
    fn before_link(&self, one: usize, class: Class, is_thing: bool, context: &mut Points) {
        let linked = Class::TO.with(Class::LINK).with(Class::IN).with(Class::PARTICLE);
        let mut at = one;
        if class.any(Class::ARTICLE) && !class.any(linked) {
            let Some(two) = at.checked_sub(1).filter(|_| self.adjoins(at)) else { return };
            at = two;
        }
        if !self.class(at).any(linked) || self.is(at, Flags::LARGE) {
            return;
        }
        let Some(noun) = at.checked_sub(1).filter(|_| self.adjoins(at)) else { return };
        let noun_class = self.class(noun);
        if noun_class.any(Class::GOVERNS) {
            context.place += 4;
        } else if noun_class.any(Class::TITLE) {
            // `ministra de Economía` names no organisation.
            let is_office =
                ["minist", "conse", "secret"].iter().any(|head| self.letters(noun).starts_with(head));
            context.org += match (is_office, is_thing) {
                (true, _) => 1,
                (_, true) => 4,
                _ => 3,
            };
            context.person -= 1;
        } else if noun_class.any(Class::LOCALITY) {
            context.place += 5;
        }
    }

    /// What stands behind a run.
    fn after(&self, run: Run, evidence: &mut Evidence) {
        let next = run.last + 1;
        if self.word(next).is_none() || self.opens_sentence(next) {
            return;
        }
        let class = self.class(next);
        let context = &mut evidence.context;
        if self.adjoins(next) {
            if self.is(run.last, Flags::SUFFIXED) && run.facts.place() == 0 && self.is_office(next) {
                // `Castellan's chief executive`
                context.org += 2;
            }
            if self.is(next, Flags::HYPHEN) {
                match (class.any(Class::TITLE), self.letters(next)) {
                    // `Commerzbank-Chef`
                    (true, _) => context.org += 3,
                    (_, "based" | "born") => context.place += 3,
                    _ => {}
                }
                return;
            }
            if class.any(Class::SPEECH) && !self.is(run.last, Flags::SUFFIXED) {
                evidence.speaks = true;
            }
            let is_small = !self.is(next, Flags::LARGE);
            let bound = !self.is(run.last, Flags::SUFFIXED);
            if is_small && bound && class.any(Class::PLACE) {
                context.place += 4;
            }
            if is_small && bound && class.any(Class::BODY) {
                context.org += 3;
            }
            // `the Norvane spokesman`
            if is_small
                && bound
                && self.lexicon.nouns_before
                && class.any(Class::TITLE)
                && run.facts.place() == 0
            {
                context.org += 3;
            }
            if is_small && self.is_and(next) && self.is_place(next + 1) {
                context.place += 2;
            }
            if class.any(Class::HONORIFIC)
                && !is_small
                && self.lexicon.get(self.word(next).map_or(0, |word| word.hash)).any(Class::HONORIFIC)
            {
                context.person += 2;
            }
            return;
        }
        match self.gap(next) {
            ", " => self.after_comma(run, next, context),
            " (" => {
                let letters = self.letters(next);
                if self.is(next, Flags::NUMBER) && letters.len() == 2 {
                    context.person += 4;
                } else if letters.chars().count() > 2
                    && self.is(next, Flags::CAPS)
                    && self.is_acronym_of(next, run)
                {
                    context.org += 6;
                }
            }
            _ => {}
        }
    }

    /// A title within two words.
    fn is_office(&self, idx: usize) -> bool {
        let is_title = |idx: usize| self.class(idx).any(Class::TITLE) && !self.is(idx, Flags::LARGE);
        is_title(idx) || self.adjoins(idx + 1) && is_title(idx + 1)
    }

    fn after_comma(&self, run: Run, next: usize, context: &mut Points) {
        let letters = self.letters(next);
        if self.is(next, Flags::NUMBER) {
            // `Anna Keller, 43, …`
            let closes = matches!(self.gap(next + 1).chars().next(), Some(',' | ')'))
                || is_year(self.letters(next + 1));
            if letters.len() == 2 && closes {
                context.person += 4;
            }
            return;
        }
        if letters == "who" || letters == "whose" {
            context.person += 3;
            return;
        }
        let is_joined = self.is(next + 1, Flags::HYPHEN);
        if self.lexicon.large_nouns && self.is_place(next) {
            context.place += 2;
        }
        if self.is(next, Flags::LARGE) && !self.lexicon.large_nouns && !is_joined {
            if self.facts(next).place() > 1 && run.n_words() <= 3 {
                context.place += 2;
            }
            return;
        }
        // An apposition: `, a spokesman for Y`.
        for idx in next..next + if is_joined { 6 } else { 4 } {
            if idx > next && !self.adjoins(idx) {
                break;
            }
            let class = self.class(idx);
            if class.any(Class::TITLE.with(Class::RELATION)) {
                context.person += 4;
                return;
            }
            if class.any(Class::BODY) && idx > next {
                context.org += 3;
                return;
            }
            if class.any(Class::LOCALITY) && idx > next {
                context.place += 3;
                return;
            }
        }
    }

    /// True if a word in brackets may be the acronym of the run before: its letters stand in the run in order, the
    /// first ones at the front (`Deutsche Forschungsgemeinschaft (DFG)`).
    pub(super) fn is_acronym_of(&self, acronym: usize, run: Run) -> bool {
        let form = self.form(run.first, run.last);
        let mut rest = form.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_uppercase);
        let mut letters = self.letters(acronym).chars().filter(|c| c.is_alphabetic());
        let fits = letters.next() == rest.next() && letters.all(|letter| rest.any(|c| c == letter));
        fits && form.chars().count() > 2 * self.letters(acronym).chars().count()
    }

    fn opens_sentence(&self, idx: usize) -> bool {
        let Some(word) = self.word(idx) else { return true };
        word.is(Flags::START)
            && !word.is(Flags::ADJOINS)
            && self.text.sentences.binary_search_by_key(&idx, |sentence| sentence.first_word as usize).is_ok()
    }
}

/// What the gazetteer says of the whole.
fn known_points(run: Run) -> Points {
    let facts = run.facts;
    let single = run.n_words() == 1;
    let place = match facts.place() {
        3 => 5,
        2 => 4,
        1 => 3,
        _ => 0,
    };
    let mut points = Points { place, ..Points::default() };
    if facts.has(Facts::ORGANISATION) {
        points.org = 6;
    }
    if single && facts.has(Facts::WORD) {
        points.place -= 3;
        points.org -= 3;
    }
    if single && facts.is_person() && facts.place() < 3 {
        points.place -= 1;
    }
    if !single && facts.place() > 0 {
        points.place += 1;
    }
    points.place = points.place.max(0);
    points
}

/// True for what opens the names of places that are called after a saint.
fn is_saint(word: &str) -> bool {
    matches!(word, "Saint" | "Sainte" | "San" | "Santa" | "Santo" | "São" | "Sankt" | "St" | "Sint" | "Sant")
}

/// True for what stands behind an age.
fn is_year(word: &str) -> bool {
    const YEARS: [&str; 14] = [
        "years",
        "Jahre",
        "ans",
        "años",
        "anni",
        "anos",
        "jaar",
        "år",
        "lat",
        "lata",
        "лет",
        "год",
        "років",
        "yaşındaki",
    ];
    YEARS.contains(&word)
}

/// `Викторович`, `Сергеевна`: a name made of the father's.
fn is_patronymic(word: &str) -> bool {
    const ENDS: [&str; 10] =
        ["ович", "евич", "овна", "евна", "ична", "івна", "йович", "овича", "евича", "овны"];
    ENDS.iter().any(|end| word.ends_with(end)) && word.chars().count() > 5
}
