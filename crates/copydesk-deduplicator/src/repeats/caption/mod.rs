//! The words of a caption without its furniture: `Image caption`, `Hide caption`, the photographer's credit.
//!
//! Copies of a caption differ in these more than in anything else. What is known to be furniture is taken off every
//! line; what only looks like it (`Anything: …`) is told, for the rules on pairs to judge.

mod credit;
mod marks;

use marks::{AFTER, CONTINUES, COUNTED, LABELS, OF, PHRASES};

/// What is left of a line without furniture, and whether there was any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Core<'a> {
    pub text: &'a str,
    pub furnished: bool,
    /// What stands before the text's first colon, if that is a few words and no furniture that we know.
    pub label: &'a str,
}

/// Takes the furniture off both ends, as long as most of the line is left.
pub(super) fn core(line: &str) -> Core<'_> {
    let line = line.trim();
    let mut text = line;
    for _ in 0..3 {
        let shorter = credit::without_credit(without_after(Opening::of(text).rest));
        // A line that is all furniture is compared as it stands.
        if shorter.len() == text.len() || !says_something(shorter) {
            break;
        }
        text = shorter;
    }
    Core { text, furnished: text.len() < line.len(), label: Opening::of(text).label }
}

/// Three words, or ten letters where scripts have no words to count.
fn says_something(text: &str) -> bool {
    text.split_whitespace().nth(2).is_some() || (!text.is_ascii() && text.chars().nth(9).is_some())
}

/// The start of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Opening<'a> {
    /// What is left without known furniture.
    rest: &'a str,
    /// A label that is not known.
    label: &'a str,
}

/// Characters within which a label ends.
const LABEL_CHARS: usize = 32;

impl<'a> Opening<'a> {
    fn of(text: &'a str) -> Opening<'a> {
        let split = split_label(text);
        if let Some((head, rest, _)) = split
            && is_label(head)
        {
            return Opening { rest: rest.trim_start(), label: "" };
        }
        if let Some(rest) = phrase(text).or_else(|| counted(text)) {
            return Opening { rest, label: "" };
        }
        let few_words = |head: &str| !head.is_empty() && head.split_whitespace().nth(3).is_none();
        // `She said: “…”` opens speech.
        let speaks = |rest: &str| rest.trim_start().starts_with(['"', '“', '„', '«', '»', '‘', '「', '\'']);
        let label =
            split.filter(|(head, rest, sign)| matches!(sign, ':' | '：') && few_words(head) && !speaks(rest));
        Opening { rest: text, label: label.map_or("", |(head, _, _)| head) }
    }
}

/// What stands before and behind the first colon, bar, closing bracket, or dash between spaces.
fn split_label(text: &str) -> Option<(&str, &str, char)> {
    if let Some(inner) = text.strip_prefix(['[', '【', '［']) {
        let (head, rest) = inner.split_once([']', '】', '］'])?;
        return Some((head, rest, ']'));
    }
    let mut before = ' ';
    for (at, c) in text.char_indices().take(LABEL_CHARS) {
        let ends = match c {
            // `10:30` has no label.
            ':' | '-' | '–' | '—' => {
                let behind = text.get(at + c.len_utf8()..)?;
                let spaced = behind.is_empty() || behind.starts_with(char::is_whitespace);
                spaced && (c == ':' || before == ' ')
            }
            '：' | '|' => true,
            _ => false,
        };
        if ends {
            return Some((text.get(..at)?.trim(), text.get(at + c.len_utf8()..)?, c));
        }
        before = c;
    }
    None
}

fn is_label(head: &str) -> bool {
    // `İ` has a small letter of two characters.
    let head = head.to_lowercase().replace('\u{307}', "");
    LABELS.contains(&head.as_str())
}

/// `Image caption …`
fn phrase(text: &str) -> Option<&str> {
    let rest = PHRASES.iter().find_map(|mark| strip_prefix(text, mark))?;
    rest.starts_with([' ', ':']).then(|| rest.trim_start_matches([' ', ':']))
}

/// `Photo 1 of 5: …`, `Image 2/7 …`
fn counted(text: &str) -> Option<&str> {
    let rest = COUNTED.iter().find_map(|mark| strip_prefix(text, mark))?;
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = rest.get(Some(digits(rest)).filter(|n| *n > 0)?..)?;
    let rest = OF.iter().find_map(|of| rest.strip_prefix(of))?;
    let rest = rest.get(Some(digits(rest)).filter(|n| *n > 0)?..)?;
    Some(rest.trim_start_matches([':', ' ', '.', '-', '|']))
}

/// The last bytes of [`AFTER`] and [`CONTINUES`]: hardly an ASCII line ends with one.
static ENDS_AFTER: [bool; 256] = last_bytes(last_bytes([false; 256], AFTER), CONTINUES);

const fn last_bytes(mut bytes: [bool; 256], marks: &[&str]) -> [bool; 256] {
    let mut idx = 0;
    while idx < marks.len() {
        let mark = marks[idx].as_bytes();
        let last = mark[mark.len() - 1];
        bytes[last as usize] = true;
        bytes[last.to_ascii_uppercase() as usize] = true;
        idx += 1;
    }
    bytes
}

fn without_after(text: &str) -> &str {
    let bare = text.trim_end_matches([' ', ')', ']', '»', '>', '→', '.']);
    let Some(&last) = bare.as_bytes().last() else { return text };
    if !ENDS_AFTER[usize::from(last)] {
        return text;
    }
    let after = AFTER.iter().find_map(|mark| strip_suffix(bare, mark));
    if let Some(rest) = after.filter(|rest| rest.ends_with([' ', '.', '…', ')', '|'])) {
        return rest.trim_end();
    }
    // `once more` is none.
    let continues = CONTINUES.iter().filter_map(|mark| strip_suffix(bare, mark));
    let mut rests = continues.map(|rest| rest.trim_end_matches([' ', '(', '[', '|']));
    rests.find(|rest| rest.ends_with('…') || rest.ends_with("...")).unwrap_or(text)
}

/// `text` without `mark` (in lower case) before it, in any case.
fn strip_prefix<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for expected in mark.chars() {
        if !is_same(rest.next()?, expected) {
            return None;
        }
    }
    Some(rest.as_str())
}

