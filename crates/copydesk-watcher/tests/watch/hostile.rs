//! What does not belong into a drop folder, and must not harm.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use copydesk_core::{Content, Source};
use copydesk_watcher::FolderOptions;
use rustix::fs::{CWD, FileType, Mode};

use crate::desk::{Desk, Taken, named, next, sorted, taken};

fn plant(desk: &Desk) {
    fs::write(desk.outside.join("secret"), "SECRET").unwrap();
    symlink(desk.outside.join("secret"), desk.inbox.join("link.txt")).unwrap();
    symlink(&desk.outside, desk.inbox.join("folder")).unwrap();
    symlink(desk.inbox.join("nowhere"), desk.inbox.join("dangling")).unwrap();
    symlink(".", desk.inbox.join("loop")).unwrap();
    rustix::fs::mknodat(CWD, desk.inbox.join("fifo"), FileType::Fifo, Mode::RWXU, 0).unwrap();
    drop(UnixListener::bind(desk.inbox.join("socket")).unwrap());
    File::create(desk.inbox.join("large")).unwrap().set_len(1 << 30).unwrap();
    fs::write(desk.inbox.join("good"), "good").unwrap();
}

fn planted() -> Vec<Taken> {
    sorted(vec![
        taken("dangling", "<symlink>"),
        taken("fifo", "<fifo>"),
        taken("folder", "<symlink>"),
        taken("good", "good"),
        taken("large", "<too_large>"),
        taken("link.txt", "<symlink>"),
        taken("loop", "<symlink>"),
        taken("socket", "<socket>"),
    ])
}

/// Fault: symlink, not_a_file, too_large
#[tokio::test]
async fn each_is_refused_once_and_nothing_leaks() {
    let desk = Desk::new();
    plant(&desk);
    let mut source = desk.open(desk.once());
    assert_eq!(desk.drain(&mut source).await, planted());
    drop(source);
    // Not again after a restart.
    let mut source = desk.open(desk.once());
    assert_eq!(desk.drain(&mut source).await, []);
}

#[tokio::test]
async fn each_is_refused_when_it_comes_later_too() {
    let desk = Desk::new();
    let mut source = desk.open(desk.options());
    tokio::time::timeout(Duration::from_millis(200), source.next()).await.unwrap_err();
    plant(&desk);
    let all = desk.take_many(&mut source, planted().len()).await;
    assert_eq!(sorted(all), planted());
    let snapshot = desk.status.snapshot();
    assert_eq!((snapshot.refused, snapshot.claimed), (7, 1));
}

