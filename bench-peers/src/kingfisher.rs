//! Kingfisher's in-process engine lives in a Python package: a child process that times itself.

use crate::engines::Engine;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;
use std::{env, fs, path::PathBuf};

pub(crate) struct Kingfisher {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    version: String,
    rules: String,
    /// The documents of the workload, where the child can read them.
    file: PathBuf,
}

impl Kingfisher {
    pub(crate) fn start(python: &str, script: &str) -> io::Result<Self> {
        let mut command = Command::new(python);
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let requests = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut answers = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        let mut hello = String::new();
        answers.read_line(&mut hello)?;
        let (version, rules) = hello.trim().split_once(' ').ok_or(io::ErrorKind::UnexpectedEof)?;
        let (version, rules) = (format!("{version}, through Python"), rules.to_owned());
        let file = env::temp_dir().join(format!("lockgate-peers-{}.json", std::process::id()));
        Ok(Self { child, requests, answers, version, rules, file })
    }

    fn ask(&mut self, times: u32) -> Option<(Duration, usize)> {
        writeln!(self.requests, "{times}").ok()?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer).ok()?;
        let (took, found) = answer.trim().split_once(' ')?;
        Some((Duration::from_nanos(took.parse().ok()?), found.parse().ok()?))
    }
}

impl Engine for Kingfisher {
    fn name(&self) -> &str {
        "kingfisher"
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn rules(&self) -> String {
        self.rules.clone()
    }

    fn load(&mut self, documents: &[String]) {
        let text = serde_json::to_string(documents).expect("texts serialise");
        fs::write(&self.file, text).expect("the temporary folder takes files");
        writeln!(self.requests, "{}", self.file.display()).expect("Kingfisher listens");
    }

    fn pass(&mut self, _documents: &[String], times: u32) -> (Duration, usize) {
        self.ask(times).expect("Kingfisher answers")
    }
}

impl Drop for Kingfisher {
    fn drop(&mut self) {
        // A child that is gone already needs no end, and a file that stays is in the temporary folder.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.file);
    }
}
