//! The words of a line without what dumps write around them: `[Terms](/terms)`, `[12]Terms` and `## Terms` are "Terms".
//!
//! What must stay true: it looks at nothing but the text it is given. A footnote's mark stands behind a word or
//! before a space, so it stays.

use std::borrow::Cow;

/// The words of `text` without what Markdown and text browsers write around links and before headings.
pub fn unlinked(text: &str) -> Cow<'_, str> {
    let text = heading(text).unwrap_or(text);
    if !text.contains('[') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;
    while let Some((before, behind)) = rest.split_once('[') {
        plain.push_str(before);
        if let Some((words, after)) = markdown(behind) {
            plain.push_str(words);
            rest = after;
            found = true;
        } else if let Some(after) = numbered(behind).filter(|_| !before.ends_with(char::is_alphanumeric)) {
            rest = after;
            found = true;
        } else {
            plain.push('[');
            rest = behind;
        }
    }
    plain.push_str(rest);
    if found { Cow::Owned(plain) } else { Cow::Borrowed(text) }
}

/// What stands behind `## `.
fn heading(text: &str) -> Option<&str> {
    let words = text.trim_start_matches('#');
    let is_mark = (1..=6).contains(&(text.len() - words.len()));
    words.strip_prefix(' ').filter(|words| is_mark && !words.trim().is_empty())
}

/// Longer addresses are none, in bytes.
const MAX_ADDRESS: usize = 2_000;

/// The words of `words](address)`, and what stands behind it.
fn markdown(text: &str) -> Option<(&str, &str)> {
    // Another bracket that opens before: these are not its words. No look goes further than it must, or a text of
    // brackets would take time in proportion to its square.
    let (words, behind) = text.split_at_checked(text.find(['[', ']'])?)?;
    let behind = behind.strip_prefix("](")?;
    let ends = |byte: u8| matches!(byte, b')' | b' ' | b'\n');
    let (address, after) = behind.split_at_checked(behind.bytes().take(MAX_ADDRESS).position(ends)?)?;
    debug_assert!(!address.contains(' '), "an address has no blanks");
    after.strip_prefix(')').map(|after| (words, after))
}

/// What stands behind `12]`, a word directly.
fn numbered(text: &str) -> Option<&str> {
    let (number, after) = text.split_at_checked(text.bytes().take(5).position(|byte| byte == b']')?)?;
    let after = after.strip_prefix(']')?;
    let is_number = (1..=4).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && after.starts_with(char::is_alphanumeric)).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_their_words() {
        for (text, expect) in [
            ("[Terms](/terms) | [Privacy](https://a.example/p)", "Terms | Privacy"),
            ("* [2]Home", "* Home"),
            ("[16]Terms [17]Privacy", "Terms Privacy"),
            ("as Doe[12]showed [13] and [sic] wrote", "as Doe[12]showed [13] and [sic] wrote"),
            ("[ADVERTISEMENT]", "[ADVERTISEMENT]"),
            ("[open", "[open"),
            ("### [1 comment](#c)", "1 comment"),
            ("#1 with a bullet", "#1 with a bullet"),
            ("no link", "no link"),
        ] {
            assert_eq!(unlinked(text), expect);
            assert_eq!(unlinked(&unlinked(text)), expect, "once is enough");
        }
    }
}
