//! The head of the site, not of the article.

use copydesk_core::Reason;

use crate::rule::{MarkupRule, RuleDoc};

pub(crate) static RULE: MarkupRule = MarkupRule {
    doc: RuleDoc {
        name: "html_header",
        reason: Reason::Navigation,
        why: "Above the article stand the site's name and what it offers.",
        example: "<header><p>The Northshore Post</p></header>",
        wrong_when: "An article's summary stands in a header without its headline.",
    },
    confidence: 0.93,
    tags: &["header"],
    tokens: &[
        "site-header", "page-header", "main-header", "global-header", "header-top", "top-bar", "topbar",
        "site-branding", "site-title", "site-logo", "logo",
    ],
    takes_heads: false,
    inside_article: false,
};
