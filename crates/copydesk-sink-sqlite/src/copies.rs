//! Articles and their copies, for people and other programs.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Params};

use crate::StoreError;
use crate::read::open_present;
use crate::stories::Member;

/// A store as of one moment.
pub struct Copies {
    connection: Connection,
    path: PathBuf,
}

impl Copies {
    /// Opens the store at `path`. What is written to it from now on is not seen.
    pub fn open(path: &Path) -> Result<Copies, StoreError> {
        let connection = open_present(path)?;
        connection.execute_batch("BEGIN").map_err(StoreError::sqlite("read", path))?;
        Ok(Copies { connection, path: path.to_owned() })
    }

    /// Every id that an article is said to be a copy of, with the latest place in the ledger of it and its copies;
    /// in no order. An article may lead some, and be itself a copy.
    pub fn leads(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let sql = "SELECT copies.of, max(copies.latest, coalesce(lead.seq, 0)) FROM
            (SELECT duplicate_of AS of, max(seq) AS latest FROM articles WHERE duplicate_of IS NOT NULL GROUP BY 1)
            AS copies LEFT JOIN articles AS lead ON lead.id = copies.of";
        self.all(sql, [], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())))
    }

    /// The article with this id.
    pub fn article(&self, id: &str) -> Result<Option<Member>, StoreError> {
        let sql = format!("{} WHERE id = ?1", Member::COLUMNS);
        let row = self.connection.query_row(&sql, [id], Member::of).optional();
        row.map_err(StoreError::sqlite("read", &self.path))
    }

    /// The articles that are said to be copies of this one, in the order of the ledger.
    pub fn of(&self, id: &str) -> Result<Vec<Member>, StoreError> {
        let sql = format!("{} WHERE duplicate_of = ?1 ORDER BY seq", Member::COLUMNS);
        self.all(&sql, [id], Member::of)
    }

    /// The text of the article with this id.
    pub fn text(&self, id: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT text FROM articles WHERE id = ?1";
        let row = self.connection.query_row(sql, [id], |row| row.get(0)).optional();
        row.map_err(StoreError::sqlite("read", &self.path))
    }

    /// The ids that begin with these hexadecimal digits, at most `limit`, in order.
    pub fn ids(&self, digits: &str, limit: u32) -> Result<Vec<String>, StoreError> {
        let first = digits.to_ascii_lowercase();
        // "~" sorts after every character of an id.
        let last = format!("{first}~");
        let sql = "SELECT id FROM articles WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT ?3";
        self.all(sql, (first, last, limit), |row| row.get(0))
    }

    fn all<T>(
        &self,
        sql: &str,
        values: impl Params,
        mut read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let look = || -> rusqlite::Result<Vec<T>> {
            let mut statement = self.connection.prepare_cached(sql)?;
            statement.query_map(values, |row| read(row))?.collect()
        };
        look().map_err(StoreError::sqlite("read", &self.path))
    }
}
