//! What settings and results have in common: named fields, labels and kinds that follow from types.

use proc_macro2::TokenStream;
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Error, Field, Fields, GenericArgument, Ident, PathArguments,
    Result, Type,
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

/// A field's type without `Option` and `Vec`.
pub(crate) struct Shape {
    pub(crate) optional: bool,
    pub(crate) multiple: bool,
    /// The kind that follows from the type.
    pub(crate) kind: Option<&'static str>,
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

fn kind(ty: &Type) -> Option<&'static str> {
    let Type::Path(path) = ty else { return None };
    match path.path.segments.last()?.ident.to_string().as_str() {
        "String" => Some("text"),
        "bool" => Some("boolean"),
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" | "isize" => {
            Some("integer")
        }
        "Value" | "Map" => Some("json"),
        _ => None,
    }
}
