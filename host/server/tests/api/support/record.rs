//! What is asked of one host under test and answered, as a file. `STAGEWRIGHT_RECORD` names the
//! folder; without it nothing is kept.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use stagewright_client::{Numbers, Recorder, render};

/// Hosts that each test has started, for the names of files.
static HOSTS: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

/// Keeps what is said to one host. The file is written when nobody can say anything more.
#[derive(Clone, Debug)]
pub(crate) struct Record(Arc<Kept>);

#[derive(Debug)]
struct Kept {
    recorder: Recorder,
    file: PathBuf,
}

impl Record {
    /// A record of the host that this test is starting, where records are wanted.
    pub(super) fn of_this_test() -> Option<Self> {
        let folder = PathBuf::from(std::env::var_os("STAGEWRIGHT_RECORD")?).join("api");
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("unnamed").replace("::", ".");

        let mut hosts = HOSTS.lock().unwrap_or_else(PoisonError::into_inner);
        let number = hosts.entry(test.clone()).or_default();
        *number += 1;
        let file = match *number {
            1 => folder.join(format!("{test}.txt")),
            number => folder.join(format!("{test}.{number}.txt")),
        };

        Some(Self(Arc::new(Kept { recorder: Recorder::default(), file })))
    }

    /// Who keeps it.
    pub(super) fn recorder(&self) -> &Recorder {
        &self.0.recorder
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let text = render(&self.recorder.exchanges(), &mut Numbers::default());
        let folder = self.file.parent().map_or(Ok(()), fs::create_dir_all);

        // The test may be failing already, and to panic now would hide why.
        if let Err(error) = folder.and_then(|()| fs::write(&self.file, text)) {
            eprintln!("{} cannot be written: {error}", self.file.display());
        }
    }
}
