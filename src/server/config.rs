//! Settings of the service: a TOML file, read against one table of options.
//!
//! [`options`] is the single source: the reader, `docs/config.md`, `lockgate.example.toml` and the output of
//! `--check-config` all come from it. Reading never stops at the first mistake: [`Config::parse`] reports all of them.

mod document;
mod option;
mod read;

pub use document::{example, markdown, resolved};
pub use option::{Kind, Setting, options};

use super::wire::{Offsets, StyleName};
use crate::base::{Fault, code, limits};
use crate::lineage::OnFull;
use crate::policy::links::{Domains, LinkPolicy, Others};
use crate::redact::{Redaction, Style};
use crate::rules::Rules;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The least severe event that is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// Failures of the service itself.
    Error,
    /// What may need a look.
    Warn,
    /// Start, stop, and how the service is set up.
    #[default]
    Info,
    /// One line per request: route, status and time, nothing of its content.
    Debug,
}

/// When an inspection is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Once its record waits to be written.
    #[default]
    Async,
    /// Once its record is on the disk.
    Durable,
}

/// Whether something is offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Switch {
    /// It is not.
    #[default]
    Off,
    /// It is.
    On,
}

/// Which messages are looked at together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TurnScope {
    /// None.
    #[default]
    Off,
    /// Those of one content.
    Content,
    /// Those of one content, and the last ones of its session.
    Session,
}

/// Settings, valid by construction: every value is within the range that its option states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Worker threads; 0 means one per processor.
    pub workers: u64,
    /// Open connections.
    pub connections_max: u64,
    /// Requests that are worked on at the same time.
    pub concurrency_max: u64,
    /// Largest body in bytes.
    pub max_body_bytes: u64,
    /// Bytes of all bodies and answers in memory, at least those of the largest one.
    pub bodies_bytes_max: u64,
    /// Items of one batch.
    pub batch_items_max: u64,
    /// Milliseconds for the headers, the body and the inspection together.
    pub request_timeout_ms: u64,
    /// Milliseconds between the signal to stop and the end of accepting.
    pub drain_delay_ms: u64,
    /// Milliseconds for open requests to finish after that.
    pub drain_timeout_ms: u64,
    /// Streams that may be open at the same time.
    pub streams_max: u64,
    /// Milliseconds that a stream may pause.
    pub stream_idle_ms: u64,
    /// Milliseconds from the first byte of a stream to its last.
    pub stream_timeout_ms: u64,
    /// Bytes of one stream.
    pub stream_bytes_max: u64,
    /// Which messages are looked at together.
    pub turns: TurnScope,
    /// Sessions whose last messages are remembered.
    pub turn_sessions_max: u64,
    /// Milliseconds that a session is remembered after its last message.
    pub turn_idle_ms: u64,
    /// Address that the proxy listens on.
    pub proxy_listen: SocketAddr,
    /// What the proxy stands in front of; nothing if there is none.
    pub upstream: String,
    /// Milliseconds to connect to the upstream.
    pub connect_timeout_ms: u64,
    /// Milliseconds from the request to the headers of the upstream's answer.
    pub answer_timeout_ms: u64,
    /// Pack for requests that name none.
    pub pack: String,
    /// Open brackets of a JSON document.
    pub json_depth_max: u64,
    /// Unit of offsets for requests that name none.
    pub offsets: Offsets,
    /// Directories of rule files.
    pub rules: Vec<PathBuf>,
    /// File that holds the key of stored lists.
    pub list_key_file: Option<PathBuf>,
    /// Style of redaction for requests that name none.
    pub style: Option<StyleName>,
    /// Characters that a mask leaves readable at the start.
    pub mask_keep_first: u64,
    /// Characters that a mask leaves readable at the end.
    pub mask_keep_last: u64,
    /// File that holds the key of the `hash` style.
    pub hash_key_file: Option<PathBuf>,
    /// The key from that file.
    pub hash_key: Option<HashKey>,
    /// Domains that links may lead to, whatever they carry.
    pub link_allow: Domains,
    /// Domains that links must not lead to.
    pub link_deny: Domains,
    /// What happens to links to other domains.
    pub link_others: Others,
    /// File or folder of the policy.
    pub policy_file: Option<PathBuf>,
    /// Sessions whose tokens can be turned back; 0 makes no tokens.
    pub vault_sessions_max: u64,
    /// Values of one session that have tokens.
    pub vault_values_max: u64,
    /// Bytes of all sessions.
    pub vault_bytes_max: u64,
    /// Milliseconds from the last use of a session to its end.
    pub vault_idle_ms: u64,
    /// Folder of the ledger; lineage is off without one.
    pub lineage_directory: Option<PathBuf>,
    /// File that holds the root secret of lineage.
    pub lineage_key_file: Option<PathBuf>,
    /// Name of the ledger in its checkpoints.
    pub lineage_origin: String,
    /// Tenant of callers that name none.
    pub lineage_tenant: String,
    /// When an inspection is answered.
    pub lineage_durability: Durability,
    /// What happens to an event for which there is no room.
    pub lineage_on_full: OnFull,
    /// Events that may wait to be written.
    pub lineage_queue_events: u64,
    /// Days that share keys.
    pub lineage_epoch_days: u64,
    /// Days that records and keys are kept; 0 keeps them for ever.
    pub lineage_retention_days: u64,
    /// Inspections that the index holds.
    pub lineage_index_events_max: u64,
    /// Whether questions about lineage are answered.
    pub lineage_queries: Switch,
    /// How log lines look.
    pub log_format: LogFormat,
    /// The least severe event that is logged.
    pub log_level: LogLevel,
}

