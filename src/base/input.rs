//! What is scanned.

use std::{fmt, str::FromStr};

/// One text to scan, with what is known about it.
#[derive(Clone, Copy, Debug)]
pub struct Input<'h> {
    /// The bytes. Any bytes: invalid UTF-8 is scanned as it is.
    pub text: &'h [u8],
    /// Name of the field that holds the text, if it has one (a JSON key, a CSV column). It counts as keyword context.
    pub key: Option<&'h [u8]>,
}

impl<'h> Input<'h> {
    /// A text without a key.
    ///
    /// ```
    /// use lockgate::base::Input;
    /// assert_eq!(Input::new("hello").text, b"hello");
    /// ```
    pub fn new<T: AsRef<[u8]> + ?Sized>(text: &'h T) -> Self {
        Self { text: text.as_ref(), key: None }
    }
}

/// Which way the text travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// A prompt on its way to a model.
    #[default]
    Input,
    /// A model's answer.
    Output,
    /// Something an agent stores or recalls.
    Memory,
    /// Arguments of a tool call.
    ToolCall,
    /// What a tool returned.
    ToolResult,
}

impl Direction {
    /// All directions.
    pub const ALL: [Self; 5] =
        [Self::Input, Self::Output, Self::Memory, Self::ToolCall, Self::ToolResult];

    /// The name on the wire and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::Memory => "memory",
            Self::ToolCall => "tool_call",
            Self::ToolResult => "tool_result",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Direction {
    type Err = UnknownDirection;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|direction| direction.name() == name).ok_or(UnknownDirection)
    }
}

/// The name is none of the directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownDirection;

impl fmt::Display for UnknownDirection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a direction is one of input, output, memory, tool_call, tool_result")
    }
}

impl std::error::Error for UnknownDirection {}
