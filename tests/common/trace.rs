//! What a process did to files, as `strace` tells it: parsed, and done again to a model of a file system.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use copydesk_testkit::{Sync, Volume};

use super::under;

/// The calls that change files or make changes durable.
const CALLS: &str = "openat,creat,write,pwrite64,writev,pwritev,ftruncate,truncate,fsync,fdatasync,sync_file_range,\
    msync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,fallocate,copy_file_range,sendfile";

/// Something done below the folder of a desk; paths are relative to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    Create(PathBuf),
    /// Opened with `O_TRUNC`, or `ftruncate`.
    Cut(PathBuf, usize),
    /// At an offset, or at the end.
    Write(PathBuf, Option<usize>, Vec<u8>),
    BeginSync(PathBuf, usize),
    EndSync(PathBuf, usize),
    Rename(PathBuf, PathBuf),
    Link(PathBuf, PathBuf),
    Remove(PathBuf),
    MakeFolder(PathBuf),
}

/// Runs a command to its end, and gives back its exit code and all that it did below `root`, in order.
pub fn record(command: &Command, root: &Path, log: &Path) -> (Option<i32>, Vec<Op>) {
    let trace = format!("trace={CALLS}");
    let log_name = log.to_str().unwrap();
    let mut strace =
        under(&["strace", "-f", "-qq", "-y", "-xx", "-s", "10000000", "-o", log_name, "-e", &trace], command);
    let output = strace.output().unwrap();
    let text = std::fs::read_to_string(log).unwrap();
    (output.status.code(), parse(&text, root))
}

fn parse(log: &str, root: &Path) -> Vec<Op> {
    let mut parser = Parser { root: root.to_owned(), begun: HashMap::new(), n_syncs: 0, ops: Vec::new() };
    for line in log.lines() {
        parser.line(line);
    }
    parser.ops
}

struct Parser {
    root: PathBuf,
    /// By thread: the start of its unfinished call, and the number of its sync.
    begun: HashMap<String, (String, Option<usize>)>,
    n_syncs: usize,
    ops: Vec<Op>,
}

impl Parser {
    fn line(&mut self, line: &str) {
        let Some((thread, call)) = line.split_once(' ') else { return };
        let call = call.trim_start();
        if call.starts_with("+++") || call.starts_with("---") {
            return;
        }
        if let Some(start) = call.strip_suffix(" <unfinished ...>") {
            let sync = self.begin_sync(start);
            self.begun.insert(thread.to_owned(), (start.to_owned(), sync));
            return;
        }
        if let Some(rest) = call.strip_prefix("<... ") {
            let Some((_, end)) = rest.split_once(" resumed>") else { return };
            let Some((start, sync)) = self.begun.remove(thread) else { return };
            return self.call(&(start + end), sync);
        }
        let sync = self.begin_sync(call);
        self.call(call, sync);
    }

    /// What a sync makes durable is what was there when it began.
    fn begin_sync(&mut self, call: &str) -> Option<usize> {
        let (name, rest) = call.split_once('(')?;
        if !matches!(name, "fsync" | "fdatasync") {
            return None;
        }
        let path = self.below(&path_of_fd(rest)?)?;
        self.n_syncs += 1;
        self.ops.push(Op::BeginSync(path, self.n_syncs));
        Some(self.n_syncs)
    }

    fn below(&self, path: &Path) -> Option<PathBuf> {
        let path = path.strip_prefix(&self.root).ok()?;
        // A socket holds nothing; a stale one, or none, is a matter of course.
        path.file_name().is_none_or(|name| name != "control.sock").then(|| path.to_owned())
    }

    fn call(&mut self, call: &str, sync: Option<usize>) {
        let Some((name, rest)) = call.split_once('(') else { return };
        let Some((args, result)) = rest.rsplit_once(" = ") else { return };
        if result.starts_with('-') {
            return;
        }
        let args: Vec<&str> = split_args(args.trim_end().trim_end_matches(')'));
        let n_bytes = result.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("").parse().unwrap_or(0);
        if let Some(op) = self.op(name, &args, n_bytes, sync) {
            self.ops.push(op);
        }
        if name == "openat" && args.get(2).is_some_and(|flags| flags.contains("O_TRUNC")) {
            let path = at(args[0], args[1]).and_then(|path| self.below(&path));
            self.ops.extend(path.map(|path| Op::Cut(path, 0)));
        }
    }

