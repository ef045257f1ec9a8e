//! Names of the ways in which a text was looked at.

use super::limits::VIEW_DEPTH_MAX;
use std::fmt;

macro_rules! views {
    ($($name:ident = $text:literal, $doc:literal;)*) => {
        /// One way to look at a text other than as it is. The registry of all of them; how each one reads is in `text::views`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum ViewKind {
            $(#[doc = $doc] $name,)*
        }

        impl ViewKind {
            /// All kinds, in the order in which they are tried.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What it shows, one sentence.
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$name => $doc,)* }
            }
        }
    };
}

views! {
    Fold = "fold", "Look-alike characters as the ASCII they stand for, invisible ones left out.";
    Tags = "tags", "Invisible Unicode tag characters as the ASCII they encode.";
    Selectors = "selectors", "Runs of variation selectors as the bytes they encode.";
    InvisibleBits = "invisible-bits", "Runs of two invisible characters as the bits they encode.";
    Utf16 = "utf16", "UTF-16, or bytes with a NUL between them.";
    Escape = "escape", "Backslash escapes of JSON, JavaScript, Python, C and CSS.";
    Percent = "percent", "Percent-encoding, `%u` included.";
    Entity = "entity", "HTML entities.";
    Quoted = "quoted-printable", "Quoted-printable.";
    Mime = "mime-word", "Encoded words of mail headers.";
    Utf7 = "utf7", "UTF-7.";
    Punycode = "punycode", "Labels of international domain names.";
    Base64 = "base64", "Base64 of either alphabet, wrapped or not; gzip and zlib data in it are inflated.";
    Base32 = "base32", "Base32.";
    Hex = "hex", "Hexadecimal digits in a row or as a list, and lists of decimal character codes.";
    Glue = "glue", "String literals that are added up, and lines that are continued.";
    Digits = "digits", "Digits that stand apart, as one number.";
    Letters = "letters", "Letters that stand apart, as one word.";
    Words = "words", "Digits written as words.";
    Reversed = "reversed", "Tokens read from their end.";
    Rot13 = "rot13", "Tokens with letters moved by 13 places.";
}

impl ViewKind {
    /// True if the view joins what may never have belonged together, so that only a validated finding counts.
    pub const fn joins(self) -> bool {
        matches!(self, Self::Digits | Self::Letters | Self::Words)
    }
}

impl fmt::Display for ViewKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The views through which a finding was made, outermost first: `base64>escape`. Empty for the text as it is.
///
/// ```
/// use lockgate::base::{ViewKind, ViewPath};
/// assert_eq!(ViewPath::RAW.to_string(), "raw");
/// let path = ViewPath::RAW.then(ViewKind::Base64).then(ViewKind::Escape);
/// assert_eq!(path.to_string(), "base64>escape");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewPath([Option<ViewKind>; VIEW_DEPTH_MAX]);

impl ViewPath {
    /// The text as it is.
    pub const RAW: Self = Self([None; VIEW_DEPTH_MAX]);

    /// This path and one more view. What is deeper than [`VIEW_DEPTH_MAX`] is not recorded.
    #[must_use]
    pub fn then(mut self, kind: ViewKind) -> Self {
        if let Some(free) = self.0.iter_mut().find(|step| step.is_none()) {
            *free = Some(kind);
        }
        self
    }

    /// True for the text as it is.
    pub fn is_raw(self) -> bool {
        self.0[0].is_none()
    }

    /// Number of views.
    pub fn depth(self) -> usize {
        self.steps().count()
    }

    /// The views, outermost first.
    pub fn steps(self) -> impl Iterator<Item = ViewKind> {
        self.0.into_iter().flatten()
    }
}

impl fmt::Display for ViewPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_raw() {
            return f.write_str("raw");
        }
        for (i, kind) in self.steps().enumerate() {
            let sign = if i == 0 { "" } else { ">" };
            write!(f, "{sign}{kind}")?;
        }
        Ok(())
    }
}
