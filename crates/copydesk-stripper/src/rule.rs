//! What a rule is: its entry in the reference, and what it looks for.

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
    /// A line it cuts.
    pub example: &'static str,
    /// What it may get wrong.
    pub wrong_when: &'static str,
    /// The languages it knows words of; `*` for any.
    pub languages: &'static [&'static str],
}

/// English and the six other languages most rules know.
pub(crate) const COMMON: &[&str] = &["en", "de", "fr", "es", "it", "pt", "nl"];
/// A rule that reads no words.
pub(crate) const ANY: &[&str] = &["*"];

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

/// A sentence by what it says: both expressions must be found in it.
pub(crate) struct Sentence {
    /// What makes it one, in words that address the reader.
    pub core: &'static str,
    /// What else must stand somewhere in the line; empty for nothing.
    pub with: &'static str,
}

/// The sentence that holds `core`.
pub(crate) const fn says(core: &'static str) -> Sentence {
    Sentence { core, with: "" }
}

/// The sentence that holds `core`, in a line that holds `with`.
pub(crate) const fn says_with(core: &'static str, with: &'static str) -> Sentence {
    Sentence { core, with }
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
    /// Whole lines, in any case, with or without accents and decoration. One that ends in a full stop or a
    /// question mark matches only such a line: buttons have no full stop, answers in an interview do.
    pub phrases: &'static [&'static str],
    /// Expressions for whole lines, over folded text.
    pub patterns: &'static [&'static str],
    /// What a sentence must contain, over folded text. Half of the line's words must be such sentences.
    pub sentences: &'static [Sentence],
    /// Parts of words, ASCII, one of which every line of `sentences` holds: the cheap test before the dear.
    pub stems: &'static [&'static str],
    /// The longest line, in words, that `sentences` may cut.
    pub max_words: usize,
}

/// Words that alone prove nothing, but are furniture in a row with furniture that is sure.
pub(crate) struct WeakWords {
    /// The reason a cut of them carries.
    pub reason: Reason,
    /// Whole lines, as [`LineRule::phrases`], parted by semicolons.
    pub words: &'static str,
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
