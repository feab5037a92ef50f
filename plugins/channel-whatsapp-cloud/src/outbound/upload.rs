//! The body of an upload, `multipart/form-data`.

use super::attachment::Attachment;
use super::request::contains;

/// The boundary and the body. The same file makes the same bytes.
pub(super) fn form(attachment: &Attachment<'_>, bytes: &[u8]) -> (String, Vec<u8>) {
    let boundary = boundary(bytes);
    let name = attachment.name.unwrap_or(attachment.kind.name());
    let mut body = Vec::with_capacity(bytes.len() + 1_024);

    for (key, value) in [("messaging_product", "whatsapp"), ("type", attachment.mime)] {
        body.extend_from_slice(
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n"
            )
            .as_bytes(),
        );
    }

    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; \
         filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
        quoted(name),
        attachment.mime
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (boundary, body)
}

/// A line that does not occur in the file.
fn boundary(bytes: &[u8]) -> String {
    let mut boundary = "stagewright-part".to_owned();
    while contains(bytes, boundary.as_bytes()) {
        boundary.push_str("-x");
    }
    boundary
}

/// A file's name may hold what would end the header; browsers write it like this. Two braces could
/// be taken for a secret's place.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A").replace("{{", "((")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boundary_is_never_in_the_file() {
        for file in [&b"plain"[..], b"stagewright-part", b"stagewright-part-x stagewright-part-x-x"]
        {
            let boundary = boundary(file);

            assert!(
                !file.windows(boundary.len()).any(|window| window == boundary.as_bytes()),
                "{boundary}"
            );
        }
    }

    #[test]
    fn a_files_name_cannot_end_the_header() {
        assert_eq!(quoted("a\"\r\nX: y{{secret:t}}"), "a%22%0D%0AX: y((secret:t}}");
    }
}
