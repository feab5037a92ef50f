//! Texts in the languages of the catalogue.

use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, Error, LitStr, Result};

/// A text as its attribute gives it.
#[derive(Default)]
pub(crate) struct Text {
    en: Option<LitStr>,
    ru: Option<LitStr>,
    uk: Option<LitStr>,
}

impl Text {
    /// Takes `en`, `ru` or `uk`; says whether it was one of them.
    pub(crate) fn accept(&mut self, meta: &ParseNestedMeta<'_>) -> Result<bool> {
        let slot = match meta.path.get_ident().map(ToString::to_string).as_deref() {
            Some("en") => &mut self.en,
            Some("ru") => &mut self.ru,
            Some("uk") => &mut self.uk,
            _ => return Ok(false),
        };

        *slot = Some(meta.value()?.parse()?);
        Ok(true)
    }

    /// The whole attribute is a text.
    pub(crate) fn parse(attribute: &Attribute) -> Result<Self> {
        let mut text = Self::default();
        attribute.parse_nested_meta(|meta| match text.accept(&meta)? {
            true => Ok(()),
            false => Err(meta.error("expected en, ru or uk")),
        })?;

        Ok(text)
    }

    /// All languages must be there: a form in half a language is a bug that nobody sees in review.
    pub(crate) fn tokens(&self, place: &impl Spanned) -> Result<TokenStream> {
        match (&self.en, &self.ru, &self.uk) {
            (Some(en), Some(ru), Some(uk)) => {
                Ok(quote!(::stagewright_sdk::Text::new(#en, #ru, #uk)))
            }
            _ => Err(Error::new(place.span(), "give the text in en, ru and uk")),
        }
    }
}
