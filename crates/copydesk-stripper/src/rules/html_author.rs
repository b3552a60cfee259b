//! Boxes about an author, by their container.

use copydesk_core::Reason;

use crate::rule::{MarkupRule, RuleDoc};

pub(crate) static RULE: MarkupRule = MarkupRule {
    doc: RuleDoc {
        name: "html_author",
        reason: Reason::Promo,
        why: "A box below the article says who its author is, and where to follow her.",
        example: "<div class=\"author-bio\"><p>Ada Kell covers harbours.</p></div>",
        wrong_when: "A site sets its byline in an element of such a name.",
    },
    confidence: 0.9,
    tags: &[],
    tokens: &[
        "author-box", "authorbox", "author-bio", "author-biography", "author_bio", "about-author",
        "about-the-author", "post-author-box", "bio-box", "autorenbox", "autor-box", "author-card",
    ],
    takes_heads: true,
    inside_article: true,
};
