//! Repeats within an article and duplicates across articles.
