//! The derives of `stagewright-sdk`. Use them through that crate; what they accept is described
//! there and in its `README.md`.

mod attributes;
mod results;
mod settings;
mod text;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct the settings of a robot, trigger or channel.
///
/// Every field takes `#[label(en = "..", ru = "..", uk = "..")]` and may take `#[help(..)]` of the
/// same form, `#[setting(..)]` with `kind`, `key`, `default`, `required`, `min`, `max`, and one
/// `#[choice(value = "..", en = "..", ru = "..", uk = "..")]` for each value of a choice. The kind
/// follows from the type for numbers, booleans and `String` (`text`); a `Vec` is a multiple
/// setting, an `Option` an optional one.
#[proc_macro_derive(Settings, attributes(setting, label, help, choice))]
pub fn derive_settings(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    settings::derive(&input).unwrap_or_else(|error| error.into_compile_error()).into()
}

/// Makes a struct the results of a robot.
///
/// Every field takes `#[label(en = "..", ru = "..", uk = "..")]` and may take
/// `#[result(kind = "..", key = "..")]`. The kind follows from the type as for settings.
#[proc_macro_derive(Results, attributes(result, label))]
pub fn derive_results(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    results::derive(&input).unwrap_or_else(|error| error.into_compile_error()).into()
}
