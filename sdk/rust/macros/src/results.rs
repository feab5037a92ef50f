//! `#[derive(Results)]`.

use proc_macro2::TokenStream;
use quote::quote;
use stagewright_catalogue::ResultKind;
use syn::spanned::Spanned;
use syn::{DeriveInput, Error, Field, Ident, LitStr, Result};

use crate::attributes::{
    KindOfType, Shape, attributes, kind_given, kind_tokens, label, named_fields,
};

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
    let kind = kind_tokens("ResultKind", kind_of(kind, field)?);
    let key = key.map_or_else(|| name.to_string(), |key| key.value());

    let label = label(field)?;
    Ok(quote!(::stagewright_sdk::ResultField { key: #key, kind: #kind, label: #label }))
}

fn kind_of(given: Option<LitStr>, field: &Field) -> Result<ResultKind> {
    let Some(kind) = given else {
        let shape = Shape::of(field);
        let follows = if shape.multiple { Some(KindOfType::Json) } else { shape.kind };
        return follows.map(ResultKind::from).ok_or_else(|| {
            Error::new(
                field.ty.span(),
                "add #[result(kind = \"..\")]; it does not follow from this type",
            )
        });
    };
    kind_given(&kind, "result", &ResultKind::OFFERED)
}
