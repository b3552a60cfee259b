//! A file system that loses power: folders and files, and what of them is durable.
//!
//! A file's data is durable after a sync of the file; a name is durable after a sync of its folder, and not
//! with the file (which is weaker than what ext4 and XFS do). A rename is one step: both of its names change
//! or none. Steps that are not durable happen on disk in the order they were made, up to any of them, as a
//! journal does it; or, if asked for, any of them without the others.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::DiskFile;

/// A file or a folder of a [`Volume`], by number.
type NodeId = usize;
type Names = BTreeMap<Vec<u8>, NodeId>;
/// The bytes of a file, or the names in a folder.
type Found = (Option<Vec<u8>>, Option<Names>);

#[derive(Debug, Clone)]
enum Node {
    File(DiskFile),
    /// The names that programs see, and those on disk.
    Folder {
        cached: Names,
        durable: Names,
    },
}

/// A name that comes to lead to a node, or to none.
#[derive(Debug, Clone)]
struct Step {
    number: usize,
    changes: Vec<(NodeId, Vec<u8>, Option<NodeId>)>,
}

/// A file system in memory.
#[derive(Debug, Clone)]
pub struct Volume {
    nodes: Vec<Node>,
    /// Those that are not durable.
    steps: Vec<Step>,
    n_steps: usize,
}

/// What a volume holds: file contents by path, `None` for a folder.
pub type Tree = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// Something done to a volume that had no right to succeed, as `what` of `path`.
#[derive(Debug, PartialEq, Eq)]
pub struct Impossible {
    /// What was done.
    pub what: &'static str,
    /// To which path.
    pub path: PathBuf,
}

const ROOT: NodeId = 0;
/// Bytes that a disk writes whole or not at all.
const SECTOR: usize = 512;

impl Volume {
    /// A volume that holds this durably. Paths are relative to its root.
    pub fn holding(tree: &Tree) -> Volume {
        let folder = Node::Folder { cached: Names::new(), durable: Names::new() };
        let mut volume = Volume { nodes: vec![folder], steps: Vec::new(), n_steps: 0 };
        for (path, content) in tree {
            let made = match content {
                Some(bytes) => volume.create(path).map(|()| volume.write_all(path, bytes)),
                None => volume.make_folder(path),
            };
            assert_eq!(made, Ok(()), "a tree has the folders of its files");
        }
        volume.sync_everything();
        volume
    }

    fn write_all(&mut self, path: &Path, bytes: &[u8]) {
        if let Ok(file) = self.file(path, "write") {
            file.write(0, bytes);
        }
    }

    fn sync_everything(&mut self) {
        for node in &mut self.nodes {
            match node {
                Node::File(file) => file.sync(),
                Node::Folder { cached, durable } => durable.clone_from(cached),
            }
        }
        self.steps.clear();
    }

    fn find(&self, path: &Path) -> Option<NodeId> {
        let mut at = ROOT;
        for part in path.components() {
            let Component::Normal(name) = part else { continue };
            let Node::Folder { cached, .. } = &self.nodes[at] else { return None };
            at = *cached.get(name.as_encoded_bytes())?;
        }
        Some(at)
    }

    fn place(&self, path: &Path, what: &'static str) -> Result<(NodeId, Vec<u8>), Impossible> {
        let impossible = || Impossible { what, path: path.to_owned() };
        let name = path.file_name().ok_or_else(impossible)?.as_encoded_bytes().to_vec();
        let folder = self.find(path.parent().unwrap_or(Path::new(""))).ok_or_else(impossible)?;
        Ok((folder, name))
    }

    fn step(&mut self, changes: Vec<(NodeId, Vec<u8>, Option<NodeId>)>) {
        for (folder, name, node) in &changes {
            if let Node::Folder { cached, .. } = &mut self.nodes[*folder] {
                set(cached, name, *node);
            }
        }
        self.steps.push(Step { number: self.n_steps, changes });
        self.n_steps += 1;
    }

