//! What the rules of `drop_repeats` are, for the reference.

/// A rule on repeats as the reference tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepeatRule {
    /// The name that a cut has as its rule.
    pub name: &'static str,
    /// What goes.
    pub cuts: &'static str,
    /// What stays although it looks the same.
    pub spares: &'static str,
}

/// Every rule by which `drop_repeats` cuts.
pub const REPEAT_RULES: &[RepeatRule] = &[
    RepeatRule {
        name: "same_words",
        cuts: "A line with the words of an earlier one, whatever its case, spaces, quotes, and caption furniture \
               (`Photo:`, `Watch |`, `Image 2 of 5`, `(Anna Keller/AP)`, `© …`, `hide caption`, and the like in other \
               languages): the first stays.",
        spares: "Lines of less than eight words, or twelve if they are no sentence, a question or speech, save captions \
                 known by their furniture, of five words or more; rows of tables and program text.",
    },
    RepeatRule {
        name: "unlabelled",
        cuts: "A line that stands behind a label elsewhere (`Anything: …`): the one with the label stays.",
        spares: "Two lines with two labels, which are two facts; speech behind who says it.",
    },
    RepeatRule {
        name: "cut_short",
        cuts: "The start of a line, from five words on if an ellipsis ends it, else from twelve (seven if it is half of \
               a caption or more) and only if it is no sentence; and a sentence that stands elsewhere with a name \
               behind it. The fuller one stays, wherever it stands.",
        spares: "A whole sentence with which a paragraph begins: a pull quote or a standfirst. A short line above what \
                 it begins: a headline.",
    },
    RepeatRule {
        name: "mistyped",
        cuts: "A line that differs from an earlier one by a letter or two, once in about twenty words.",
        spares: "Other facts: numbers, months and days, names but for a letter in the midst of a long one, words of one \
                 letter, characters of Chinese and Japanese.",
    },
    RepeatRule {
        name: "between_repeats",
        cuts: "Up to three short lines between two repeats that stand between their twins, too: the headings of a text \
               that is there twice.",
        spares: "Short lines anywhere else.",
    },
    RepeatRule {
        name: "headline_twice",
        cuts: "A later copy of the headline among the first ten lines, if the page's own data say that it is the \
               headline.",
        spares: "Any other short line that comes twice.",
    },
];
