//! `multipart/form-data`, as far as an upload has it, and read strictly.

use super::refusal::{Refusal, invalid};

/// An upload's fields.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// `messaging_product`.
    pub(super) product: Option<String>,
    /// `type`.
    pub(super) kind: Option<String>,
    /// `file`.
    pub(super) file: Option<File>,
}

/// The file of an upload.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct File {
    pub(super) mime: Option<String>,
    pub(super) bytes: Vec<u8>,
}

/// Reads an upload.
pub(super) fn read(content_type: &str, body: &[u8]) -> Result<Form, Refusal> {
    let boundary = content_type
        .strip_prefix("multipart/form-data")
        .and_then(|rest| rest.split_once("boundary="));
    let boundary = boundary
        .map(|(_, boundary)| boundary.trim().trim_matches('"'))
        .filter(|boundary| !boundary.is_empty());
    let boundary =
        boundary.ok_or_else(|| invalid("An upload is multipart/form-data with a boundary."))?;

    let broken = || invalid("The form does not follow its boundary.");
    let mut form = Form::default();
    let mut rest = body.strip_prefix(format!("--{boundary}").as_bytes()).ok_or_else(broken)?;
    let end = format!("\r\n--{boundary}");

    loop {
        if rest.starts_with(b"--") {
            return Ok(form);
        }

        rest = rest.strip_prefix(b"\r\n").ok_or_else(broken)?;
        let (part, after) = cut(rest, end.as_bytes()).ok_or_else(broken)?;
        let (head, value) = cut(part, b"\r\n\r\n").ok_or_else(broken)?;
        take(&mut form, &String::from_utf8_lossy(head), value)?;
        rest = after;
    }
}

/// Notes one part. Parts that nobody asked for are left.
fn take(form: &mut Form, head: &str, value: &[u8]) -> Result<(), Refusal> {
    let text = || {
        String::from_utf8(value.to_vec())
            .map_err(|_source| invalid("A field of the form is not text."))
    };
    match attribute(head, "name") {
        Some("messaging_product") => form.product = Some(text()?),
        Some("type") => form.kind = Some(text()?),
        Some("file") if attribute(head, "filename").is_none() => {
            return Err(invalid("The parameter file must be a file."));
        }
        Some("file") => form.file = Some(File { mime: mime(head), bytes: value.to_vec() }),
        Some(_) => {}
        None => return Err(invalid("A part of the form has no name.")),
    }
    Ok(())
}

/// `…; name="value"` of a part's head.
fn attribute<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = head.split_once(&format!("; {name}=\""))?;
    rest.split('"').next()
}

fn mime(head: &str) -> Option<String> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-type:"))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

/// What stands before and after the first occurrence.
fn cut<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    let (before, rest) = bytes.split_at(at);
    Some((before, rest.get(mark.len()..)?))
}
