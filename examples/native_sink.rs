//! A sink of your own: a file for each article in a folder, with its text.
//!
//! ```toml
//! [[sink]]
//! type = "text_files"
//! path = "out"
//! ```

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use copydesk::{
    Action, ArticleId, Component, OptionKind, OptionSpec, Parcel, Program, Sink, SinkError, async_trait,
};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    pub(crate) path: PathBuf,
}

pub(crate) struct TextFiles {
    folder: PathBuf,
}

impl Component for TextFiles {
    type Options = Options;
    const HELP: &'static str = "Writes the text of each article to a file of its own.";
    const OPTIONS: &'static [OptionSpec] =
        &[OptionSpec::new("path", OptionKind::Path, None, "The folder; it is made if it is not there.")];
}

impl TextFiles {
    pub(crate) fn new(options: Options) -> TextFiles {
        TextFiles { folder: options.path }
    }

    fn file(&self, id: &ArticleId) -> PathBuf {
        self.folder.join(format!("{id}.txt"))
    }

    /// Under another name until it is whole on disk, so that whoever looks never sees half an article; and what is
    /// there already is written again with the same bytes, so that a repeat does no harm.
    fn store(&self, parcel: &Parcel) -> io::Result<()> {
        let record: serde_json::Value = serde_json::from_str(&parcel.record)?;
        let partial = self.folder.join(".partial");
        let mut file = File::create(&partial)?;
        file.write_all(record["text"].as_str().unwrap_or_default().as_bytes())?;
        file.sync_data()?;
        fs::rename(&partial, self.file(&parcel.id))?;
        if let Some(old) = parcel.supersedes.filter(|old| *old != parcel.id) {
            match fs::remove_file(self.file(&old)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The disk is at fault, not an article: try again.
#[expect(clippy::needless_pass_by_value, reason = "so that it can stand in `map_err`")]
fn failed(error: io::Error) -> SinkError {
    SinkError {
        message: format!("cannot write a text: {error}"),
        action: Action::Retry(Duration::from_secs(1)),
    }
}

#[async_trait]
impl Sink for TextFiles {
    async fn open(&mut self) -> Result<(), SinkError> {
        fs::create_dir_all(&self.folder).map_err(failed)
    }

    async fn write(&mut self, batch: &[Arc<Parcel>]) -> Result<(), SinkError> {
        for parcel in batch {
            self.store(parcel).map_err(failed)?;
        }
        // The names are on disk too before the batch counts as stored.
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }

    async fn inventory(&mut self) -> Result<Option<Vec<ArticleId>>, SinkError> {
        let mut ids = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            ids.extend(name.to_str().and_then(|name| name.strip_suffix(".txt")?.parse::<ArticleId>().ok()));
        }
        Ok(Some(ids))
    }
}

fn main() -> ExitCode {
    Program::new()
        .sink::<TextFiles>("text_files", |_name, options, _context| Ok(TextFiles::new(options)))
        .main()
}
