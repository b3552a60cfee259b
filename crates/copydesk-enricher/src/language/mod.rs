//! The language of the body, from its letters and words.
//!
//! Two steps. Most texts show their language by small words and letters alone, at the cost of one pass: a script
//! that one language is written in, or small words of one language with a clear margin over every other
//! ([`votes`]). What is not clear is looked at again, slower: runs of letters are weighed as well ([`careful`]).

mod careful;
mod han;
mod passages;
mod runs;
mod scripts;
mod table;
mod votes;

use copydesk_core::Language;
use passages::Passages;
use votes::Votes;

/// Bytes of the body that are looked at: more tells no more.
const WINDOW: usize = 1000;

/// Letters below which a text has no language: a word or two could be any.
const MIN_LETTERS: u32 = 8;

/// The language of a text, if there is enough of it to tell. The first part of it is looked at.
pub fn language_of(text: &str) -> Option<Language> {
    let window = start_of(text);
    let votes = Votes::of(window);
    if votes.n_letters() < MIN_LETTERS {
        return None;
    }
    let (code, confidence) = votes.clear().or_else(|| careful::detect(window, &votes))?;
    let script = scripts::code(code, window);
    Some(Language {
        code: code.to_owned(),
        confidence: (confidence * 1000.0).round() / 1000.0,
        script: script.to_owned(),
        tag: scripts::tag(code, script),
    })
}

/// What languages an article is in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Languages {
    /// That of the article, if there is enough text to tell.
    pub article: Option<Language>,
    /// The lines in another, by their places, each with its tag.
    pub others: Vec<(usize, String)>,
}

/// Words of a line that is running text.
const PROSE: usize = 8;

/// The languages of an article of these lines, each with its number of words (none for code and tables). They are told
/// from running text, not from names and labels, if there is anything else.
pub fn languages_of<'a>(lines: &(impl Iterator<Item = (&'a str, usize)> + Clone)) -> Languages {
    let Some(article) = language_of(&sample(lines)) else { return Languages::default() };
    let passages = Passages::of(&article);
    let prose = lines.clone().enumerate().filter(|(_, (_, n_words))| *n_words >= PROSE);
    let others = prose.filter_map(|(at, (line, _))| Some((at, passages.other(line)?))).collect();
    Languages { article: Some(article), others }
}

/// As much of a text as is looked at.
fn start_of(text: &str) -> &str {
    let end = (0..=WINDOW.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// As much running text as is looked at.
fn sample<'a>(lines: &(impl Iterator<Item = (&'a str, usize)> + Clone)) -> String {
    let mut sample = String::new();
    for at_least in [PROSE, 0] {
        sample.clear();
        for (line, _) in lines.clone().filter(|(_, n_words)| *n_words >= at_least) {
            if sample.len() > WINDOW {
                break;
            }
            // Of a long line too, no more than is looked at.
            sample.push_str(start_of(line));
            sample.push('\n');
        }
        if sample.len() >= 200 {
            break;
        }
    }
    sample
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<String> {
        language_of(text).map(|language| language.code)
    }

    #[test]
    fn tells_languages() {
        for (text, expect) in [
            ("The ferry left the harbour at noon, and nobody was on board.", "en"),
            ("Die Fähre verließ den Hafen am Mittag, und niemand war an Bord.", "de"),
            ("Færgen forlod havnen ved middagstid, og der var ikke nogen om bord efter det.", "da"),
            ("Fergen forlot havnen ved middagstid, og det var ikke noen om bord etter det.", "nb"),
            ("Färjan lämnade hamnen vid lunchtid, och det var inte någon ombord.", "sv"),
            ("De veerboot verliet de haven om twaalf uur en er was niemand aan boord.", "nl"),
            ("El transbordador salió del puerto al mediodía y no había nadie a bordo.", "es"),
            ("O barco saiu do porto ao meio-dia e não havia ninguém a bordo.", "pt"),
            ("Паром вышел из порта в полдень, и на борту никого не было.", "ru"),
            ("Пором вийшов із порту опівдні, і на борту нікого не було.", "uk"),
            ("渡轮中午离开港口，船上没有人。", "zh"),
            ("フェリーは正午に港を出て、誰も乗っていなかった。", "ja"),
            ("페리는 정오에 항구를 떠났고 배에는 아무도 없었다.", "ko"),
            ("नौका दोपहर को बंदरगाह से निकली और उस पर कोई नहीं था।", "hi"),
        ] {
            assert_eq!(code(text).as_deref(), Some(expect), "{text}");
        }
    }

    #[test]
    fn says_nothing_of_too_little() {
        for text in ["", "12:05", "OK", "!!! ??? 123 456 789 012", "Reuters"] {
            assert_eq!(code(text), None, "{text}");
        }
    }
}
