//! What any plugin must survive, and the same answers whatever the batch, the order, and the process.

use std::time::Duration;

use copydesk_core::Article;
use copydesk_plugin::Plugin;

use super::answer::{Came, answers, batch_answers};
use super::counted;
use super::report::{Checked, Report};
use super::samples::{bare, reports};
use crate::cleaner::Cleaner;
use crate::commands::Failure;

/// Articles of which the answers are compared.
const N_REPORTS: usize = 1_000;
/// Differences that are shown of many.
const SHOWN: usize = 3;

/// A plugin under test.
pub(super) struct Subject<'a> {
    pub(super) plugin: &'a mut dyn Plugin,
    /// The stage's name.
    pub(super) stage: &'a str,
    /// Articles it takes at once.
    pub(super) batch: usize,
}

impl Subject<'_> {
    /// Articles by themselves, so that one that is hard costs no other.
    fn survives(&mut self, articles: &[Article]) -> Checked {
        for article in articles {
            for came in batch_answers(self.plugin, self.stage, std::slice::from_ref(article)) {
                came.survived().map_err(|why| vec![why])?;
            }
        }
        Ok(String::new())
    }

    fn all_answers(&mut self, articles: &[Article], batch: usize) -> Vec<Came> {
        answers(self.plugin, self.stage, articles, batch)
    }
}

/// Runs them all.
pub(super) fn run(subject: &mut Subject<'_>, cleaner: &Cleaner, report: &mut Report) -> Result<(), Failure> {
    for (name, paragraphs) in cases() {
        let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
        let checked = subject.survives(&[bare(0, &paragraphs)]);
        report.tell(name, &checked)?;
    }
    let articles = reports(N_REPORTS, cleaner);
    let mut reversed = articles.clone();
    reversed.reverse();

    let first = subject.all_answers(&articles, subject.batch);
    report.tell("1,000 articles", &all_survived(&first))?;
    let again = subject.all_answers(&articles, subject.batch);
    report.tell("the same 1,000 again: the same answers", &same(&first, &again))?;

    // Whatever it has remembered of the articles so far is gone then.
    let ended = subject.plugin.end();
    let mut other = subject.all_answers(&reversed, 7.min(subject.batch));
    other.reverse();
    report
        .tell("started anew, in another order, in batches of 7: the same answers", &same(&first, &other))?;

    report
        .tell("killed in the middle, three times: the same answers", &crashing(subject, &articles, &first))?;

    subject.plugin.set_strangers(true);
    let restarted = subject.plugin.end();
    let strange = subject.all_answers(articles.get(..100).unwrap_or(&articles), subject.batch);
    subject.plugin.set_strangers(false);
    let name = "messages and articles with members that it does not know: the same answers";
    report.tell(name, &same(first.get(..strange.len()).unwrap_or(&first), &strange))?;

    let ends = [ended, restarted, subject.plugin.end()];
    let wrong: Vec<String> = ends.into_iter().filter_map(Result::err).take(1).collect();
    report.tell("it ends when it is told to", &if wrong.is_empty() { Ok(String::new()) } else { Err(wrong) })
}

fn cases() -> Vec<(&'static str, Vec<String>)> {
    let sentence =
        "The pilots of Larkhaven counted 37 ships that passed the mole, more than in any week since 1987. ";
    let controls: String = (0..32_u8).chain(127..=127).map(char::from).filter(|c| *c != '\n').collect();
    vec![
        ("an empty article", vec![]),
        ("one character", vec!["a".into()]),
        ("a body of 1 MB", vec![sentence.repeat(105); 100]),
        ("20,000 paragraphs", vec!["Rain.".into(); 20_000]),
        ("a line of 500,000 characters without a space", vec!["ab".repeat(250_000)]),
        ("NUL and control characters", vec![format!("a{controls}b"), "\0".into(), "\u{85}\u{9b}31m".into()]),
        (
            "emoji, characters beyond U+FFFF, combining marks",
            vec![
                "👩‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿🇦🇹 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠜎𠜱 e\u{301}\u{323}".into(),
                format!("z{}", "\u{301}".repeat(2_000)),
                "\u{10ffff}\u{e000}\u{fffd}\u{feff}".into(),
            ],
        ),
        (
            "right-to-left text and marks",
            vec![
                "لن تبحر العبارة 12 قبل يوم الخميس، بحسب إدارة الميناء.".into(),
                "abc \u{202e}txt.exe\u{202c} \u{2067}שלום\u{2069} 3.5%".into(),
            ],
        ),
        (
            "odd spaces, line ends and quotes",
            vec!["a\u{a0}b\u{2028}c\u{2029}d\u{200b}e\r\nf\u{3000}g \"'`\\ {}[]<>&% ${x} \\u0000".into()],
        ),
    ]
}

fn all_survived(came: &[Came]) -> Checked {
    let failed: Vec<(usize, String)> =
        came.iter().enumerate().filter_map(|(idx, came)| Some((idx, came.survived().err()?))).collect();
    if failed.is_empty() {
        return Ok(String::new());
    }
    let mut lines = vec![format!("{} went wrong", counted(failed.len(), "article"))];
    lines.extend(failed.into_iter().take(SHOWN).map(|(idx, why)| format!("article {idx}: {why}")));
    Err(lines)
}

fn same(first: &[Came], other: &[Came]) -> Checked {
    all_survived(other)?;
    let differ = first.iter().zip(other).enumerate().filter(|(_, (a, b))| a != b);
    let differ: Vec<(usize, (&Came, &Came))> = differ.collect();
    if differ.is_empty() && first.len() == other.len() {
        return Ok(String::new());
    }
    let mut lines = vec![format!("{} answered otherwise than before", counted(differ.len(), "article"))];
    for (idx, (before, after)) in differ.into_iter().take(SHOWN) {
        let [before, after] = [before, after].map(|came| shortened(&format!("{}", Shown(came))));
        lines.push(format!("article {idx}: expected {before}"));
        lines.push(format!("article {idx}: came     {after}"));
    }
    Err(lines)
}

/// An answer whole, as it would be written down.
struct Shown<'a>(&'a Came);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match super::expected::Expected::of(self.0) {
            Some(expected) => f.write_str(&serde_json::to_string(&expected).unwrap_or_default()),
            None => f.write_str(&self.0.brief()),
        }
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 300;
    let short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() { short + "…" } else { short }
}

/// The articles, with what runs killed between batches, when it may well be at work on what it does behind them.
fn crashing(subject: &mut Subject<'_>, articles: &[Article], first: &[Came]) -> Checked {
    let mut came = Vec::with_capacity(articles.len());
    let batch = subject.batch.clamp(1, 64);
    for (idx, chunk) in articles.chunks(batch).enumerate() {
        if [2, 3, 9].contains(&idx) || articles.len() <= batch {
            subject.plugin.crash();
            // The kernel has to see to it.
            std::thread::park_timeout(Duration::from_millis(20));
        }
        came.extend(batch_answers(subject.plugin, subject.stage, chunk));
    }
    same(first, &came)
}
