//! Why a block goes, in the contract's words. The forests say that it goes; this says what it most looks like.

use copydesk_core::Reason;

use super::lexicon::group;

/// What is known of a block that goes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Looks {
    /// Lexical groups of the block.
    pub(super) flags: u16,
    /// Groups of class names of the elements near above it, by [`super::structure::mark`].
    pub(super) marks: u16,
    pub(super) words: f32,
    /// Share of it inside links.
    pub(super) linked: f32,
    pub(super) ends_sentence: bool,
    pub(super) repeated: bool,
    /// Whether it reads as prose, and not as furniture.
    pub(super) prose: bool,
    /// What a line rule cuts it for.
    pub(super) sure: Option<Reason>,
}

/// Groups of class names, as bits of [`Looks::marks`].
pub(super) mod mark {
    pub(in crate::model) const COMMENT: u16 = 1;
    pub(in crate::model) const SHARE: u16 = 1 << 1;
    pub(in crate::model) const RELATED: u16 = 1 << 2;
    pub(in crate::model) const NAV: u16 = 1 << 3;
    pub(in crate::model) const PROMO: u16 = 1 << 6;
    pub(in crate::model) const CONSENT: u16 = 1 << 7;
}

/// Headers reach this many blocks down.
const REACH: usize = 40;

/// A reason for each block that goes; `looks` is of all blocks, `keep` says which stay.
pub(super) fn reasons(looks: &[Looks], keep: &[bool]) -> Vec<Reason> {
    let first = keep.iter().position(|&keep| keep).unwrap_or(keep.len());
    let mut header: Option<(Reason, usize)> = None;
    let mut reasons = Vec::with_capacity(looks.len());
    for (idx, look) in looks.iter().enumerate() {
        if keep.get(idx).copied().unwrap_or(true) {
            header = None;
            reasons.push(Reason::Other);
            continue;
        }
        let own = look.sure.or_else(|| own(look));
        if let Some(reason) = own.filter(|_| look.words < 8.0 && !look.ends_sentence) {
            header =
                matches!(reason, Reason::Related | Reason::Comment | Reason::Promo).then_some((reason, idx));
        }
        let from_header = header.filter(|(_, at)| idx - at <= REACH).map(|(reason, _)| reason);
        reasons.push(own.or(from_header).unwrap_or_else(|| by_place(look, idx < first)));
    }
    reasons
}

/// What the block's own words say, or the names of what it stands in.
fn own(look: &Looks) -> Option<Reason> {
    let has = |group: usize| look.flags >> group & 1 == 1;
    let within = |mark: u16| look.marks & mark != 0;
    let short = look.words < 12.0;
    let by_words = [
        (has(group::CONSENT), Reason::Consent),
        (has(group::LEGAL) && !within(mark::COMMENT), Reason::Legal),
        (within(mark::COMMENT) && !has(group::RELATED), Reason::Comment),
        (has(group::SUBSCRIBE), Reason::Subscribe),
        (has(group::SHARE) && short, Reason::Share),
        (has(group::ADVERT), Reason::Advert),
        (has(group::RELATED) && short, Reason::Related),
        (has(group::COMMENT) && short, Reason::Comment),
        (has(group::NAV) && short, Reason::Navigation),
        (has(group::PROMO), Reason::Promo),
        (within(mark::CONSENT), Reason::Consent),
        (within(mark::SHARE) && short, Reason::Share),
        (within(mark::NAV), Reason::Navigation),
        (within(mark::RELATED), Reason::Related),
        (within(mark::PROMO), Reason::Promo),
        (has(group::SHARE), Reason::Share),
    ];
    by_words.iter().find(|(fits, _)| *fits).map(|(_, reason)| *reason)
}

/// What stands here when no word says more: menus above the article, teasers below it.
fn by_place(look: &Looks, above: bool) -> Reason {
    let short = look.words < 7.0 && !look.ends_sentence;
    if above && short || look.linked > 0.8 && look.words < 4.0 {
        return Reason::Navigation;
    }
    if look.linked > 0.5 || !above && !short && !look.ends_sentence && look.words < 25.0 {
        return Reason::Related;
    }
    if short && look.repeated { Reason::Navigation } else { Reason::Other }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(flags: &[usize], words: f32) -> Looks {
        Looks { flags: flags.iter().fold(0, |bits, bit| bits | 1 << bit), words, ..Looks::default() }
    }

    #[test]
    fn a_header_speaks_for_what_follows_it() {
        let looks = [look(&[], 2.0), look(&[], 30.0), look(&[group::RELATED], 2.0), look(&[], 9.0)];
        let reasons = reasons(&looks, &[false, true, false, false]);
        assert_eq!(reasons, [Reason::Navigation, Reason::Other, Reason::Related, Reason::Related]);
    }

    #[test]
    fn words_say_more_than_places() {
        let looks = [look(&[group::CONSENT, group::LEGAL], 20.0), look(&[group::SHARE], 2.0)];
        assert_eq!(reasons(&looks, &[false, false]), [Reason::Consent, Reason::Share]);
    }
}
