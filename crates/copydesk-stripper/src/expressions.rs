//! Expressions that are compiled when first needed, and tried only on lines that can match.
//!
//! One automaton for hundreds of expressions has more states than any cache holds. So each stands alone, and
//! the literals it must begin with decide whether it is tried at all: a line of prose tries none.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use crate::packs::is_unicode;

/// The most a compiled expression may take; large enough for a run of forty letters of any script.
pub(crate) const MAX_COMPILED: usize = 2 << 20;

/// One expression over folded text.
pub(crate) struct Expression {
    source: Cow<'static, str>,
    compiled: OnceLock<Regex>,
}

impl Expression {
    /// One that is known to compile: a test has compiled it, or the check of its pack.
    pub(crate) fn new(source: impl Into<Cow<'static, str>>) -> Expression {
        Expression { source: source.into(), compiled: OnceLock::new() }
    }

    /// Compiles an expression.
    ///
    /// # Errors
    /// It is none, or too large.
    pub(crate) fn compile(source: &str) -> Result<Regex, regex::Error> {
        RegexBuilder::new(source).unicode(is_unicode(source)).size_limit(MAX_COMPILED).build()
    }

    /// The expression as it is compiled.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// The pattern that it matches whole lines by.
    pub(crate) fn pattern(&self) -> &str {
        let inner = self.source.strip_prefix("^(?:").and_then(|rest| rest.strip_suffix(")!*$"));
        inner.unwrap_or(&self.source)
    }

    /// True if it is found in this folded text.
    pub(crate) fn is_match(&self, folded: &str) -> bool {
        let regex = self
            .compiled
            .get_or_init(|| Expression::compile(&self.source).expect("an expression that was checked"));
        regex.is_match(folded.as_bytes())
    }
}

/// Expressions for whole lines, found by the literals they begin with.
#[derive(Default)]
pub(crate) struct ByPrefix {
    expressions: Vec<Expression>,
    literals: Trie,
    /// Those that may begin with anything.
    open: Vec<usize>,
}

impl ByPrefix {
    /// Adds an expression and the literals one of which it begins with; none if with anything. Its place is the
    /// number of those before it.
    pub(crate) fn add<'a>(
        &mut self,
        expression: Expression,
        prefixes: Option<impl IntoIterator<Item = &'a [u8]>>,
    ) {
        let idx = self.expressions.len();
        self.expressions.push(expression);
        let Some(prefixes) = prefixes else {
            self.open.push(idx);
            return;
        };
        for literal in prefixes {
            self.literals.add(literal, idx);
        }
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

    /// The expression at this place.
    pub(crate) fn expression(&self, place: usize) -> &Expression {
        &self.expressions[place]
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
