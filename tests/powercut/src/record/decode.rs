//! Records from bytes.

use super::{HEAD_BYTES, Record};

/// The records of a journal, in order.
#[derive(Debug, Clone)]
pub struct Records<'a> {
    rest: &'a [u8],
}

/// The records in a journal's bytes. A last one that a kill cut short is left out: the call it
/// tells of had not returned.
#[must_use]
pub fn decode(journal: &[u8]) -> Records<'_> {
    Records { rest: journal }
}

impl Records<'_> {
    /// How many bytes have not been read yet.
    #[must_use]
    pub fn bytes_left(&self) -> usize {
        self.rest.len()
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        let (head, rest) = self.rest.split_first_chunk::<HEAD_BYTES>()?;
        let [a, b, c, d, kind] = *head;
        let (body, rest) =
            rest.split_at_checked(usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?)?;
        self.rest = rest;

        Some(
            Body(body).record(kind).ok_or_else(|| {
                format!("the journal has a record of kind {kind} that cannot be read")
            }),
        )
    }
}

/// What is left of one record's body.
struct Body<'a>(&'a [u8]);

impl<'a> Body<'a> {
    fn record(mut self, kind: u8) -> Option<Record<'a>> {
        Some(match kind {
            1 => Record::Opened {
                node: self.u32()?,
                created: self.take::<1>()? == [1],
                path: self.text()?,
            },
            2 => Record::Write { node: self.u32()?, offset: self.u64()?, bytes: self.0 },
            3 => Record::Truncate { node: self.u32()?, len: self.u64()? },
            4 => Record::SyncBegins { node: self.u32()?, ticket: self.u64()? },
            5 => Record::SyncEnds { ticket: self.u64()? },
            6 => Record::RangeSync { node: self.u32()? },
            7 => Record::Rename { from: self.counted()?, to: self.text()? },
            8 => Record::Link { from: self.counted()?, to: self.text()? },
            9 => Record::Unlink { path: self.text()? },
            10 => Record::MakeDir { path: self.text()? },
            11 => Record::RemoveDir { path: self.text()? },
            12 => Record::Unmodelled { what: self.text()? },
            _ => return None,
        })
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    fn counted(&mut self) -> Option<&'a str> {
        let len = usize::try_from(self.u32()?).ok()?;
        let (text, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    fn text(&self) -> Option<&'a str> {
        std::str::from_utf8(self.0).ok()
    }
}