    /// True if there is something at this path.
    pub fn exists(&self, path: &Path) -> bool {
        self.find(path).is_some()
    }

    /// The file at a path.
    pub fn file(&mut self, path: &Path, what: &'static str) -> Result<&mut DiskFile, Impossible> {
        let found = self.find(path);
        match found.map(|id| &mut self.nodes[id]) {
            Some(Node::File(file)) => Ok(file),
            _ => Err(Impossible { what, path: path.to_owned() }),
        }
    }

    /// Creates an empty file, if there is none.
    pub fn create(&mut self, path: &Path) -> Result<(), Impossible> {
        if self.exists(path) {
            return Ok(());
        }
        let (folder, name) = self.place(path, "create")?;
        self.nodes.push(Node::File(DiskFile::default()));
        self.step(vec![(folder, name, Some(self.nodes.len() - 1))]);
        Ok(())
    }

    /// Creates a folder.
    pub fn make_folder(&mut self, path: &Path) -> Result<(), Impossible> {
        let (folder, name) = self.place(path, "make a folder")?;
        self.nodes.push(Node::Folder { cached: Names::new(), durable: Names::new() });
        self.step(vec![(folder, name, Some(self.nodes.len() - 1))]);
        Ok(())
    }

    /// Renames, and replaces what has the new name.
    pub fn rename(&mut self, from: &Path, to: &Path) -> Result<(), Impossible> {
        let node = self.find(from).ok_or_else(|| Impossible { what: "rename", path: from.to_owned() })?;
        let (old_folder, old_name) = self.place(from, "rename")?;
        let (new_folder, new_name) = self.place(to, "rename")?;
        self.step(vec![(old_folder, old_name, None), (new_folder, new_name, Some(node))]);
        Ok(())
    }

    /// Gives a file one more name.
    pub fn link(&mut self, from: &Path, to: &Path) -> Result<(), Impossible> {
        let node = self.find(from).ok_or_else(|| Impossible { what: "link", path: from.to_owned() })?;
        let (folder, name) = self.place(to, "link")?;
        self.step(vec![(folder, name, Some(node))]);
        Ok(())
    }

    /// Takes a name away.
    pub fn remove(&mut self, path: &Path) -> Result<(), Impossible> {
        self.find(path).ok_or_else(|| Impossible { what: "remove", path: path.to_owned() })?;
        let (folder, name) = self.place(path, "remove")?;
        self.step(vec![(folder, name, None)]);
        Ok(())
    }

    /// What a sync of this path that begins now will make durable.
    pub fn begin_sync(&self, path: &Path) -> Result<Sync, Impossible> {
        let node = self.find(path).ok_or_else(|| Impossible { what: "sync", path: path.to_owned() })?;
        let n_changes = match &self.nodes[node] {
            Node::File(file) => file.n_changes(),
            Node::Folder { .. } => 0,
        };
        Ok(Sync { node, n_changes, n_steps: self.n_steps })
    }

    /// The end of a sync.
    pub fn end_sync(&mut self, sync: &Sync) {
        let Sync { node, n_changes, n_steps } = *sync;
        if let Node::File(file) = &mut self.nodes[node] {
            file.sync_until(n_changes);
            return;
        }
        for step in std::mem::take(&mut self.steps) {
            if step.number < n_steps && step.changes.iter().any(|(folder, ..)| *folder == node) {
                self.settle(&step);
            } else {
                self.steps.push(step);
            }
        }
    }

    fn settle(&mut self, step: &Step) {
        for (folder, name, node) in &step.changes {
            if let Node::Folder { durable, .. } = &mut self.nodes[*folder] {
                set(durable, name, *node);
            }
        }
    }

