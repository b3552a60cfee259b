//! The root folder, held open, and the only way to anything below it.
//!
//! Every path is resolved beneath the open root without following a link (`openat2`, or component by component
//! where the kernel has no `openat2`), so swapping a folder for a link in mid-air leads nowhere.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use copydesk_core::FileStamp;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, ResolveFlags, Stat, StatFs};
use rustix::io::Errno;

use crate::names;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    Symlink,
    Fifo,
    Socket,
    Device,
}

impl From<FileType> for Kind {
    fn from(file_type: FileType) -> Kind {
        match file_type {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Symlink,
            FileType::Fifo => Kind::Fifo,
            FileType::Socket => Kind::Socket,
            _ => Kind::Device,
        }
    }
}

/// An entry as the file system describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) stamp: FileStamp,
}

impl Found {
    pub(crate) fn of(stat: &Stat) -> Found {
        let at = |seconds, ns| i128::from(seconds) * 1_000_000_000 + i128::from(ns);
        Found {
            kind: FileType::from_raw_mode(stat.st_mode).into(),
            stamp: FileStamp {
                dev: stat.st_dev,
                ino: stat.st_ino,
                size: u64::try_from(stat.st_size).unwrap_or(0),
                mtime_ns: at(stat.st_mtime, stat.st_mtime_nsec),
                ctime_ns: at(stat.st_ctime, stat.st_ctime_nsec),
            },
        }
    }

    /// Device and inode.
    pub(crate) fn id(&self) -> (u64, u64) {
        (self.stamp.dev, self.stamp.ino)
    }
}

/// The folder that everything is below.
#[derive(Debug)]
pub(crate) struct Root {
    fd: OwnedFd,
    path: PathBuf,
    id: (u64, u64),
    /// True once `openat2` turned out not to be there.
    by_steps: AtomicBool,
}

const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC);

impl Root {
    /// Opens the folder at `path`, which may itself be reached through links.
    pub(crate) fn open(path: &Path) -> io::Result<Root> {
        let path = path.canonicalize()?;
        let fd = rustix::fs::openat(CWD, &path, FOLDER, Mode::empty())?;
        let id = Found::of(&rustix::fs::fstat(&fd)?).id();
        Ok(Root { fd, path, id, by_steps: AtomicBool::new(false) })
    }

    /// Its path, without links.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Its device and inode.
    pub(crate) fn id(&self) -> (u64, u64) {
        self.id
    }

    pub(crate) fn fd(&self) -> &OwnedFd {
        &self.fd
    }

    /// True if its path still leads to it.
    pub(crate) fn is_in_place(&self) -> bool {
        rustix::fs::stat(&self.path).is_ok_and(|stat| Found::of(&stat).id() == self.id)
    }

    /// Opens what lies at `path` below the root; the root itself for the empty path.
    pub(crate) fn open_below(&self, path: &[u8], flags: OFlags) -> Result<OwnedFd, Errno> {
        let mut flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        if !flags.contains(OFlags::PATH) {
            // A FIFO that took a file's place would block, and a terminal take hold of the process.
            flags |= OFlags::NONBLOCK | OFlags::NOCTTY;
        }
        let path = if path.is_empty() { b"." } else { path };
        if !self.by_steps.load(Ordering::Relaxed) {
            let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
            match rustix::fs::openat2(&self.fd, path, flags, Mode::empty(), resolve) {
                // An old kernel, or a container's filter that does not know the call.
                Err(Errno::NOSYS | Errno::PERM) => {
                    let opened = self.open_by_steps(path, flags);
                    if opened.is_ok() {
                        self.by_steps.store(true, Ordering::Relaxed);
                    }
                    return opened;
                }
                result => return result,
            }
        }
        self.open_by_steps(path, flags)
    }

    fn open_by_steps(&self, path: &[u8], flags: OFlags) -> Result<OwnedFd, Errno> {
        let (folder, name) = names::split(path);
        let mut fd: Option<OwnedFd> = None;
        if path.split(|&byte| byte == b'/').any(|step| step == b"..") {
            return Err(Errno::XDEV);
        }
        for step in folder.split(|&byte| byte == b'/').filter(|step| !step.is_empty()) {
            let at = fd.as_ref().map_or(self.fd.as_fd(), AsFd::as_fd);
            fd = Some(rustix::fs::openat(at, step, FOLDER | OFlags::PATH | OFlags::NOFOLLOW, Mode::empty())?);
        }
        let at = fd.as_ref().map_or(self.fd.as_fd(), AsFd::as_fd);
        rustix::fs::openat(at, name, flags, Mode::empty())
    }

