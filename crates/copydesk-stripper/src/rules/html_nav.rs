//! Menus, by their element.

use copydesk_core::Reason;

use crate::rule::{MarkupRule, RuleDoc};

pub(crate) static RULE: MarkupRule = MarkupRule {
    doc: RuleDoc {
        name: "html_nav",
        reason: Reason::Navigation,
        why: "What stands in a menu leads to other pages.",
        example: "<nav><a href=\"/tides\">Tides and winds</a></nav>",
        wrong_when: "An article is marked up as a menu, or a table of contents is wanted.",
    },
    confidence: 0.97,
    tags: &["nav", "menu"],
    tokens: &[
        "navigation", "breadcrumb", "breadcrumbs", "bread-crumb", "navbar", "nav-menu", "main-nav",
        "main-menu", "mainmenu", "mainnav", "site-nav", "site-navigation", "sitenav", "topnav",
        "top-nav", "mega-menu", "megamenu", "mobile-menu", "mobile-nav", "mobile-navigation",
        "primary-menu", "primary-nav", "secondary-menu", "secondary-nav", "sub-menu", "submenu",
        "menu-item", "menu-main", "skip-link", "skip-links", "skiplink", "skip-to-content",
        "screen-reader-text", "pagination", "pager", "page-numbers", "post-navigation",
        "posts-navigation", "nav-links", "nav-previous", "nav-next", "prev-next", "site-search",
        "search-form", "searchform", "search-box", "tag-list", "taglist", "tags-list", "post-tags",
        "entry-tags", "article-tags", "tagcloud", "tag-cloud", "tags-links", "cat-links",
        "language-switcher", "lang-switcher", "table-of-contents", "ez-toc-container", "lwptoc",
        "hamburger", "off-canvas", "offcanvas",
        "nav-bar", "menu-principal", "menu-principale", "hauptnavigation", "hauptmenu", "hauptmenue",
        "haupt-menue", "main-navigation", "brotkrumen", "brotkrume", "brotkruemel", "krumen", "fil-ariane",
        "fil-d-ariane", "migas", "migas-de-pan", "miga-de-pan", "briciole", "kruimelpad", "broodkruimel",
        "top-menu", "topmenu", "crumb", "crumbs", "kicker", "eyebrow", "post-category", "entry-category",
        "article-category", "tags", "post-tag", "tag-links", "etiquetas", "schlagworte", "mots-cles",
        "hlebnye-kroshki", "kroshki",
    ],
    takes_heads: false,
    inside_article: true,
};
