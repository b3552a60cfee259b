//! What can be configured of a drop folder.
//!
//! The reference, the configuration check and this struct must name the same keys with the same defaults: a
//! test below holds them together.

use std::path::PathBuf;
use std::time::Duration;

use copydesk_core::{OptionKind, OptionSpec};
use serde::{Deserialize, Deserializer};

/// What becomes of a file once it is settled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum After {
    /// It stays where it is.
    #[default]
    Keep,
    /// It is moved below [`FolderOptions::done`].
    Move,
    /// It is deleted.
    Delete,
}

/// How changes are noticed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WatchMode {
    /// By events of the kernel, with scans beside them; by scans alone where events cannot be had.
    #[default]
    Auto,
    /// By scans alone.
    Poll,
}

/// The options of a `folder` source. Durations come as milliseconds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FolderOptions {
    /// The folder.
    pub path: PathBuf,
    /// What becomes of a file once it is settled.
    pub after: After,
    /// Where settled files go; `done` inside the folder if not given.
    pub done: Option<PathBuf>,
    /// How long a file that only a scan has seen must hold still.
    #[serde(deserialize_with = "millis")]
    pub settle: Duration,
    /// How long a file must hold still after its writer closed it.
    #[serde(deserialize_with = "millis")]
    pub quiet: Duration,
    /// How long an empty, unreadable or unparsable file may yet become a whole one, and how long the closing of a
    /// file is waited for whose writer cannot be seen.
    #[serde(deserialize_with = "millis")]
    pub grace: Duration,
    /// How often the whole folder is scanned beside the events.
    #[serde(deserialize_with = "millis")]
    pub reconcile: Duration,
    /// How often it is scanned where there are no events.
    #[serde(deserialize_with = "millis")]
    pub poll: Duration,
    /// How changes are noticed.
    pub watch: WatchMode,
    /// Names that are passed over, files and folders alike; `*`, `?`, `[…]` and `{a,b}` as in a shell. A
    /// pattern with a `/` is held against the whole path below the folder.
    pub ignore: Vec<String>,
    /// If given, `NAME` is taken only once `NAME` with this suffix lies beside it.
    pub require_marker: Option<String>,
    /// The largest file that is read, unless it holds many articles.
    pub max_bytes: u64,
    /// Take what is there, then end. Set by the program, never by the configuration.
    #[serde(skip)]
    pub once: bool,
}

impl Default for FolderOptions {
    fn default() -> FolderOptions {
        FolderOptions {
            path: PathBuf::new(),
            after: After::Keep,
            done: None,
            settle: Duration::from_secs(2),
            quiet: Duration::from_millis(250),
            grace: Duration::from_secs(10),
            reconcile: Duration::from_secs(60),
            poll: Duration::from_secs(2),
            watch: WatchMode::Auto,
            ignore: IGNORED.iter().map(|&pattern| pattern.to_owned()).collect(),
            require_marker: None,
            max_bytes: 64 << 20,
            once: false,
        }
    }
}

impl FolderOptions {
    /// The defaults, for the folder at `path`.
    pub fn new(path: impl Into<PathBuf>) -> FolderOptions {
        FolderOptions { path: path.into(), ..FolderOptions::default() }
    }
}

/// What programs call a file that they are still writing. `.*` holds the hidden ones, `.#*` of editors too.
const IGNORED: [&str; 7] = [".*", "*.tmp", "*.part", "*.partial", "*.crdownload", "*~", "*.swp"];

const fn spec(
    name: &'static str,
    kind: OptionKind,
    default: Option<&'static str>,
    help: &'static str,
) -> OptionSpec {
    OptionSpec { name, kind, default, choices: &[], help }
}

/// The options, in the order of the reference.
pub(crate) const OPTIONS: &[OptionSpec] = &[
    spec("path", OptionKind::Path, None, "The drop folder. It must exist."),
    OptionSpec {
        choices: &["keep", "move", "delete"],
        ..spec("after", OptionKind::Choice, Some("\"keep\""), "What becomes of a file once it is settled.")
    },
    spec(
        "done",
        OptionKind::Path,
        Some(""),
        "Where `after = \"move\"` puts settled files: a folder on the same file system; `done` in the drop folder if not given. It is not watched.",
    ),
    spec(
        "settle",
        OptionKind::Duration,
        Some("\"2s\""),
        "How long a file that only a scan has seen must hold still before it is read.",
    ),
    spec(
        "quiet",
        OptionKind::Duration,
        Some("\"250ms\""),
        "How long a file must hold still after its writer closed it.",
    ),
    spec(
        "grace",
        OptionKind::Duration,
        Some("\"10s\""),
        "How long an empty, unreadable or unparsable file may yet become a whole one, and how long a file that was written to is waited for to be closed if its writer cannot be seen. A file that a process is seen to have open for writing waits for it.",
    ),
    spec(
        "reconcile",
        OptionKind::Duration,
        Some("\"1m\""),
        "How often the whole folder is scanned beside the events.",
    ),
    spec("poll", OptionKind::Duration, Some("\"2s\""), "How often it is scanned where there are no events."),
    OptionSpec {
        choices: &["auto", "poll"],
        ..spec(
            "watch",
            OptionKind::Choice,
            Some("\"auto\""),
            "`auto` takes events of the kernel as hints; `poll` scans alone, as for network file systems.",
        )
    },
    spec(
        "ignore",
        OptionKind::List,
        Some(r#"[".*", "*.tmp", "*.part", "*.partial", "*.crdownload", "*~", "*.swp"]"#),
        "Names of files and folders that are passed over. A pattern with a `/` is held against the whole path below the folder.",
    ),
    spec(
        "require_marker",
        OptionKind::String,
        Some(""),
        "If given, say `\".done\"`, a file `a.txt` is taken only once `a.txt.done` lies beside it.",
    ),
    spec(
        "max_bytes",
        OptionKind::Bytes,
        Some("\"64MiB\""),
        "The largest file that is read. Files that hold many articles may be larger.",
    ),
];

fn millis<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_and_the_struct_name_the_same_keys() {
        let options = serde_json::json!({
            "path": "in", "after": "move", "done": "out", "settle": 1, "quiet": 2, "grace": 3,
            "reconcile": 4, "poll": 5, "watch": "poll", "ignore": ["x"], "require_marker": ".ok", "max_bytes": 6,
        });
        let names: Vec<&str> = options.as_object().unwrap().keys().map(String::as_str).collect();
        let mut listed: Vec<&str> = OPTIONS.iter().map(|option| option.name).collect();
        let mut given = names.clone();
        listed.sort_unstable();
        given.sort_unstable();
        assert_eq!(given, listed);
        let options: FolderOptions = serde_json::from_value(options).unwrap();
        assert_eq!(options.after, After::Move);
        assert_eq!(options.quiet, Duration::from_millis(2));
        assert_eq!(options.watch, WatchMode::Poll);
    }

    #[test]
    fn an_unknown_key_is_an_error() {
        let error = serde_json::from_str::<FolderOptions>(r#"{"path": "in", "setle": 1}"#).unwrap_err();
        assert!(error.to_string().contains("setle"), "{error}");
        assert!(serde_json::from_str::<FolderOptions>(r#"{"path": "in", "once": true}"#).is_err());
    }

    #[test]
    fn the_reference_states_the_defaults() {
        let listed = OPTIONS.iter().find(|option| option.name == "ignore").unwrap().default.unwrap();
        let listed: Vec<String> = serde_json::from_str(listed).unwrap();
        assert_eq!(listed, FolderOptions::default().ignore);
    }
}
