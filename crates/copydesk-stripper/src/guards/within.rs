//! Texts that somebody cleaned already, and what is between the paragraphs of those that nobody did: interviews and
//! speech.

use std::collections::HashMap;
use std::ops::Range;

use copydesk_core::{Article, Span};

use super::Line;
use crate::view::ends_sentence;

/// Lines of furniture with which a text is a page that was copied whole: it has a menu above its first paragraph,
/// or words that rules know.
const FURNITURE: usize = 3;

/// What the text's own company vouches for: all of it where somebody cleaned it already, else interviews, and speech
/// between two paragraphs that stay.
pub(super) fn vouched(article: &Article, lines: &[Line<'_>]) -> Vec<Span> {
    let stays = |line: &Line<'_>| !line.goes && line.is_prose();
    let (Some(first), Some(last)) = (lines.iter().position(stays), lines.iter().rposition(stays)) else {
        return Vec::new();
    };
    let n_above = lines.iter().take(first).filter(|line| line.goes).count();
    if n_above + n_cut(article) < FURNITURE {
        return spans(lines, 0..lines.len()).collect();
    }
    let between = lines.get(first..last).unwrap_or_default();
    let speech = between.iter().filter(|line| is_speech(line.text)).map(|line| line.span);
    interviews(lines).into_iter().flat_map(|run| spans(lines, run)).chain(speech).collect()
}

fn spans<'a>(lines: &'a [Line<'_>], range: Range<usize>) -> impl Iterator<Item = Span> + use<'a> {
    lines.get(range).unwrap_or_default().iter().map(|line| line.span)
}

/// Lines that the rules have cut.
fn n_cut(article: &Article) -> usize {
    article.cuts().iter().map(|cut| cut.span.of_text(article.raw()).lines().count()).sum()
}

/// Letters of a speaker's name or sign on a line of its own.
const LABEL: usize = 30;
/// Lines from one label to the next at most.
const TURN: usize = 6;

/// Labels on lines of their own that come by turns, with questions below one of them and sentences below the
/// others: "Q:" and "A:", names, 问： and 答：. Lists of teasers repeat labels too ("By:"), and hold no questions.
fn interviews(lines: &[Line<'_>]) -> Vec<Range<usize>> {
    let is_label = |line: &Line<'_>| {
        line.text.ends_with([':', '：']) && line.text.chars().count() <= LABEL && line.n_words() <= 4
    };
    let labels: Vec<usize> = (0..lines.len()).filter(|&idx| is_label(&lines[idx])).collect();
    let runs = labels.chunk_by(|a, b| b - a <= TURN);
    runs.filter(|run| is_interview(lines, run))
        .filter_map(|run| Some(*run.first()?..run.last()? + 2))
        .map(|run| run.start..run.end.min(lines.len()))
        .collect()
}

fn is_interview(lines: &[Line<'_>], labels: &[usize]) -> bool {
    let mut turns: HashMap<&str, Turns> = HashMap::new();
    for &idx in labels {
        let turns = turns.entry(lines[idx].text).or_default();
        let said = lines.get(idx + 1).map_or("", |line| line.text);
        turns.n += 1;
        turns.n_questions += usize::from(is_question(said));
        turns.n_sentences += usize::from(ends_sentence(said));
    }
    let asks = |turns: &&Turns| turns.n >= 2 && turns.n_questions * 2 > turns.n;
    let answers = |turns: &&Turns| !asks(turns) && turns.n_sentences * 2 > turns.n;
    turns.values().any(|turns| asks(&turns)) && turns.values().any(|turns| answers(&turns))
}

/// What stands below the same label.
#[derive(Debug, Default)]
struct Turns {
    n: usize,
    n_questions: usize,
    n_sentences: usize,
}

fn is_question(text: &str) -> bool {
    text.ends_with(['?', '？', '؟', ';', '՞'])
}

/// Marks that open speech, and those that close it.
const OPEN: [char; 9] = ['"', '“', '„', '«', '»', '「', '『', '‘', '–'];
const CLOSE: [char; 8] = ['"', '”', '“', '»', '«', '」', '』', '’'];

/// A sentence that opens with speech and goes on behind it: »Nein«, sagte sie. A quotation alone may be a teaser's.
fn is_speech(text: &str) -> bool {
    let Some(said) = text.strip_prefix(OPEN) else { return false };
    let Some((said, rest)) = said.rsplit_once(CLOSE) else { return false };
    let has_letters = |text: &str| text.chars().any(char::is_alphabetic);
    has_letters(said) && has_letters(rest) && ends_sentence(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::article;
    use copydesk_core::{BlockKind, Cut, Reason};

    /// The text of those lines that are vouched for although they would go: here all that are no prose.
    fn saved(text: &str, n_cut: usize) -> Vec<String> {
        let mut article = article(text);
        let cut: Vec<Span> = article.blocks().iter().take(n_cut).map(|block| block.span).collect();
        article.cut(
            cut.into_iter()
                .map(|span| Cut::new(span, Reason::Navigation, "menu", "test".to_owned(), 1.0))
                .collect(),
        );
        let mut lines: Vec<Line<'_>> = article
            .kept()
            .map(|kept| Line {
                span: kept.span,
                text: kept.text,
                kind: BlockKind::Paragraph,
                after_cut: false,
                goes: false,
            })
            .collect();
        for line in &mut lines {
            line.goes = !line.is_prose();
        }
        let vouched = vouched(&article, &lines);
        let is_saved = |line: &&Line<'_>| line.goes && vouched.contains(&line.span);
        lines.iter().filter(is_saved).map(|line| line.text.to_owned()).collect()
    }

    const ABOVE: &str = "The harbour council voted on Tuesday night to close the old swing bridge to lorries from next spring.";
    const BELOW: &str =
        "Die Reparatur dauert nach Angaben der Stadt vierzehn Monate und kostet rund neun Millionen Euro.";
    const MENU: &str = "Home\nWorld\nSport\nWeather\nJobs\nSearch\nLog in\nMore\n";

    #[test]
    fn a_text_without_a_menu_above_it_was_cleaned_already() {
        let rows = "Lom | 1 | 0 | 2\nVik | 0 | 0 | 1\n- Fähre: fällt aus\n結果";
        let lines: Vec<&str> = rows.lines().collect();
        assert_eq!(saved(&format!("{ABOVE}\n{rows}\n{BELOW}"), 0), lines);
        assert_eq!(saved(&format!("{ABOVE}\n{BELOW}\n{rows}"), 0), lines);
        // A page has more above it, whoever cuts that.
        let page = format!("{MENU}{ABOVE}\n{rows}\n{BELOW}");
        assert!(saved(&page, 0).is_empty());
        assert!(saved(&page, 8).is_empty());
        assert!(saved("Home\nWorld\nSport", 0).is_empty());
    }

    #[test]
    fn an_interview_is_known_by_its_turns() {
        let page = |inside: &str| format!("{MENU}{ABOVE}\n{inside}\n{BELOW}");
        for inside in [
            "Q:\nWhere were you?\nA:\nAt sea.\nQ:\nAlone?\nA:\nNo.",
            "Marta Lind:\nWo waren Sie?\nOle Vik:\nAuf See.\nMarta Lind:\nAllein?\nOle Vik:\nNein!",
            "问：\n您是谁？\n答：\n修钟的。\n问：\n一个人吗？\n答：\n是。",
            "В:\nГде вы были?\nО:\nВ море.\nВ:\nОдин?\nО:\nНет.",
        ] {
            assert_eq!(saved(&page(inside), 0), inside.lines().collect::<Vec<_>>());
        }
        for teasers in [
            "By:\nMarta Lind\nPosted:\nTen bridges that moved\nBy:\nOle Vik\nPosted:\nFerry fares",
            "Q:\nWhere were you?\nA:\nAt sea.",
            "Most read:\nWho moved the bridge?\nLatest:\nWhere do the ferries go?",
        ] {
            assert!(saved(&page(teasers), 0).is_empty(), "{teasers}");
        }
    }

    #[test]
    fn speech_goes_on_behind_its_quotation_mark() {
        for speech in [
            "\"No,\" she said.",
            "»Nein«, sagte sie.",
            "« Non », a-t-elle répondu.",
            "“不”，她说。",
            "„Nein“, sagte sie.",
            "«Нет», — сказала она.",
        ] {
            assert!(is_speech(speech), "{speech}");
        }
        for other in [
            "\"No\"",
            "\"The harbour is closed.\"",
            "“No” and yes",
            "No.",
            "\"\" it is.",
            "\"…\" …",
            "",
            "\"",
        ] {
            assert!(!is_speech(other), "{other}");
        }
    }
}
