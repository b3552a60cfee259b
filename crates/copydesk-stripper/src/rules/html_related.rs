//! Rails of other articles, by their container.

use copydesk_core::Reason;

use crate::rule::{MarkupRule, RuleDoc};

pub(crate) static RULE: MarkupRule = MarkupRule {
    doc: RuleDoc {
        name: "html_related",
        reason: Reason::Related,
        why: "Lists of other articles have a name on nearly every site.",
        example: "<section class=\"related-posts\"><p>Ferry strike enters its second week</p></section>",
        wrong_when: "A site gives the name to an element that holds a part of the article.",
    },
    confidence: 0.94,
    tags: &[],
    tokens: &[
        "related", "related-posts", "related-post", "related-articles", "related-article",
        "related-stories", "related-story", "related-content", "related-news", "related-items",
        "related-links", "related-wrap", "related-videos", "related-topics", "related-products",
        "related-reading", "related-container", "related-section", "relatedposts", "relatedarticles",
        "jp-relatedposts", "crp_related", "yarpp", "yarpp-related", "rp4wp-related-posts", "recommended",
        "recommended-posts", "recommended-articles", "recommended-stories", "recommended-content",
        "read-next", "read-also", "also-read",
        "read-more-articles", "readmore-posts", "more-stories", "more-articles", "more-posts",
        "more-news", "more-from", "more-on", "morestories", "up-next", "next-up", "you-may-like",
        "you-might-like", "you-may-also-like", "also-like", "most-read", "mostread", "most-popular",
        "mostpopular", "most-viewed", "popular-posts", "popular-stories", "popular-articles",
        "popularposts", "trending", "trending-now", "trending-stories", "latest-news", "latest-posts",
        "latest-stories", "latest-articles", "recent-posts", "recent-articles", "recent-stories",
        "recent-news", "recentposts", "recirculation", "recirc", "taboola", "trc_related_container",
        "trc_rbox_container", "outbrain", "ob-widget", "ob-smartfeed-wrapper", "zergnet", "rc-widget",
        "mgbox", "revcontent", "td_block_related_posts", "td_related_posts", "similar-posts",
        "similar-articles", "suggested-posts", "suggested-articles", "suggested-stories", "teaser-list",
        "top-stories", "editors-picks", "more-like-this", "further-reading", "blog-related",
        "relacionados", "relacionadas", "noticias-relacionadas", "correlati", "articoli-correlati",
        "gerelateerd", "a-lire-aussi", "a-lire", "lire-aussi", "sur-le-meme-sujet", "mehr-zum-thema",
        "lesen-sie-auch", "leggi-anche", "leia-tambem", "lea-tambien", "lees-ook", "recommend",
        "recommend-list", "other-news", "weitere-artikel", "weitere-meldungen", "meistgelesen",
        "les-plus-lus", "lo-mas-leido", "mais-lidas", "piu-letti", "meest-gelezen", "read-more-list",
        "chitajte-takzhe", "hot-news", "tuijian", "xiangguan",
    ],
    takes_heads: true,
    inside_article: true,
};
