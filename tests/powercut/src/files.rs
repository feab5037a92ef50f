//! Opening, writing and syncing.

use std::ffi::{CStr, c_char};

use libc::{c_int, c_uint, c_void, iovec, mode_t, off_t, size_t, ssize_t};

use crate::real;
use crate::record::Record;
use crate::watch::{copy, forget, is_full, watch};

/// Opens, and gives a watched file its number.
///
/// # Safety
/// `path` must point to a text with a zero byte at its end.
unsafe fn open_any(dir: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: the caller's promise.
    let path = unsafe { CStr::from_ptr(path) };
    let watched = watch().and_then(|watch| Some((watch, watch.inside(dir, path)?)));
    let Some((watch, name)) = watched else { return real::openat(dir, path, flags, mode) };

    if flags & libc::O_TMPFILE == libc::O_TMPFILE {
        watch.unmodelled("a file without a name");
    }

    let mut names = watch.names();
    let probe = real::openat(dir, path, libc::O_PATH | libc::O_CLOEXEC, 0);
    let existed = probe >= 0;
    if existed {
        real::close(probe);
    }

    if !existed && flags & libc::O_CREAT != 0 && watch.is_full() {
        real::no_space();
        return -1;
    }

    let fd = real::openat(dir, path, flags, mode);
    if fd >= 0 && flags & libc::O_PATH == 0 {
        let node = names.number(fd, !existed);
        watch.tell(&Record::Opened { node, created: !existed, path: &name });
        if existed && flags & libc::O_TRUNC != 0 {
            watch.tell(&Record::Truncate { node, len: 0 });
        }
    }

    fd
}

/// Writes down what a call without an offset of its own wrote: it ends where the descriptor stands
/// now.
fn wrote_here(fd: c_int, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }

    if let Some((watch, node)) = watch().and_then(|watch| Some((watch, watch.node(fd)?))) {
        match real::position(fd).and_then(|end| end.checked_sub(bytes.len() as u64)) {
            Some(offset) => watch.tell(&Record::Write { node, offset, bytes }),
            None => watch.unmodelled("a write at an unknown place"),
        }
    }
}

fn wrote_at(fd: c_int, bytes: &[u8], offset: off_t) {
    if bytes.is_empty() {
        return;
    }

    if let Some((watch, node)) = watch().and_then(|watch| Some((watch, watch.node(fd)?))) {
        watch.tell(&Record::Write { node, offset: offset.unsigned_abs(), bytes });
    }
}

/// The bytes that a call wrote; nothing where it failed.
///
/// # Safety
/// `bytes` must have `written` readable bytes where that is positive.
unsafe fn written<'a>(bytes: *const c_void, written: ssize_t) -> &'a [u8] {
    match usize::try_from(written) {
        // SAFETY: the caller's promise; the kernel has just read them.
        Ok(count) if count > 0 => unsafe { std::slice::from_raw_parts(bytes.cast(), count) },
        _ => &[],
    }
}

/// The same for a list of parts, copied together.
///
/// # Safety
/// `parts` must have `count` readable entries, which together have `written` readable bytes.
unsafe fn gathered(parts: *const iovec, count: c_int, written: ssize_t) -> Vec<u8> {
    // SAFETY: the caller's promise.
    let parts = unsafe { std::slice::from_raw_parts(parts, usize::try_from(count).unwrap_or(0)) };

    let mut left = usize::try_from(written).unwrap_or(0);
    let mut bytes = Vec::with_capacity(left);

    for part in parts {
        let here = part.iov_len.min(left);
        if here > 0 {
            // SAFETY: each entry names as many readable bytes as it says.
            bytes.extend_from_slice(unsafe {
                std::slice::from_raw_parts(part.iov_base.cast::<u8>(), here)
            });
        }
        left -= here;
    }
    bytes
}

/// Syncs with a journal entry on both sides.
fn sync(fd: c_int, call: fn(c_int) -> c_int) -> c_int {
    let Some((watch, node)) = watch().and_then(|watch| Some((watch, watch.node(fd)?))) else {
        return call(fd);
    };

    let ticket = watch.ticket();
    watch.tell(&Record::SyncBegins { node, ticket });
    let answer = call(fd);
    if answer == 0 {
        watch.tell(&Record::SyncEnds { ticket });
    }
    answer
}

fn set_len(fd: c_int, len: off_t) -> c_int {
    let answer = real::ftruncate(fd, len);
    if answer == 0
        && let Some((watch, node)) = watch().and_then(|watch| Some((watch, watch.node(fd)?)))
    {
        watch.tell(&Record::Truncate { node, len: len.unsigned_abs() });
    }
    answer
}

/// Functions under the names of the C library. Each is as safe to call as the one whose place it
/// takes.
macro_rules! instead_of {
    ($($name:ident($($arg:ident: $of:ty),*) -> $back:ty $body:block)*) => {$(
        /// Takes the place of the C library's function.
        ///
        /// # Safety
        /// As the C library's function.
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C" fn $name($($arg: $of),*) -> $back $body
    )*};
}
pub(crate) use instead_of;

