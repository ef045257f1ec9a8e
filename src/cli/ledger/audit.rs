//! `lockgate audit`: verify a ledger, prove a record, export all of them, show the public key, destroy keys.

use super::{LedgerArgs, read_text, root_secret};
use crate::audit::{Audit, AuditOptions, ORIGIN_DEFAULT};
use crate::base::Fault;
use crate::base::code::LEDGER_CHECKPOINT;
use crate::cli::output::{print_json, print_with};
use crate::lineage::Epoch;
use crate::lineage::ledger::{Problem, Proof, PublicKey, Report, Signer, for_each, prove, verify};
use clap::{Args, Subcommand};
use std::io::{self, Write};
use std::path::PathBuf;

/// Arguments of `lockgate audit`.
#[derive(Clone, Debug, Args)]
pub struct AuditArgs {
    /// What is done.
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// With what checkpoints are verified.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
pub struct PublicKeyArgs {
    /// Public key of the ledger, as `lockgate audit key` prints it
    #[arg(long, value_name = "KEY")]
    pub public_key: Option<String>,
    /// File with the root secret, from which the public key follows
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum AuditCommand {
    /// Check every sum, number, link, root and signature; or one proof
    Verify {
        /// Folder of the ledger: lineage.directory of the settings
        #[arg(long, value_name = "DIR", required_unless_present = "proof")]
        ledger: Option<PathBuf>,
        /// With what it is verified.
        #[command(flatten)]
        public: PublicKeyArgs,
        /// Name of the ledger, if --key-file is given
        #[arg(long, value_name = "NAME", default_value = ORIGIN_DEFAULT)]
        origin: String,
        /// Check this proof instead of a ledger
        #[arg(long, value_name = "FILE", conflicts_with = "ledger")]
        proof: Option<PathBuf>,
    },
    /// Print the proof that a record is in the ledger, for somebody who has only the public key
    Prove {
        /// Which ledger.
        #[command(flatten)]
        ledger: LedgerArgs,
        /// With what it is verified.
        #[command(flatten)]
        public: PublicKeyArgs,
        /// Name of the ledger, if --key-file is given
        #[arg(long, value_name = "NAME", default_value = ORIGIN_DEFAULT)]
        origin: String,
        /// Number of the record
        #[arg(value_name = "SEQ")]
        seq: u64,
    },
    /// Print all records, one JSON object a line
    Export {
        /// Which ledger.
        #[command(flatten)]
        ledger: LedgerArgs,
    },
    /// Print the public key of the ledger
    Key {
        /// File with the root secret
        #[arg(long, value_name = "FILE")]
        key_file: PathBuf,
        /// Name of the ledger
        #[arg(long, value_name = "NAME", default_value = ORIGIN_DEFAULT)]
        origin: String,
    },
    /// Destroy the keys of an epoch: its values can never be looked up or linked again. Stop the service first
    Shred {
        /// Which ledger.
        #[command(flatten)]
        ledger: LedgerArgs,
        /// File with the root secret
        #[arg(long, value_name = "FILE")]
        key_file: PathBuf,
        /// Name of the ledger
        #[arg(long, value_name = "NAME", default_value = ORIGIN_DEFAULT)]
        origin: String,
        /// Number of the epoch, as records show it
        #[arg(value_name = "EPOCH")]
        epoch: u32,
    },
}

impl PublicKeyArgs {
    fn key(&self, origin: &str) -> Result<PublicKey, Fault> {
        match (&self.public_key, &self.key_file) {
            (Some(text), _) => text.parse(),
            (None, Some(path)) => public_key(path, origin),
            (None, None) => Err(LEDGER_CHECKPOINT.into()),
        }
    }
}

fn public_key(key_file: &std::path::Path, origin: &str) -> Result<PublicKey, Fault> {
    let ring = crate::lineage::Keyring::new(root_secret(key_file)?);
    Ok(Signer::new(&ring, origin)?.public().clone())
}

/// Does what was asked; says whether the ledger is what it was.
pub(super) fn run(args: &AuditArgs) -> Result<bool, Fault> {
    match &args.command {
        AuditCommand::Verify { ledger, public, origin, proof } => {
            let public = public.key(origin)?;
            match (proof, ledger) {
                (Some(path), _) => check_proof(&read_text(path)?, &public),
                (None, Some(folder)) => {
                    let ledger = LedgerArgs { ledger: folder.clone() };
                    let report = verify(&ledger.folder(), &public)?;
                    print_with(|out| show(out, &report))?;
                    Ok(report.problems.is_empty())
                }
                (None, None) => Err(LEDGER_CHECKPOINT.into()),
            }
        }
        AuditCommand::Prove { ledger, public, origin, seq } => {
            print_json(&prove(&ledger.folder(), &public.key(origin)?, *seq)?)?;
            Ok(true)
        }
        AuditCommand::Export { ledger } => export(ledger).map(|()| true),
        AuditCommand::Key { key_file, origin } => {
            let public = public_key(key_file, origin)?;
            print_with(|out| writeln!(out, "{public}"))?;
            Ok(true)
        }
        AuditCommand::Shred { ledger, key_file, origin, epoch } => {
            // Whoever writes the ledger holds these keys in memory, and would go on with them: opening it makes sure that nobody does.
            let options = AuditOptions {
                origin: origin.clone(),
                retention_days: 0,
                ..AuditOptions::new(&ledger.ledger, root_secret(key_file)?)
            };
            Audit::open(&options)?.shred(Epoch(*epoch))?;
            print_with(|out| writeln!(out, "The keys of epoch {epoch} are destroyed."))?;
            Ok(true)
        }
    }
}

fn check_proof(text: &str, public: &PublicKey) -> Result<bool, Fault> {
    let proof: Proof = serde_json::from_str(text)
        .map_err(|_| Fault::new(LEDGER_CHECKPOINT, "the proof is damaged"))?;
    match proof.verify(public) {
        Ok(signed) => {
            print_with(|out| {
                writeln!(
                    out,
                    "Record {} is under the checkpoint of {} records.",
                    proof.seq, signed.size
                )
            })?;
            Ok(true)
        }
        Err(fault) => {
            print_with(|out| writeln!(out, "Not proven: {}.", fault.detail))?;
            Ok(false)
        }
    }
}

/// Each line holds the number and the time of the record, and the event as it was written.
fn export(ledger: &LedgerArgs) -> Result<(), Fault> {
    let mut failed = None;
    let folder = ledger.folder();
    print_with(|out| {
        let mut written = Ok(());
        let read = for_each(&folder, |record| {
            if written.is_err() {
                return;
            }
            let (seq, time_ms) = (record.seq, record.time_ms);
            written = write!(out, "{{\"seq\":{seq},\"time_ms\":{time_ms},\"event\":")
                .and_then(|()| out.write_all(record.payload))
                .and_then(|()| out.write_all(b"}\n"));
        });
        failed = read.err();
        written
    })?;
    failed.map_or(Ok(()), Err)
}

fn show(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let Report { segments, records, first_seq, size, checkpoints, signed, torn_bytes, .. } = report;
    writeln!(out, "segments     {segments}")?;
    writeln!(out, "records      {records}, from {first_seq} up to {size}")?;
    writeln!(out, "checkpoints  {checkpoints} right, the newest covers {signed} records")?;
    if *torn_bytes > 0 {
        writeln!(
            out,
            "torn         {torn_bytes} bytes of a batch that was not written to its end"
        )?;
    }
    for problem in &report.problems {
        match problem {
            Problem::Segment { number, offset, seq, flaw } => {
                writeln!(
                    out,
                    "WRONG        segment {number}, byte {offset}, record {seq}: {flaw}"
                )?;
            }
            Problem::Note { name } => {
                writeln!(
                    out,
                    "WRONG        {name}: no checkpoint of this ledger, or not signed by this key"
                )?;
            }
            Problem::Root { size } => {
                writeln!(
                    out,
                    "WRONG        the first {size} records are not those that were signed"
                )?;
            }
            Problem::Short { signed, here } => {
                writeln!(out, "WRONG        {signed} records were signed, {here} are here")?;
            }
        }
    }
    if report.problems.is_empty() { writeln!(out, "nothing is wrong") } else { Ok(()) }
}