/// As [`strip_prefix`], behind it.
fn strip_suffix<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for expected in mark.chars().rev() {
        if !is_same(rest.next_back()?, expected) {
            return None;
        }
    }
    Some(rest.as_str())
}

fn is_same(c: char, lower: char) -> bool {
    if c.is_ascii() {
        return c.to_ascii_lowercase() == lower;
    }
    c == lower || c.to_lowercase().eq(std::iter::once(lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_off_furniture() {
        let bare = "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020.";
        for (before, behind) in [
            ("", " (Anna Keller/AP)"),
            ("", " Photo: Anna Keller"),
            ("", " | Anna Keller/Getty Images"),
            ("", " © Anna Keller"),
            ("", " /Anna Keller/Pool via Reuters"),
            ("", " Anna Keller/AP"),
            ("", " - Anna Keller / Reuters"),
            ("", " Anna Keller, AFP"),
            ("", " (photo: anna keller)"),
            ("", " Фото: Анна Келлер"),
            ("", " ФОТО: АННА КЕЛЛЕР"),
            ("", " Fot. Anna Keller"),
            ("", "（李明/路透社）"),
            ("", "摄影：李明"),
            ("", " 사진=김민수"),
            ("", " Anna Keller/AP hide caption"),
            ("Image: ", ""),
            ("Photo 1 of 5: ", ""),
            ("Toggle caption ", ""),
            ("Watch: ", ""),
            ("WATCH | ", ""),
            ("FILE PHOTO: ", ""),
            ("FILE - ", ""),
            ("Vidéo : ", " Crédit : Anne Kellier"),
            ("Смотрите: ", ""),
            ("【写真】", ""),
            ("[사진] ", ""),
            ("图：", ""),
            ("صورة: ", ""),
        ] {
            let line = format!("{before}{bare}{behind}");
            let core = core(&line);
            assert_eq!((core.text, core.furnished), (bare, true), "{line}");
        }
        let cut = "Shoppers wait for news near …";
        assert_eq!(core("Shoppers wait for news near … Read more »").text, cut);
        assert_eq!(core("Shoppers wait for news near … [more]").text, cut);
    }

    #[test]
    fn leaves_what_is_no_furniture() {
        for line in [
            "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020.",
            "(Anna Keller/AP)",
            "",
            "Terms and / or rules",
            "He asked (twice) for more and then he left the room for good",
            "She had never asked anyone for help, and now she asked once more",
            "The second of three shows in the new hall by the river (Day 2)",
            "渔民们等待当天的第一班渡轮已经很久了（左）",
            "The bus leaves at 10:30 every day but Sunday",
        ] {
            assert_eq!(core(line), Core { text: line, furnished: false, label: "" });
        }
    }

    #[test]
    fn tells_labels_that_are_no_furniture() {
        let label = |line| core(line).label;
        assert_eq!(label("Oslo: rain in the morning, sun from noon on"), "Oslo");
        assert_eq!(label("Jane Doe: I saw nothing at all that night"), "Jane Doe");
        assert_eq!(label("What the harbour master told me: nothing at all"), "");
        assert_eq!(label("She said: “I saw nothing at all”"), "");
        assert_eq!(label("Photo: Oslo: rain in the morning, sun from noon"), "Oslo");
    }
}
