//! How well and how fast languages are told: `cargo dev bench-language --data FILE [--half 0|1]`.
//!
//! The file holds a code, a tab and a sentence a line. Sentences are judged one by one, by threes of a language
//! joined at random, and as articles of some 4 KB; the articles are timed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use copydesk_enricher::{language_of, languages_of};

use crate::stories::speed::cpu_seconds;

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Sentences: a code, a tab and a sentence a line
    #[arg(long, required = true)]
    data: Vec<PathBuf>,
    /// Only those sentences whose checksum is even (0) or odd (1): one half to look at, one to report
    #[arg(long)]
    half: Option<u32>,
    /// Joins of three sentences for each language
    #[arg(long, default_value_t = 1000)]
    joins: usize,
    /// Another draw of the joins
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Show every sentence that is taken for another language
    #[arg(long)]
    errors: bool,
}

/// Bytes of a made-up article.
const ARTICLE: usize = 4096;

/// Measures and prints.
///
/// # Errors
/// The data cannot be read.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let mut sentences: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in &options.data {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        for (code, sentence) in text.lines().filter_map(|line| line.split_once('\t')) {
            let is_chosen = options.half.is_none_or(|half| crc32fast::hash(sentence.as_bytes()) % 2 == half);
            if is_chosen {
                sentences.entry(code.to_owned()).or_default().push(sentence.to_owned());
            }
        }
    }
    let singles: Vec<(&str, String)> = sentences
        .iter()
        .flat_map(|(code, all)| all.iter().map(|sentence| (code.as_str(), sentence.clone())))
        .collect();
    score("single sentences", &singles, options.errors);
    calibrate(&singles);
    let mut draw = Draw(options.seed);
    let mut joins = |n_joins: usize, at_least: usize| -> Vec<(&str, String)> {
        let mut texts = Vec::new();
        for (code, all) in sentences.iter().filter(|(_, all)| all.len() >= 3) {
            for _ in 0..n_joins {
                texts.push((code.as_str(), draw.join(all, at_least)));
            }
        }
        texts
    };
    let threes = joins(options.joins, 0);
    score("three sentences", &threes, options.errors);
    let articles = joins(100, ARTICLE);
    score("articles", &articles, false);
    let n_others: usize = articles.iter().map(|(_, text)| languages_of(&lines(text)).others.len()).sum();
    let n_lines: usize = articles.iter().map(|(_, text)| text.lines().count()).sum();
    println!("paragraphs of these in another language: {n_others} of {n_lines}");
    time("single sentences", &singles);
    time("articles", &articles);
    Ok(())
}

/// Prints the share that is right, of all and by language, and what is taken for what.
fn score(what: &str, texts: &[(&str, String)], errors: bool) {
    let mut rows: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut mixed: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for (code, text) in texts {
        let found =
            languages_of(&lines(text)).article.map_or_else(|| "-".to_owned(), |language| language.code);
        let row = rows.entry(code).or_default();
        row.1 += 1;
        if found == *code {
            row.0 += 1;
        } else {
            if errors {
                println!("{code} {found}: {}", text.replace('\n', " / "));
            }
            *mixed.entry((code, found)).or_default() += 1;
        }
    }
    let right: usize = rows.values().map(|row| row.0).sum();
    println!("{what}: {right} of {} = {:.4}", texts.len(), share(right, texts.len()));
    let rows: Vec<String> =
        rows.iter().map(|(code, (right, all))| format!("{code} {:.3}", share(*right, *all))).collect();
    println!("  {}", rows.join(", "));
    let mut mixed: Vec<_> = mixed.into_iter().collect();
    mixed.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let mixed: Vec<String> =
        mixed.iter().take(24).map(|((code, found), n)| format!("{code}>{found} {n}")).collect();
    println!("  {}", mixed.join(", "));
}

/// Prints how often an answer is right that is so sure.
fn calibrate(texts: &[(&str, String)]) {
    let bars = [0.0, 0.6, 0.8, 0.9, 0.97, 0.99, 0.999];
    let mut bins = [(0, 0); 7];
    for (code, text) in texts {
        let Some(language) = languages_of(&lines(text)).article else { continue };
        let at = bars.iter().rposition(|bar| language.confidence >= *bar).unwrap_or(0);
        bins[at].0 += usize::from(language.code == *code);
        bins[at].1 += 1;
    }
    let rows: Vec<String> = bars
        .iter()
        .zip(bins)
        .map(|(bar, (right, all))| format!("from {bar}: {:.3} of {all}", share(right, all)))
        .collect();
    println!("confidence: {}", rows.join(", "));
}

/// Prints how many texts a second of processor time tells, with the choice of lines and passages in other languages.
fn time(what: &str, texts: &[(&str, String)]) {
    let warm = texts.iter().filter(|(_, text)| language_of(text).is_some()).count();
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    let begin = cpu_seconds();
    let (mut n, mut told) = (0, 0);
    while cpu_seconds() - begin < 2.0 {
        told += texts.iter().filter(|(_, text)| languages_of(&lines(text)).article.is_some()).count();
        n += texts.len();
    }
    let seconds = cpu_seconds() - begin;
    println!(
        "{what}: {:.0} a CPU second, {} bytes each ({told} of {n} told, {warm} at once)",
        n as f64 / seconds,
        bytes / texts.len().max(1),
    );
}

/// The lines of a text, with the words in each; as an enricher sees them.
fn lines(text: &str) -> impl Iterator<Item = (&str, usize)> + Clone {
    text.lines().map(|line| (line, line.len() / 6))
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// Draws by xorshift, so that the same seed gives the same texts.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) % n.max(1) as u64) as usize
    }

    /// Three different sentences, a paragraph; or paragraphs of three until there is enough.
    fn join(&mut self, all: &[String], at_least: usize) -> String {
        let mut text = String::new();
        loop {
            let mut chosen: Vec<usize> = Vec::new();
            while chosen.len() < 3 {
                let at = self.below(all.len());
                if !chosen.contains(&at) {
                    chosen.push(at);
                }
            }
            let paragraph: Vec<&str> =
                chosen.iter().filter_map(|at| all.get(*at)).map(String::as_str).collect();
            text.push_str(&paragraph.join(" "));
            if text.len() >= at_least {
                return text;
            }
            text.push('\n');
        }
    }
}