    /// Opens the folder at `path` for listing.
    pub(crate) fn open_folder(&self, path: &[u8]) -> Result<(OwnedFd, Found), Errno> {
        let fd = self.open_below(path, OFlags::RDONLY | OFlags::DIRECTORY)?;
        let found = Found::of(&rustix::fs::fstat(&fd)?);
        Ok((fd, found))
    }

    /// What lies at `path`, not following it if it is a link; `None` if nothing does.
    pub(crate) fn look(&self, path: &[u8]) -> Result<Option<Found>, Errno> {
        let stat = if path.contains(&b'/') {
            self.open_below(path, OFlags::PATH).and_then(rustix::fs::fstat)
        } else {
            rustix::fs::statat(&self.fd, path, AtFlags::SYMLINK_NOFOLLOW)
        };
        found_or_none(stat)
    }
}

/// What lies at `name` in the open folder; `None` if nothing does.
pub(crate) fn look_in(folder: impl AsFd, name: &[u8]) -> Result<Option<Found>, Errno> {
    found_or_none(rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW))
}

fn found_or_none(stat: Result<Stat, Errno>) -> Result<Option<Found>, Errno> {
    match stat {
        Ok(stat) => Ok(Some(Found::of(&stat))),
        // A folder on the way was taken away, or swapped for a file or a link.
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::XDEV) => Ok(None),
        Err(errno) => Err(errno),
    }
}

/// True if the file system is one that tells no local events of what other machines do.
pub(crate) fn is_remote(folder: impl AsFd) -> bool {
    rustix::fs::fstatfs(folder).is_ok_and(|statfs| is_remote_type(&statfs))
}

fn is_remote_type(statfs: &StatFs) -> bool {
    const REMOTE: [u32; 15] = [
        0x6969,      // NFS
        0x517b,      // SMB
        0xff53_4d42, // CIFS
        0xfe53_4d42, // SMB 2
        0x0102_1997, // 9p
        0x6573_5546, // FUSE, virtiofs
        0x5346_414f, // AFS
        0x6b41_4653, // kAFS
        0x7375_7245, // Coda
        0x00c3_6400, // Ceph
        0x0bd0_0bd0, // Lustre
        0x0116_1970, // GFS2
        0x7461_636f, // OCFS2
        0x4750_4653, // GPFS
        0x786f_4256, // VirtualBox
    ];
    u32::try_from(statfs.f_type & 0xffff_ffff).is_ok_and(|magic| REMOTE.contains(&magic))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn both_ways(root: &Path) -> [Root; 2] {
        let by_steps = Root::open(root).unwrap();
        by_steps.by_steps.store(true, Ordering::Relaxed);
        [Root::open(root).unwrap(), by_steps]
    }

    #[test]
    fn no_link_is_followed_with_or_without_openat2() {
        let dir = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "secret").unwrap();
        fs::create_dir(dir.path().join("a")).unwrap();
        fs::write(dir.path().join("a/b"), "text").unwrap();
        std::os::unix::fs::symlink(outside.path(), dir.path().join("link")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret"), dir.path().join("a/s")).unwrap();
        for root in both_ways(dir.path()) {
            assert!(root.open_below(b"a/b", OFlags::RDONLY).is_ok());
            assert!(root.open_below(b"", OFlags::RDONLY | OFlags::DIRECTORY).is_ok());
            for path in [&b"link/secret"[..], b"a/s", b"link", b"a/../../x/secret"] {
                let opened = root.open_below(path, OFlags::RDONLY);
                assert!(opened.is_err(), "{}", names::shown(path));
            }
            assert_eq!(root.look(b"link/secret").unwrap(), None);
            assert_eq!(root.look(b"a/s").unwrap().unwrap().kind, Kind::Symlink);
            assert_eq!(root.look(b"link").unwrap().unwrap().kind, Kind::Symlink);
            assert_eq!(root.look(b"a/b").unwrap().unwrap().kind, Kind::File);
            assert_eq!(root.look(b"a/c").unwrap(), None);
        }
    }

    #[test]
    fn a_root_behind_a_link_is_resolved_once() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().join("real");
        fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, dir.path().join("in")).unwrap();
        let root = Root::open(&dir.path().join("in")).unwrap();
        assert_eq!(root.path(), real.canonicalize().unwrap());
        assert!(root.is_in_place());
        fs::remove_dir(&real).unwrap();
        assert!(!root.is_in_place());
        fs::create_dir(&real).unwrap();
        let _other = fs::create_dir(dir.path().join("other"));
        assert!(!is_remote(root.fd()));
    }
}
