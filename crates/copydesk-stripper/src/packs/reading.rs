//! How a pack's strings are read: patterns and the literals they must begin with, stems in every case, words of
//! reporting.
//!
//! The build script compiles this file too, so that the program need not parse its own expressions to start.

use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::{Error, ParserBuilder};

/// The expression for whole lines that a pattern stands for.
pub(crate) fn whole(pattern: &str) -> String {
    format!("^(?:{pattern})!*$")
}

/// True if the classes of an expression (`\w`, `.`, `[а-я]`) are those of Unicode: where it names letters
/// beyond ASCII, or signs that a class of bytes cannot hold. Any other has ASCII's, which are faster, and enough for
/// folded text without accents.
pub(crate) fn is_unicode(expression: &str) -> bool {
    let letters = expression.chars().any(|c| !c.is_ascii() && c.is_alphabetic());
    letters || !expression.is_ascii() && parse_as(expression, false).is_err()
}

/// Parses an expression as it will be compiled.
///
/// # Errors
/// It is none.
pub(crate) fn parse(expression: &str) -> Result<Hir, Box<Error>> {
    parse_as(expression, is_unicode(expression))
}

fn parse_as(expression: &str, unicode: bool) -> Result<Hir, Box<Error>> {
    // Not every expression of single bytes keeps within UTF-8; the text it is tried on is.
    let mut parser = ParserBuilder::new().unicode(unicode).utf8(false).build();
    parser.parse(expression).map_err(Box::new)
}

/// The literals one of which a line must begin with to fit this expression; none if it may begin with anything.
pub(crate) fn prefixes(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    // Six bytes tell lines apart as well as more would, and a start is a third as long as with twelve.
    let mut extractor = Extractor::new();
    extractor.kind(ExtractKind::Prefix).limit_class(40).limit_literal_len(6).limit_total(600);
    let mut found = extractor.extract(hir);
    found.dedup();
    let found = found.literals()?;
    let literals: Vec<Vec<u8>> = found.iter().map(|literal| literal.as_bytes().to_vec()).collect();
    literals.iter().all(|literal| !literal.is_empty()).then_some(literals)
}

/// True if every text this matches holds a character beyond ASCII: no line of English need be tried.
pub(crate) fn is_beyond_ascii(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => !literal.0.is_ascii(),
        HirKind::Concat(parts) => parts.iter().any(is_beyond_ascii),
        HirKind::Alternation(parts) => parts.iter().all(is_beyond_ascii),
        HirKind::Repetition(repeated) => repeated.min > 0 && is_beyond_ascii(&repeated.sub),
        HirKind::Capture(capture) => is_beyond_ascii(&capture.sub),
        HirKind::Class(Class::Unicode(class)) => class.ranges().iter().all(|range| !range.start().is_ascii()),
        HirKind::Class(Class::Bytes(class)) => class.ranges().iter().all(|range| !range.start().is_ascii()),
        HirKind::Empty | HirKind::Look(_) => false,
    }
}

/// A stem in every case in which it stands in texts: stems are looked for in texts as they are, without regard to
/// the case of ASCII letters alone.
pub(crate) fn cases(stem: &str) -> Vec<String> {
    let mut cases = vec![stem.to_owned()];
    // Accented Latin letters are few in a word: who wants their capitals lists them.
    if stem.chars().any(|c| c >= '\u{370}' && c.is_lowercase()) {
        let mut chars = stem.chars();
        let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
        cases.push(first + chars.as_str());
        cases.push(stem.to_uppercase());
    }
    cases.dedup();
    cases
}

/// Expressions that find one of these folded words of reporting; a script without gaps between words has none at
/// its words' ends either.
pub(crate) fn reported<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let (mut latin, mut gapped, mut run_on) = (Vec::new(), Vec::new(), Vec::new());
    for word in words {
        let escaped = regex_syntax::escape(word);
        match word.chars().next() {
            Some(first) if first.is_ascii() => latin.push(escaped),
            Some(first) if first < '\u{2e80}' => gapped.push(escaped),
            _ => run_on.push(escaped),
        }
    }
    let mut expressions = Vec::new();
    if !latin.is_empty() {
        expressions.push(format!(r"\b(?:{})\b", latin.join("|")));
    }
    if !gapped.is_empty() {
        expressions.push(format!("(?:^|[ (\"])(?:{})(?:$|[ ,.:;)\"])", gapped.join("|")));
    }
    if !run_on.is_empty() {
        expressions.push(run_on.join("|"));
    }
    expressions
}
