//! Title, byline, dates, language and block kinds, each with its evidence.
