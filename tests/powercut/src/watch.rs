//! What is watched, which descriptor stands for which file, and the journal.

use std::collections::HashMap;
use std::ffi::{CStr, CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use libc::c_int;

use crate::real;
use crate::record::{FULL, JOURNAL, Record, WATCHED, encode};

/// Descriptors that can be told apart. The rig's servers stay far below, and a watched file above
/// ends the process.
const DESCRIPTORS: usize = 4096;

/// The number of the watched file behind each descriptor; 0 for everything else.
static NODES: [AtomicU32; DESCRIPTORS] = [const { AtomicU32::new(0) }; DESCRIPTORS];

/// The next sync's ticket.
static TICKETS: AtomicU64 = AtomicU64::new(1);

/// A file's identity for the kernel: device and inode.
type Identity = (u64, u64);

/// The names that are watched and the numbers given so far.
pub(crate) struct Watch {
    /// The watched folder.
    dir: String,
    journal: c_int,
    /// While this file is there, the disk is full.
    full: Option<CString>,
    /// Held by each call that changes a name, so that the journal has them in the order in which
    /// they happened.
    names: Mutex<Names>,
}

/// The numbers given so far.
#[derive(Default)]
pub(crate) struct Names {
    numbers: HashMap<Identity, u32>,
    identities: Vec<Identity>,
}

/// What to watch, if anything. The variables are read once.
pub(crate) fn watch() -> Option<&'static Watch> {
    static WATCH: OnceLock<Option<Watch>> = OnceLock::new();
    WATCH.get_or_init(Watch::from_environment).as_ref()
}

impl Watch {
    fn from_environment() -> Option<Self> {
        let dir = std::env::var_os(WATCHED)?.into_string().ok()?;
        let journal = CString::new(std::env::var_os(JOURNAL)?.as_bytes()).ok()?;

        let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_APPEND | libc::O_CLOEXEC;
        let journal = real::openat(libc::AT_FDCWD, &journal, flags, 0o600);
        if journal < 0 {
            give_up("the journal cannot be opened");
        }

        let full = std::env::var_os(FULL).and_then(|path| CString::new(path.as_bytes()).ok());
        Some(Self { dir, journal, full, names: Mutex::default() })
    }

    /// Whether the disk has no room for anything more.
    pub(crate) fn is_full(&self) -> bool {
        let Some(path) = &self.full else { return false };
        let found = real::openat(libc::AT_FDCWD, path, libc::O_PATH | libc::O_CLOEXEC, 0);
        found >= 0 && real::close(found) == 0
    }

    /// The absolute path that a call means, where it lies in the watched folder or is that.
    pub(crate) fn inside(&self, dir: c_int, path: &CStr) -> Option<String> {
        let path = absolute(dir, path.to_bytes())?;
        let rest = path.strip_prefix(&self.dir)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(path)
    }

    /// Appends a record. A journal that misses one would prove nothing, so failing here ends the
    /// process.
    pub(crate) fn tell(&self, record: &Record<'_>) {
        let (front, rest) = encode(record);
        if !real::append(self.journal, &front, rest) {
            give_up("the journal cannot be written");
        }
    }

    pub(crate) fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that something was done which the rig has no model of.
    pub(crate) fn unmodelled(&self, what: &str) {
        self.tell(&Record::Unmodelled { what });
    }

    /// The number of the watched file behind a descriptor.
    pub(crate) fn node(&self, fd: c_int) -> Option<u32> {
        let node = slot(fd)?.load(Ordering::Acquire);
        if node == 0 {
            return None;
        }

        // The C library closes some descriptors without asking anybody. One that has come to mean
        // something else is forgotten.
        let known =
            usize::try_from(node - 1).ok().and_then(|at| self.names().identities.get(at).copied());
        if known.is_some() && known == identity(fd) {
            return Some(node);
        }

        forget(fd);
        None
    }

    /// The ticket of a new sync.
    pub(crate) fn ticket(&self) -> u64 {
        TICKETS.fetch_add(1, Ordering::Relaxed)
    }
}

impl Names {
    /// The number of the file behind a fresh descriptor, which stands for it from now on.
    pub(crate) fn number(&mut self, fd: c_int, created: bool) -> u32 {
        let (Some(identity), Some(slot)) = (identity(fd), slot(fd)) else {
            give_up("a watched file has no place in the table")
        };

        // A file that was just made may have the inode of one that is gone.
        let known = if created { None } else { self.numbers.get(&identity).copied() };
        let number = known.unwrap_or_else(|| {
            self.identities.push(identity);
            let number = u32::try_from(self.identities.len()).unwrap_or(u32::MAX);
            self.numbers.insert(identity, number);
            number
        });

        slot.store(number, Ordering::Release);
        number
    }
}

/// A descriptor stands for nothing any more. Called before it is closed, since its number may be
/// given out at once.
pub(crate) fn forget(fd: c_int) {
    if let Some(slot) = slot(fd) {
        slot.store(0, Ordering::Release);
    }
}

/// A descriptor stands for what another one does.
pub(crate) fn copy(old: c_int, new: c_int) {
    let node = slot(old).map_or(0, |slot| slot.load(Ordering::Acquire));
    match slot(new) {
        Some(slot) => slot.store(node, Ordering::Release),
        None if node != 0 => give_up("a watched file has no place in the table"),
        None => {}
    }
}

fn slot(fd: c_int) -> Option<&'static AtomicU32> {
    NODES.get(usize::try_from(fd).ok()?)
}

fn identity(fd: c_int) -> Option<Identity> {
    let mut stat = std::mem::MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the kernel fills the structure, whose address is good, or says that it did not.
    let answer = unsafe { libc::fstat(fd, stat.as_mut_ptr()) };
    if answer != 0 {
        return None;
    }
    // SAFETY: the call succeeded, so that the structure is filled.
    let stat = unsafe { stat.assume_init() };
    Some((stat.st_dev, stat.st_ino))
}

/// Where a path leads, by its text: no links are followed, and the rig has none.
fn absolute(dir: c_int, path: &[u8]) -> Option<String> {
    let base = match path.first() {
        Some(b'/') => Vec::new(),
        _ if dir == libc::AT_FDCWD => {
            std::env::current_dir().ok()?.into_os_string().into_encoded_bytes()
        }
        _ => std::fs::read_link(format!("/proc/self/fd/{dir}"))
            .ok()?
            .into_os_string()
            .into_encoded_bytes(),
    };

    let mut parts: Vec<&[u8]> = Vec::new();
    for part in base.split(|byte| *byte == b'/').chain(path.split(|byte| *byte == b'/')) {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }

    let joined = parts.iter().flat_map(|part| [b"/", *part]).collect::<Vec<_>>().concat();
    OsStr::from_bytes(&joined).to_str().map(str::to_owned)
}

/// Whether a write to this descriptor finds a full disk. If so, the caller has been given the
/// error's number.
pub(crate) fn is_full(fd: c_int) -> bool {
    let full = watch()
        .is_some_and(|watch| watch.full.is_some() && watch.node(fd).is_some() && watch.is_full());
    if full {
        real::no_space();
    }
    full
}

/// Ends the process: whatever it went on to do would not be written down.
pub(crate) fn give_up(why: &str) -> ! {
    real::append(2, format!("powercut: {why}\n").as_bytes(), b"");
    std::process::abort();
}
