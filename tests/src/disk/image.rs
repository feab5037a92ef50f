//! Folders from and to the disk that this process runs on.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use super::{Cut, Disk, File, Folder, Node};
use crate::chance::Chance;

impl Disk<'_> {
    /// Takes in a folder with everything below it.
    pub(super) fn load(&mut self, folder: &Path) -> io::Result<usize> {
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
    #[must_use]
    pub fn after(&self, cut: Cut) -> BTreeMap<String, Option<Vec<u8>>> {
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

/// Puts what a cut left in the place of a folder's content.
///
/// # Errors
/// Where the folder cannot be written.
pub fn write(folder: &Path, left: &BTreeMap<String, Option<Vec<u8>>>) -> io::Result<()> {
    fs::remove_dir_all(folder)?;
    fs::create_dir(folder)?;

    for (path, content) in left {
        match content {
            // Folders sort before what is in them.
            None => fs::create_dir(folder.join(path))?,
            Some(content) => fs::write(folder.join(path), content)?,
        }
    }
    Ok(())
}
