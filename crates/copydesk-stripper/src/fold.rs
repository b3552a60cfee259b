//! One spelling for lines that say the same: lower case, no accents, straight quotes, single spaces, no
//! decoration at the ends.
//!
//! What must stay true: folding looks at nothing but the text it is given, and folding a folded text changes
//! nothing. Law 2 rests on it, for a line must be judged the same in the page and in the cleaned text.

use unicode_normalization::char::decompose_canonical;

/// Folds `text` into `out`, which is emptied first.
pub(crate) fn fold(text: &str, out: &mut String) {
    out.clear();
    let mut gap = false;
    let mut rest = text;
    loop {
        // What is folded already is most of a text, and is taken as it is.
        if !out.is_empty()
            && let Some((plain, behind)) = rest.split_at_checked(run(rest, &PLAIN))
            && !plain.is_empty()
        {
            if gap {
                out.push(' ');
            }
            gap = false;
            out.push_str(plain);
            rest = behind;
        }
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        if c.is_whitespace() || is_invisible(c) {
            gap |= !is_joiner(c);
            continue;
        }
        if out.is_empty() && is_decoration_before(c) {
            gap = false;
            continue;
        }
        if gap && !out.is_empty() {
            out.push(' ');
        }
        gap = false;
        push_folded(c, out);
    }
    let kept = out.trim_end_matches(is_decoration_after).len();
    out.truncate(kept);
}

/// Bytes that folding leaves alone: visible ASCII without capitals and the backquote.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        plain[byte as usize] = !byte.is_ascii_uppercase() && byte != b'`';
        byte += 1;
    }
    plain
};

/// The ASCII bytes of keys.
const IN_KEY: [bool; 256] = {
    let mut in_key = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        in_key[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'&';
        byte += 1;
    }
    in_key
};

/// Bytes at the start that are in `set`, with the single spaces between them.
fn run(text: &str, set: &[bool; 256]) -> usize {
    let bytes = text.as_bytes();
    let holds = |at: usize| bytes.get(at).is_some_and(|&byte| set[usize::from(byte)]);
    let mut at = 0;
    loop {
        while holds(at) {
            at += 1;
        }
        if at == 0 || bytes.get(at) != Some(&b' ') || !holds(at + 1) {
            return at;
        }
        at += 2;
    }
}

fn push_folded(c: char, out: &mut String) {
    match c {
        '‘' | '’' | '‚' | '′' | '`' | '´' => out.push('\''),
        '\0'..='\x7f' => out.push(c.to_ascii_lowercase()),
        '“' | '”' | '„' | '″' => out.push('"'),
        '‐'..='―' | '−' => out.push('-'),
        '…' => out.push_str("..."),
        'ß' => out.push_str("ss"),
        'Æ' | 'æ' => out.push_str("ae"),
        'Œ' | 'œ' => out.push_str("oe"),
        'Ø' | 'ø' => out.push('o'),
        'Ł' | 'ł' => out.push('l'),
        // Full-width forms, as East Asian pages set them: ASCII, moved.
        '！'..='～' => {
            if let Some(narrow) = char::from_u32(u32::from(c) - 0xfee0) {
                push_folded(narrow, out);
            }
        }
        // Russian prints its two dots or does not.
        'Ё' | 'ё' => out.push('е'),
        // Letters of their own, which some systems write in two parts.
        '\u{306}' if out.ends_with('и') => replace_last('й', out),
        '\u{308}' if out.ends_with('і') => replace_last('ї', out),
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => decompose_canonical(c, |part| {
            if !is_mark(part) {
                out.extend(part.to_lowercase());
            }
        }),
        _ if is_mark(c) => {}
        _ => out.extend(c.to_lowercase()),
    }
}

fn replace_last(c: char, out: &mut String) {
    out.pop();
    out.push(c);
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe0f}')
}

fn is_invisible(c: char) -> bool {
    is_joiner(c) || c.is_control()
}

