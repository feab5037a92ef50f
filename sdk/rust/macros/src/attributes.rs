//! What settings and results have in common: named fields, labels and kinds that follow from types.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use stagewright_catalogue::{ResultKind, SettingKind, Word};
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Error, Field, Fields, GenericArgument, Ident, LitStr,
    PathArguments, Result, Type,
};

use crate::text::Text;

/// The fields of a struct that has named ones.
pub(crate) fn named_fields(input: &DeriveInput) -> Result<Vec<(&Ident, &Field)>> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new(
            input.span(),
            "only a struct can be derived: every field is one entry of the catalogue",
        ));
    };

    match &data.fields {
        Fields::Named(fields) => Ok(fields
            .named
            .iter()
            .filter_map(|field| Some((field.ident.as_ref()?, field)))
            .collect()),
        Fields::Unit => Ok(Vec::new()),
        Fields::Unnamed(fields) => Err(Error::new(
            fields.span(),
            "the fields need names: a name is the key in the catalogue",
        )),
    }
}

/// The attributes of that name.
pub(crate) fn attributes<'a>(
    field: &'a Field,
    name: &'a str,
) -> impl Iterator<Item = &'a Attribute> {
    field.attrs.iter().filter(move |attribute| attribute.path().is_ident(name))
}

/// The field's `#[label(..)]`.
pub(crate) fn label(field: &Field) -> Result<TokenStream> {
    match attributes(field, "label").next() {
        Some(attribute) => Text::parse(attribute)?.tokens(attribute),
        None => {
            Err(Error::new(field.span(), "add #[label(en = \"..\", ru = \"..\", uk = \"..\")]"))
        }
    }
}

/// The kind that an attribute names, if it is one of `offered`; `of` says of what in the error.
pub(crate) fn kind_given<K: Word>(given: &LitStr, of: &str, offered: &[K]) -> Result<K> {
    K::of(&given.value()).filter(|kind| offered.contains(kind)).ok_or_else(|| {
        let known: Vec<&str> = offered.iter().map(|kind| kind.as_str()).collect();
        let message = format!("no kind of {of}; the kinds are {}", known.join(", "));
        Error::new(given.span(), message)
    })
}

/// A kind as the plugin's code names it.
pub(crate) fn kind_tokens<K: Word>(list: &str, kind: K) -> TokenStream {
    // A variant's name is what `Debug` writes.
    let [list, variant] =
        [list, &format!("{kind:?}")].map(|name| Ident::new(name, Span::call_site()));
    quote!(::stagewright_sdk::#list::#variant)
}

/// The kinds that follow from types; settings and results have all of them.
#[derive(Clone, Copy)]
pub(crate) enum KindOfType {
    Text,
    Boolean,
    Integer,
    Json,
}

impl From<KindOfType> for SettingKind {
    fn from(kind: KindOfType) -> Self {
        match kind {
            KindOfType::Text => Self::Text,
            KindOfType::Boolean => Self::Boolean,
            KindOfType::Integer => Self::Integer,
            KindOfType::Json => Self::Json,
        }
    }
}

impl From<KindOfType> for ResultKind {
    fn from(kind: KindOfType) -> Self {
        match kind {
            KindOfType::Text => Self::Text,
            KindOfType::Boolean => Self::Boolean,
            KindOfType::Integer => Self::Integer,
            KindOfType::Json => Self::Json,
        }
    }
}

/// A field's type without `Option` and `Vec`.
pub(crate) struct Shape {
    pub(crate) optional: bool,
    pub(crate) multiple: bool,
    /// The kind that follows from the type.
    pub(crate) kind: Option<KindOfType>,
}

impl Shape {
    pub(crate) fn of(field: &Field) -> Self {
        let (optional, inner) = peel(&field.ty, "Option");
        let (multiple, inner) = peel(inner, "Vec");
        Self { optional, multiple, kind: kind(inner) }
    }
}

fn peel<'a>(ty: &'a Type, wrapper: &str) -> (bool, &'a Type) {
    if let Type::Path(path) = ty
        && let Some(last) = path.path.segments.last()
        && last.ident == wrapper
        && let PathArguments::AngleBracketed(arguments) = &last.arguments
        && let Some(GenericArgument::Type(inner)) = arguments.args.first()
    {
        return (true, inner);
    }

    (false, ty)
}

fn kind(ty: &Type) -> Option<KindOfType> {
    let Type::Path(path) = ty else { return None };
    match path.path.segments.last()?.ident.to_string().as_str() {
        "String" => Some(KindOfType::Text),
        "bool" => Some(KindOfType::Boolean),
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" | "isize" => {
            Some(KindOfType::Integer)
        }
        "Value" | "Map" => Some(KindOfType::Json),
        _ => None,
    }
}
