//! Phone numbers, compared and kept in E.164 form.

use phonenumber::country::Id as Country;
use phonenumber::{Mode, PhoneNumber};

/// A number in E.164 form, or nothing where it is none. `country` (ISO 3166) is assumed for numbers
/// written without one; extensions are dropped. Messengers write numbers with the country's code
/// but without the plus sign, so that is tried too.
#[must_use]
pub fn normalise(text: &str, country: &str) -> Option<String> {
    let country = country.parse::<Country>().ok();
    let valid = |number: PhoneNumber| {
        phonenumber::is_valid(&number).then(|| number.format().mode(Mode::E164).to_string())
    };
    let plain = |text: String| phonenumber::parse(country, text).ok().and_then(valid);

    plain(text.trim().to_owned())
        .or_else(|| plain(format!("+{}", text.trim().trim_start_matches('+'))))
        .map(|e164| e164.split(';').next().unwrap_or_default().to_owned())
}

/// As [`normalise`], or the text's digits and letters where it is no phone number: other messengers
/// have other addresses.
#[must_use]
pub fn address(text: &str, country: &str) -> String {
    normalise(text, country).unwrap_or_else(|| text.trim().to_owned())
}

/// Whether `code` is the ISO 3166 code of a country, such as `UA`.
#[must_use]
pub fn is_country(code: &str) -> bool {
    code.parse::<Country>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_to_write_a_number_are_the_same_number() {
        for text in
            ["+38 (067) 123-45-67", "0671234567", "380671234567", "+380671234567", "067 123 45 67"]
        {
            assert_eq!(normalise(text, "UA").as_deref(), Some("+380671234567"), "{text}");
        }
    }

    #[test]
    fn extensions_are_dropped() {
        assert_eq!(normalise("+380671234567 ext. 12", "UA").as_deref(), Some("+380671234567"));
    }

    #[test]
    fn what_is_no_number_is_nothing() {
        for text in ["", "abc", "12", "+999999999999999999"] {
            assert_eq!(normalise(text, "UA"), None, "{text}");
        }
    }
}
