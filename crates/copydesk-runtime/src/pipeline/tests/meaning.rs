//! Duplicates, revisions, files that hold many articles.

use copydesk_core::Outcome;

use super::world::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_bytes_are_delivered_once_wherever_they_lie() {
    let world = World::new();
    world.folder.write("a", "same").write("b", "same").write("c", "other");
    world.run().await;
    assert_eq!(world.balance(), [3, 2, 1, 0, 0, 0, 0]);
    world.folder.write("d", "same");
    world.run().await;
    assert_eq!(world.balance(), [4, 2, 2, 0, 0, 0, 0]);
    assert_eq!(world.stores[0].lock().log.len(), 2);
    assert!(world.folder.take_outcomes().iter().all(|(_, outcome)| *outcome == Outcome::Settled));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_bytes_under_a_name_supersede_and_old_ones_come_back() {
    let world = World::new();
    let mut engine = world.engine();
    for (n, text) in ["first", "second", "first", "second"].into_iter().enumerate() {
        world.folder.write("a", text);
        world.run_on(&mut engine).await;
        assert_eq!(world.stores[0].texts(), set(&[text]));
        let n = n as u64;
        assert_eq!(world.balance(), [n + 1, 1, 0, 0, 0, n, 0]);
    }
    let record = world.stores[0].lock().rows[&id("second")].1.clone();
    assert!(record.contains(&format!("\"supersedes\":\"{}\"", id("first"))), "{record}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_file_still_says_stays_downstream() {
    let world = World::new();
    world.folder.write("a", "shared").write("b", "shared");
    world.run().await;
    world.folder.write("a", "new");
    world.run().await;
    assert_eq!(world.stores[0].texts(), set(&["new", "shared"]));
    assert_eq!(world.balance(), [3, 2, 0, 0, 0, 1, 0], "the duplicate has become the holder");
    world.folder.write("b", "newer");
    world.run().await;
    assert_eq!(world.stores[0].texts(), set(&["new", "newer"]));
    assert_eq!(world.balance(), [4, 2, 0, 0, 0, 2, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revision_that_says_what_another_file_says_removes_the_old_one() {
    let world = World::new();
    world.folder.write("a", "one").write("b", "two");
    world.run().await;
    world.folder.write("b", "one");
    world.run().await;
    assert_eq!(world.stores[0].texts(), set(&["one"]));
    assert_eq!(world.balance(), [3, 1, 1, 0, 0, 1, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revision_in_quarantine_leaves_the_old_article_where_it_is() {
    let world = World::new();
    world.folder.write("a", "good");
    world.run().await;
    world.folder.write("a", "now it fails");
    world.run().await;
    assert_eq!(world.stores[0].texts(), set(&["good"]));
    assert_eq!(world.balance(), [2, 1, 0, 0, 1, 0, 0]);
    world.folder.write("a", "good again");
    world.run().await;
    assert_eq!(world.stores[0].texts(), set(&["good again"]));
    assert_eq!(world.balance(), [3, 1, 0, 0, 0, 2, 0]);
    assert!(crate::read_quarantine(world.state.path()).list().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_rewritten_while_a_sink_is_down_leaves_only_its_last_words() {
    let mut world = World::new();
    world.stores.push(Store::default());
    world.folder.write("a", "zero");
    world.run().await;
    for text in ["first", "second", "zero", "third"] {
        world.stores[1].lock().down = true;
        world.folder.write("a", text);
        world.run().await;
        assert_eq!(world.balance()[6], 1, "pending: the first sink may have it, the second has not");
    }
    world.stores[1].lock().down = false;
    world.run().await;
    for store in &world.stores {
        assert_eq!(store.texts(), set(&["third"]));
    }
    let [seen, delivered, _, _, _, superseded, pending] = world.balance();
    assert_eq!((delivered, superseded, pending), (1, seen - 1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duplicate_of_what_is_pending_is_not_lost_with_it() {
    let world = World::new();
    world.stores[0].lock().down = true;
    world.folder.write("b", "shared").write("c", "shared");
    world.run().await;
    assert_eq!(world.balance(), [2, 0, 0, 0, 0, 0, 2]);
    world.folder.write("b", "other");
    world.stores[0].lock().down = false;
    world.run().await;
    assert_eq!(world.stores[0].texts(), set(&["other", "shared"]));
    assert_eq!(world.balance(), [3, 2, 0, 0, 0, 1, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_appended_file_yields_its_new_lines_only() {
    let world = World::new();
    world.folder.write("f.jsonl", "one\ntwo\nskip this\none\n");
    world.run().await;
    assert_eq!(world.balance(), [4, 2, 1, 1, 0, 0, 0]);
    world.folder.write("f.jsonl", "one\ntwo\nskip this\none\nthree\n");
    world.run().await;
    assert_eq!(world.balance(), [5, 3, 1, 1, 0, 0, 0]);
    world.folder.write("f.jsonl", "zero\none\ntwo\nskip this\none\nthree\n");
    world.run().await;
    assert_eq!(world.balance(), [6, 4, 1, 1, 0, 0, 0], "lines that merely moved are no new work");
    world.folder.write("f.jsonl", "zero\nONE\ntwo\nskip this\none\nthree\n");
    world.run().await;
    assert_eq!(world.stores[0].texts(), set(&["zero", "ONE", "two", "one", "three"]));
    assert_eq!(world.stores[0].lock().log.len(), 5);
    assert!(world.folder.take_outcomes().iter().all(|(_, outcome)| *outcome == Outcome::Settled));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_line_supersedes_the_line_in_its_place() {
    let world = World::new();
    world.folder.write("f.jsonl", "one\ntwo\nthree\n");
    world.run().await;
    world.folder.write("f.jsonl", "one\nTWO\nthree\n");
    world.run().await;
    assert_eq!(world.stores[0].texts(), set(&["one", "TWO", "three"]));
    assert_eq!(world.balance(), [4, 3, 0, 0, 0, 1, 0]);
    world.folder.write("f.jsonl", "one\n");
    world.run().await;
    assert_eq!(world.stores[0].texts(), set(&["one", "TWO", "three"]), "what is gone from the file stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_good_parts_of_a_torn_file_stand() {
    let world = World::new();
    world.folder.write("f.jsonl", "one\ntwo\ntorn\n");
    world.run().await;
    assert_eq!(world.stores[0].texts(), set(&["one", "two"]));
    assert_eq!(world.balance(), [3, 2, 0, 0, 1, 0, 0]);
    world.folder.write("f.jsonl", "one\ntwo\nthree\n");
    world.run().await;
    assert_eq!(world.stores[0].texts(), set(&["one", "three", "two"]));
    assert_eq!(world.balance(), [4, 3, 0, 0, 0, 1, 0], "the rest of the file took the place of the failure");
}
