//! Where the value behind a token may be put back.

/// Places of a content in which values may stand again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sinks {
    /// Ordinary words.
    pub text: bool,
    /// Addresses: links of all kinds, and the inside of HTML tags.
    pub link: bool,
    /// What a model asks a tool for.
    pub tool_arguments: bool,
}

impl Sinks {
    /// Nowhere.
    pub const NONE: Self = Self { text: false, link: false, tool_arguments: false };
    /// Words only.
    pub const TEXT: Self = Self { text: true, ..Self::NONE };

    /// The places of both.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            text: self.text || other.text,
            link: self.link || other.link,
            tool_arguments: self.tool_arguments || other.tool_arguments,
        }
    }

    /// What remains within the arguments of a tool: their words, and their addresses if both are permitted.
    #[must_use]
    pub const fn of_arguments(self) -> Self {
        let Self { link, tool_arguments, .. } = self;
        Self { text: tool_arguments, link: link && tool_arguments, tool_arguments }
    }
}
