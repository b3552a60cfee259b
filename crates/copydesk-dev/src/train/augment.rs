//! Changed copies of pages.

use super::corpus::Document;
use super::sample::Truth;

/// Adds changed copies of each page.
pub fn extend(_documents: &mut Vec<Document>, _truths: &[Truth], _copies: usize) {}
