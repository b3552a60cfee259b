//! Every rule, listed by hand, one file each.
//!
//! Three kinds, by what they may look at. Line rules see one line and nothing else. Context rules see the
//! whole page, but fire only beside a line that a line rule cuts: in cleaned text there is none, so there they
//! are silent. Markup rules need elements, which cleaned text has none of. That is why cleaning is stable.

use std::sync::LazyLock;

use copydesk_core::Reason;

use crate::rule::{Decider, LineRule, MarkupRule, RuleDoc};
use crate::view::View;

macro_rules! line_rules {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*
        /// Rules that judge a line by its text alone.
        pub(crate) static LINE_RULES: &[&LineRule] = &[$(&$name::RULE),*];
    };
}

line_rules!(
    advert_label,
    affiliate_note,
    app_promo,
    breadcrumb,
    comment_entry,
    comment_prompt,
    consent_button,
    consent_notice,
    consent_settings,
    copyright,
    disclaimer,
    donate_prompt,
    follow_us,
    house_promo,
    legal_links,
    login_prompt,
    menu,
    newsletter_form,
    newsletter_prompt,
    page_controls,
    paging,
    paywall,
    related_button,
    related_header,
    related_link,
    share_links,
    share_prompt,
    skip_link,
    tags_header,
);

/// The line rules, in the same order, as views and cuts see them.
pub(crate) static DECIDERS: LazyLock<Vec<Decider>> =
    LazyLock::new(|| LINE_RULES.iter().map(|rule| Decider::of(rule)).collect());

mod author_box;
mod comment_thread;
mod form_text;
mod menu_run;
mod related_list;
mod rows;
mod tag_list;

/// A rule that looks at what stands around a line, and fires only beside a line that a line rule cuts.
pub(crate) struct ContextRule {
    /// For the reference.
    pub doc: RuleDoc,
    /// How sure a match is.
    pub confidence: f64,
    /// The lines it cuts, by their place in the view.
    pub judge: fn(&View<'_>) -> Vec<usize>,
}

/// The context rules.
pub(crate) static CONTEXT_RULES: &[&ContextRule] = &[
    &author_box::RULE,
    &comment_thread::RULE,
    &form_text::RULE,
    &menu_run::RULE,
    &related_list::RULE,
    &rows::COMMENT,
    &rows::CONSENT,
    &rows::FORM,
    &rows::LIST,
    &rows::MENU,
    &rows::PLAYER,
    &rows::SHARE,
    &tag_list::RULE,
];

/// The reason of the row rule of this name: what its weak words are cut for.
pub(crate) fn row_reason(name: &str) -> Option<Reason> {
    rows::ROWS.iter().find(|rule| rule.doc.name == name).map(|rule| rule.doc.reason)
}

/// A rule over the elements around a line; the first that fits an element names it.
macro_rules! markup_rules {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*
        /// Rules that judge a line by the elements around it.
        pub(crate) static MARKUP_RULES: &[&MarkupRule] = &[$(&$name::RULE),*];
    };
}

markup_rules!(
    html_advert,
    html_author,
    html_comments,
    html_consent,
    html_footer,
    html_header,
    html_nav,
    html_related,
    html_share,
    html_subscribe,
);

static RULES: LazyLock<Vec<RuleDoc>> = LazyLock::new(|| {
    let mut docs: Vec<RuleDoc> = LINE_RULES.iter().map(|rule| rule.doc).collect();
    docs.extend(CONTEXT_RULES.iter().map(|rule| rule.doc));
    docs.extend(MARKUP_RULES.iter().map(|rule| rule.doc));
    docs.push(crate::marks::RULE);
    docs.sort_by_key(|doc| (doc.reason, doc.name));
    docs
});

/// Every rule's entry in the reference, by reason and name. The block model's are not among them.
pub fn rules() -> &'static [RuleDoc] {
    &RULES
}

/// The languages whose words the rule of this name knows; none for a rule that reads no words, or any.
pub fn languages(rule: &str) -> &'static [&'static str] {
    crate::packs::LANGUAGES.get(rule).map_or(&[], Vec::as_slice)
}