// The optional mode of the open family is read as an ordinary argument: on 64-bit Linux it travels
// in the same register.
instead_of! {
    open(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { open_any(libc::AT_FDCWD, path, flags, mode) }
    }
    open64(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { open_any(libc::AT_FDCWD, path, flags, mode) }
    }
    openat(dir: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { open_any(dir, path, flags, mode) }
    }
    openat64(dir: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { open_any(dir, path, flags, mode) }
    }
    creat(path: *const c_char, mode: mode_t) -> c_int {
        let flags = libc::O_CREAT | libc::O_WRONLY | libc::O_TRUNC;
        // SAFETY: the C library's contract.
        unsafe { open_any(libc::AT_FDCWD, path, flags, mode) }
    }
    close(fd: c_int) -> c_int {
        forget(fd);
        real::close(fd)
    }
    dup(fd: c_int) -> c_int {
        let new = real::dup(fd);
        copy(fd, new);
        new
    }
    dup2(old: c_int, new: c_int) -> c_int {
        if old == new {
            return new;
        }
        let answer = real::dup3(old, new, 0);
        copy(old, answer);
        answer
    }
    dup3(old: c_int, new: c_int, flags: c_int) -> c_int {
        let answer = real::dup3(old, new, flags);
        copy(old, answer);
        answer
    }
    fcntl(fd: c_int, command: c_int, argument: usize) -> c_int {
        // SAFETY: the C library's contract.
        let answer = unsafe { real::fcntl(fd, command, argument) };
        if matches!(command, libc::F_DUPFD | libc::F_DUPFD_CLOEXEC) {
            copy(fd, answer);
        }
        answer
    }
    fcntl64(fd: c_int, command: c_int, argument: usize) -> c_int {
        // SAFETY: the C library's contract.
        unsafe { fcntl(fd, command, argument) }
    }
    write(fd: c_int, bytes: *const c_void, count: size_t) -> ssize_t {
        if is_full(fd) {
            return -1;
        }
        // SAFETY: the C library's contract.
        let answer = unsafe { real::write(fd, bytes, count) };
        // SAFETY: the kernel has read as many bytes as it says.
        wrote_here(fd, unsafe { written(bytes, answer) });
        answer
    }
    pwrite(fd: c_int, bytes: *const c_void, count: size_t, offset: off_t) -> ssize_t {
        if is_full(fd) {
            return -1;
        }
        // SAFETY: the C library's contract.
        let answer = unsafe { real::pwrite(fd, bytes, count, offset) };
        // SAFETY: the kernel has read as many bytes as it says.
        wrote_at(fd, unsafe { written(bytes, answer) }, offset);
        answer
    }
    pwrite64(fd: c_int, bytes: *const c_void, count: size_t, offset: off_t) -> ssize_t {
        // SAFETY: the C library's contract.
        unsafe { pwrite(fd, bytes, count, offset) }
    }
    writev(fd: c_int, parts: *const iovec, count: c_int) -> ssize_t {
        if is_full(fd) {
            return -1;
        }
        // SAFETY: the C library's contract.
        let answer = unsafe { real::writev(fd, parts, count) };
        if watch().is_some_and(|watch| watch.node(fd).is_some()) {
            // SAFETY: the kernel has read the parts as far as it says.
            wrote_here(fd, &unsafe { gathered(parts, count, answer) });
        }
        answer
    }
    pwritev(fd: c_int, parts: *const iovec, count: c_int, offset: off_t) -> ssize_t {
        if is_full(fd) {
            return -1;
        }
        // SAFETY: the C library's contract.
        let answer = unsafe { real::pwritev(fd, parts, count, offset) };
        if watch().is_some_and(|watch| watch.node(fd).is_some()) {
            // SAFETY: the kernel has read the parts as far as it says.
            wrote_at(fd, &unsafe { gathered(parts, count, answer) }, offset);
        }
        answer
    }
    pwritev64(fd: c_int, parts: *const iovec, count: c_int, offset: off_t) -> ssize_t {
        // SAFETY: the C library's contract.
        unsafe { pwritev(fd, parts, count, offset) }
    }
    ftruncate(fd: c_int, len: off_t) -> c_int {
        set_len(fd, len)
    }
    ftruncate64(fd: c_int, len: off_t) -> c_int {
        set_len(fd, len)
    }
    fsync(fd: c_int) -> c_int {
        sync(fd, real::fsync)
    }
    fdatasync(fd: c_int) -> c_int {
        sync(fd, real::fdatasync)
    }
    sync_file_range(fd: c_int, offset: off_t, len: off_t, flags: c_uint) -> c_int {
        if let Some((watch, node)) = watch().and_then(|watch| Some((watch, watch.node(fd)?))) {
            watch.tell(&Record::RangeSync { node });
        }
        real::sync_file_range(fd, offset, len, flags)
    }
}
