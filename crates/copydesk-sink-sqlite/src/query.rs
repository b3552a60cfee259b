//! From what a person types to what the index understands.
//!
//! Words are all wanted, a quoted phrase is wanted as it stands, and a `*` at the end of either wants words that
//! begin so. Everything reaches the index quoted, so there is no text that is a syntax error. Writing without
//! spaces between words is one long token to the index, so such terms are looked for in the text itself.

/// Terms beyond this many are left out: the index has a limit of its own, and it is an error there.
const MAX_TERMS: usize = 64;

/// What to look for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    /// For the index; empty if there is nothing for it.
    pub(crate) matching: String,
    /// To be found in title or text as they stand.
    pub(crate) substrings: Vec<String>,
}

impl Query {
    pub(crate) fn is_empty(&self) -> bool {
        self.matching.is_empty() && self.substrings.is_empty()
    }

    pub(crate) fn parse(typed: &str) -> Query {
        let mut query = Query::default();
        let mut rest = typed.trim_start();
        for _ in 0..MAX_TERMS {
            if rest.is_empty() {
                break;
            }
            let (term, prefix, after) = next_term(rest);
            query.add(term, prefix);
            rest = after.trim_start();
        }
        query
    }

    fn add(&mut self, term: &str, prefix: bool) {
        // SQLite ends a query at a NUL, and a term without a letter or digit matches nothing.
        let term: String = term.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let term = term.trim();
        if !term.chars().any(char::is_alphanumeric) {
            return;
        }
        if term.chars().any(is_unspaced) {
            self.substrings.push(term.to_owned());
            return;
        }
        if !self.matching.is_empty() {
            self.matching.push(' ');
        }
        self.matching.push('"');
        self.matching.push_str(&term.replace('"', " "));
        self.matching.push('"');
        if prefix {
            self.matching.push('*');
        }
    }
}

/// The first term of `rest`, whether it is a prefix, and what follows.
fn next_term(rest: &str) -> (&str, bool, &str) {
    let (term, after) = if let Some(quoted) = rest.strip_prefix('"') {
        // A quote that is never closed goes to the end.
        quoted.split_once('"').unwrap_or((quoted, ""))
    } else {
        let end = rest.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(rest.len());
        rest.split_at_checked(end).unwrap_or((rest, ""))
    };
    if let Some(after) = after.strip_prefix('*') {
        return (term, true, after);
    }
    let bare = term.trim_end_matches('*');
    (bare, bare.len() < term.len() && !rest.starts_with('"'), after)
}

/// True for the scripts that put no space between words.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}' // Thai, Lao
        | '\u{1000}'..='\u{109f}' // Burmese
        | '\u{1780}'..='\u{17ff}' // Khmer
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' // kana
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' // Han
        | '\u{20000}'..='\u{3ffff}'
        | '\u{ff66}'..='\u{ff9f}') // half-width kana
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, matching: &str, substrings: &[&str]) {
        let query = Query::parse(typed);
        assert_eq!(
            (query.matching.as_str(), query.substrings.as_slice()),
            (matching, &substrings.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()[..]),
            "{typed}"
        );
    }

    #[test]
    fn words_phrases_and_prefixes() {
        check("rain  ferry", r#""rain" "ferry""#, &[]);
        check("\"heavy rain\" ferr*", r#""heavy rain" "ferr"*"#, &[]);
        check("\"heavy ra\"* x", r#""heavy ra"* "x""#, &[]);
        check("title:rain OR NOT NEAR(a b)", r#""title:rain" "OR" "NOT" "NEAR(a" "b)""#, &[]);
        check("\"never closed", r#""never closed""#, &[]);
        check("a\"b c\"d", r#""a" "b c" "d""#, &[]);
        check("- * \"\" \"*\" !? \0", "", &[]);
        check("大雨 ferry", r#""ferry""#, &["大雨"]);
    }
}
