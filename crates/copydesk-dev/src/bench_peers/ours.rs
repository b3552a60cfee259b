//! Our own path over the pages, in memory, timed by the thread's CPU clock.

use anyhow::Context;
use copydesk_core::Stage;
use copydesk_stripper::{Stripper, StripperOptions};

use super::{Outcome, Page, cpu_s};
use crate::train::path::Path;
use crate::train::sample::read;

/// Bytes of the articles that the goal for text counts.
pub(super) const ARTICLE_BYTES: usize = 4096;
const N_ARTICLES: u64 = 400;

/// The best of some rounds, in CPU seconds.
fn best(rounds: usize, mut round: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..rounds.max(1) {
        let start = cpu_s();
        round()?;
        best = best.min(cpu_s() - start);
    }
    Ok(best)
}

/// The whole path of an article, and the CPU seconds of its first part, up to the stripping.
pub(super) fn clean(mode: &str, pages: &[Page], rounds: usize) -> anyhow::Result<(Outcome, f64)> {
    let inputs: Vec<(String, &str)> = pages
        .iter()
        .map(|page| match mode {
            "html" => (format!("{}.html", page.truth.id), page.html.as_str()),
            _ => (format!("{}.txt", page.truth.id), page.text.as_str()),
        })
        .collect();
    let mut path = Path::new(true)?;
    let mut texts = Vec::new();
    let mut errors = 0;
    let seconds = best(rounds, || {
        texts.clear();
        errors = 0;
        for (name, input) in &inputs {
            let cleaned = path.clean(name, input.as_bytes().to_vec());
            errors += u64::from(cleaned.is_err());
            texts.push(cleaned.map(|article| article.text()).unwrap_or_default());
        }
        Ok(())
    })?;
    let strip_s = strip(&inputs.iter().map(|(name, input)| (name.as_str(), *input)), rounds)?;
    Ok((Outcome { name: format!("copydesk, {mode}"), texts, cpu_s: seconds, errors }, strip_s))
}

/// CPU seconds to read inputs and strip them, without the stages behind.
fn strip<'a>(
    inputs: &(impl Iterator<Item = (&'a str, &'a str)> + Clone),
    rounds: usize,
) -> anyhow::Result<f64> {
    let mut stripper = Stripper::new("strip_boilerplate", &StripperOptions::default())?;
    best(rounds, || {
        for (name, input) in inputs.clone() {
            // A page without text is no article, and costs what it costs.
            if let Ok(mut article) = read(name, input.as_bytes().to_vec()) {
                stripper.process(&mut article).context("the stripper failed")?;
            }
        }
        Ok(())
    })
}

/// Invented articles of 4 KB a CPU second, through the whole path and up to the stripping.
pub(super) fn articles_a_second(rounds: usize) -> anyhow::Result<[f64; 2]> {
    let articles: Vec<String> =
        (0..N_ARTICLES).map(|seed| crate::invent::article(seed, ARTICLE_BYTES)).collect();
    let mut path = Path::new(true)?;
    let all = best(rounds, || {
        for article in &articles {
            std::hint::black_box(path.clean("a.txt", article.clone().into_bytes())?.text());
        }
        Ok(())
    })?;
    let strip = strip(&articles.iter().map(|article| ("a.txt", article.as_str())), rounds)?;
    Ok([all, strip].map(|seconds| N_ARTICLES as f64 / seconds))
}
