//! How long the store takes for 20,000 articles of 4 KB in batches of 500, against plain inserts of the same
//! rows: `cargo bench -p copydesk-sink-sqlite`.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use copydesk_core::{Parcel, Sink};
use copydesk_sink_sqlite::{SqliteOptions, SqliteSink, search};
use copydesk_testkit::parcel;
use rusqlite::{Connection, params};

const N_ARTICLES: u64 = 20_000;
const BATCH: usize = 500;

fn main() {
    // `cargo test --benches` runs this too; it is no test.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let parcels: Vec<Arc<Parcel>> = (1..=N_ARTICLES).map(|n| Arc::new(parcel(n, &invented(n)))).collect();
    let bytes: usize = parcels.iter().map(|parcel| parcel.text.len() + parcel.record.len()).sum();
    println!("{N_ARTICLES} articles, {} KB each with record", bytes / 1000 / parcels.len());
    let folder = tempfile::TempDir::new().unwrap();
    let plain = time("plain inserts", || plain_inserts(&folder.path().join("plain.db"), &parcels));
    let path = folder.path().join("a.db");
    let store = time("the store", || store(&path, &parcels));
    println!("ratio {:.2}", store / plain);
    time("every batch again", || store_again(&path, &parcels));
    time("search for two common words", || assert!(!search(&path, "ka va", 20).unwrap().is_empty()));
    time("search for a prefix", || assert!(!search(&path, "lu*", 20).unwrap().is_empty()));
}

fn time(what: &str, work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    let seconds = start.elapsed().as_secs_f64();
    println!("{what}: {seconds:.2} s");
    seconds
}

/// An invented article: words made of syllables, common ones often, in paragraphs.
fn invented(n: u64) -> String {
    const SYLLABLES: [&str; 16] = [
        "ka", "lu", "mi", "to", "re", "sen", "dor", "pi", "va", "no", "ter", "gil", "ash", "ben", "ko", "us",
    ];
    let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut draw = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut text = format!("Report {n}");
    while text.len() < 4000 {
        text.push(if draw(60) == 0 { '\n' } else { ' ' });
        // A product of two draws makes small numbers common, as words are.
        let word = draw(200) * draw(200);
        let n_syllables = 1 + word % 4;
        for step in 0..n_syllables {
            let at = usize::try_from((word >> (3 * step)) % 16).unwrap();
            text.push_str(SYLLABLES[at]);
        }
    }
    text
}

fn run(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
}

fn store(path: &Path, parcels: &[Arc<Parcel>]) {
    run(async {
        let mut sink = SqliteSink::new(SqliteOptions { path: path.to_owned() });
        sink.open().await.unwrap();
        for batch in parcels.chunks(BATCH) {
            sink.write(batch).await.unwrap();
        }
        sink.close().await.unwrap();
    });
}

fn store_again(path: &Path, parcels: &[Arc<Parcel>]) {
    store(path, parcels);
}

fn plain_inserts(path: &Path, parcels: &[Arc<Parcel>]) {
    let mut connection = Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA journal_mode = wal; PRAGMA synchronous = full").unwrap();
    connection.execute_batch("CREATE TABLE a (id TEXT PRIMARY KEY, uri, title, text, record)").unwrap();
    for batch in parcels.chunks(BATCH) {
        let transaction = connection.transaction().unwrap();
        for parcel in batch {
            let values = params![parcel.id.to_string(), parcel.uri, parcel.title, parcel.text, parcel.record];
            let mut insert = transaction.prepare_cached("INSERT INTO a VALUES (?, ?, ?, ?, ?)").unwrap();
            insert.execute(values).unwrap();
        }
        transaction.commit().unwrap();
    }
}
