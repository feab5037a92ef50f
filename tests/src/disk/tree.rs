//! The files and folders of a disk, each under a number of its own.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use super::Cut;
use super::file::File;
use super::folder::Folder;
use crate::chance::Chance;

/// A file or folder.
#[derive(Debug, Clone)]
pub(super) enum Node<'a> {
    File(File<'a>),
    Folder(Folder),
}

/// Files and folders.
#[derive(Debug, Clone)]
pub(super) struct Tree<'a> {
    /// The first one is the folder that everything lies in.
    nodes: Vec<Node<'a>>,
}

#[expect(
    clippy::indexing_slicing,
    reason = "a number is given out for a node that is there, and nodes are never removed"
)]
impl<'a> Tree<'a> {
    /// A folder with everything below it, all of it durable.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        let mut tree = Self { nodes: Vec::new() };
        tree.load(folder)?;
        Ok(tree)
    }

    pub(super) fn add(&mut self, node: Node<'a>) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    pub(super) fn node(&self, at: usize) -> &Node<'a> {
        &self.nodes[at]
    }

    pub(super) fn node_mut(&mut self, at: usize) -> &mut Node<'a> {
        &mut self.nodes[at]
    }

    /// Takes in a folder with everything below it.
    fn load(&mut self, folder: &Path) -> io::Result<usize> {
        // The folder is added before what is in it: the one that everything lies in has to be the
        // first node.
        let at = self.add(Node::Folder(Folder::default()));
        let mut names = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let node = if entry.file_type()?.is_dir() {
                self.load(&entry.path())?
            } else {
                self.add(Node::File(File::durable(fs::read(entry.path())?)))
            };
            names.insert(entry.file_name().to_string_lossy().into_owned(), node);
        }

        if let Some(place) = self.nodes.get_mut(at) {
            *place = Node::Folder(Folder::durable(names));
        }
        Ok(at)
    }

    /// What a cut leaves: path below the folder → content, nothing for folders.
    pub(super) fn after(&self, cut: Cut) -> BTreeMap<String, Option<Vec<u8>>> {
        let seed = if let Cut::Some(seed) = cut { seed } else { 0 };
        let mut left = BTreeMap::new();
        self.collect(0, "", cut, &mut Chance::of(seed), &mut left);
        left
    }

    fn collect(
        &self,
        at: usize,
        path: &str,
        cut: Cut,
        chance: &mut Chance,
        left: &mut BTreeMap<String, Option<Vec<u8>>>,
    ) {
        match self.nodes.get(at) {
            Some(Node::File(file)) => {
                left.insert(path.to_owned(), Some(file.after(cut, &mut chance.fork())));
            }
            Some(Node::Folder(folder)) => {
                if !path.is_empty() {
                    left.insert(path.to_owned(), None);
                }

                for (name, node) in folder.after(cut, &mut chance.fork()) {
                    let below = if path.is_empty() { name } else { format!("{path}/{name}") };
                    self.collect(node, &below, cut, chance, left);
                }
            }
            None => {}
        }
    }
}
