//! The system calls themselves.
//!
//! The kernel is called directly and not through the next library's functions: there is nothing to
//! look up, nothing that could call back into this shim, and nothing that has to be set up before
//! the first call, which comes before `main`.

use std::ffi::CStr;

use libc::{c_int, c_long, c_void, iovec, mode_t, off_t, size_t, ssize_t, syscall};

/// Sets the number of the error that a full disk gives.
pub(crate) fn no_space() {
    // SAFETY: takes no memory.
    let number = unsafe { libc::__errno_location() };
    // SAFETY: it is the address of this thread's own number, which lives as long as the thread.
    unsafe { *number = libc::ENOSPC };
}

/// What the kernel answered, as the C library types it. Nothing is cut off: the kernel's own result
/// has this type.
fn int(answer: c_long) -> c_int {
    c_int::try_from(answer).unwrap_or(-1)
}

fn size(answer: c_long) -> ssize_t {
    ssize_t::try_from(answer).unwrap_or(-1)
}

pub(crate) fn openat(dir: c_int, path: &CStr, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: the path ends with a zero byte and lives until the call is over.
    int(unsafe { syscall(libc::SYS_openat, dir, path.as_ptr(), flags, mode) })
}

pub(crate) fn close(fd: c_int) -> c_int {
    // SAFETY: takes no memory; whether the descriptor is one is for the kernel to say.
    int(unsafe { syscall(libc::SYS_close, fd) })
}

/// # Safety
/// `bytes` must have `count` readable bytes.
pub(crate) unsafe fn write(fd: c_int, bytes: *const c_void, count: size_t) -> ssize_t {
    // SAFETY: the caller's promise.
    size(unsafe { syscall(libc::SYS_write, fd, bytes, count) })
}

/// # Safety
/// `bytes` must have `count` readable bytes.
pub(crate) unsafe fn pwrite(
    fd: c_int,
    bytes: *const c_void,
    count: size_t,
    offset: off_t,
) -> ssize_t {
    // SAFETY: the caller's promise.
    size(unsafe { syscall(libc::SYS_pwrite64, fd, bytes, count, offset) })
}

/// # Safety
/// `parts` must have `count` readable entries, each with readable bytes.
pub(crate) unsafe fn writev(fd: c_int, parts: *const iovec, count: c_int) -> ssize_t {
    // SAFETY: the caller's promise.
    size(unsafe { syscall(libc::SYS_writev, fd, parts, count) })
}

/// # Safety
/// As [`writev`].
pub(crate) unsafe fn pwritev(
    fd: c_int,
    parts: *const iovec,
    count: c_int,
    offset: off_t,
) -> ssize_t {
    // SAFETY: the caller's promise. The offset's upper half is a separate argument, which 64-bit
    // kernels ignore.
    size(unsafe { syscall(libc::SYS_pwritev, fd, parts, count, offset, 0) })
}

/// One record, appended by one call.
pub(crate) fn append(fd: c_int, front: &[u8], rest: &[u8]) -> bool {
    let part =
        |bytes: &[u8]| iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    let parts = [part(front), part(rest)];

    // SAFETY: both entries are slices that live until the call is over, and writing only reads
    // them.
    let written = unsafe { writev(fd, parts.as_ptr(), 2) };
    usize::try_from(written).is_ok_and(|written| written == front.len() + rest.len())
}

pub(crate) fn position(fd: c_int) -> Option<u64> {
    // SAFETY: takes no memory.
    let at = unsafe { libc::lseek(fd, 0, libc::SEEK_CUR) };
    u64::try_from(at).ok()
}

pub(crate) fn ftruncate(fd: c_int, len: off_t) -> c_int {
    // SAFETY: takes no memory.
    int(unsafe { syscall(libc::SYS_ftruncate, fd, len) })
}

pub(crate) fn fsync(fd: c_int) -> c_int {
    // SAFETY: takes no memory.
    int(unsafe { syscall(libc::SYS_fsync, fd) })
}

pub(crate) fn fdatasync(fd: c_int) -> c_int {
    // SAFETY: takes no memory.
    int(unsafe { syscall(libc::SYS_fdatasync, fd) })
}

pub(crate) fn dup3(old: c_int, new: c_int, flags: c_int) -> c_int {
    // SAFETY: takes no memory.
    int(unsafe { syscall(libc::SYS_dup3, old, new, flags) })
}

pub(crate) fn dup(fd: c_int) -> c_int {
    // SAFETY: takes no memory.
    int(unsafe { syscall(libc::SYS_dup, fd) })
}

/// # Safety
/// `argument` must be what `command` wants.
pub(crate) unsafe fn fcntl(fd: c_int, command: c_int, argument: usize) -> c_int {
    // SAFETY: the caller's promise.
    int(unsafe { syscall(libc::SYS_fcntl, fd, command, argument) })
}

pub(crate) fn renameat2(from: (c_int, &CStr), to: (c_int, &CStr), flags: u32) -> c_int {
    // SAFETY: both paths end with a zero byte and live until the call is over.
    int(unsafe {
        syscall(libc::SYS_renameat2, from.0, from.1.as_ptr(), to.0, to.1.as_ptr(), flags)
    })
}

pub(crate) fn linkat(from: (c_int, &CStr), to: (c_int, &CStr), flags: c_int) -> c_int {
    // SAFETY: both paths end with a zero byte and live until the call is over.
    int(unsafe { syscall(libc::SYS_linkat, from.0, from.1.as_ptr(), to.0, to.1.as_ptr(), flags) })
}

pub(crate) fn unlinkat(dir: c_int, path: &CStr, flags: c_int) -> c_int {
    // SAFETY: the path ends with a zero byte and lives until the call is over.
    int(unsafe { syscall(libc::SYS_unlinkat, dir, path.as_ptr(), flags) })
}

pub(crate) fn mkdirat(dir: c_int, path: &CStr, mode: mode_t) -> c_int {
    // SAFETY: the path ends with a zero byte and lives until the call is over.
    int(unsafe { syscall(libc::SYS_mkdirat, dir, path.as_ptr(), mode) })
}

pub(crate) fn sync_file_range(fd: c_int, offset: off_t, len: off_t, flags: u32) -> c_int {
    // SAFETY: takes no memory.
    int(unsafe { syscall(libc::SYS_sync_file_range, fd, offset, len, flags) })
}