/// A key that no `Debug` output shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HashKey(pub [u8; 32]);

impl std::fmt::Debug for HashKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[key]")
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8181)),
            workers: 0,
            connections_max: 10_000,
            concurrency_max: 1024,
            max_body_bytes: 16 << 20,
            bodies_bytes_max: 1 << 30,
            batch_items_max: 1000,
            request_timeout_ms: 10_000,
            drain_delay_ms: 0,
            drain_timeout_ms: 10_000,
            streams_max: 10_000,
            stream_idle_ms: 120_000,
            stream_timeout_ms: 3_600_000,
            stream_bytes_max: 256 << 20,
            turns: TurnScope::Off,
            turn_sessions_max: 10_000,
            turn_idle_ms: 1_800_000,
            proxy_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8182)),
            upstream: String::new(),
            connect_timeout_ms: 10_000,
            answer_timeout_ms: 600_000,
            pack: "default".to_owned(),
            json_depth_max: limits::JSON_DEPTH_MAX as u64,
            offsets: Offsets::Bytes,
            rules: Vec::new(),
            list_key_file: None,
            style: None,
            mask_keep_first: 0,
            mask_keep_last: 4,
            hash_key_file: None,
            hash_key: None,
            link_allow: Domains::default(),
            link_deny: Domains::default(),
            link_others: Others::default(),
            policy_file: None,
            vault_sessions_max: 10_000,
            vault_values_max: 10_000,
            vault_bytes_max: 64 << 20,
            vault_idle_ms: 3_600_000,
            lineage_directory: None,
            lineage_key_file: None,
            lineage_origin: "lockgate/ledger".to_owned(),
            lineage_tenant: "default".to_owned(),
            lineage_durability: Durability::Async,
            lineage_on_full: OnFull::Wait,
            lineage_queue_events: 8192,
            lineage_epoch_days: 30,
            lineage_retention_days: 183,
            lineage_index_events_max: limits::LINEAGE_INDEX_EVENTS_MAX as u64 / 10,
            lineage_queries: Switch::Off,
            log_format: LogFormat::Text,
            log_level: LogLevel::Info,
        }
    }
}

/// Reads one file. A parameter, so that the settings can be tested without a disk.
pub type ReadFile<'a> = &'a dyn Fn(&Path) -> io::Result<Vec<u8>>;

impl Config {
    /// Settings from the text of a configuration file. Options that the text leaves out keep their defaults.
    ///
    /// ```
    /// use lockgate::server::Config;
    /// let config = Config::parse("[server]\nworkers = 2", &|path| std::fs::read(path)).unwrap();
    /// assert_eq!(config.workers, 2);
    /// ```
    ///
    /// # Errors
    /// Every mistake in the file, each with its line and column.
    pub fn parse(text: &str, read_file: ReadFile<'_>) -> Result<Self, Vec<Fault>> {
        read::config(text, read_file)
    }

    /// Checks that the rule set has the default pack.
    ///
    /// # Errors
    /// It has not.
    pub fn check_pack(&self, rules: &Rules) -> Result<(), Fault> {
        match rules.pack(&self.pack) {
            Some(_) => Ok(()),
            None => Err(Fault::new(code::PACK_UNKNOWN, "set by inspect.pack")),
        }
    }

    /// Checks the upstream of the proxy, if there is one.
    ///
    /// # Errors
    /// It is no URL of HTTP.
    pub fn check_upstream(&self) -> Result<(), Fault> {
        super::proxy::check(self)
    }

    /// Time limit of one request.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }

    /// Where links may lead.
    pub fn links(&self) -> LinkPolicy {
        let (allow, deny) = (self.link_allow.clone(), self.link_deny.clone());
        LinkPolicy { allow, deny, others: self.link_others }
    }

    /// The redaction for a request that asks for `style`, or for none.
    pub fn redaction(&self, style: Option<StyleName>) -> Redaction {
        let keep = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        let style = style.or(self.style).map(|name| match name {
            StyleName::Placeholder => Style::Placeholder,
            StyleName::Numbered => Style::Numbered,
            StyleName::Mask => Style::Mask {
                keep_first: keep(self.mask_keep_first),
                keep_last: keep(self.mask_keep_last),
            },
            StyleName::Hash => Style::Hash,
            StyleName::Remove => Style::Remove,
        });
        Redaction { style, hash_key: self.hash_key.map(|key| key.0), reencode: false }
    }
}
