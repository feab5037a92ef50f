//! A disk on which a journal is replayed.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context, bail};

use super::Cut;
use super::file::File;
use super::folder::{Change, Folder};
use super::tree::{Node, Tree};
use crate::record::{Record, decode};

/// What a journal told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Writes.
    pub writes: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Syncs of files and folders that were over.
    pub syncs: u64,
    /// Calls that ask the kernel to write and make nothing durable.
    pub range_syncs: u64,
}

/// Whether a disk keeps what a sync promised.
///
/// A rig that finds nothing lost proves something only if it would have found a loss. Its control
/// is therefore the same rig, with the same build under the same load, on a disk that ignores
/// syncs: it acknowledges them and keeps nothing, so that what was acknowledged is lost and the rig
/// has to say so. The loss is made here and not in the store, since a store that can be told to
/// acknowledge before it syncs could be told so by mistake.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Syncs {
    /// What a finished sync covers is durable.
    #[default]
    Kept,
    /// No sync of a file or folder counts: it is as if none had happened.
    Ignored,
}

/// The disk.
#[derive(Debug, Clone)]
pub struct Disk<'a> {
    /// The path of the folder, which every path in a journal begins with.
    root: String,
    tree: Tree<'a>,
    /// The shim's numbers.
    numbers: HashMap<u32, usize>,
    /// What becomes of the syncs that have ended.
    promise: Syncs,
    /// Syncs that have begun: what they are of, and how many changes they cover.
    syncs: HashMap<u64, (usize, usize)>,
    /// What there was in the journal.
    pub counts: Counts,
}

impl<'a> Disk<'a> {
    /// A disk with a folder on it, all of it durable.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn holding(folder: &Path) -> std::io::Result<Self> {
        let root = folder.to_string_lossy().into_owned();
        Ok(Self {
            root,
            tree: Tree::of(folder)?,
            numbers: HashMap::new(),
            promise: Syncs::default(),
            syncs: HashMap::new(),
            counts: Counts::default(),
        })
    }

    /// The same disk for a journal that calls the folder by another path.
    #[must_use]
    pub fn moved_to(mut self, folder: &Path) -> Self {
        self.root = folder.to_string_lossy().into_owned();
        self
    }

    /// The same disk, keeping its promises or not.
    #[must_use]
    pub fn with_syncs(mut self, promise: Syncs) -> Self {
        self.promise = promise;
        self
    }

    /// Does what a journal says.
    ///
    /// # Errors
    /// What in it cannot be modelled; nothing may be concluded then.
    pub fn replay(&mut self, journal: &'a [u8]) -> anyhow::Result<()> {
        decode(journal).try_for_each(|record| self.apply(&record.map_err(anyhow::Error::msg)?))
    }

    /// What a cut leaves: path below the folder → content, nothing for folders.
    #[must_use]
    pub fn after(&self, cut: Cut) -> BTreeMap<String, Option<Vec<u8>>> {
        self.tree.after(cut)
    }

    fn apply(&mut self, record: &Record<'a>) -> anyhow::Result<()> {
        match *record {
            Record::Opened { node, created, path } => self.opened(node, created, path),
            Record::Write { node, offset, bytes } => {
                self.counts.writes += 1;
                self.counts.bytes += bytes.len() as u64;
                self.file(node).map(|file| file.write(offset, bytes))
            }
            Record::Truncate { node, len } => self.file(node).map(|file| file.set_len(len)),
            Record::SyncBegins { node, ticket } => {
                let at = self.numbered(node)?;
                // What is written while the sync runs may miss it, so the changes are counted as it
                // begins.
                let covers = match self.tree.node(at) {
                    Node::File(file) => file.changes(),
                    Node::Folder(folder) => folder.changes(),
                };

                self.syncs.insert(ticket, (at, covers));
                Ok(())
            }
            Record::SyncEnds { ticket } => {
                self.counts.syncs += 1;
                let (at, covers) =
                    self.syncs.remove(&ticket).context("a sync ended that never began")?;

                match (self.promise, self.tree.node_mut(at)) {
                    (Syncs::Kept, Node::File(file)) => file.sync(covers),
                    (Syncs::Kept, Node::Folder(folder)) => folder.sync(covers),
                    (Syncs::Ignored, _) => {}
                }
                Ok(())
            }
            Record::RangeSync { .. } => {
                self.counts.range_syncs += 1;
                Ok(())
            }
            Record::Rename { from, to } => self.renamed(from, to),
            Record::Link { from, to } => {
                let node = self.find(from)?;
                self.change(to, |name| Change::Put(name, node))
            }
            Record::Unlink { path } | Record::RemoveDir { path } => self.change(path, Change::Drop),
            Record::MakeDir { path } => {
                let node = self.tree.add(Node::Folder(Folder::default()));
                self.change(path, |name| Change::Put(name, node))
            }
            Record::Unmodelled { what } => {
                bail!("the process used {what}, of which there is no model")
            }
        }
    }

    fn opened(&mut self, number: u32, created: bool, path: &str) -> anyhow::Result<()> {
        let at = if created {
            let node = self.tree.add(Node::File(File::default()));
            self.change(path, |name| Change::Put(name, node))?;
            node
        } else {
            self.find(path)?
        };

        self.numbers.insert(number, at);
        Ok(())
    }

    /// A move within a folder is one change. One from folder to folder is two, and either may be
    /// lost without the other.
    fn renamed(&mut self, from: &str, to: &str) -> anyhow::Result<()> {
        let node = self.find(from)?;
        let (old, new) = (self.split(from)?, self.split(to)?);
        if old.0 == new.0 {
            return self.change(to, |name| Change::Move(old.1, name));
        }

        self.change(to, |name| Change::Put(name, node))?;
        self.change(from, Change::Drop)
    }

    fn change(&mut self, path: &str, change: impl FnOnce(String) -> Change) -> anyhow::Result<()> {
        let (folder, name) = self.split(path)?;
        match self.tree.node_mut(folder) {
            Node::Folder(folder) => {
                folder.change(change(name));
                Ok(())
            }
            Node::File(_) => bail!("{path} lies in a file"),
        }
    }

    /// The folder that a path's last name is in, and that name.
    fn split(&self, path: &str) -> anyhow::Result<(usize, String)> {
        let (folder, name) =
            path.rsplit_once('/').with_context(|| format!("{path} is not absolute"))?;
        Ok((self.find(folder)?, name.to_owned()))
    }

    /// What a path leads to now.
    fn find(&self, path: &str) -> anyhow::Result<usize> {
        let rest = path
            .strip_prefix(&self.root)
            .with_context(|| format!("{path} is not below {}", self.root))?;

        rest.split('/').filter(|name| !name.is_empty()).try_fold(0, |at, name| {
            match self.tree.node(at) {
                Node::Folder(folder) => folder.entry(name).with_context(|| {
                    format!("{path}: the journal does not say where it comes from")
                }),
                Node::File(_) => bail!("{path} lies in a file"),
            }
        })
    }

    fn numbered(&self, number: u32) -> anyhow::Result<usize> {
        self.numbers
            .get(&number)
            .copied()
            .with_context(|| format!("file {number} was never opened"))
    }

    fn file(&mut self, number: u32) -> anyhow::Result<&mut File<'a>> {
        let at = self.numbered(number)?;
        match self.tree.node_mut(at) {
            Node::File(file) => Ok(file),
            Node::Folder(_) => bail!("file {number} is a folder"),
        }
    }
}
