//! Text as it is compared: letters and digits in lower case, whatever their case, spacing, quotes and form.

use unicode_normalization::UnicodeNormalization;

/// The words of `text` for comparison. Chinese, Japanese and Thai characters are a word each.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    if text.is_ascii() {
        fold_into(text.chars(), &mut word, &mut words);
    } else {
        fold_into(text.nfkc(), &mut word, &mut words);
    }
    words
}

fn fold_into(chars: impl Iterator<Item = char>, word: &mut String, words: &mut Vec<String>) {
    for c in chars {
        if is_dense(c) {
            flush(word, words);
            words.push(c.to_string());
        } else if c.is_alphanumeric() || is_sign(c) {
            word.extend(c.to_lowercase());
        } else if !matches!(
            c,
            '\'' | '’' | '‘' | '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}'
        ) {
            flush(word, words);
        }
    }
    flush(word, words);
}

fn flush(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

fn is_dense(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Vowel signs and accents that stand inside words.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{dff}')
        && !matches!(c, '\u{964}' | '\u{965}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_case_space_quotes_and_form() {
        assert_eq!(words("Don’t  STOP\u{a0}now"), words("don't stop now."));
        assert_eq!(words("cafe\u{301}"), words("CAFÉ"));
        assert_eq!(words("下雨了。"), ["下", "雨", "了"]);
        assert_eq!(words("— …"), Vec::<String>::new());
    }
}
