//! Texts that are kept out of the configuration: `{ env = "NAME" }` and `{ file = "path" }`.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::Overrides;
use crate::document::{Item, Table};

/// A secret is a line, not a file of them.
const MAX_BYTES: u64 = 64 << 10;

/// The text that `table` stands for. Messages name the place of the secret, never the secret.
pub(crate) fn resolve(table: &Table, overrides: &Overrides, folder: &Path) -> Result<String, String> {
    let wants = "a text, `{ env = \"NAME\" }` or `{ file = \"path\" }`";
    let [entry] = table.entries.as_slice() else { return Err(format!("takes {wants}")) };
    let (Item::String(given) | Item::Bare(given)) = &entry.node.item else {
        return Err(format!("takes {wants}"));
    };
    match entry.key.as_str() {
        "env" => {
            let value = overrides
                .variable(given)
                .ok_or_else(|| format!("wants the variable {given}, which is not set"))?;
            let value =
                value.to_str().ok_or_else(|| format!("wants the variable {given}, which is not UTF-8"))?;
            Ok(value.to_owned())
        }
        "file" => {
            let path = folder.join(given);
            read(&path).map_err(|error| format!("wants the file `{}`: {error}", path.display()))
        }
        other => Err(format!("takes {wants}, not a table with `{other}`")),
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    let refuse = |message: &str| std::io::Error::other(message.to_owned());
    if !std::fs::metadata(path)?.is_file() {
        return Err(refuse("no regular file"));
    }
    let mut text = String::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(refuse("larger than 64KiB"));
    }
    // Editors end a file with a line feed that is no part of a secret.
    let trimmed = text.trim_end_matches(['\n', '\r']);
    Ok(trimmed.to_owned())
}
