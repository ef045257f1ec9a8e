//! Labelled documents, cut into windows.

use flate2::read::MultiGzDecoder;
use lockgate::base::Span;
use lockgate::classify::injection::windows;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Words and phrases that announce an attack. They do not decide what is one, but which attacks can be told by their words: the others
/// are ordinary sentences, which are not trained on and are measured on a line of their own.
const CUES: [&str; 52] = [
    "ignor",
    "disregard",
    "forget",
    "override",
    "overrid",
    "bypass",
    "system prompt",
    "systemprompt",
    "system message",
    "initial prompt",
    "jailbr",
    " dan ",
    "dan,",
    "do anything now",
    "developer mode",
    "god mode",
    "admin mode",
    "debug mode",
    "pretend",
    "you are now",
    "from now on",
    "no restriction",
    "without restriction",
    "no filter",
    "unfiltered",
    "uncensored",
    "unrestricted",
    "previous instruction",
    "prior instruction",
    "above instruction",
    "my instructions",
    "your instructions",
    "following instruction",
    "new instruction",
    "do not tell",
    "don't tell",
    "im_start",
    "[inst]",
    "<<sys>>",
    "system:",
    "[system",
    "task complete",
    "vergiss",
    "ignora",
    "olvida",
    "oubli",
    "dimentica",
    "your guidelines",
    "your rules",
    "your password",
    "the password",
    "secret key",
];

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    /// An attack that carries a cue.
    Attack,
    /// An attack without a cue.
    Ordinary,
    /// No attack.
    Benign,
    /// No attack, but orders to a model all the same.
    SystemPrompt,
}

#[derive(Debug)]
pub(crate) struct Document {
    pub text: String,
    pub truth: Truth,
    /// Where the attacks are; empty if nobody said.
    pub attacks: Vec<Span>,
}

impl Document {
    /// Windows that teach, and whether each is an attack. Windows that touch an attack a little teach nothing.
    pub(crate) fn lessons(&self) -> Vec<(&[u8], bool)> {
        let text = self.text.as_bytes();
        let attack = self.truth == Truth::Attack;
        let mut lessons = Vec::new();
        for window in windows(text) {
            let common =
                |span: &Span| span.end.min(window.end).saturating_sub(span.start.max(window.start));
            let shared = self.attacks.iter().map(common).max();
            let whole = self.attacks.iter().map(|span| span.len().min(window.len())).min();
            let teaches = match (shared, whole) {
                (Some(0), _) => Some(false),
                (Some(shared), Some(whole)) => (shared * 2 >= whole).then_some(true),
                _ => Some(attack),
            };
            lessons.extend(teaches.map(|attack| (&text[window.range()], attack)));
        }
        lessons
    }
}

#[derive(Debug)]
pub(crate) struct Corpus {
    pub name: String,
    pub documents: Vec<Document>,
}

/// Reads a file of documents: a corpus for each `set` of harmless ones that they name. Lines that hold no document are left out.
pub(crate) fn read(path: &Path) -> io::Result<Vec<Corpus>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let file = File::open(path)?;
    let reader: Box<dyn Read> =
        if name.ends_with(".gz") { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let stem = name.split('.').next().unwrap_or_default();
    let mut corpora: BTreeMap<String, Vec<Document>> = BTreeMap::new();
    for line in BufReader::new(reader).lines() {
        let value: Value = serde_json::from_str(&line?)?;
        let Some(document) = document(&value) else { continue };
        let name = match value["meta"]["set"].as_str() {
            Some(set) if document.truth == Truth::Benign => format!("{stem}/{set}"),
            _ => stem.to_string(),
        };
        corpora.entry(name).or_default().push(document);
    }
    let corpora = corpora.into_iter().map(|(name, documents)| Corpus { name, documents });
    Ok(corpora.collect())
}

fn document(value: &Value) -> Option<Document> {
    let text = value["text"].as_str()?.to_string();
    let label = value["label"].as_str().unwrap_or_default();
    let is_attack = |label: &str| {
        ["ai.injection", "injection", "jailbreak", "prompt_injection", "attack", "malicious"]
            .iter()
            .any(|name| label.split('/').next() == Some(name))
    };
    let spans = value["spans"].as_array().map(Vec::as_slice).unwrap_or_default();
    let attacks: Vec<Span> = spans
        .iter()
        .filter(|span| span["label"].as_str().is_some_and(is_attack))
        .filter_map(|span| {
            let offset = |name: &str| usize::try_from(span[name].as_u64()?).ok();
            Some(Span { start: offset("start")?, end: offset("end")? })
        })
        .filter(|span| span.start < span.end && span.end <= text.len())
        .collect();
    let truth = if is_attack(label) || !attacks.is_empty() {
        let lower = text.to_lowercase();
        let cued = CUES.iter().any(|cue| lower.contains(cue));
        if cued { Truth::Attack } else { Truth::Ordinary }
    } else if label == "system_prompt" {
        Truth::SystemPrompt
    } else if label == "ai" {
        // An attack of another kind.
        return None;
    } else {
        Truth::Benign
    };
    Some(Document { text, truth, attacks })
}
