//! What became of a line: the rules it falls under.

use copydesk_core::Reason;

/// As many rules as [`Hits`] has bits.
pub(crate) const MAX_RULES: usize = 64;

/// Rules by their place in a lexicon, as bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Hits(u64);

impl Hits {
    pub(crate) fn add(&mut self, rule: usize) {
        self.0 |= 1 << rule;
    }

    pub(crate) fn add_all(&mut self, others: Hits) {
        self.0 |= others.0;
    }

    pub(crate) fn remove(&mut self, rule: usize) {
        self.0 &= !(1 << rule);
    }

    pub(crate) fn holds(self, rule: usize) -> bool {
        self.0 >> rule & 1 == 1
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The rules, in order.
    pub(crate) fn rules(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let rule = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(rule)
        })
    }
}

/// What a lexicon knows of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// The rules it falls under.
    pub(crate) hits: Hits,
    /// The reason it might be furniture, if it is one of the weak words.
    pub(crate) weak: Option<Reason>,
}

impl Judgement {
    /// True if nothing is known of it.
    pub(crate) fn is_empty(self) -> bool {
        self.hits.is_empty() && self.weak.is_none()
    }
}
