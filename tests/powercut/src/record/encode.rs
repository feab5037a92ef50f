//! Records as bytes.

use super::{HEAD_BYTES, Record};

/// The start of a record's bytes, and the rest, which needs no copying.
#[must_use]
pub fn encode<'a>(record: &Record<'a>) -> (Vec<u8>, &'a [u8]) {
    let mut head = vec![0; HEAD_BYTES];
    let (kind, rest): (u8, &[u8]) = match record {
        Record::Opened { node, created, path } => {
            head.extend(node.to_le_bytes());
            head.push(u8::from(*created));
            (1, path.as_bytes())
        }
        Record::Write { node, offset, bytes } => {
            head.extend(node.to_le_bytes());
            head.extend(offset.to_le_bytes());
            (2, bytes)
        }
        Record::Truncate { node, len } => {
            head.extend(node.to_le_bytes());
            head.extend(len.to_le_bytes());
            (3, &[])
        }
        Record::SyncBegins { node, ticket } => {
            head.extend(node.to_le_bytes());
            head.extend(ticket.to_le_bytes());
            (4, &[])
        }
        Record::SyncEnds { ticket } => {
            head.extend(ticket.to_le_bytes());
            (5, &[])
        }
        Record::RangeSync { node } => {
            head.extend(node.to_le_bytes());
            (6, &[])
        }
        Record::Rename { from, to } => (7, two(&mut head, from, to)),
        Record::Link { from, to } => (8, two(&mut head, from, to)),
        Record::Unlink { path } => (9, path.as_bytes()),
        Record::MakeDir { path } => (10, path.as_bytes()),
        Record::RemoveDir { path } => (11, path.as_bytes()),
        Record::Unmodelled { what } => (12, what.as_bytes()),
    };

    let body = u32::try_from(head.len() - HEAD_BYTES + rest.len()).unwrap_or(u32::MAX);
    let front = body.to_le_bytes().into_iter().chain([kind]);
    head.iter_mut().zip(front).for_each(|(to, from)| *to = from);
    (head, rest)
}

/// The first path with its length goes in front; the second is the rest.
fn two<'a>(head: &mut Vec<u8>, from: &str, to: &'a str) -> &'a [u8] {
    head.extend(u32::try_from(from.len()).unwrap_or(u32::MAX).to_le_bytes());
    head.extend_from_slice(from.as_bytes());
    to.as_bytes()
}
