//! What a document looks like.

use super::random::Random;

/// The form of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What a person asks a model.
    Prompt,
    /// A conversation as text.
    Chat,
    /// Requests and answers of chat APIs, in JSON.
    ChatJson,
    /// A call of a tool with JSON arguments, or its result.
    ToolCall,
    /// What an agent remembers.
    Memory,
    /// Source code.
    Code,
    /// Settings: environment, YAML, JSON, TOML, INI, Dockerfile, shell, Terraform.
    Config,
    /// Lines of server logs, stack traces.
    Log,
    /// A message with headers.
    Email,
    /// A support ticket.
    Ticket,
    /// CSV, Markdown and HTML tables.
    Table,
    /// Statements and dumps of databases.
    Sql,
    /// Running text.
    Prose,
}

impl Kind {
    /// Every kind, in the order of their share.
    pub const ALL: [Self; 13] = [
        Self::Prompt,
        Self::Chat,
        Self::ChatJson,
        Self::ToolCall,
        Self::Memory,
        Self::Code,
        Self::Config,
        Self::Log,
        Self::Email,
        Self::Ticket,
        Self::Table,
        Self::Sql,
        Self::Prose,
    ];

    /// Its name in the output and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Chat => "chat",
            Self::ChatJson => "chat-json",
            Self::ToolCall => "tool-call",
            Self::Memory => "memory",
            Self::Code => "code",
            Self::Config => "config",
            Self::Log => "log",
            Self::Email => "email",
            Self::Ticket => "ticket",
            Self::Table => "table",
            Self::Sql => "sql",
            Self::Prose => "prose",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether people write here, who put marks around what they quote.
    pub(super) const fn is_prose(self) -> bool {
        matches!(
            self,
            Self::Prompt | Self::Chat | Self::Memory | Self::Email | Self::Ticket | Self::Prose
        )
    }

    pub(super) const fn index(self) -> usize {
        self as usize
    }

    pub(super) fn draw(random: &mut Random, of: &[Self]) -> Self {
        random.pick(of).copied().unwrap_or(Self::Prose)
    }
}

/// The language of the words around a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lang {
    #[default]
    En,
    De,
    Fr,
    Es,
    Pt,
    It,
    Nl,
    Pl,
}

impl Lang {
    pub(super) const ALL: [Self; 8] =
        [Self::En, Self::De, Self::Fr, Self::Es, Self::Pt, Self::It, Self::Nl, Self::Pl];

    pub(super) fn from_name(name: &str) -> Option<Self> {
        const NAMES: [&str; 8] = ["en", "de", "fr", "es", "pt", "it", "nl", "pl"];
        NAMES.iter().position(|known| *known == name).map(|index| Self::ALL[index])
    }
}
