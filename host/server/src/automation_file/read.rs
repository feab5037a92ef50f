//! Reading a file.

use stagewright_core::command::import_automations::Import;
use stagewright_core::refusal::{Refusal, RefusalKind};

use super::{FORMAT, File};

/// Most keys, values, lists and objects of a file together. Those of a hundred stages with fifty
/// robots each are some hundred thousand, with long conditions a million and more.
const NODES_MAX: usize = 2_000_000;

/// Reads a file. A key that is not known, or is there twice, is an error.
///
/// # Errors
/// `import.malformed` with line and column, `import.format` for a file of another form.
pub fn read(text: &str) -> Result<Import, Refusal> {
    // `yes`, `no`, `y` and `n` are words in names and texts, and nothing else.
    let options = serde_saphyr::options! {
        strict_booleans: true,
        // Of events there are one for each value, and two for each list and object.
        budget: serde_saphyr::budget! { max_nodes: NODES_MAX, max_events: 2 * NODES_MAX },
    };

    let file: File = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let whole = error.without_snippet().to_string();
        // The library ends its sentence with the place, which stands in front of ours.
        let message = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(message, _)| message);
        malformed(match error.location() {
            Some(place) => format!("line {}, column {}: {message}", place.line(), place.column()),
            None => message.to_owned(),
        })
    })?;

    if file.format != FORMAT {
        let message = format!(
            "this file has format {}, and this host reads {FORMAT}; export it again with this host",
            file.format
        );
        return Err(Refusal::invalid("import.format", "format", message));
    }

    let File { pipeline, calendars, automations, .. } = file;
    let automations = automations.into_iter().map(|entry| entry.on(&pipeline)).collect();
    Ok(Import { pipeline, calendars, automations })
}

/// A file that cannot be read.
pub(crate) fn malformed(message: String) -> Refusal {
    Refusal::new(RefusalKind::Invalid, "import.malformed", message)
}
