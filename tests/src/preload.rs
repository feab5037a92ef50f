//! Runs a process under the preload shim and takes the power away from it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::disk::{Counts, Cut, Disk, Syncs, write};
use crate::host::{Home, Host};
use crate::place;
use crate::record::{FULL, JOURNAL, WATCHED};

/// A folder whose power can be cut.
#[derive(Debug)]
pub struct Rack {
    folder: PathBuf,
    /// The folder as it was when the power last came on.
    before: PathBuf,
    journal: PathBuf,
    /// While this file is there, the disk is full.
    full: PathBuf,
    /// Whether its disk keeps what a sync promised.
    syncs: Syncs,
}

impl Rack {
    /// A rack for `folder`, which must exist; its own files go beside it.
    ///
    /// # Errors
    /// Where the folder is nowhere.
    pub fn around(folder: &Path) -> anyhow::Result<Self> {
        let beside = folder.parent().context("the folder has no parent")?;
        Ok(Self {
            folder: folder.to_owned(),
            before: beside.join("before-power"),
            journal: beside.join("journal"),
            full: beside.join("disk-full"),
            syncs: Syncs::default(),
        })
    }

    /// The same rack, whose disk keeps what syncs promise or not.
    #[must_use]
    pub fn with_syncs(mut self, syncs: Syncs) -> Self {
        self.syncs = syncs;
        self
    }

    /// A rack around a server's home, and the server, started with the power on.
    ///
    /// # Errors
    /// Where one of both cannot be had.
    pub fn serve(home: &Home, log: &Path) -> anyhow::Result<(Self, Host)> {
        let rack = Self::around(home.folder())?;
        let mut command = home.server()?;
        rack.power_on(&mut command)?;
        let host = Host::start(command, log)?;
        Ok((rack, host))
    }

    /// Turns the power on: `command` will be watched from here on.
    ///
    /// # Errors
    /// Where the shim is missing or the folder cannot be copied.
    pub fn power_on(&self, command: &mut Command) -> anyhow::Result<()> {
        // Journal and copy begin at the same moment: the one is replayed on the other.
        if self.journal.exists() {
            fs::remove_file(&self.journal)?;
        }
        fs::create_dir_all(&self.before)?;
        write(&self.before, &Disk::holding(&self.folder)?.after(Cut::Everything))?;

        command
            .env("LD_PRELOAD", place::shim()?)
            .env(WATCHED, &self.folder)
            .env(JOURNAL, &self.journal);
        command.env(FULL, &self.full);
        Ok(())
    }

    /// Fills the disk: from here on nothing more can be written.
    ///
    /// # Errors
    /// Where that cannot be said.
    pub fn fill(&self) -> std::io::Result<()> {
        fs::write(&self.full, "")
    }

    /// Frees space again.
    ///
    /// # Errors
    /// Where that cannot be said.
    pub fn make_room(&self) -> std::io::Result<()> {
        fs::remove_file(&self.full)
    }

    /// Leaves in the folder what a power cut would have left. The process must be gone by now.
    ///
    /// # Errors
    /// Where the process did something that has no model.
    pub fn cut(&self, cut: Cut) -> anyhow::Result<Counts> {
        self.cut_after(&self.journal()?, cut)
    }

    /// The same for a cut after a part of the journal.
    ///
    /// # Errors
    /// As [`Rack::cut`].
    pub fn cut_after(&self, journal: &[u8], cut: Cut) -> anyhow::Result<Counts> {
        let mut disk = Disk::holding(&self.before)?.moved_to(&self.folder).with_syncs(self.syncs);
        disk.replay(journal)?;
        write(&self.folder, &disk.after(cut))?;
        Ok(disk.counts)
    }

    /// What the shim has written down since the power came on.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn journal(&self) -> anyhow::Result<Vec<u8>> {
        Ok(fs::read(&self.journal)?)
    }

    /// Whether the journal tells everything: replayed as a whole it must give the folder that the
    /// process left. Holds after a clean end; a kill may hit between a call and its record.
    ///
    /// # Errors
    /// As [`Rack::cut`].
    pub fn journal_is_complete(&self) -> anyhow::Result<bool> {
        let journal = self.journal()?;
        let mut disk = Disk::holding(&self.before)?.moved_to(&self.folder);
        disk.replay(&journal)?;
        Ok(disk.after(Cut::Everything) == Disk::holding(&self.folder)?.after(Cut::Everything))
    }
}