    fn op(&self, name: &str, args: &[&str], n_bytes: usize, sync: Option<usize>) -> Option<Op> {
        let fd = || self.below(&path_of_fd(args.first()?)?);
        let plain = |arg: usize| self.below(&bytes_to_path(unquote(args.get(arg)?)?));
        let placed = |arg: usize| self.below(&at(args.get(arg)?, args.get(arg + 1)?)?);
        let number = |arg: usize| args.get(arg)?.parse::<usize>().ok();
        Some(match name {
            "openat" if args.get(2)?.contains("O_CREAT") => Op::Create(placed(0)?),
            "write" => Op::Write(fd()?, None, cut(unquote(args.get(1)?)?, n_bytes)),
            "writev" => Op::Write(fd()?, None, cut(pieces(args), n_bytes)),
            "pwrite64" => Op::Write(fd()?, Some(number(3)?), cut(unquote(args.get(1)?)?, n_bytes)),
            "ftruncate" => Op::Cut(fd()?, number(1)?),
            "fsync" | "fdatasync" => Op::EndSync(fd()?, sync?),
            "rename" => Op::Rename(plain(0)?, plain(1)?),
            "renameat" | "renameat2" => Op::Rename(placed(0)?, placed(2)?),
            "link" => Op::Link(plain(0)?, plain(1)?),
            "linkat" => Op::Link(placed(0)?, placed(2)?),
            "unlink" | "rmdir" => Op::Remove(plain(0)?),
            "unlinkat" => Op::Remove(placed(0)?),
            "mkdir" => Op::MakeFolder(plain(0)?),
            "mkdirat" => Op::MakeFolder(placed(0)?),
            "openat" => return None,
            // A call that the model does not know must not pass in silence.
            other if fd().is_some() || plain(0).is_some() => panic!("{other} is not modelled: {args:?}"),
            _ => return None,
        })
    }
}

/// Arguments, split at commas outside quotes.
fn split_args(args: &str) -> Vec<&str> {
    let mut quoted = false;
    args.split(|c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    })
    .map(str::trim)
    .collect()
}

/// The bytes of `[{iov_base="\x61", iov_len=1}, …]`.
fn pieces(args: &[&str]) -> Vec<u8> {
    let bases = args.iter().filter_map(|arg| arg.split_once("iov_base="));
    bases.flat_map(|(_, quoted)| unquote(quoted).unwrap()).collect()
}

/// `"\x61\x62"` as bytes.
fn unquote(text: &str) -> Option<Vec<u8>> {
    Some(unescape(text.strip_prefix('"')?.strip_suffix('"')?))
}

fn unescape(text: &str) -> Vec<u8> {
    if !text.starts_with("\\x") {
        return text.as_bytes().to_vec();
    }
    text.split("\\x").skip(1).map(|hex| u8::from_str_radix(hex, 16).unwrap()).collect()
}

fn bytes_to_path(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

/// The path behind `7<\x2f…>` or `AT_FDCWD<\x2f…>`.
fn path_of_fd(arg: &str) -> Option<PathBuf> {
    let (_, rest) = arg.split_once('<')?;
    let (path, rest) = rest.split_once('>')?;
    // What is done to a file without a name is of no consequence.
    if rest.starts_with("(deleted)") {
        return None;
    }
    Some(bytes_to_path(unescape(path)))
}

fn at(folder: &str, name: &str) -> Option<PathBuf> {
    Some(path_of_fd(folder)?.join(bytes_to_path(unquote(name)?)))
}

fn cut(mut bytes: Vec<u8>, n_bytes: usize) -> Vec<u8> {
    bytes.truncate(n_bytes);
    bytes
}

/// A model that ops are done to, one after the other.
pub struct Replay {
    pub volume: Volume,
    syncs: HashMap<usize, Sync>,
}

impl Replay {
    pub fn on(volume: Volume) -> Replay {
        Replay { volume, syncs: HashMap::new() }
    }

    /// Does an op once more.
    pub fn step(&mut self, op: &Op) {
        let volume = &mut self.volume;
        let done = match op {
            Op::Create(path) => volume.create(path),
            Op::Cut(path, length) => volume.file(path, "cut").map(|file| {
                if file.bytes().len() != *length {
                    file.cut(*length);
                }
            }),
            Op::Write(path, at, bytes) => volume.file(path, "write").map(|file| {
                let at = at.unwrap_or(file.bytes().len());
                file.write(at, bytes);
            }),
            Op::BeginSync(path, number) => volume.begin_sync(path).map(|sync| {
                self.syncs.insert(*number, sync);
            }),
            Op::EndSync(_, number) => {
                if let Some(sync) = self.syncs.remove(number) {
                    volume.end_sync(&sync);
                }
                Ok(())
            }
            Op::Rename(from, to) => volume.rename(from, to),
            Op::Link(from, to) => volume.link(from, to),
            Op::Remove(path) => volume.remove(path),
            Op::MakeFolder(path) => volume.make_folder(path),
        };
        assert_eq!(done, Ok(()), "the model and the log disagree at {op:?}");
    }
}
