//! Rows of furniture: a weak word is cut where it stands in a row with a line that is sure.

use copydesk_core::Reason;

use super::ContextRule;
use crate::rule::RuleDoc;
use crate::view::{Line, View};

pub(crate) static SHARE: ContextRule = ContextRule {
    doc: RuleDoc {
        name: "share_row",
        reason: Reason::Share,
        why: "Names of networks beside a share prompt or a menu are its buttons.",
        example: "Share this article\nFacebook",
        wrong_when: "A section of one word follows a prompt directly.",
    },
    confidence: 0.93,
    judge: |view| rows(view, Reason::Share),
};

pub(crate) static MENU: ContextRule = ContextRule {
    doc: RuleDoc {
        name: "menu_row",
        reason: Reason::Navigation,
        why: "Names of sections and languages beside a menu entry are menu entries.",
        example: "About us\nPolitics",
        wrong_when: "A heading that is also a section's name stands between two prompts.",
    },
    confidence: 0.9,
    judge: |view| rows(view, Reason::Navigation),
};

pub(crate) static FORM: ContextRule = ContextRule {
    doc: RuleDoc {
        name: "form_row",
        reason: Reason::Subscribe,
        why: "Words like \"Name\" beside a form's prompt are its fields.",
        example: "Enter your email address\nPhone",
        wrong_when: "A heading of one word follows a prompt directly.",
    },
    confidence: 0.9,
    judge: |view| rows(view, Reason::Subscribe),
};

pub(crate) static CONSENT: ContextRule = ContextRule {
    doc: RuleDoc {
        name: "consent_row",
        reason: Reason::Consent,
        why: "Words like \"Statistics\" beside a consent notice are its choices.",
        example: "Accept all cookies\nMarketing",
        wrong_when: "A heading of one word follows a prompt directly.",
    },
    confidence: 0.92,
    judge: |view| rows(view, Reason::Consent),
};

pub(crate) static PLAYER: ContextRule = ContextRule {
    doc: RuleDoc {
        name: "player_row",
        reason: Reason::Other,
        why: "Words like \"Mute\" beside a player's message are its buttons.",
        example: "Listen to this article\nUnmute",
        wrong_when: "A heading of one word follows a prompt directly.",
    },
    confidence: 0.89,
    judge: |view| rows(view, Reason::Other),
};

pub(crate) static LIST: ContextRule = ContextRule {
    doc: RuleDoc {
        name: "related_row",
        reason: Reason::Related,
        why: "Words like \"Popular\" beside other furniture head a list of other articles.",
        example: "Most read\nPopular",
        wrong_when: "A heading of one word follows a prompt directly.",
    },
    confidence: 0.88,
    judge: |view| rows(view, Reason::Related),
};

pub(crate) static COMMENT: ContextRule = ContextRule {
    doc: RuleDoc {
        name: "comment_row",
        reason: Reason::Comment,
        why: "Words like \"Reply\" beside a comment's prompt are its buttons.",
        example: "Leave a comment\nReply",
        wrong_when: "A heading of one word follows a prompt directly.",
    },
    confidence: 0.91,
    judge: |view| rows(view, Reason::Comment),
};

/// The rules whose words packs state as `weak`.
pub(crate) static ROWS: [&ContextRule; 7] = [&COMMENT, &CONSENT, &FORM, &LIST, &MENU, &PLAYER, &SHARE];

/// True for three names of networks or more: nothing else is a row of these.
fn is_toolbar(row: &[Line<'_>]) -> bool {
    row.len() >= 3 && row.iter().all(|line| line.weak == Some(Reason::Share))
}

/// True for the name of a network behind two more buttons.
fn is_network(row: &[Line<'_>], offset: usize) -> bool {
    let is_share = |line: &Line<'_>| line.weak == Some(Reason::Share) || line.is_cut_for(Reason::Share);
    row.get(..=offset).is_some_and(|row| row.len() > 2 && row.iter().rev().take(3).all(is_share))
}

/// The weak lines of this reason in rows that hold a sure line.
fn rows(view: &View<'_>, reason: Reason) -> Vec<usize> {
    let mut cut = Vec::new();
    let mut start = 0;
    while start < view.lines.len() {
        let len =
            view.lines.iter().skip(start).take_while(|line| line.is_cut() || line.weak.is_some()).count();
        if len == 0 {
            start += 1;
            continue;
        }
        let end = start + len;
        let row = view.lines.get(start..end).unwrap_or(&[]);
        if row.iter().any(Line::is_cut) || reason == Reason::Share && is_toolbar(row) {
            for (offset, line) in row.iter().enumerate() {
                // A word right above prose may be its heading.
                let heads_prose = offset + 1 == len && view.is_prose(end) && !is_network(row, offset);
                if !line.is_cut() && line.weak == Some(reason) && !heads_prose {
                    cut.push(start + offset);
                }
            }
        }
        start = end;
    }
    cut
}
