//! What any plugin must survive, and the same answers whatever the batch, the order, and the process.

use std::time::Duration;

use copydesk_core::Article;

use super::answer::Came;
use super::counted;
use super::report::{Checked, Report};
use super::samples::{bare, reports};
use super::subject::Subject;
use crate::cleaner::Cleaner;
use crate::commands::Failure;

/// Articles of which the answers are compared.
const N_REPORTS: usize = 1_000;
/// Of these, those that are given with members that no version knows.
const N_STRANGE: usize = 100;
/// Differences that are shown of many.
const SHOWN: usize = 3;

/// Runs them all, or those up to the one that shows that it hangs: true if none was left out.
pub(super) fn run(
    subject: &mut Subject<'_>,
    cleaner: &Cleaner,
    report: &mut Report,
) -> Result<bool, Failure> {
    for (name, paragraphs) in cases() {
        let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
        let checked = subject.survives(&bare(0, &paragraphs));
        report.tell(name, &checked)?;
        if subject.is_lost() {
            return Ok(false);
        }
    }
    let articles = reports(N_REPORTS, cleaner);
    let first = match subject.answers(&articles, subject.batch) {
        Ok(first) => first,
        Err(hangs) => {
            report.tell("1,000 articles", &Err(hangs))?;
            return Ok(false);
        }
    };
    report.tell("1,000 articles", &all_survived(&first))?;
    let mut ends = Vec::new();
    for (name, check) in CHECKS {
        let checked = check(subject, &articles, &mut ends).and_then(|came| same(&first, &came));
        report.tell(name, &checked)?;
        if subject.is_lost() {
            return Ok(false);
        }
    }
    ends.push(subject.plugin.end());
    let wrong: Vec<String> = ends.into_iter().filter_map(Result::err).take(1).collect();
    report
        .tell("it ends when it is told to", &if wrong.is_empty() { Ok(String::new()) } else { Err(wrong) })?;
    Ok(true)
}

/// What comes of the articles, or of the first of them; and whether the plugin has ended when it was told to.
type Check = fn(&mut Subject<'_>, &[Article], &mut Vec<Result<(), String>>) -> Result<Vec<Came>, Vec<String>>;

/// Ways to ask the same again.
const CHECKS: [(&str, Check); 4] = [
    ("the same 1,000 again: the same answers", |subject, articles, _| {
        subject.answers(articles, subject.batch)
    }),
    ("started anew, in another order, in batches of 7: the same answers", |subject, articles, ends| {
        // Whatever it has remembered of the articles so far is gone then.
        ends.push(subject.plugin.end());
        let reversed: Vec<Article> = articles.iter().rev().cloned().collect();
        let mut came = subject.answers(&reversed, 7)?;
        came.reverse();
        Ok(came)
    }),
    ("killed in the middle, three times: the same answers", |subject, articles, _| {
        Ok(crashing(subject, articles))
    }),
    (
        "messages and articles with members that it does not know: the same answers",
        |subject, articles, ends| {
            subject.plugin.set_strangers(true);
            ends.push(subject.plugin.end());
            let came = subject.answers(articles.get(..N_STRANGE).unwrap_or(articles), subject.batch);
            subject.plugin.set_strangers(false);
            came
        },
    ),
];

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

/// The answers are those that came first, to as many of the articles as were given now.
fn same(first: &[Came], other: &[Came]) -> Checked {
    all_survived(other)?;
    let differ = first.iter().zip(other).enumerate().filter(|(_, (a, b))| a != b);
    let differ: Vec<(usize, (&Came, &Came))> = differ.collect();
    if differ.is_empty() {
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
fn crashing(subject: &mut Subject<'_>, articles: &[Article]) -> Vec<Came> {
    let mut came = Vec::with_capacity(articles.len());
    let batch = subject.batch.clamp(1, 64);
    for (idx, chunk) in articles.chunks(batch).enumerate() {
        if [2, 3, 9].contains(&idx) || articles.len() <= batch {
            subject.plugin.crash();
            // The kernel has to see to it.
            std::thread::park_timeout(Duration::from_millis(20));
        }
        came.extend(subject.given(chunk));
        if subject.is_lost() {
            break;
        }
    }
    came
}
