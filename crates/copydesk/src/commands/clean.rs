//! `copydesk clean`: files in, results out, nothing kept.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use copydesk_core::{Article, RecordView};

use super::{Answer, Failure};
use crate::args::{Common, Format, InputType};
use crate::cleaner::{CleanOutcome, inputs};
use crate::{Exit, setup};

pub(super) fn run(common: &Common, paths: &[PathBuf], as_type: InputType, format: Format) -> Answer {
    let mut cleaner = setup::cleaner(common)?;
    cleaner.set_media_type(as_type.media_type());
    let inputs = inputs(paths).map_err(Failure::Work)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut n_done, mut n_failed, mut first) = (0u64, 0u64, true);
    let many = inputs.len() > 1;
    let shown = cleaner.clean(&inputs, |outcome| match outcome {
        CleanOutcome::Article(article) => {
            n_done += 1;
            let heading = (many || article.origin.uri.contains('#')).then_some(article.origin.uri.as_str());
            print(&mut out, &article, format, heading, std::mem::take(&mut first))
        }
        CleanOutcome::Dropped { uri, reason } => {
            tracing::info!(%uri, %reason, "dropped");
            Ok(())
        }
        CleanOutcome::Failed { uri, error } => {
            n_failed += 1;
            // Not a log line: it is the command's answer for this input, so `-q` does not hide it.
            writeln!(io::stderr(), "copydesk: {uri}: {}", crate::explain::safe(&error))
        }
    });
    shown?;
    out.flush()?;
    Ok(match (n_done, n_failed) {
        (_, 0) => Exit::Done,
        (0, _) => Exit::Failed,
        _ => Exit::Quarantined,
    })
}

fn line(out: &mut impl Write, article: &Article, format: copydesk_sink::Format) -> io::Result<()> {
    let record = RecordView(article).to_json();
    writeln!(out, "{}", format.line(&record).map_err(io::Error::other)?)
}

fn print(
    out: &mut impl Write,
    article: &Article,
    format: Format,
    heading: Option<&str>,
    first: bool,
) -> io::Result<()> {
    match format {
        Format::Text => {
            if let Some(uri) = heading {
                writeln!(out, "{}==> {uri} <==", if first { "" } else { "\n" })?;
            }
            writeln!(out, "{}", article.text())
        }
        Format::Json => writeln!(out, "{}", RecordView(article).to_json()),
        Format::Ninjs => line(out, article, copydesk_sink::Format::Ninjs),
        Format::Jsonld => line(out, article, copydesk_sink::Format::Jsonld),
    }
}
