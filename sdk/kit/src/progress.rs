//! Who is told what is going on.

/// Told what is going on, one line at a time.
pub type Progress<'a> = dyn Fn(&str) + 'a;
