//! Describes articles: block kinds, what the source states, and what is derived from the text, each with its evidence.

mod byline;
mod captions;
mod count;
mod credits;
mod dateline;
mod dateline_wide;
mod dates;
mod enrichers;
mod entities;
mod furniture;
mod gist;
mod head;
mod headline;
mod hints;
mod kinds;
mod language;
mod line;
mod mentions;
mod names;
mod pace;
mod published;
mod quotations;
mod reading;
mod said;
mod signed;
mod signoff;
mod stage;
mod sure;
#[allow(dead_code, reason = "the enrichers that read it share all of it")]
mod text;
mod vocabulary;
mod vote;
mod whence;
mod wide;

pub use enrichers::{ENRICHERS, EnricherDoc};
pub use entities::gazetteer;
pub use language::{Languages, language_of, languages_of};
pub use stage::{Enricher, EnricherOptions};
