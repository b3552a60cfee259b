//! What the commands for plugins ask of a stage outside the program, whatever its kind.

use std::time::Duration;

use copydesk_core::Stage;

/// How a plugin presents itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// What it calls itself; empty if it does not say.
    pub name: String,
    /// Its own version; empty if it does not say.
    pub version: String,
    /// The version of the protocol, or of the interface, that it speaks.
    pub protocol: String,
    /// Articles that it is given at once, at most: the less of what it takes and what is configured.
    pub batch: usize,
    /// The first half of the SHA-256 of its file, in hex.
    pub hash: String,
}

/// What the processes of a plugin have taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Time of processors, that of the process which watches over them included.
    pub cpu: Duration,
    /// Bytes of memory: the most that one of them has held at once.
    pub memory: u64,
}

/// A stage outside the program that can be looked at and put to the test.
pub trait Plugin: Stage {
    /// Starts it, and says how it presents itself.
    ///
    /// # Errors
    /// It cannot be started, or speaks another version: what went wrong, with what it printed.
    fn describe(&mut self) -> Result<Description, String>;

    /// Whether messages and articles hold members from now on that no version knows. Plugins have to pass over them.
    fn set_strangers(&mut self, on: bool);

    /// Puts it to the test: what it does not answer within its `timeout`, or within `most` if that is less, it is not
    /// given again, neither in halves nor at all, and nobody waits for that once more.
    fn test(&mut self, most: Duration);

    /// What its processes have taken so far; `None` if it runs in this one.
    fn taken(&self) -> Option<Taken>;

    /// Ends what runs as a crash would, behind the back of the stage.
    fn crash(&mut self);

    /// Tells it to end.
    ///
    /// # Errors
    /// It did not, and was ended.
    fn end(&mut self) -> Result<(), String>;
}

/// An object as JSON, with a member in front that no version knows.
pub(crate) fn with_stranger(object: &str) -> String {
    let mut object = object.to_owned();
    object.insert_str(1, r#""x-stranger":{"deep":[1,null,{"t":"drain"}]},"#);
    object
}
