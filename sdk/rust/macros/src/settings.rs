//! `#[derive(Settings)]`.

use proc_macro2::TokenStream;
use quote::quote;
use stagewright_catalogue::{SettingKind, Word};
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::token::Bracket;
use syn::{
    Attribute, DeriveInput, Error, Field, Ident, Lit, LitInt, LitStr, Result, Token, bracketed,
};

use crate::attributes::{Shape, attributes, kind_given, kind_tokens, label, named_fields};
use crate::text::Text;

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let fields = named_fields(input)?;
    let entries =
        fields.iter().map(|(key, field)| entry(key, field)).collect::<Result<Vec<_>>>()?;

    let takes = fields.iter().enumerate().map(|(index, (field, _))| {
        let setting = quote!(<Self as ::stagewright_sdk::Settings>::SETTINGS[#index]);
        quote!(#field: fields.take(&#setting)?)
    });

    Ok(quote! {
        impl ::stagewright_sdk::Settings for #name {
            const SETTINGS: &'static [::stagewright_sdk::Setting] = &[#(#entries),*];

            fn from_fields(
                fields: &mut ::stagewright_sdk::Fields,
            ) -> ::core::result::Result<Self, ::stagewright_sdk::Failure> {
                // A type without settings takes nothing.
                let _ = &fields;
                ::core::result::Result::Ok(Self { #(#takes),* })
            }
        }
    })
}

/// A default: one value, or a list of them in brackets.
enum Preset {
    One(Lit),
    List(Punctuated<Lit, Token![,]>),
}

impl Parse for Preset {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if !input.peek(Bracket) {
            return input.parse().map(Self::One);
        }

        let list;
        bracketed!(list in input);
        Punctuated::parse_terminated(&list).map(Self::List)
    }
}

impl Preset {
    fn json(&self) -> Result<String> {
        match self {
            Self::One(value) => json_text(value),
            Self::List(values) => Ok(format!(
                "[{}]",
                values.iter().map(json_text).collect::<Result<Vec<_>>>()?.join(",")
            )),
        }
    }
}

/// `#[setting(..)]`.
#[derive(Default)]
struct Given {
    kind: Option<LitStr>,
    key: Option<LitStr>,
    default: Option<Preset>,
    required: bool,
    min: Option<LitInt>,
    max: Option<LitInt>,
}

impl Given {
    fn read(field: &Field) -> Result<Self> {
        let mut given = Self::default();
        for attribute in attributes(field, "setting") {
            attribute.parse_nested_meta(|meta| given.accept(&meta))?;
        }
        Ok(given)
    }

    fn accept(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        match meta.path.get_ident().map(ToString::to_string).as_deref() {
            Some("kind") => self.kind = Some(meta.value()?.parse()?),
            Some("key") => self.key = Some(meta.value()?.parse()?),
            Some("default") => self.default = Some(meta.value()?.parse()?),
            Some("min") => self.min = Some(meta.value()?.parse()?),
            Some("max") => self.max = Some(meta.value()?.parse()?),
            Some("required") => self.required = true,
            _ => return Err(meta.error("expected kind, key, default, required, min or max")),
        }
        Ok(())
    }

    fn kind(&self, shape: &Shape, field: &Field) -> Result<SettingKind> {
        let Some(kind) = &self.kind else {
            return shape.kind.map(SettingKind::from).ok_or_else(|| {
                Error::new(
                    field.ty.span(),
                    "add #[setting(kind = \"..\")]; it does not follow from this type",
                )
            });
        };
        kind_given(kind, "setting", SettingKind::ALL)
    }

    /// A field that can neither be absent nor has a default must be filled in, and should say so.
    fn check(&self, shape: &Shape, field: &Field) -> Result<()> {
        if self
            .default
            .as_ref()
            .is_some_and(|default| matches!(default, Preset::List(_)) != shape.multiple)
        {
            return Err(Error::new(
                field.span(),
                "the default of a Vec is a list, and no other default is one",
            ));
        }

        let may_be_absent = shape.optional || shape.multiple || self.default.is_some();
        match (self.required, may_be_absent) {
            (false, false) => Err(Error::new(
                field.span(),
                "add `required` or `default = ..`, or make the type an Option",
            )),
            (true, _) if shape.optional => {
                Err(Error::new(field.span(), "an Option is not required"))
            }
            _ => Ok(()),
        }
    }
}

fn entry(name: &Ident, field: &Field) -> Result<TokenStream> {
    let (given, shape) = (Given::read(field)?, Shape::of(field));
    given.check(&shape, field)?;
    let (kind, label) = (given.kind(&shape, field)?, label(field)?);
    let key = given.key.as_ref().map_or_else(|| name.to_string(), LitStr::value);

    let help = optional(
        attributes(field, "help").next().map(|text| Text::parse(text)?.tokens(text)).transpose()?,
    );
    let default = optional(given.default.as_ref().map(Preset::json).transpose()?);
    let (min, max) = (optional(given.min.as_ref()), optional(given.max.as_ref()));

    let choices = attributes(field, "choice").map(choice).collect::<Result<Vec<_>>>()?;
    if (kind == SettingKind::Choice) == choices.is_empty() {
        return Err(Error::new(
            field.span(),
            "a choice has one #[choice(value = \"..\", ..)] for each value, and nothing else has",
        ));
    }

    let (required, multiple) = (given.required, shape.multiple);
    let kind = kind_tokens("SettingKind", kind);
    Ok(quote! {
        ::stagewright_sdk::Setting {
            key: #key, kind: #kind, label: #label, help: #help,
            required: #required, default: #default, min: #min, max: #max,
            choices: &[#(#choices),*], multiple: #multiple,
        }
    })
}

fn optional(value: Option<impl quote::ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

fn json_text(default: &Lit) -> Result<String> {
    match default {
        Lit::Str(text) => Ok(quoted(&text.value())),
        Lit::Int(number) => Ok(number.base10_digits().to_owned()),
        Lit::Bool(flag) => Ok(flag.value.to_string()),
        other => Err(Error::new(
            other.span(),
            "a default is a text, an integer, a boolean or a list of them",
        )),
    }
}

fn quoted(text: &str) -> String {
    let mut json = String::from('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            control if control.is_control() => {
                json.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => json.push(other),
        }
    }
    json.push('"');
    json
}

fn choice(attribute: &Attribute) -> Result<TokenStream> {
    let (mut value, mut label) = (None::<LitStr>, Text::default());
    attribute.parse_nested_meta(|meta| {
        if meta.path.is_ident("value") {
            value = Some(meta.value()?.parse()?);
            return Ok(());
        }

        match label.accept(&meta)? {
            true => Ok(()),
            false => Err(meta.error("expected value, en, ru or uk")),
        }
    })?;

    let value = value.ok_or_else(|| Error::new(attribute.span(), "add value = \"..\""))?;
    let label = label.tokens(attribute)?;
    Ok(quote!(::stagewright_sdk::Choice { value: #value, label: #label }))
}
