//! A file that Meta has.

/// A file and its id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Medium {
    pub(crate) id: String,
    pub(crate) mime: String,
    pub(crate) sha256: [u8; 32],
    pub(super) bytes: Vec<u8>,
}
