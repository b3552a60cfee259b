//! People, organisations and places that an article names.
//!
//! Names are found by their form and judged by points: what the gazetteers have of them, what stands beside them
//! (`Mr`, `the town of`, a verb of speech), summed over the whole article, so that what is sure in one place says
//! what the name is in all others. What stays below the mark is left out: a name that is missed is better than
//! one that is invented.

pub mod gazetteer;

mod endings;
mod find;
mod group;
mod join;
mod lexicon;
mod page;
mod score;
mod stem;
mod unspaced;
mod variants;

pub(crate) use lexicon::{Class, Lexicon};

use copydesk_core::{Entity, EntityKind, Span};
use hashbrown::HashMap;

use crate::text::{Flags, Text, fold};
use find::Run;
use group::{Group, Mention};
use join::Groups;
use page::Page;

/// Finds the entities of a text: the most often named first.
pub(crate) fn find(text: &Text<'_>, language: &str) -> Vec<Entity> {
    let page = Page::new(text, language);
    let mut mentions: Vec<Mention> = Vec::new();
    let mut titled: Vec<Run> = Vec::new();
    for (idx, part) in text.parts.iter().enumerate() {
        if part.is_titled {
            let words = page.words_of(idx);
            if let Some(last) = words.end.checked_sub(1).filter(|last| *last >= words.start) {
                titled.push(Run { first: words.start, last, facts: gazetteer::Facts::default() });
            }
            continue;
        }
        page.runs(idx, &mut |run| {
            let key = page.key_of(run.first, run.last);
            mentions.push(Mention { run, key, evidence: page.evidence(run) });
        });
    }
    let groups = Groups::of(&page, &mentions);
    let mut named: Vec<(EntityKind, Vec<Run>)> = Vec::new();
    let mut keys: HashMap<u64, usize> = HashMap::new();
    let mut left: Vec<Run> = titled;
    for group in &groups.all {
        let runs = || group.mentions.iter().map(|mention| mention.run);
        let Some(kind) = group.kind() else {
            left.extend(runs().filter(|run| run.n_words() > 1));
            continue;
        };
        for mention in &group.mentions {
            keys.insert(mention.key, named.len());
        }
        named.push((kind, runs().collect()));
    }
    surnames(&page, &groups, &mut keys);
    resolve(&page, &left, &keys, &mut named);
    let mut entities: Vec<(usize, Entity)> =
        named.iter().filter_map(|(kind, runs)| entity(&page, *kind, runs)).collect();
    if text.words.iter().any(|word| word.is(Flags::CASELESS)) {
        entities.extend(unspaced::find(&page));
    }
    entities.sort_by_key(|(first, entity)| (std::cmp::Reverse(entity.count), *first));
    entities.into_iter().map(|(_, entity)| entity).collect()
}

/// Surnames of people named in full, where they are of one person alone.
fn surnames(page: &Page<'_>, groups: &Groups<'_, '_>, keys: &mut HashMap<u64, usize>) {
    let mut of_one: HashMap<u64, Option<usize>> = HashMap::new();
    let is_named = |group: &&Group<'_>| group.kind().is_some();
    for (at, group) in groups.all.iter().filter(is_named).enumerate() {
        if group.kind() != Some(EntityKind::Person) {
            continue;
        }
        let long = group.mentions.iter().find(|mention| mention.run.n_words() > 1);
        if let Some(mention) = long {
            let key = page.key(mention.run.last);
            of_one.entry(key).and_modify(|one| *one = one.filter(|one| *one == at)).or_insert(Some(at));
        }
    }
    for (key, at) in of_one {
        if let Some(at) = at {
            keys.entry(key).or_insert(at);
        }
    }
}

/// The key of a word without the `s` of the genitive, where a language has that.
fn genitive(page: &Page<'_>, first: usize, last: usize) -> Option<u64> {
    let base = page.letters(last).strip_suffix('s').filter(|base| first == last && base.len() > 2)?;
    page.lexicon.genitive_s.then(|| fold::of_word(base))
}

/// Finds known names inside headlines and runs that are no names as a whole.
fn resolve(page: &Page<'_>, left: &[Run], keys: &HashMap<u64, usize>, named: &mut [(EntityKind, Vec<Run>)]) {
    for run in left {
        let mut idx = run.first;
        while idx <= run.last {
            let found = (idx..=run.last.min(idx + 5)).rev().find_map(|last| {
                let at =
                    keys.get(&page.key_of(idx, last)).or_else(|| keys.get(&genitive(page, idx, last)?))?;
                let is_large = page.is(idx, Flags::LARGE) && page.is(last, Flags::LARGE);
                is_large.then_some((last, *at))
            });
            let Some((last, at)) = found else {
                idx += 1;
                continue;
            };
            if let Some((_, runs)) = named.get_mut(at) {
                runs.push(Run { first: idx, last, facts: run.facts });
            }
            idx = last + 1;
        }
    }
}

/// The entity that runs name, with its first place.
fn entity(page: &Page<'_>, kind: EntityKind, runs: &[Run]) -> Option<(usize, Entity)> {
    let mut runs = runs.to_vec();
    runs.sort_by_key(|run| run.first);
    let first = page.bounds(runs.first()?.first, runs.first()?.last).0;
    // Forms in order of their first place, with how often each stands.
    let mut forms: Vec<(&str, usize, Run)> = Vec::with_capacity(4);
    let mut spans = Vec::with_capacity(runs.len());
    for run in &runs {
        let (start, end) = page.bounds(run.first, run.last);
        spans.push(Span::new(page.text.raw, start, end)?);
        let form = page.form(run.first, run.last);
        match forms.iter_mut().find(|(known, ..)| *known == form) {
            Some((_, n, _)) => *n += 1,
            None => forms.push((form, 1, *run)),
        }
    }
    let best = forms.iter().enumerate().max_by_key(|(at, (form, n, run))| {
        let n_letters = form.chars().count();
        let is_shouted = n_letters > 6 && !form.chars().any(char::is_lowercase);
        // Of inflected forms the shortest is the plain one.
        let short = if page.lexicon.inflects || page.lexicon.genitive_s { usize::MAX - n_letters } else { 0 };
        (!is_shouted, run.n_words().min(4), short, *n, usize::MAX - at)
    });
    let name = best.map(|(_, (form, ..))| *form)?;
    let aliases = forms.iter().map(|(form, ..)| plain(form)).filter(|form| *form != plain(name)).collect();
    let count = u32::try_from(spans.len()).unwrap_or(u32::MAX);
    Some((first, Entity { name: plain(name), kind, count, aliases, spans }))
}

/// A form on one line.
fn plain(form: &str) -> String {
    if form.contains('\n') || form.contains("  ") {
        return form.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    form.to_owned()
}

#[cfg(test)]
mod tests;
