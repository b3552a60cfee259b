//! What a rule is: its entry in the reference, and how it decides. What line rules look for stands in packs.

use std::borrow::Cow;

use copydesk_core::Reason;

/// A rule's entry in the rule reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleDoc {
    /// The name in cuts and in the option `rules_off`.
    pub name: &'static str,
    /// The reason its cuts carry.
    pub reason: Reason,
    /// Why such lines are no part of an article.
    pub why: &'static str,
    /// A line it cuts, with the lines it needs around it; for a rule over elements, HTML.
    pub example: &'static str,
    /// What it may get wrong.
    pub wrong_when: &'static str,
}

/// What a line of this rule announces, for the rules that look at what stands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opens {
    /// Nothing: it stands for itself.
    Nothing,
    /// Headlines of other articles follow.
    Teasers,
    /// Tags follow.
    Tags,
    /// Readers' comments follow.
    Comments,
    /// It is part of a menu or a footer.
    Menu,
    /// It is part of a row of buttons or a form.
    Buttons,
}

/// A rule that judges a line by its text alone.
///
/// It must not know anything else, its neighbours least of all: a line that it leaves in the cleaned text
/// is left there again when that text is cleaned (law 2), whatever else has gone by then.
pub(crate) struct LineRule {
    /// For the reference.
    pub doc: RuleDoc,
    /// What a line of it announces.
    pub opens: Opens,
    /// How sure a match is.
    pub confidence: f64,
    /// The longest line, in words, that its sentences may cut.
    pub max_words: usize,
}

/// A rule that judges a line by the elements around it.
pub(crate) struct MarkupRule {
    /// For the reference.
    pub doc: RuleDoc,
    /// How sure a match is.
    pub confidence: f64,
    /// Elements that are such a container by their name.
    pub tags: &'static [&'static str],
    /// Parts of class, id and role that make an element one: whole words between blanks, `-` and `_`.
    pub tokens: &'static [&'static str],
    /// True if it may take headlines, bylines and dates too: they are no part of the article there.
    pub takes_heads: bool,
    /// True if it holds within the article's own element too.
    pub inside_article: bool,
}

/// A line rule as views and cuts see it, built in or a user's.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decider {
    /// What cuts call it.
    pub name: Cow<'static, str>,
    /// The reason its cuts carry.
    pub reason: Reason,
    /// What a line of it announces.
    pub opens: Opens,
    /// How sure a match is.
    pub confidence: f64,
}

impl Decider {
    pub(crate) fn of(rule: &LineRule) -> Decider {
        Decider {
            name: Cow::Borrowed(rule.doc.name),
            reason: rule.doc.reason,
            opens: rule.opens,
            confidence: rule.confidence,
        }
    }
}
