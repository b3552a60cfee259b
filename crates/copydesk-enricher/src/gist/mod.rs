//! What an article is about: its terms, and the keywords and the summary that are made of them.
//!
//! Nothing is known of other articles here, so a term is weighed by what this one shows: how often, how early, in how
//! many sentences, and whether as a name (after YAKE!, Campos et al., *Information Sciences* 509, 2020).

mod keywords;
mod stopwords;
mod summary;
mod terms;

pub(crate) use keywords::keywords;
pub(crate) use summary::summary;
pub(crate) use terms::Terms;
