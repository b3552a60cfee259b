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
    literals: Trie,
    /// Those that may begin with anything.
    open: Vec<usize>,
}

impl ByPrefix {
    pub(crate) fn new(sources: impl Iterator<Item = &'static str>) -> ByPrefix {
        let expressions: Vec<Expression> = sources.map(Expression::whole).collect();
        let mut literals = Trie::default();
        let mut open = Vec::new();
        // Six bytes tell lines apart as well as more would, and a start is a third as long as with twelve.
        let mut extractor = Extractor::new();
        extractor.kind(ExtractKind::Prefix).limit_class(40).limit_literal_len(6).limit_total(600);
        for (idx, expression) in expressions.iter().enumerate() {
            let mut prefixes = extractor.extract(&expression.hir());
            prefixes.dedup();
            match prefixes.literals() {
                Some(prefixes) if prefixes.iter().all(|literal| !literal.is_empty()) => {
                    for literal in prefixes {
                        literals.add(literal.as_bytes(), idx);
                    }
                }
                _ => open.push(idx),
            }
        }
        ByPrefix { expressions, literals, open }
    }

    /// False if no expression can match a line that begins like this, those aside that may begin with anything.
    pub(crate) fn may_begin(&self, head: &str) -> bool {
        let mut any = false;
        self.literals.prefixes_of(head.as_bytes(), |_| any = true);
        any
    }

    /// The expressions that match this folded line, by their place; `may_be_open` says for which of those that
    /// begin with anything it is worth a try.
    pub(crate) fn matches(&self, folded: &str, may_be_open: impl Fn(usize) -> bool, found: &mut Vec<usize>) {
        found.clear();
        self.literals.prefixes_of(folded.as_bytes(), |ends| found.extend(ends));
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

/// Literals by their bytes.
struct Trie {
    nodes: Vec<TrieNode>,
    /// The root's edges, by byte; 0 for none.
    roots: [usize; 256],
}

#[derive(Default)]
struct TrieNode {
    next: Vec<(u8, usize)>,
    ends: Vec<usize>,
}

impl Default for Trie {
    fn default() -> Trie {
        Trie { nodes: vec![TrieNode::default()], roots: [0; 256] }
    }
}

impl Trie {
    fn add(&mut self, literal: &[u8], expression: usize) {
        let mut at = 0;
        for &byte in literal {
            at = self.step(at, byte).unwrap_or_else(|| {
                self.nodes.push(TrieNode::default());
                let next = self.nodes.len() - 1;
                self.nodes[at].next.push((byte, next));
                if at == 0 {
                    self.roots[usize::from(byte)] = next;
                }
                next
            });
        }
        if !self.nodes[at].ends.contains(&expression) {
            self.nodes[at].ends.push(expression);
        }
    }

    fn step(&self, at: usize, byte: u8) -> Option<usize> {
        self.nodes[at].next.iter().find(|(edge, _)| *edge == byte).map(|&(_, next)| next)
    }

    /// The expressions of the literals that `text` begins with.
    fn prefixes_of(&self, text: &[u8], mut on_end: impl FnMut(&[usize])) {
        let Some((&first, rest)) = text.split_first() else { return };
        let mut at = self.roots[usize::from(first)];
        let mut rest = rest.iter();
        // No edge leads back to the root.
        while at != 0 {
            let node = &self.nodes[at];
            if !node.ends.is_empty() {
                on_end(&node.ends);
            }
            at = rest.next().and_then(|&byte| self.step(at, byte)).unwrap_or(0);
        }
    }
}
