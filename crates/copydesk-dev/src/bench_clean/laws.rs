//! Laws 1, 2 and 3 of the contract, held against one page.

use copydesk_core::{Article, RecordView, laws};

use crate::train::label::words;
use crate::train::path::Path;

/// What a second cleaning takes.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    words: usize,
    cut: usize,
    pages: usize,
}

impl Tally {
    /// The share of words that it takes.
    pub(crate) fn share(&self) -> f64 {
        self.cut as f64 / self.words.max(1) as f64
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Tally { words, cut, pages } = self;
        let percent = 100.0 * self.share();
        write!(f, "cleaning again cuts {cut} of {words} words ({percent:.2} %), in {pages} pages")
    }
}

/// What of the laws an article breaks, and how much a second cleaning of its text would take.
///
/// # Errors
/// The same bytes, or the cleaned text, cannot be cleaned.
pub(crate) fn law_breaches(
    path: &mut Path,
    name: &str,
    bytes: Vec<u8>,
    article: &Article,
    tally: &mut Tally,
) -> anyhow::Result<Vec<String>> {
    let mut breaches = Vec::new();
    if let Err(error) = laws::check(article) {
        breaches.push(format!("law 1: {error}"));
    }
    let record = RecordView(article).to_json();
    let again = RecordView(&path.clean(name, bytes.clone())?).to_json();
    let mut elsewhere = path.fork()?;
    let elsewhere = std::thread::scope(|scope| {
        scope.spawn(|| elsewhere.clean(name, bytes).map(|article| RecordView(&article).to_json())).join()
    });
    let elsewhere = elsewhere.map_err(|_| anyhow::anyhow!("{name}: the other thread panicked"))??;
    if record != again || record != elsewhere {
        breaches.push("law 3: another record of the same page".to_owned());
    }
    let text = article.text();
    if text.trim().is_empty() {
        return Ok(breaches);
    }
    tally.words += words(&text).count();
    // Cleaned Markdown is Markdown.
    let again = if name.contains(".md") { "again.md" } else { "again.txt" };
    let second = path.clean(again, text.into_bytes())?;
    let mut n_cut = 0;
    for cut in second.cuts() {
        n_cut += words(cut.span.of_text(second.raw())).count();
        if !cut.rule.starts_with("block_model") {
            let text: String = cut.span.of_text(second.raw()).chars().take(80).collect();
            breaches.push(format!("law 2: {} cuts {text:?} from cleaned text", cut.rule));
        }
    }
    tally.cut += n_cut;
    tally.pages += usize::from(n_cut > 0);
    Ok(breaches)
}
