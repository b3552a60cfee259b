//! Consent dialogues, by their container.

use copydesk_core::Reason;

use crate::rule::{MarkupRule, RuleDoc};

pub(crate) static RULE: MarkupRule = MarkupRule {
    doc: RuleDoc {
        name: "html_consent",
        reason: Reason::Consent,
        why: "Tools for consent build the same containers on every site.",
        example: "<div id=\"onetrust-banner-sdk\"><p>How the Northshore treats your data</p></div>",
        wrong_when: "A site gives the name to an element that holds a part of the article.",
    },
    confidence: 0.98,
    tags: &[],
    tokens: &[
        "onetrust-banner-sdk", "onetrust-consent-sdk", "onetrust-pc-sdk", "onetrust", "cookie-banner",
        "cookiebanner", "cookie-bar", "cookiebar", "cookie-notice", "cookienotice", "cookie-consent",
        "cookieconsent", "cookie-law-info-bar", "cookie-law", "cookielaw", "cookie-law-info-again",
        "cookie-modal", "cookie-policy-banner", "cookie-popup", "cookie-overlay", "cookie-disclaimer",
        "cookie-message", "cookie-warning", "cookie-alert", "cookie-info", "cookie-settings",
        "cookie-compliance", "cookies-banner", "cookies-notice", "cookies-eu-banner", "eu-cookie",
        "eu-cookie-law", "cc-window", "cc-banner", "cky-consent-container", "cky-modal",
        "cky-preference-center", "cky-consent-bar", "cli-modal", "cli-bar-popup", "cmplz-cookiebanner",
        "cmplz-manage-consent", "cmplz", "cybotcookiebotdialog", "cookiebot", "didomi-host",
        "didomi-notice", "didomi-popup", "qc-cmp2-container", "qc-cmp-ui", "qc-cmp-cleanslate",
        "truste_overlay", "truste_box_overlay", "usercentrics-root", "uc-banner", "borlabs-cookie",
        "borlabscookiebox", "moove_gdpr_cookie_info_bar", "moove-gdpr", "moove-gdpr-info-bar-content",
        "moove_gdpr_cookie_modal", "gdpr", "gdpr-banner", "gdpr-notice", "gdpr-consent",
        "gdpr-cookie-notice", "consent-banner", "consent-modal", "consent-popup", "consent-dialog",
        "privacy-banner", "privacy-notice-banner", "privacy-popup", "fc-consent-root", "fc-dialog",
        "sp_message_container", "iubenda-cs-banner", "osano-cm-window", "osano-cm-dialog",
        "termsfeed-com---nb", "cookiefirst-root", "ccc-module", "evidon-banner", "tarteaucitronroot", "tarteaucitron", "shopify-pc__banner",
        "wt-cli-cookie-bar-container",
        "consent", "consent-layer", "cookie-hinweis", "cookiehinweis", "cookie-tip", "cookie-box",
        "cookie-layer", "bandeau-cookies", "bandeau-cookie", "aviso-cookies", "aviso-de-cookies",
        "banner-cookie", "cookie-notification", "cookie-toast", "cookies-bar", "cookies-consent", "lgpd",
        "lgpd-aviso", "rgpd", "dsgvo", "dsgvo-banner", "cookie-melding", "cookiemelding",
    ],
    takes_heads: true,
    inside_article: true,
};
