//! Bytes to articles: encodings, plain text, HTML, JSON and WARC.
