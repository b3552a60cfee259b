//! The page's footer.

use copydesk_core::Reason;

use crate::rule::{MarkupRule, RuleDoc};

pub(crate) static RULE: MarkupRule = MarkupRule {
    doc: RuleDoc {
        name: "html_footer",
        reason: Reason::Navigation,
        why: "The footer of the page leads to the rest of the site.",
        example: "<footer><p>Northshore Courier, Quay 1</p></footer>",
        wrong_when: "An article is set in the page's footer.",
    },
    confidence: 0.95,
    tags: &["footer"],
    tokens: &[
        "site-footer", "page-footer", "main-footer", "global-footer", "footer-wrapper",
        "footer-container", "footer-widgets", "footer-links", "footer-menu", "footer-nav",
        "footer-bottom", "footer-content", "footer-legal", "footer-copyright", "footer-area",
        "footer-inner", "footer-main", "footer-top", "footer-widget-area", "colophon", "contentinfo",
        "copyright", "copyrights", "copyright-notice", "legal-links", "legal-notice",
        "pied-de-page", "pie-de-pagina", "rodape", "fusszeile", "fussbereich", "piedipagina", "voettekst",
        "page-bottom",
    ],
    takes_heads: false,
    inside_article: false,
};
