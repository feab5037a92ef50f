//! A closed list of words as an enum.

use std::fmt::Debug;

/// An enum whose variants are the words of a list.
pub trait Word: Copy + Eq + Debug + Send + Sync + 'static {
    /// The whole list, in the order in which it is told to people.
    const ALL: &'static [Self];

    /// The word as it is stored and sent.
    fn as_str(self) -> &'static str;

    /// The variant that `text` spells.
    #[must_use]
    fn of(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.as_str() == text)
    }
}

/// Makes an enum a [`Word`], each variant with its spelling.
///
/// The list stands once: a variant that is added without a spelling does not compile.
macro_rules! words {
    (
        $(#[$about:meta])*
        $vis:vis enum $name:ident {
            $($(#[$what:meta])* $variant:ident = $spelling:literal,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        $vis enum $name {
            $($(#[$what])* $variant,)*
        }

        impl $crate::word::Word for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $spelling,)*
                }
            }
        }
    };
}

pub(crate) use words;
