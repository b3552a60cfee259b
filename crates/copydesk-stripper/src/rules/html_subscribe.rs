//! Newsletter boxes and paywalls, by their container.

use copydesk_core::Reason;

use crate::rule::{MarkupRule, RuleDoc};

pub(crate) static RULE: MarkupRule = MarkupRule {
    doc: RuleDoc {
        name: "html_subscribe",
        reason: Reason::Subscribe,
        why: "Sign-up boxes have a name on nearly every site.",
        example: "<div class=\"newsletter-signup\"><p>The harbour in your hand</p></div>",
        wrong_when: "A site gives the name to an element that holds a part of the article.",
    },
    confidence: 0.95,
    tags: &[],
    tokens: &[
        "newsletter", "newsletters", "newsletter-signup", "newsletter-sign-up", "newsletter-form",
        "newsletter-box", "newsletter-block", "newsletter-widget", "newsletter-container",
        "newsletter-wrapper", "newsletter-subscribe", "newsletter-subscription", "newsletter-promo",
        "newsletter-cta", "newsletter-module", "newsletter-inline", "email-signup", "email-sign-up",
        "email-subscribe", "email-capture", "email-subscription", "email-form", "signup-form",
        "sign-up-form", "signup-box", "subscribe-form", "subscribe-box", "subscribe-widget",
        "subscribe-block", "subscription-form", "subscription-widget", "subscription-box",
        "subscribe-cta", "subscribe-newsletter", "subscription-promo", "mc4wp-form", "mc_embed_signup",
        "mailchimp", "mailerlite", "ml-form-embedcontainer", "convertkit", "formkit-form", "sib-form",
        "hs-form", "klaviyo-form", "optin", "optin-form", "opt-in-form", "optinmonster", "om-holder",
        "tnp", "tnp-subscription", "mailpoet_form", "jetpack_subscription_widget", "blog_subscription",
        "wp-block-jetpack-subscriptions", "paywall", "paywall-message", "paywall-container",
        "paywall-prompt", "regwall", "subscriber-wall", "tp-modal", "tp-container-inner",
        "piano-container", "login-form", "loginform", "login-modal", "signin-modal",
        "subscribe", "subscription", "suscripcion", "suscribete", "iscriviti", "iscrizione", "nieuwsbrief",
        "boletin", "infolettre", "inscription-newsletter", "mail-sub", "rassylka", "abo-box", "abo-teaser",
        "abonnement-box", "assine", "assinatura-box",
    ],
    takes_heads: false,
    inside_article: true,
};
