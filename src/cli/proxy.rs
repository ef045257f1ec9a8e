//! `lockgate proxy`: the reverse proxy alone.

use super::serve::{ProxyOverrides, ServeArgs, start};
use crate::server::Services;
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

const EXAMPLES: &str = "\
Point the base URL of a client at the proxy. What it sends is inspected and redacted before it goes
to the upstream, and so is what comes back, streams while they arrive.

Examples:
  lockgate proxy --upstream https://api.openai.com      then OPENAI_BASE_URL=http://127.0.0.1:8182/v1
  lockgate proxy --upstream http://127.0.0.1:11434      in front of Ollama; OLLAMA_HOST=127.0.0.1:8182

Limits, time-outs and styles are settings (docs/config.md). Exit codes: 0 stopped as asked, 2 could not start.";

/// Arguments of `lockgate proxy`.
#[derive(Clone, Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ProxyArgs {
    /// What to stand in front of; a path in it goes in front of all paths
    #[arg(long, value_name = "URL")]
    pub upstream: Option<String>,
    /// Listen on this address [default: 127.0.0.1:8182]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Which rules are on, and what they demand
    #[arg(long, value_name = "NAME")]
    pub pack: Option<String>,
    /// Read settings from this TOML file (docs/config.md)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Add the rule files of this folder; may be given several times
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// Decide by this policy as well: a file or a folder (docs/POLICY.md)
    #[arg(long, value_name = "PATH")]
    pub policy: Option<PathBuf>,
}

pub(super) fn run(args: &ProxyArgs) -> ExitCode {
    let serve = ServeArgs {
        config: args.config.clone(),
        rules: args.rules.clone(),
        policy: args.policy.clone(),
        ..ServeArgs::default()
    };
    let overrides = ProxyOverrides {
        listen: args.listen,
        upstream: args.upstream.clone(),
        pack: args.pack.clone(),
    };
    start(&serve, &overrides, Services::Proxy)
}