    /// What programs see.
    pub fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        self.gather(ROOT, Path::new(""), &mut tree, &mut |node| match node {
            Node::File(file) => (Some(file.bytes().to_vec()), None),
            Node::Folder { cached, .. } => (None, Some(cached.clone())),
        });
        tree
    }

    /// What is there after a power loss. `choose(n)` says which of `n` things happened. With `journal`, names
    /// change on disk in the order they changed; else in none.
    pub fn after_power_loss(&self, journal: bool, choose: &mut dyn FnMut(u64) -> u64) -> Tree {
        let mut left = self.clone();
        let n_steps = choose(self.steps.len() as u64 + 1) as usize;
        let mut kept: Vec<Step> = self.steps.clone();
        if journal {
            kept.truncate(n_steps);
        } else {
            kept.retain(|_| choose(2) == 0);
        }
        for step in &kept {
            left.settle(step);
        }
        let mut tree = Tree::new();
        left.gather(ROOT, Path::new(""), &mut tree, &mut |node| match node {
            Node::File(file) => (Some(file.after_power_loss(SECTOR, choose)), None),
            Node::Folder { durable, .. } => (None, Some(durable.clone())),
        });
        tree
    }

    fn gather(&self, at: NodeId, path: &Path, tree: &mut Tree, look: &mut dyn FnMut(&Node) -> Found) {
        let (bytes, names) = look(&self.nodes[at]);
        if at != ROOT {
            tree.insert(path.to_owned(), bytes);
        }
        for (name, node) in names.into_iter().flatten() {
            use std::os::unix::ffi::OsStrExt;
            let path = path.join(std::ffi::OsStr::from_bytes(&name));
            // A folder that a lost rename left in two places would be in the tree twice; its files are the same.
            if path.components().count() < 20 {
                self.gather(node, &path, tree, look);
            }
        }
    }
}

/// A sync under way: see [`Volume::begin_sync`].
#[derive(Debug, Clone, Copy)]
pub struct Sync {
    node: NodeId,
    n_changes: usize,
    n_steps: usize,
}

fn set(names: &mut Names, name: &[u8], node: Option<NodeId>) {
    match node {
        Some(node) => names.insert(name.to_vec(), node),
        None => names.remove(name),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sync(volume: &mut Volume, path: &str) {
        let sync = volume.begin_sync(Path::new(path)).unwrap();
        volume.end_sync(&sync);
    }

    #[test]
    fn a_name_is_durable_with_its_folder_and_data_with_its_file() {
        let mut volume =
            Volume::holding(&Tree::from([("d".into(), None), ("d/a".into(), Some(b"old".into()))]));
        volume.create(Path::new("d/a.tmp")).unwrap();
        volume.file(Path::new("d/a.tmp"), "write").unwrap().write(0, b"new");
        volume.rename(Path::new("d/a.tmp"), Path::new("d/a")).unwrap();
        assert_eq!(volume.tree()[Path::new("d/a")], Some(b"new".to_vec()));
        let lost = |volume: &Volume, n: u64| volume.after_power_loss(true, &mut |below| n % below);
        assert_eq!(lost(&volume, 0)[Path::new("d/a")], Some(b"old".to_vec()));
        // The names came, the data did not: why one syncs before one renames.
        sync(&mut volume, "d");
        assert_eq!(lost(&volume, 0)[Path::new("d/a")], Some(Vec::new()));
        sync(&mut volume, "d/a");
        assert_eq!(lost(&volume, 0)[Path::new("d/a")], Some(b"new".to_vec()));
        assert!(!lost(&volume, 0).contains_key(Path::new("d/a.tmp")));
    }

    #[test]
    fn a_new_folder_is_lost_with_all_in_it_unless_its_parent_is_synced() {
        let mut volume = Volume::holding(&Tree::new());
        volume.make_folder(Path::new("new")).unwrap();
        volume.create(Path::new("new/a")).unwrap();
        sync(&mut volume, "new/a");
        sync(&mut volume, "new");
        assert!(volume.after_power_loss(true, &mut |_| 0).is_empty());
        sync(&mut volume, "");
        assert_eq!(volume.after_power_loss(true, &mut |_| 0).len(), 2);
    }
}
