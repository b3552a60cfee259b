//! Share toolbars, by their container.

use copydesk_core::Reason;

use crate::rule::{MarkupRule, RuleDoc};

pub(crate) static RULE: MarkupRule = MarkupRule {
    doc: RuleDoc {
        name: "html_share",
        reason: Reason::Share,
        why: "A row of share buttons has a name on nearly every site.",
        example: "<div class=\"social-share\"><p>Northshore on the web</p></div>",
        wrong_when: "A site gives the name to an element that holds a part of the article.",
    },
    confidence: 0.96,
    tags: &[],
    tokens: &[
        "share-buttons", "share-button", "sharebuttons", "share-bar", "sharebar", "share-tools",
        "share-links", "share-icons", "share-list", "share-menu", "share-widget", "share-article",
        "share-post", "share-this", "share-box", "share-container", "share-wrapper", "share-options",
        "share-panel", "sharing", "sharing-buttons", "sharing-tools", "social-share", "social-sharing",
        "social-shares", "social-buttons", "social-bar", "social-icons", "social-links", "social-media",
        "social-media-links", "social-media-icons", "social-follow", "social-list", "social-menu",
        "social-nav", "social-toolbar", "social-tools", "social-widget", "social-icon", "social-link",
        "sharedaddy", "sd-sharing", "sd-social", "sharethis", "addtoany", "a2a_kit",
        "addtoany_share_save_container", "addthis", "addthis_toolbox", "addthis_inline_share_toolbox",
        "article-share", "article-sharing", "article-social", "article-tools", "post-share",
        "post-sharing", "post-shares", "post-social", "entry-share", "entry-social", "td-post-sharing",
        "essb_links", "heateor_sss_sharing_container", "heateorsssclear", "jssocials", "ssk-group",
        "shariff", "simplesharebuttons", "swp_social_panel", "mashsb-container", "novashare",
        "ss-inline-share-wrapper", "dpsp-networks-btns-share", "scriptlesssocialsharing", "tweet-button",
        "fb-like", "follow-us", "follow-links", "click-to-tweet", "sticky-share", "inline-share",
        "blog-share", "blog-social",
        "share", "social", "partage", "partager", "partages", "compartir", "compartilhar", "partilhar",
        "condividi", "condivisione", "teilen", "delen", "deel", "deel-knoppen", "share-block", "share-row",
        "podelitsya", "shares", "ya-share2", "likely", "bdsharebuttonbox",
    ],
    takes_heads: false,
    inside_article: true,
};
