//! Rule packs: the phrases, patterns and words of the rules, by language or site, each with examples.
//!
//! Those in `packs/` are built in; others come from users, in the same form. A rule's code says what it is for
//! and how sure it is; what it looks for stands in packs alone. What must stay true here:
//! - A pack's rules see one line and nothing else, as all line rules. The site an article is of decides whether
//!   the pack is asked at all; the language of a pack is told, not asked for, since what is left of an article
//!   may seem to be in another language than the whole.
//! - No expression can backtrack, and none is believed that matches ordinary prose.

mod built_in;
mod check;
mod examples;
mod prose;
mod reading;
mod rule_pack;
mod site;
mod source;

use serde::Deserialize;

pub(crate) use built_in::{LANGUAGES, REPORTED, SECTIONS, Section};
pub(crate) use check::load;
pub(crate) use reading::is_unicode;
pub(crate) use rule_pack::RulePack;
pub(crate) use site::is_for;

/// A pack as the configuration hands it over: what it is called, and what stands in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackFile {
    /// Its path, for messages.
    pub path: String,
    /// Its TOML.
    pub text: String,
}
