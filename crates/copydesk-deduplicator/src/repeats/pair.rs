//! The rules on two lines: whether one of them says nothing that the other does not.

use super::line::{Case, Line};

/// What a line must say at least (see [`Line::weight`]) for any of these rules: shorter ones come back for a reason.
pub(super) const MIN_WEIGHT: usize = 5;
/// Words of a name at the end of a copy that no word announces as a credit.
const MAX_NAMES: usize = 6;

/// True if the two have the same words, and are not what comes back for a reason.
pub(super) fn same_words(one: &Line<'_>, other: &Line<'_>) -> bool {
    one.words == other.words && (one.may_repeat() || other.may_repeat())
}

/// True if `bare` is what `labelled` has behind its label (`Anything: …`). Two lines with labels are two facts:
/// `Oslo: rain in the morning` and `Lima: rain in the morning`.
pub(super) fn is_unlabelled(bare: &Line<'_>, labelled: &Line<'_>) -> bool {
    let n_label = labelled.n_label;
    n_label > 0
        && bare.n_label == 0
        && bare.may_repeat()
        && labelled.words.len() == n_label + bare.words.len()
        && labelled.words.run(n_label, bare.words.len()) == bare.words.run(0, bare.words.len())
}

/// True if `part` is the start of `whole`, and marked as cut, or long. A whole sentence is no part but an echo: a pull
/// quote, a standfirst.
pub(super) fn is_cut_copy(part: &Line<'_>, whole: &Line<'_>) -> bool {
    let n_words = part.words.len();
    if n_words >= whole.words.len() || part.weight < MIN_WEIGHT {
        return false;
    }
    let long = part.weight >= 12;
    let halved = part.weight >= 7 && whole.is_caption_like() && n_words * 2 >= whole.words.len();
    (part.cut_short || (!part.is_sentence() && (long || halved))) && starts(part, whole)
}

/// As [`is_cut_copy`], where `part` stands first. A headline may be the start of what it stands above, so more is
/// asked of it.
pub(super) fn is_cut_before(part: &Line<'_>, whole: &Line<'_>) -> bool {
    (part.cut_short || part.furnished || part.weight >= 12) && is_cut_copy(part, whole)
}

/// True if `whole` is the sentence `part` with a few words behind it that are none: whoever made the picture.
pub(super) fn is_uncredited(part: &Line<'_>, whole: &Line<'_>) -> bool {
    let n_words = part.words.len();
    let behind = whole.words.len().saturating_sub(n_words);
    (1..=MAX_NAMES).contains(&behind)
        && part.is_sentence()
        && part.may_repeat()
        && !whole.is_sentence()
        && !whole.cut_short
        && starts(part, whole)
        && (n_words..whole.words.len()).filter_map(|idx| whole.words.get(idx)).enumerate().all(
            |(place, word)| {
                !word.contains(char::is_numeric) && (place > 0 || whole.case_of(word) != Case::Small)
            },
        )
}

fn starts(part: &Line<'_>, whole: &Line<'_>) -> bool {
    let Some(n_before) = part.words.len().checked_sub(1) else { return false };
    if whole.words.run(0, n_before) != part.words.run(0, n_before) {
        return false;
    }
    let (at_last, last) = (whole.words.get(n_before).unwrap_or(""), part.words.get(n_before).unwrap_or(""));
    // An ellipsis may stand in the middle of a word.
    at_last == last || (part.cut_short && at_last.starts_with(last))
}
