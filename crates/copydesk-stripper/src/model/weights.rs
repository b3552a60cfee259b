//! The model's file: what is known of it in lines to be read by people, then two forests.
//!
//! `copydesk block model 1`, lines of `key: value`, an empty line; then `body` and `head`, each as its length
//! (u32, little endian) and its trees (see [`super::trees`]). `body` says from a block's features whether it belongs
//! to the article's text; `head` says whether it is a headline, byline, date or standfirst.

use std::fmt::Write;

use super::trees::{BadWeights, Forest};

const MAGIC: &str = "copydesk block model 1\n";

/// The forests of one mode, and what is known of them.
#[derive(Debug, Clone)]
pub struct Model {
    about: Vec<(String, String)>,
    pub(super) body: Forest,
    pub(super) head: Forest,
}

impl Model {
    /// Puts forests together; `about` says where they come from, in lines of a key and a value.
    pub fn new(about: Vec<(String, String)>, [body, head]: [Forest; 2]) -> Model {
        Model { about, body, head }
    }

    /// Where the model comes from: data set, licence, date, figures.
    pub fn about(&self) -> &[(String, String)] {
        &self.about
    }

    /// The model as a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut head = MAGIC.to_owned();
        for (key, value) in &self.about {
            // Writing to a text cannot fail.
            let _ = writeln!(head, "{key}: {value}");
        }
        head.push('\n');
        let mut bytes = head.into_bytes();
        for forest in [&self.body, &self.head] {
            let trees = forest.to_bytes();
            bytes.extend((trees.len() as u32).to_le_bytes());
            bytes.extend(trees);
        }
        bytes
    }

    /// Reads a model from its file.
    ///
    /// # Errors
    /// The bytes are no model.
    pub fn read(bytes: &[u8]) -> Result<Model, BadWeights> {
        let rest = bytes.strip_prefix(MAGIC.as_bytes()).ok_or(BadWeights("not a model of this version"))?;
        let end = rest.windows(2).position(|two| two == b"\n\n").ok_or(BadWeights("no end of its head"))?;
        let (about, rest) = rest.split_at(end);
        let about = std::str::from_utf8(about).map_err(|_| BadWeights("a head that is no text"))?;
        let about = about.lines().filter_map(|line| line.split_once(": "));
        let about = about.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let mut rest = rest.get(2..).unwrap_or_default();
        let mut forest = || {
            let (len, trees) = rest.split_first_chunk::<4>().ok_or(BadWeights("cut short"))?;
            let len = u32::from_le_bytes(*len) as usize;
            let (trees, after) = trees.split_at_checked(len).ok_or(BadWeights("cut short"))?;
            rest = after;
            Forest::read(trees)
        };
        let forests = [forest()?, forest()?];
        if rest.is_empty() { Ok(Model::new(about, forests)) } else { Err(BadWeights("too long")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_survives_its_file() {
        let about = vec![("data".to_owned(), "invented: all of it".to_owned())];
        let forest = |prior| Forest::new(3, prior, &[]).unwrap();
        let model = Model::new(about.clone(), [forest(0.5), forest(2.5)]);
        let bytes = model.to_bytes();
        let read = Model::read(&bytes).unwrap();
        assert_eq!(read.about(), about);
        assert!((read.head.score(&[]) - 2.5).abs() < 1e-6);
        for cut in 0..bytes.len() {
            assert!(Model::read(&bytes[..cut]).is_err());
        }
    }
}
