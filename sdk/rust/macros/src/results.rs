//! `#[derive(Results)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{DeriveInput, Error, Field, Ident, LitStr, Result};

use crate::attributes::{Shape, attributes, label, named_fields};

const KINDS: [&str; 7] = ["text", "integer", "decimal", "boolean", "moment", "user", "json"];

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let fields = named_fields(input)?;
    let entries =
        fields.iter().map(|(key, field)| entry(key, field)).collect::<Result<Vec<_>>>()?;

    let inserts = fields.iter().enumerate().map(|(index, (field, _))| {
        let value = quote!(::stagewright_sdk::serde_json::json!(self.#field));
        quote!(fields.insert(Self::RESULTS[#index].key.into(), #value);)
    });

    Ok(quote! {
        impl ::stagewright_sdk::Results for #name {
            const RESULTS: &'static [::stagewright_sdk::ResultField] = &[#(#entries),*];

            fn into_fields(
                self,
            ) -> ::stagewright_sdk::serde_json::Map<
                ::std::string::String,
                ::stagewright_sdk::serde_json::Value,
            > {
                let mut fields = ::stagewright_sdk::serde_json::Map::new();
                #(#inserts)*
                fields
            }
        }
    })
}

fn entry(name: &Ident, field: &Field) -> Result<TokenStream> {
    let (mut kind, mut key) = (None::<LitStr>, None::<LitStr>);
    for attribute in attributes(field, "result") {
        attribute.parse_nested_meta(|meta| {
            let slot = if meta.path.is_ident("kind") {
                &mut kind
            } else if meta.path.is_ident("key") {
                &mut key
            } else {
                return Err(meta.error("expected kind or key"));
            };
            *slot = Some(meta.value()?.parse()?);
            Ok(())
        })?;
    }

    let kind = kind_of(kind, field)?;
    let key = key.map_or_else(|| name.to_string(), |key| key.value());

    let label = label(field)?;
    Ok(quote!(::stagewright_sdk::ResultField { key: #key, kind: #kind, label: #label }))
}

fn kind_of(given: Option<LitStr>, field: &Field) -> Result<String> {
    let Some(kind) = given else {
        let shape = Shape::of(field);
        let follows = if shape.multiple { Some("json") } else { shape.kind };
        return follows.map(str::to_owned).ok_or_else(|| {
            Error::new(
                field.ty.span(),
                "add #[result(kind = \"..\")]; it does not follow from this type",
            )
        });
    };

    match KINDS.contains(&kind.value().as_str()) {
        true => Ok(kind.value()),
        false => Err(Error::new(
            kind.span(),
            format!("no kind of result; the kinds are {}", KINDS.join(", ")),
        )),
    }
}