fn is_decoration_before(c: char) -> bool {
    let meaningful = c.is_alphanumeric()
        || matches!(
            c,
            '©' | '®'
                | '"'
                | '“'
                | '„'
                | '”'
                | '\''
                | '’'
                | '‘'
                | '('
                | '['
                | '@'
                | '#'
                | '$'
                | '€'
                | '£'
                | '✕'
                | '×'
        );
    !meaningful
}

fn is_decoration_after(c: char) -> bool {
    let meaningful = c.is_alphanumeric()
        || matches!(
            c,
            '.' | '!'
                | '?'
                | '"'
                | '\''
                | ')'
                | ']'
                | '%'
                | '$'
                | '€'
                | '£'
                | '©'
                | '®'
                | '。'
                | '✕'
                | '×'
                | '*'
        );
    !meaningful
}

/// The words of a folded line alone, with its full stop or question mark: what whole-line phrases are
/// compared by. "Terms & Conditions »" and "terms & conditions" have one key.
pub(crate) fn key(folded: &str, out: &mut String) {
    out.clear();
    let mut gap = false;
    let mut rest = folded;
    loop {
        if let Some((words, behind)) = rest.split_at_checked(run(rest, &IN_KEY))
            && !words.is_empty()
        {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push_str(words);
            rest = behind;
        }
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        if c.is_alphanumeric() || c == '&' {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        } else if c != '\'' {
            gap = true;
        }
    }
    if folded.ends_with('?') {
        out.push('?');
    } else if folded.ends_with('.') && !folded.ends_with("..") || folded.ends_with('。') {
        out.push('.');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let mut out = String::new();
        fold(text, &mut out);
        out
    }

    fn keyed(text: &str) -> String {
        let mut out = String::new();
        key(&folded(text), &mut out);
        out
    }

    #[test]
    fn one_spelling() {
        assert_eq!(folded("  ► ACCEPTER\u{a0} les  Cookies » "), "accepter les cookies");
        assert_eq!(folded("Política de “Privacidad”…"), "politica de \"privacidad\"...");
        assert_eq!(folded("news\u{200b}letter"), "newsletter");
        assert_eq!(folded("Daten\u{ad}schutz\u{ad}erklärung"), "datenschutzerklarung");
        assert_eq!(folded("e\u{301}te\u{301}"), "ete");
    }

    #[test]
    fn other_scripts() {
        assert_eq!(folded("ЕЩЁ по те\u{301}ме →"), "еще по теме");
        assert_eq!(folded("Свои\u{306} и чужои\u{306}"), "свой и чужой");
        assert_eq!(folded("Мої І\u{308}ЖАКИ Й ҐАНОК"), "мої їжаки й ґанок");
        assert_eq!(folded("【ＡＰＰ下载】：（１／２）？！"), "app下载】:(1/2)?!");
        assert_eq!(folded("登录｜注册　›"), "登录|注册");
        assert_eq!(keyed("责任编辑：王小明。"), "责任编辑 王小明.");
    }

    #[test]
    fn keys_are_words() {
        assert_eq!(keyed("[ADVERTISEMENT]"), "advertisement");
        assert_eq!(keyed("Terms & Conditions »"), "terms & conditions");
        assert_eq!(keyed("Don’t miss"), "dont miss");
        assert_eq!(keyed("I agree."), "i agree.");
        assert_eq!(keyed("Load more..."), "load more");
    }

    #[test]
    fn folding_twice_is_folding_once() {
        for text in [
            "Ｗｅｂ｀ё｀ ＿x＿",
            "Ё і\u{308} и \u{306}",
            "İstanbul — “x”…",
            "ǅ Ÿ ﬁ ½",
            "- - a - -",
            "…x…",
            "© 2024",
        ] {
            let once = folded(text);
            assert_eq!(folded(&once), once, "{text}");
        }
    }
}
