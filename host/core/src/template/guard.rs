//! What keeps a template small enough to be read.
//!
//! The parser guards how deep brackets stand within one another, but not how long a chain grows:
//! every link of `a ~ a ~ a`, of `a.b.c`, of `a | b | c` and of `elif` takes whoever walks the tree
//! one level down, and a long enough chain off the end of the stack.

use minijinja::machinery::{Span, Token, tokenize};
use minijinja::syntax::SyntaxConfig;

use crate::limits::{TEMPLATE_CHARS_MAX, TEMPLATE_STATEMENTS_MAX, TEMPLATE_TAG_CHARS_MAX};

/// Looks at a template's size without reading what it means; this takes time and memory in
/// proportion to the text.
///
/// # Errors
/// A sentence about what is too much. What cannot be read is left to the parser.
pub(super) fn check(text: &str) -> Result<(), String> {
    let chars = text.chars().count();
    if chars > TEMPLATE_CHARS_MAX {
        return Err(format!("the text has {chars} characters; {TEMPLATE_CHARS_MAX} are allowed"));
    }

    let (mut opened, mut statements) = (0, 0);
    for (token, span) in tokenize(text, false, SyntaxConfig::default()).map_while(Result::ok) {
        match token {
            Token::VariableStart => opened = span.start_offset,
            Token::BlockStart => {
                opened = span.start_offset;
                statements += 1;
            }
            Token::TemplateData(_) => continue,
            _ => {}
        }
        tag_fits(text, opened, span)?;
    }

    if statements > TEMPLATE_STATEMENTS_MAX {
        let message = format!(
            "the text has {statements} of `{{% … %}}`; {TEMPLATE_STATEMENTS_MAX} are allowed"
        );
        return Err(format!("{message}; say some of it in a text of its own"));
    }

    Ok(())
}

/// Whether what stands between `{{` or `{%` and here is not too long.
fn tag_fits(text: &str, opened: u32, span: Span) -> Result<(), String> {
    let part = usize::try_from(opened)
        .ok()
        .zip(usize::try_from(span.end_offset).ok())
        .and_then(|(from, to)| text.get(from..to));

    match part.map_or(0, |part| part.chars().count()) {
        chars if chars > TEMPLATE_TAG_CHARS_MAX => Err(format!(
            "what stands between `{{{{` and `}}}}` in line {} has more than \
             {TEMPLATE_TAG_CHARS_MAX} characters; write it as several",
            span.start_line
        )),
        _ => Ok(()),
    }
}