#[tokio::test]
async fn any_name_is_taken() {
    let desk = Desk::new();
    let long = [b'x'; 255];
    let names = [&b"\xff\xfe"[..], b"line\nbreak", &long, b"\x1b]0;title\x07", b" ", b"%"];
    for name in names {
        fs::write(named(&desk.inbox, name), "text").unwrap();
    }
    let mut source = desk.open(desk.once());
    let mut expected: Vec<&[u8]> = names.to_vec();
    expected.sort_unstable();
    let all = desk.drain(&mut source).await;
    assert_eq!(all.iter().map(|taken| &*taken.path).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_large_file_of_many_articles_comes_as_a_stream() {
    let desk = Desk::new();
    let options = FolderOptions { max_bytes: 10, ..desk.once() };
    desk.write("a.jsonl", "{\"n\": 1}\n{\"n\": 2}\n");
    desk.write("a.txt", "more than ten bytes");
    desk.write("b.txt", "ten bytes.");
    let mut source = desk.open(options);
    let mut delivery = next(&mut source).await;
    let Content::Stream(stream) = &mut delivery.content else { panic!("{delivery:?}") };
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert_eq!(text, "{\"n\": 1}\n{\"n\": 2}\n");
    desk.settle(delivery);
    assert_eq!(desk.drain(&mut source).await, [taken("a.txt", "<too_large>"), taken("b.txt", "ten bytes.")]);
}

/// Runs `disturb` over and over until it is dropped.
struct Loop(Arc<AtomicBool>, Option<std::thread::JoinHandle<()>>);

impl Loop {
    fn new(mut disturb: impl FnMut(u64) + Send + 'static) -> Loop {
        let running = Arc::new(AtomicBool::new(true));
        let flag = Arc::clone(&running);
        let thread = std::thread::spawn(move || {
            for round in 0.. {
                if !flag.load(Ordering::Relaxed) {
                    break;
                }
                disturb(round);
            }
        });
        Loop(running, Some(thread))
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
        if let Some(thread) = self.1.take() {
            let _ = thread.join();
        }
    }
}

/// Fault: symlink
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_swapped_for_a_link_in_a_loop_never_leaks() {
    let desk = Desk::new();
    fs::write(desk.outside.join("secret"), "SECRET").unwrap();
    fs::create_dir(desk.outside.join("folder")).unwrap();
    fs::write(desk.outside.join("folder/b"), "SECRET").unwrap();
    let options = FolderOptions {
        settle: Duration::ZERO,
        quiet: Duration::ZERO,
        grace: Duration::ZERO,
        ..desk.options()
    };
    let mut source = desk.open(options);
    let (inbox, outside) = (desk.inbox.clone(), desk.outside.clone());
    let swapping = Loop::new(move |round| {
        // The file at the path, and the folder on the way to it.
        let (file, new) = (inbox.join("a"), outside.join("new"));
        fs::write(&new, format!("harmless {round}")).unwrap();
        fs::rename(&new, &file).unwrap();
        symlink(outside.join("secret"), &new).unwrap();
        fs::rename(&new, &file).unwrap();
        let (folder, aside) = (inbox.join("folder"), outside.join("aside"));
        let _ = fs::create_dir(&folder);
        let _ = fs::write(folder.join("b"), format!("harmless {round}"));
        let _ = fs::rename(&folder, &aside);
        let _ = symlink(outside.join("folder"), &folder);
        let _ = fs::remove_file(&folder);
        let _ = fs::remove_dir_all(&aside);
    });
    let mut n_files = 0;
    let mut n_links = 0;
    while n_files < 30 || n_links < 30 {
        let one = desk.take(&mut source).await;
        assert!(!one.text.contains("SECRET"), "{one:?}");
        if one.text == "<symlink>" { n_links += 1 } else { n_files += 1 }
    }
    drop(swapping);
}

/// Fault: rewrite_during_read
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_rewritten_in_a_loop_is_never_mixed() {
    let desk = Desk::new();
    // With next to no waiting, a writer that is paused by the scheduler looks finished: the waits are what
    // keeps half files out, and other tests are about them. Here it is about bytes of two revisions in one.
    let options = FolderOptions {
        settle: Duration::from_millis(1),
        quiet: Duration::ZERO,
        grace: Duration::from_millis(1),
        ..desk.options()
    };
    let mut source = desk.open(options);
    let inbox = desk.inbox.clone();
    let rewriting = Loop::new(move |round| {
        let mut file = File::create(inbox.join("a")).unwrap();
        let line = format!("{round}\n").repeat(20_000);
        file.write_all(line.as_bytes()).unwrap();
        drop(file);
        File::options().write(true).open(inbox.join("a")).unwrap().set_len(0).unwrap();
    });
    let whole = |one: &Taken| {
        let first = one.text.lines().next().unwrap_or_default();
        assert!(one.text == "<empty>" || format!("{first}\n").repeat(20_000).starts_with(&one.text));
    };
    let noticed = async {
        while desk.status.snapshot().retried < 30 {
            if let Ok(delivery) = tokio::time::timeout(Duration::from_millis(20), source.next()).await {
                whole(&desk.settle(delivery.unwrap().unwrap()));
            }
        }
    };
    tokio::time::timeout(crate::desk::LONG, noticed).await.unwrap();
    drop(rewriting);
    desk.write("z", "last");
    desk.take_until(&mut source, "z").await.iter().for_each(whole);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_comes_back_when_it_can() {
    let desk = Desk::new();
    let closed = Permissions::from_mode(0o000);
    desk.write("file", "file");
    desk.write("folder/b", "below");
    desk.write("good", "good");
    for name in ["file", "folder"] {
        fs::set_permissions(desk.inbox.join(name), closed.clone()).unwrap();
    }
    if File::open(desk.inbox.join("file")).is_ok() {
        // The superuser reads everything.
        return;
    }
    let mut source = desk.open(desk.options());
    let all = sorted(desk.take_many(&mut source, 3).await);
    assert_eq!(all, [taken("file", "<unreadable>"), taken("folder", "<unreadable>"), taken("good", "good")]);
    fs::set_permissions(desk.inbox.join("file"), Permissions::from_mode(0o600)).unwrap();
    assert_eq!(desk.take(&mut source).await, taken("file", "file"));
    fs::set_permissions(desk.inbox.join("folder"), Permissions::from_mode(0o700)).unwrap();
    assert_eq!(desk.take(&mut source).await, taken("folder/b", "below"));
    // Mended within grace: no refusal at all.
    desk.write("late", "late");
    fs::set_permissions(desk.inbox.join("late"), closed).unwrap();
    crate::desk::until("it was tried", || desk.status.snapshot().retried > 0).await;
    fs::set_permissions(desk.inbox.join("late"), Permissions::from_mode(0o600)).unwrap();
    assert_eq!(desk.take(&mut source).await, taken("late", "late"));
}
