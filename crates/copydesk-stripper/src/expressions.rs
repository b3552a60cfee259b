//! Expressions that are compiled when first needed, and tried only on lines that can match.
//!
//! One automaton for hundreds of expressions has more states than any cache holds. So each stands alone, and
//! the literals it must begin with decide whether it is tried at all: a line of prose tries none.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;
use regex_syntax::hir::literal::{ExtractKind, Extractor};

/// One expression over folded text, with ASCII classes.
pub(crate) struct Expression {
    source: String,
    compiled: OnceLock<Regex>,
}

impl Expression {
    /// Found anywhere.
    pub(crate) fn anywhere(source: &str) -> Expression {
        Expression { source: source.to_owned(), compiled: OnceLock::new() }
    }

    /// Matches whole lines.
    pub(crate) fn whole(source: &str) -> Expression {
        Expression::anywhere(&format!("^(?:{source})!*$"))
    }

    /// True if it is found in this folded text.
    pub(crate) fn is_match(&self, folded: &str) -> bool {
        let regex = self.compiled.get_or_init(|| {
            // Sources are constants of this crate, and a test compiles each.
            RegexBuilder::new(&self.source).unicode(false).build().expect("a constant that a test compiles")
        });
        regex.is_match(folded.as_bytes())
    }

    fn hir(&self) -> Hir {
        let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
        parser.parse(&self.source).expect("a constant that a test compiles")
    }
}

/// Expressions for whole lines, found by the literals they begin with.
pub(crate) struct ByPrefix {
    expressions: Vec<Expression>,
    /// By first byte: the rest of a literal, and the expression that begins with it.
    literals: Vec<Vec<(Vec<u8>, usize)>>,
    /// Those that may begin with anything.
    open: Vec<usize>,
}

impl ByPrefix {
    pub(crate) fn new(sources: impl Iterator<Item = &'static str>) -> ByPrefix {
        let expressions: Vec<Expression> = sources.map(Expression::whole).collect();
        let mut literals = vec![Vec::new(); 256];
        let mut open = Vec::new();
        let mut extractor = Extractor::new();
        extractor.kind(ExtractKind::Prefix).limit_class(40).limit_literal_len(12).limit_total(600);
        for (idx, expression) in expressions.iter().enumerate() {
            let mut prefixes = extractor.extract(&expression.hir());
            prefixes.dedup();
            match prefixes.literals() {
                Some(prefixes) if prefixes.iter().all(|literal| !literal.is_empty()) => {
                    for literal in prefixes {
                        let (first, rest) = literal.as_bytes().split_first().unwrap_or((&0, &[]));
                        literals[usize::from(*first)].push((rest.to_vec(), idx));
                    }
                }
                _ => open.push(idx),
            }
        }
        for bucket in &mut literals {
            bucket.sort();
            bucket.dedup();
        }
        ByPrefix { expressions, literals, open }
    }

    /// The expressions that match this folded line, by their place; `may_be_open` says for which of those that
    /// begin with anything it is worth a try.
    pub(crate) fn matches(&self, folded: &str, may_be_open: impl Fn(usize) -> bool, found: &mut Vec<usize>) {
        found.clear();
        let Some((first, rest)) = folded.as_bytes().split_first() else { return };
        for (literal, idx) in &self.literals[usize::from(*first)] {
            if rest.starts_with(literal) {
                found.push(*idx);
            }
        }
        found.extend(self.open.iter().filter(|&&idx| may_be_open(idx)));
        found.sort_unstable();
        found.dedup();
        found.retain(|&idx| self.expressions[idx].is_match(folded));
    }

    /// The expressions that may begin with anything.
    #[cfg(test)]
    pub(crate) fn open(&self) -> &[usize] {
        &self.open
    }
}
