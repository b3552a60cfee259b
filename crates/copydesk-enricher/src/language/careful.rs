//! The language of a text that its small words do not show clearly: its runs of letters are weighed as well.
//!
//! The script that most letters are of says which languages may be meant; among those the sum of all runs and of all
//! small words decides. Both are logarithms of frequencies, so a margin is how many times likelier one language is.

use super::runs::{self, NAT, Scores};
use super::scripts::Script;
use super::table::TABLE;
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

/// The language of `window`, and how sure that is. `votes` are those of its small words.
pub(super) fn detect(window: &str, votes: &Votes) -> Option<(&'static str, f64)> {
    let script = votes.main_script();
    if let Script::Sole(code) = script {
        return Some((code, 0.9));
    }
    let scores = weighed(window, votes, script == Script::Latin);
    let may_be = |code: &str| match script {
        Script::Cyrillic => CYRILLIC.contains(&code),
        Script::Arabic => ARABIC.contains(&code),
        Script::Devanagari => DEVANAGARI.contains(&code),
        Script::Han | Script::Kana => HAN.contains(&code),
        Script::Latin => {
            BOTH.contains(&code) || ![CYRILLIC, ARABIC, DEVANAGARI, HAN].iter().any(|all| all.contains(&code))
        }
        _ => false,
    };
    let mut ranking: Vec<(i32, &'static str)> = TABLE
        .codes
        .iter()
        .zip(scores)
        .filter(|(code, _)| may_be(code))
        .map(|(code, score)| (score, *code))
        .collect();
    ranking.sort_unstable_by_key(|(score, _)| std::cmp::Reverse(*score));
    let [(best, code), (second, _), ..] = ranking.as_slice() else { return None };
    if *best <= 0 {
        return None;
    }
    let margin = f64::from(best - second) / f64::from(NAT);
    let confidence = 1.0 / (1.0 + (-margin / EVEN).exp());
    // Eight words and more without a small one are rather a list of names.
    Some((code, if votes.are_names(code) { confidence.min(UNSURE) } else { confidence }))
}

/// Runs and words together, with what speaks for a language beforehand.
fn weighed(window: &str, votes: &Votes, is_latin: bool) -> Scores {
    let mut scores = runs::scores(window, is_latin);
    for (code, others) in LEANING {
        let best = others.iter().filter_map(|other| Some(scores[place(other)?])).max();
        if let (Some(at), Some(best)) = (place(code), best) {
            scores[at] = best - LEAN;
        }
    }
    // Serbian in Latin letters differs little from Croatian.
    let serbian = ("sr", if is_latin { 3 * NAT } else { 0 });
    for (code, less) in RARE.into_iter().chain([serbian]) {
        if let Some(at) = place(code) {
            scores[at] -= less;
        }
    }
    for (score, n_words) in scores.iter_mut().zip(votes.words()) {
        *score += WORD * n_words.cast_signed();
    }
    if let Some(at) = place("ja") {
        scores[at] += KANA * votes.n_kana().cast_signed();
    }
    scores
}

fn place(code: &str) -> Option<usize> {
    TABLE.codes.iter().position(|known| *known == code)
}
