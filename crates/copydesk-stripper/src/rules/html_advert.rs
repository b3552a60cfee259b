//! Places of advertisements, by their container.

use copydesk_core::Reason;

use crate::rule::{MarkupRule, RuleDoc};

pub(crate) static RULE: MarkupRule = MarkupRule {
    doc: RuleDoc {
        name: "html_advert",
        reason: Reason::Advert,
        why: "Advertising tools name their containers.",
        example: "<div class=\"ad-container\"><p>Northshore Boats: now with sails</p></div>",
        wrong_when: "A site gives the name to an element that holds a part of the article.",
    },
    confidence: 0.95,
    tags: &["ins"],
    tokens: &[
        "adsbygoogle", "ad-container", "ad-wrapper", "ad-slot", "ad-unit", "ad-block", "ad-banner",
        "ad-box", "ad-label", "ad-placeholder", "ad-placement", "ad-space", "ad-text", "ad-zone",
        "ad-widget", "adbox", "adcontainer", "adslot", "adunit", "adwrapper", "advert", "adverts",
        "advertise", "advertisement", "advertisements", "advertising", "advert-container",
        "advertisement-label", "banner-ad", "dfp", "dfp-ad", "google-ad", "google-ads", "google_ads",
        "gpt-ad", "sponsored", "sponsored-content", "sponsored-links", "sponsored-post", "sponsor-box",
        "sponsored-box", "native-ad", "promoted-content", "in-article-ad", "inline-ad",
        "code-block-label", "adtext",
    ],
    takes_heads: false,
    inside_article: true,
};
