//! Invented heads and tails of articles in ten languages, and how well their fields are read.
//!
//! `cargo dev make-heads` writes such articles with what they state, `cargo dev bench-heads` reads them with the
//! default stages. Templates of lines, names and places are split into a training and a test half, so that
//! the test half measures what was never looked at.

mod chance;
mod language;
mod score;
mod when;
mod write;

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::bail;

use crate::train::path::Path;
use language::Language;
use score::Score;
use write::{Half, Invented};

/// Options of `make-heads`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct MakeOptions {
    /// What chance begins with
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many articles
    #[arg(long, default_value_t = 2000)]
    n: usize,
    /// Where to write them: `ID.txt` each, and `truth.jsonl`
    #[arg(long)]
    out: PathBuf,
}

/// Options of `bench-heads`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct BenchOptions {
    /// What chance begins with
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many articles
    #[arg(long, default_value_t = 2000)]
    n: usize,
    /// Only this half
    #[arg(long)]
    half: Option<Half>,
    /// Show what was read wrongly
    #[arg(long)]
    errors: bool,
}

/// Articles of every language, style and half in turn.
fn invent(seed: u64, n: usize) -> anyhow::Result<Vec<Invented>> {
    let languages = Language::all()?;
    Ok((0..n).map(|number| write::article(&languages, seed, number)).collect())
}

/// Writes articles and what they state.
pub(crate) fn make(options: &MakeOptions) -> anyhow::Result<()> {
    std::fs::create_dir_all(&options.out)?;
    let mut truths = String::new();
    for article in invent(options.seed, options.n)? {
        std::fs::write(options.out.join(format!("{}.txt", article.id)), &article.text)?;
        writeln!(truths, "{}", article.truth())?;
    }
    std::fs::write(options.out.join("truth.jsonl"), truths)?;
    println!("{} articles in {}", options.n, options.out.display());
    Ok(())
}

/// Reads articles and says how well; fails if the fields are not read as well as they must be.
pub(crate) fn bench(options: &BenchOptions) -> anyhow::Result<()> {
    let mut good = true;
    for half in [Half::Train, Half::Test] {
        if options.half.is_none_or(|wanted| wanted == half) {
            let score = measure(options.seed, options.n, Some(half))?;
            println!("{} half, seed {}", half.name(), options.seed);
            print!("{}", score.table());
            if options.errors {
                print!("{}", score.errors());
            }
            good &= score.holds(0);
        }
    }
    if !good {
        bail!("a field is read too seldom, or too often where it is not stated");
    }
    Ok(())
}

/// Reads the articles of one half, or of both.
fn measure(seed: u64, n: usize, half: Option<Half>) -> anyhow::Result<Score> {
    let mut path = Path::new(true)?;
    let mut score = Score::default();
    for invented in invent(seed, n)?.iter().filter(|invented| half.is_none_or(|half| half == invented.half)) {
        let article = path.clean(&format!("{}.txt", invented.id), invented.text.clone().into_bytes())?;
        score.add(invented, &article);
    }
    Ok(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_invents_the_same() {
        let (one, again, other) =
            (invent(3, 40).expect("valid"), invent(3, 40).expect("valid"), invent(4, 40).expect("valid"));
        let texts =
            |all: &[Invented]| all.iter().map(|one| (one.text.clone(), one.truth())).collect::<Vec<_>>();
        assert_eq!(texts(&one), texts(&again));
        assert_ne!(texts(&one), texts(&other));
    }

    #[test]
    fn invented_heads_are_read() {
        let score = measure(11, 500, None).expect("they can be cleaned");
        assert!(score.holds(2), "{}{}", score.table(), score.errors());
    }
}
