//! A cut: what was removed, where, by which rule and why.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Span;

/// Why a piece of text is not part of the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// Cookie banners, privacy notices, "I agree".
    Consent,
    /// "Share this article", "Follow us".
    Share,
    /// Newsletter boxes, subscription and log-in prompts, paywall notices.
    Subscribe,
    /// Menus, breadcrumbs, tags, paging, "Search Trends".
    Navigation,
    /// Teasers of other articles: "Read more", "Most popular".
    Related,
    /// Copyright lines, terms, disclaimers.
    Legal,
    /// Advertising and its labels.
    Advert,
    /// Readers' comments and the prompts for them.
    Comment,
    /// What was already said in this article; the cut's `twin` is the place.
    Repeat,
    /// The publisher's praise of itself: apps, events, donations.
    Promo,
    /// Not part of the article, of no kind above.
    Other,
}

impl Reason {
    /// Every reason, in the order of the contract.
    pub const ALL: [Reason; 11] = [
        Reason::Consent,
        Reason::Share,
        Reason::Subscribe,
        Reason::Navigation,
        Reason::Related,
        Reason::Legal,
        Reason::Advert,
        Reason::Comment,
        Reason::Repeat,
        Reason::Promo,
        Reason::Other,
    ];

    /// The name in records and configuration.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Consent => "consent",
            Reason::Share => "share",
            Reason::Subscribe => "subscribe",
            Reason::Navigation => "navigation",
            Reason::Related => "related",
            Reason::Legal => "legal",
            Reason::Advert => "advert",
            Reason::Comment => "comment",
            Reason::Repeat => "repeat",
            Reason::Promo => "promo",
            Reason::Other => "other",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A piece of the original that a stage proposes to leave out of the text. [`crate::Article::cut`] applies it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// The place in the article's `raw`.
    pub span: Span,
    /// Why.
    pub reason: Reason,
    /// The rule or model that decided, by the name it has in the rule reference.
    pub rule: Cow<'static, str>,
    /// The stage the rule belongs to, by its configured name.
    pub stage: Cow<'static, str>,
    /// How sure the rule is, 0 to 1.
    pub confidence: f64,
    /// For a repeat: the place of which this is one.
    pub twin: Option<Span>,
}

impl Cut {
    /// A cut without a twin.
    pub fn new(
        span: Span,
        reason: Reason,
        rule: impl Into<Cow<'static, str>>,
        stage: impl Into<Cow<'static, str>>,
        confidence: f64,
    ) -> Cut {
        Cut { span, reason, rule: rule.into(), stage: stage.into(), confidence, twin: None }
    }

    /// The same cut, as a repeat of `twin`.
    #[must_use]
    pub fn with_twin(mut self, twin: Span) -> Cut {
        self.twin = Some(twin);
        self
    }
}
