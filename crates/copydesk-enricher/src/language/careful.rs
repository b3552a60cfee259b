//! The language of a text that its small words do not show clearly: its runs of letters are weighed as well.
//!
//! The script that most letters are of says which languages may be meant; among those the sum of all runs and of all
//! small words decides. Both are logarithms of frequencies, so a margin is how many times likelier one language is.

use std::sync::LazyLock;

use super::runs::{self, NAT, Scores};
use super::scripts::Script;
use super::table::{Set, TABLE};
use super::votes::Votes;

/// What a small word counts: letters do not tell its ends, and its ends tell most.
const WORD: i32 = 5 * NAT;

/// What each sign of Japanese counts against Chinese.
const KANA: i32 = 3 * NAT;

/// Languages without runs of their own in the model, for there is no text to count or none that is not their
/// neighbour's: each is weighed like the likelier of its neighbours, less [`LEAN`], and wins by its small words.
const LEANING: [(&str, [&str; 2]); 3] = [("bs", ["hr", "sr"]), ("ckb", ["fa", "ur"]), ("ms", ["id", "id"])];
const LEAN: i32 = 6 * NAT;

/// What speaks against languages that differ little from one that is written far more, or whose runs were counted in
/// one short text.
const RARE: [(&str, i32); 6] =
    [("nn", 12 * NAT), ("gl", 6 * NAT), ("ky", 6 * NAT), ("ne", 6 * NAT), ("ps", 3 * NAT), ("uz", 8 * NAT)];

/// What speaks against Serbian in Latin letters, which differs little from Croatian.
const SERBIAN: i32 = 3 * NAT;

/// Languages by the script that they are written in; the others are written in Latin letters.
const CYRILLIC: &[&str] = &["ru", "uk", "be", "bg", "mk", "sr", "kk", "mn", "ky", "uz"];
const ARABIC: &[&str] = &["ar", "fa", "ur", "ps", "ckb"];
const DEVANAGARI: &[&str] = &["hi", "mr", "ne"];
const HAN: &[&str] = &["zh", "ja"];
/// Written in Latin letters as well as in one of these.
const BOTH: &[&str] = &["sr", "uz"];

/// How sure the language of a list of names is.
const UNSURE: f64 = 0.8;

/// A margin, in nats, that is right three times of four.
const EVEN: f64 = 8.0;

/// The rules above by the languages' places in the table.
struct Rules {
    leaning: Vec<(usize, Vec<usize>)>,
    rare: Vec<(usize, i32)>,
    serbian: usize,
    japanese: usize,
    cyrillic: Set,
    arabic: Set,
    devanagari: Set,
    han: Set,
    latin: Set,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let place = |code: &&str| TABLE.codes.iter().position(|known| known == code);
    let set = |codes: &[&str]| codes.iter().filter_map(place).fold(0, |set: Set, at| set | 1 << at);
    let [cyrillic, arabic, devanagari, han] = [CYRILLIC, ARABIC, DEVANAGARI, HAN].map(set);
    let all = set(&TABLE.codes);
    Rules {
        leaning: LEANING
            .iter()
            .filter_map(|(code, others)| Some((place(code)?, others.iter().filter_map(place).collect())))
            .collect(),
        rare: RARE.iter().filter_map(|(code, less)| Some((place(code)?, *less))).collect(),
        serbian: place(&"sr").unwrap_or_default(),
        japanese: place(&"ja").unwrap_or_default(),
        cyrillic,
        arabic,
        devanagari,
        han,
        latin: all & !(cyrillic | arabic | devanagari | han) | set(BOTH),
    }
});

/// The language of `window`, and how sure that is. `votes` are those of its small words.
pub(super) fn detect(window: &str, votes: &Votes) -> Option<(&'static str, f64)> {
    let script = votes.main_script();
    let may_be = match script {
        Script::Sole(code) => return Some((code, 0.9)),
        Script::Cyrillic => RULES.cyrillic,
        Script::Arabic => RULES.arabic,
        Script::Devanagari => RULES.devanagari,
        Script::Han | Script::Kana => RULES.han,
        Script::Latin => RULES.latin,
        Script::Other => return None,
    };
    let scores = weighed(window, votes, script == Script::Latin);
    let (mut best, mut second, mut at) = (0, 0, None);
    for (idx, score) in scores.into_iter().enumerate().filter(|(idx, _)| may_be >> idx & 1 == 1) {
        if score > best {
            (second, best, at) = (best, score, Some(idx));
        } else {
            second = second.max(score);
        }
    }
    let code = *TABLE.codes.get(at?)?;
    let margin = f64::from(best - second) / f64::from(NAT);
    let confidence = 1.0 / (1.0 + (-margin / EVEN).exp());
    // Eight words and more without a small one are rather a list of names.
    Some((code, if votes.are_names(code) { confidence.min(UNSURE) } else { confidence }))
}

/// Runs and words together, with what speaks for a language beforehand.
fn weighed(window: &str, votes: &Votes, is_latin: bool) -> Scores {
    let mut scores = runs::scores(window, is_latin);
    for (at, others) in &RULES.leaning {
        let best = others.iter().map(|other| scores[*other]).max();
        scores[*at] = best.unwrap_or_default() - LEAN;
    }
    for (at, less) in &RULES.rare {
        scores[*at] -= less;
    }
    if is_latin {
        scores[RULES.serbian] -= SERBIAN;
    }
    for (score, n_words) in scores.iter_mut().zip(votes.words()) {
        *score += WORD * n_words.cast_signed();
    }
    scores[RULES.japanese] += KANA * votes.n_kana().cast_signed();
    scores
}
