//! The options of the configuration file, as data.

use super::{Config, Durability, LogFormat, LogLevel, Switch, TurnScope};
use crate::base::limits;
use crate::lineage::OnFull;
use crate::policy::links::{Domains, Others};
use crate::server::wire::{Offsets, StyleName};
use std::net::SocketAddr;
use std::path::PathBuf;

/// One option.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Table of the file: `server`.
    pub table: &'static str,
    /// Name in that table: `max-body-bytes`.
    pub name: &'static str,
    /// Type and range.
    pub kind: Kind,
    /// What it does, in sentences.
    pub doc: &'static str,
    pub(super) slot: fn(&mut Config) -> Slot<'_>,
}

/// Type, unit and range of an option.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A whole number.
    Integer {
        /// Smallest value.
        min: u64,
        /// Largest value.
        max: u64,
        /// What it counts.
        unit: &'static str,
    },
    /// IP address and port.
    Address,
    /// Any text.
    Text,
    /// One of these names.
    Choice(&'static [&'static str]),
    /// Path of a file.
    File,
    /// Paths of directories.
    Directories,
    /// Names of domains.
    Domains,
}

/// Where the value of an option lives.
pub(super) enum Slot<'a> {
    Integer(&'a mut u64),
    Address(&'a mut SocketAddr),
    Text(&'a mut String),
    Choice(&'a mut dyn Choice),
    File(&'a mut Option<PathBuf>),
    Directories(&'a mut Vec<PathBuf>),
    Domains(&'a mut Domains),
}

/// A value with a name out of a fixed list.
pub(super) trait Choice {
    /// Takes the value of this name; false if there is none.
    fn choose(&mut self, name: &str) -> bool;
    /// The name of the value.
    fn chosen(&self) -> &'static str;
}

macro_rules! choice {
    ($type:ty, $names:ident: $($value:pat = $make:expr => $name:literal),+ $(,)?) => {
        const $names: &[&str] = &[$($name),+];
        impl Choice for $type {
            fn choose(&mut self, name: &str) -> bool {
                match name {
                    $($name => *self = $make,)+
                    _ => return false,
                }
                true
            }
            fn chosen(&self) -> &'static str {
                match self {
                    $($value => $name,)+
                }
            }
        }
    };
}

choice! { LogFormat, LOG_FORMATS:
    Self::Text = Self::Text => "text",
    Self::Json = Self::Json => "json",
}
choice! { LogLevel, LOG_LEVELS:
    Self::Error = Self::Error => "error",
    Self::Warn = Self::Warn => "warn",
    Self::Info = Self::Info => "info",
    Self::Debug = Self::Debug => "debug",
}
choice! { Offsets, OFFSETS:
    Self::Bytes = Self::Bytes => "bytes",
    Self::Codepoints = Self::Codepoints => "codepoints",
    Self::Utf16 = Self::Utf16 => "utf16",
}
choice! { Others, OTHERS:
    Self::Inspect = Self::Inspect => "inspect",
    Self::Deny = Self::Deny => "deny",
}
choice! { Durability, DURABILITIES:
    Self::Async = Self::Async => "async",
    Self::Durable = Self::Durable => "durable",
}
choice! { OnFull, ON_FULL:
    Self::Wait = Self::Wait => "wait",
    Self::Refuse = Self::Refuse => "refuse",
}
choice! { Switch, SWITCH:
    Self::Off = Self::Off => "off",
    Self::On = Self::On => "on",
}
choice! { TurnScope, TURN_SCOPES:
    Self::Off = Self::Off => "off",
    Self::Content = Self::Content => "content",
    Self::Session = Self::Session => "session",
}
choice! { Option<StyleName>, STYLES:
    None = None => "rule",
    Some(StyleName::Placeholder) = Some(StyleName::Placeholder) => "placeholder",
    Some(StyleName::Numbered) = Some(StyleName::Numbered) => "numbered",
    Some(StyleName::Mask) = Some(StyleName::Mask) => "mask",
    Some(StyleName::Hash) = Some(StyleName::Hash) => "hash",
    Some(StyleName::Remove) = Some(StyleName::Remove) => "remove",
}

/// All options, in the order of the documentation. Options of one table stand together.
pub fn options() -> &'static [Setting] {
    OPTIONS
}

const fn count(min: u64, max: u64, unit: &'static str) -> Kind {
    Kind::Integer { min, max, unit }
}

static OPTIONS: &[Setting] = &[
    Setting {
        table: "server",
        name: "listen",
        kind: Kind::Address,
        doc: "Address and port to listen on. Port 0 takes a free one; the first line of output shows it.",
        slot: |config| Slot::Address(&mut config.listen),
    },
    Setting {
        table: "server",
        name: "workers",
        kind: count(0, 1024, "threads"),
        doc: "Worker threads. 0 means one per processor. Large bodies are scanned on as many further threads.",
        slot: |config| Slot::Integer(&mut config.workers),
    },
    Setting {
        table: "server",
        name: "connections-max",
        kind: count(1, 1_000_000, "connections"),
        doc: "Open connections. Further ones wait in the queue of the operating system.",
        slot: |config| Slot::Integer(&mut config.connections_max),
    },
    Setting {
        table: "server",
        name: "concurrency-max",
        kind: count(1, 100_000, "requests"),
        doc: "Inspections that are worked on at the same time. Further ones are answered with 503 at once.",
        slot: |config| Slot::Integer(&mut config.concurrency_max),
    },
    Setting {
        table: "server",
        name: "max-body-bytes",
        kind: count(1024, limits::INPUT_BYTES_MAX as u64, "bytes"),
        doc: "Largest request body. It is counted while it is read, whatever Content-Length says.",
        slot: |config| Slot::Integer(&mut config.max_body_bytes),
    },
    Setting {
        table: "server",
        name: "bodies-bytes-max",
        kind: count(1024, 1 << 40, "bytes"),
        doc: "Bytes of all request bodies and answers in memory at the same time, at least max-body-bytes. What does not fit is answered with 503. The work on a body is not counted: it needs up to three times the body, or twenty times if the body is full of findings, for at most two bodies per worker.",
        slot: |config| Slot::Integer(&mut config.bodies_bytes_max),
    },
    Setting {
        table: "server",
        name: "batch-items-max",
        kind: count(1, 100_000, "items"),
        doc: "Items of one POST /v1/inspect/batch.",
        slot: |config| Slot::Integer(&mut config.batch_items_max),
    },
    Setting {
        table: "server",
        name: "request-timeout-ms",
        kind: count(10, 600_000, "milliseconds"),
        doc: "Time to send the headers, and again for the body and the inspection together.",
        slot: |config| Slot::Integer(&mut config.request_timeout_ms),
    },
    Setting {
        table: "server",
        name: "drain-delay-ms",
        kind: count(0, 600_000, "milliseconds"),
        doc: "How long the service goes on after SIGTERM while /readyz already answers 503, so that load balancers look elsewhere first.",
        slot: |config| Slot::Integer(&mut config.drain_delay_ms),
    },
    Setting {
        table: "server",
        name: "drain-timeout-ms",
        kind: count(0, 600_000, "milliseconds"),
        doc: "How long open requests may take to finish after the delay.",
        slot: |config| Slot::Integer(&mut config.drain_timeout_ms),
    },
    Setting {
        table: "stream",
        name: "max",
        kind: count(1, 1_000_000, "streams"),
        doc: "Streams that are open at the same time, those of the proxy included. Further ones are answered with 503.",
        slot: |config| Slot::Integer(&mut config.streams_max),
    },
    Setting {
        table: "stream",
        name: "idle-timeout-ms",
        kind: count(10, 86_400_000, "milliseconds"),
        doc: "Longest pause between two pieces of a stream. Comments of server-sent events end a pause.",
        slot: |config| Slot::Integer(&mut config.stream_idle_ms),
    },
    Setting {
        table: "stream",
        name: "timeout-ms",
        kind: count(10, 86_400_000, "milliseconds"),
        doc: "Longest time from the first byte of a stream to its last.",
        slot: |config| Slot::Integer(&mut config.stream_timeout_ms),
    },
    Setting {
        table: "stream",
        name: "bytes-max",
        kind: count(1024, limits::INPUT_BYTES_MAX as u64, "bytes"),
        doc: "Bytes of one stream.",
        slot: |config| Slot::Integer(&mut config.stream_bytes_max),
    },
    Setting {
        table: "turns",
        name: "scope",
        kind: Kind::Choice(TURN_SCOPES),
        doc: "Messages that are looked at together, so that a value that is split over them is flagged: none, those of one conversation, or also the last ones of the session that the header dlp-lineage names. The default pack must be one that streams take.",
        slot: |config| Slot::Choice(&mut config.turns),
    },
    Setting {
        table: "turns",
        name: "sessions-max",
        kind: count(1, 1_000_000, "sessions"),
        doc: "Sessions that are remembered, each with up to 4 KiB of what its last messages ended in. If there are more, the one that was silent for longest is forgotten.",
        slot: |config| Slot::Integer(&mut config.turn_sessions_max),
    },
    Setting {
        table: "turns",
        name: "idle-ms",
        kind: count(1000, 86_400_000, "milliseconds"),
        doc: "How long a session is remembered after its last message.",
        slot: |config| Slot::Integer(&mut config.turn_idle_ms),
    },
    Setting {
        table: "proxy",
        name: "listen",
        kind: Kind::Address,
        doc: "IP address and port of the proxy, if there is an upstream.",
        slot: |config| Slot::Address(&mut config.proxy_listen),
    },
    Setting {
        table: "proxy",
        name: "upstream",
        kind: Kind::Text,
        doc: "What the proxy stands in front of: `https://api.example.com`, with a path if all requests go below one. Empty: there is no proxy.",
        slot: |config| Slot::Text(&mut config.upstream),
    },
    Setting {
        table: "proxy",
        name: "connect-timeout-ms",
        kind: count(10, 600_000, "milliseconds"),
        doc: "Time to connect to the upstream.",
        slot: |config| Slot::Integer(&mut config.connect_timeout_ms),
    },
    Setting {
        table: "proxy",
        name: "answer-timeout-ms",
        kind: count(10, 86_400_000, "milliseconds"),
        doc: "Time from a request to the headers of the upstream's answer.",
        slot: |config| Slot::Integer(&mut config.answer_timeout_ms),
    },
    Setting {
        table: "inspect",
        name: "pack",
        kind: Kind::Text,
        doc: "Pack for requests that name none.",
        slot: |config| Slot::Text(&mut config.pack),
    },
    Setting {
        table: "inspect",
        name: "json-depth-max",
        kind: count(1, limits::JSON_DEPTH_MAX as u64, "brackets"),
        doc: "Open brackets of a JSON document. Deeper ones are refused.",
        slot: |config| Slot::Integer(&mut config.json_depth_max),
    },
    Setting {
        table: "inspect",
        name: "offsets",
        kind: Kind::Choice(OFFSETS),
        doc: "Unit of the offsets of findings, for requests that name none.",
        slot: |config| Slot::Choice(&mut config.offsets),
    },
    Setting {
        table: "rules",
        name: "directories",
        kind: Kind::Directories,
        doc: "Directories of rule files, merged with the built-in rules by id. Relative paths start where the process was started.",
        slot: |config| Slot::Directories(&mut config.rules),
    },
    Setting {
        table: "rules",
        name: "list-key-file",
        kind: Kind::File,
        doc: "File with the key of stored lists of exact data: 32 bytes, or 64 hexadecimal digits.",
        slot: |config| Slot::File(&mut config.list_key_file),
    },
    Setting {
        table: "redaction",
        name: "style",
        kind: Kind::Choice(STYLES),
        doc: "How findings are replaced, for requests that do not say. `rule` leaves it to each rule.",
        slot: |config| Slot::Choice(&mut config.style),
    },
    Setting {
        table: "redaction",
        name: "mask-keep-first",
        kind: count(0, 64, "characters"),
        doc: "Characters that the mask style leaves readable at the start.",
        slot: |config| Slot::Integer(&mut config.mask_keep_first),
    },
    Setting {
        table: "redaction",
        name: "mask-keep-last",
        kind: count(0, 64, "characters"),
        doc: "Characters that the mask style leaves readable at the end.",
        slot: |config| Slot::Integer(&mut config.mask_keep_last),
    },
    Setting {
        table: "redaction",
        name: "hash-key-file",
        kind: Kind::File,
        doc: "File with the key of the hash style: 64 hexadecimal digits. Without a key, hash falls back to placeholder.",
        slot: |config| Slot::File(&mut config.hash_key_file),
    },
    Setting {
        table: "links",
        name: "allow",
        kind: Kind::Domains,
        doc: "Domains whose links are not looked at any further, with everything below them. A suffix under which anybody can register a name, such as github.io, is refused.",
        slot: |config| Slot::Domains(&mut config.link_allow),
    },
    Setting {
        table: "links",
        name: "deny",
        kind: Kind::Domains,
        doc: "Domains that no link may lead to, also if they are allowed.",
        slot: |config| Slot::Domains(&mut config.link_deny),
    },
    Setting {
        table: "links",
        name: "others",
        kind: Kind::Choice(OTHERS),
        doc: "What happens to links to other domains: `inspect` looks at what they carry, `deny` lets none pass.",
        slot: |config| Slot::Choice(&mut config.link_others),
    },
    Setting {
        table: "policy",
        name: "file",
        kind: Kind::File,
        doc: "Policy that says who may send what where: a TOML file, or a folder whose `.toml` files are read in the order of their names. docs/POLICY.md explains it. Without one the pack alone decides.",
        slot: |config| Slot::File(&mut config.policy_file),
    },
    Setting {
        table: "vault",
        name: "sessions-max",
        kind: count(0, limits::VAULT_SESSIONS_MAX as u64, "sessions"),
        doc: "Sessions whose tokens can be turned back at the same time (TOKENS.md). Values of further ones are redacted. 0 makes no tokens.",
        slot: |config| Slot::Integer(&mut config.vault_sessions_max),
    },
    Setting {
        table: "vault",
        name: "values-max",
        kind: count(1, limits::VAULT_VALUES_MAX as u64, "values"),
        doc: "Values of one session that have tokens. Further ones are redacted.",
        slot: |config| Slot::Integer(&mut config.vault_values_max),
    },
    Setting {
        table: "vault",
        name: "bytes-max",
        kind: count(1024, limits::VAULT_BYTES_MAX as u64, "bytes"),
        doc: "Bytes of all sessions in memory, with what it takes to keep them: some 300 a value.",
        slot: |config| Slot::Integer(&mut config.vault_bytes_max),
    },
    Setting {
        table: "vault",
        name: "idle-timeout-ms",
        kind: count(1000, 2_592_000_000, "milliseconds"),
        doc: "Time from the last use of a session to its end. Then its values are forgotten, and its tokens stay tokens.",
        slot: |config| Slot::Integer(&mut config.vault_idle_ms),
    },
    Setting {
        table: "lineage",
        name: "directory",
        kind: Kind::File,
        doc: "Folder of the ledger and of the salts of its keys. Lineage is off without it, and needs key-file with it. docs/LINEAGE.md explains all of it.",
        slot: |config| Slot::File(&mut config.lineage_directory),
    },
    Setting {
        table: "lineage",
        name: "key-file",
        kind: Kind::File,
        doc: "File with the root secret: 32 bytes, or 64 hexadecimal digits. Whoever has it and the salts can look values up.",
        slot: |config| Slot::File(&mut config.lineage_key_file),
    },
    Setting {
        table: "lineage",
        name: "origin",
        kind: Kind::Text,
        doc: "Name of the ledger in its checkpoints, such as `example.org/ledger`: no white space, no plus sign. It must not change.",
        slot: |config| Slot::Text(&mut config.lineage_origin),
    },
    Setting {
        table: "lineage",
        name: "tenant",
        kind: Kind::Text,
        doc: "Tenant of callers that name none.",
        slot: |config| Slot::Text(&mut config.lineage_tenant),
    },
    Setting {
        table: "lineage",
        name: "durability",
        kind: Kind::Choice(DURABILITIES),
        doc: "When an inspection is answered: `async` once its record waits to be written, `durable` once it is on the disk.",
        slot: |config| Slot::Choice(&mut config.lineage_durability),
    },
    Setting {
        table: "lineage",
        name: "on-full",
        kind: Kind::Choice(ON_FULL),
        doc: "What happens when the queue is full or the disk fails: `wait` lets requests wait up to two seconds, `refuse` answers 503 at once. What cannot be recorded is not answered in either case.",
        slot: |config| Slot::Choice(&mut config.lineage_on_full),
    },
    Setting {
        table: "lineage",
        name: "queue-events",
        kind: count(1, 1_000_000, "events"),
        doc: "Events that may wait to be written.",
        slot: |config| Slot::Integer(&mut config.lineage_queue_events),
    },
    Setting {
        table: "lineage",
        name: "epoch-days",
        kind: count(1, 90, "days"),
        doc: "Days that share keys. A value has another token in every epoch.",
        slot: |config| Slot::Integer(&mut config.lineage_epoch_days),
    },
    Setting {
        table: "lineage",
        name: "retention-days",
        kind: count(0, 3650, "days"),
        doc: "Days that records are kept, and the keys of an epoch after its end. 0 keeps them for ever.",
        slot: |config| Slot::Integer(&mut config.lineage_retention_days),
    },
    Setting {
        table: "lineage",
        name: "index-events-max",
        kind: count(2, limits::LINEAGE_INDEX_EVENTS_MAX as u64, "inspections"),
        doc: "Inspections that questions are answered from, about one kilobyte of memory each. Of more, the oldest half is left out; it stays in the ledger.",
        slot: |config| Slot::Integer(&mut config.lineage_index_events_max),
    },
    Setting {
        table: "lineage",
        name: "queries",
        kind: Kind::Choice(SWITCH),
        doc: "Whether /v1/lineage answers. The service knows no users: let it only if everyone who can reach it may follow every value of every tenant.",
        slot: |config| Slot::Choice(&mut config.lineage_queries),
    },
    Setting {
        table: "log",
        name: "format",
        kind: Kind::Choice(LOG_FORMATS),
        doc: "How log lines look. They go to standard error.",
        slot: |config| Slot::Choice(&mut config.log_format),
    },
    Setting {
        table: "log",
        name: "level",
        kind: Kind::Choice(LOG_LEVELS),
        doc: "The least severe event that is logged. `debug` writes a line per request: route, status and time, nothing of its content.",
        slot: |config| Slot::Choice(&mut config.log_level),
    },
];
