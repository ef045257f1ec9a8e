//! `lockgate serve`: reads the settings and the rules, then hands over to the HTTP service.

use super::ledger::root_secret;
use super::load::{self, RuleSources};
use super::policy;
use crate::audit::{Audit, AuditOptions};
use crate::base::{Fault, code};
use crate::lineage::Service;
use crate::policy::Policy;
use crate::rules::Rules;
use crate::server::config::Durability;
use crate::server::{self, Attached, Config, Services, config};
use clap::Args;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Something was wrong with the settings, the rules or the address.
const EXIT_ERROR: u8 = 2;

/// Arguments of `lockgate serve`.
#[derive(Clone, Debug, Default, Args)]
pub struct ServeArgs {
    /// Read settings from this TOML file (docs/config.md)
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Listen on this address [default: 127.0.0.1:8181]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Add the rule files of this folder; may be given several times
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// Decide by this policy as well: a file or a folder (docs/POLICY.md)
    #[arg(long, value_name = "PATH")]
    pub policy: Option<PathBuf>,
    /// Print the settings that result, or everything that is wrong with them, and exit
    #[arg(long)]
    pub check_config: bool,
}

/// Runs the service. Exit codes: 0 stopped as asked, 2 could not start.
pub fn run(args: &ServeArgs) -> ExitCode {
    start(args, &ProxyOverrides::default(), Services::All)
}

/// What the arguments of the proxy say over the file of settings.
#[derive(Debug, Default)]
pub(super) struct ProxyOverrides {
    pub(super) listen: Option<SocketAddr>,
    pub(super) upstream: Option<String>,
    pub(super) pack: Option<String>,
}

pub(super) fn start(args: &ServeArgs, proxy: &ProxyOverrides, services: Services) -> ExitCode {
    let (config, rules, policy) = match prepare(args, proxy) {
        Ok(prepared) => prepared,
        Err(mistakes) => return fail(&mistakes),
    };
    if args.check_config {
        print!("{}", config::resolved(&config));
        return ExitCode::SUCCESS;
    }
    server::init_log(&config);
    let lineage = match lineage(&config) {
        Ok(lineage) => lineage,
        Err(fault) => return fail(&[fault.to_string()]),
    };
    let attached = Attached { lineage, policy: policy.map(Arc::new) };
    match server::serve(config, Arc::new(rules), services, attached) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&[error.to_string()]),
    }
}

/// The ledger of the settings, if there is one.
fn lineage(config: &Config) -> Result<Option<Arc<dyn Service>>, Fault> {
    let (Some(directory), Some(key_file)) = (&config.lineage_directory, &config.lineage_key_file)
    else {
        return Ok(None);
    };
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let days = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let audit = Audit::open(&AuditOptions {
        origin: config.lineage_origin.clone(),
        tenant: config.lineage_tenant.as_str().into(),
        epoch_days: days(config.lineage_epoch_days),
        retention_days: days(config.lineage_retention_days),
        durable: config.lineage_durability == Durability::Durable,
        on_full: config.lineage_on_full,
        queue_events: size(config.lineage_queue_events),
        index_events_max: size(config.lineage_index_events_max),
        ..AuditOptions::new(directory, root_secret(key_file)?)
    })?;
    tracing::info!(public_key = %audit.public(), "the ledger is open");
    Ok(Some(Arc::new(audit)))
}

fn fail(mistakes: &[String]) -> ExitCode {
    for mistake in mistakes {
        eprintln!("error: {mistake}");
    }
    ExitCode::from(EXIT_ERROR)
}

/// Settings, rules and policy, or everything that is wrong with any of them.
fn prepare(
    args: &ServeArgs,
    proxy: &ProxyOverrides,
) -> Result<(Config, Rules, Option<Policy>), Vec<String>> {
    let config = settings(args, proxy)
        .map_err(|faults| faults.iter().map(Fault::to_string).collect::<Vec<_>>());
    let sources = match &config {
        Ok(config) => RuleSources {
            paths: config.rules.clone(),
            keys: config.list_key_file.iter().cloned().collect(),
        },
        Err(_) => (&args.rules).into(),
    };
    let rules = load::rules(&sources).map_err(|error| vec![error.to_string()]);
    match (config, rules) {
        (Ok(config), Ok((rules, _warnings))) => {
            match config.check_pack(&rules).and_then(|()| config.check_upstream()) {
                Ok(()) => {
                    let policy = config.policy_file.as_ref();
                    let policy = policy.map(|path| policy::load(path, &rules)).transpose();
                    Ok((config, rules, policy.map_err(|fault| vec![fault.to_string()])?))
                }
                Err(fault) => Err(vec![fault.to_string()]),
            }
        }
        (config, rules) => Err(config.err().into_iter().chain(rules.err()).flatten().collect()),
    }
}

/// The file, with the command line on top.
fn settings(args: &ServeArgs, proxy: &ProxyOverrides) -> Result<Config, Vec<Fault>> {
    let mut config = match &args.config {
        Some(path) => Config::parse(&read(path)?, &|path| fs::read(path))?,
        None => Config::default(),
    };
    if let Some(listen) = args.listen {
        config.listen = listen;
    }
    if let Some(listen) = proxy.listen {
        config.proxy_listen = listen;
    }
    if let Some(upstream) = &proxy.upstream {
        config.upstream.clone_from(upstream);
    }
    if let Some(pack) = &proxy.pack {
        config.pack.clone_from(pack);
    }
    config.rules.extend_from_slice(&args.rules);
    if let Some(policy) = &args.policy {
        config.policy_file = Some(policy.clone());
    }
    Ok(config)
}

fn read(path: &Path) -> Result<String, Vec<Fault>> {
    fs::read_to_string(path).map_err(|error| {
        vec![Fault::new(code::CONFIG_FILE, format!("{}: {error}", path.display()))]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn check(text: &str, args: ServeArgs) -> Result<Config, Vec<String>> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let args = ServeArgs { config: Some(file.path().to_owned()), ..args };
        prepare(&args, &ProxyOverrides::default()).map(|(config, ..)| config)
    }

    #[test]
    fn the_command_line_wins() {
        let args = ServeArgs { listen: "127.0.0.1:0".parse().ok(), ..ServeArgs::default() };
        let config = check("[server]\nlisten = '127.0.0.1:1'\nworkers = 3", args).unwrap();
        assert_eq!((config.listen.port(), config.workers), (0, 3));
    }

    #[test]
    fn settings_and_rules_are_checked_together() {
        let args = ServeArgs { rules: vec!["no such folder".into()], ..ServeArgs::default() };
        let mistakes = check("[server]\nworkers = 'x'\n[log]\nlevel = 1", args).unwrap_err();
        assert!(mistakes.len() >= 3, "{mistakes:?}");
    }

    #[test]
    fn an_unknown_pack_is_found_before_the_start() {
        let mistakes = check("[inspect]\npack = 'none'", ServeArgs::default()).unwrap_err();
        assert!(mistakes[0].contains("request.pack.unknown"), "{mistakes:?}");
    }
}
