//! Splits and decodes in one call.

use std::ops::ControlFlow;

use copydesk_core::{Article, ArticleId, Part, PartSource, ReadError, Reader, SourceFile, laws};
use copydesk_reader::{FileReader, ReaderOptions};
use sha2::{Digest, Sha256};

pub(crate) fn hash(bytes: &[u8]) -> ArticleId {
    ArticleId::from_bytes(Sha256::digest(bytes).into())
}

/// What a file gave.
#[derive(Debug)]
pub(crate) struct Split {
    reader: FileReader,
    pub(crate) parts: Vec<Part>,
    pub(crate) end: Result<(), ReadError>,
}

impl Default for Split {
    fn default() -> Split {
        Split { reader: FileReader::default(), parts: Vec::new(), end: Ok(()) }
    }
}

impl Split {
    fn decoded(&self) -> impl Iterator<Item = Result<Article, ReadError>> {
        self.parts.iter().filter(|part| part.skip.is_none()).map(|part| self.reader.decode(part))
    }

    /// The articles that could be read.
    pub(crate) fn articles(&self) -> Vec<Article> {
        self.decoded().filter_map(Result::ok).collect()
    }

    /// The texts of the articles that could be read.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.articles().iter().map(Article::text).collect()
    }

    /// The error code of each part that is not skipped, empty where there is none.
    pub(crate) fn errors(&self) -> Vec<&'static str> {
        self.decoded().map(|decoded| decoded.err().map_or("", |error| error.code)).collect()
    }

    /// The errors of the parts that are not skipped.
    pub(crate) fn messages(&self) -> Vec<String> {
        self.decoded().filter_map(|decoded| decoded.err().map(|error| error.to_string())).collect()
    }

    /// The first error of all.
    pub(crate) fn first_error(&self) -> &'static str {
        let of_part = self.errors().into_iter().find(|code| !code.is_empty());
        of_part.or(self.end.as_ref().err().map(|error| error.code)).unwrap_or("")
    }
}

pub(crate) fn split(name: &str, bytes: &[u8]) -> Split {
    split_with(&ReaderOptions::default(), name, bytes)
}

pub(crate) fn split_with(options: &ReaderOptions, name: &str, bytes: &[u8]) -> Split {
    let reader = FileReader::new(options.clone());
    let file = SourceFile {
        name: name.to_owned(),
        uri: format!("file:/in/{name}"),
        hash: *hash(bytes).as_bytes(),
        received: "2031-05-02T08:00:00Z".to_owned(),
        media_type: None,
    };
    let mut parts = Vec::new();
    let end = reader.split(&file, PartSource::Bytes(bytes.into()), &mut |part| {
        parts.push(part);
        ControlFlow::Continue(())
    });
    Split { reader, parts, end }
}

/// The one article of a file.
#[track_caller]
pub(crate) fn read(name: &str, bytes: &[u8]) -> Article {
    let split = split(name, bytes);
    assert_eq!(split.end, Ok(()));
    let article = FileReader::default().decode(&split.parts[0]).unwrap();
    laws::check(&article).unwrap();
    article
}
