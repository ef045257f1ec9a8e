//! Finding many literals at once: by Hyperscan, or portably by Aho-Corasick. Both report the same hits.

#[cfg(feature = "hyperscan")]
use super::hyperscan;
use super::portable;

/// A literal to look for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Literal {
    /// The bytes; lower-case if `caseless`.
    pub bytes: Vec<u8>,
    /// Whether ASCII case is ignored.
    pub caseless: bool,
}

/// A place where a literal ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Offset one past the last byte.
    pub end: u32,
    /// Position of the literal in the list that was compiled.
    pub literal: u32,
}

/// Which matcher to use for literals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Hyperscan (feature `hyperscan`).
    #[cfg(feature = "hyperscan")]
    Hyperscan,
    /// Aho-Corasick.
    Portable,
}

impl Backend {
    /// The fastest one that is compiled in.
    pub const FASTEST: Self = {
        #[cfg(feature = "hyperscan")]
        {
            Self::Hyperscan
        }
        #[cfg(not(feature = "hyperscan"))]
        {
            Self::Portable
        }
    };

    /// Every one that is compiled in.
    pub const ALL: &[Self] = &[
        #[cfg(feature = "hyperscan")]
        Self::Hyperscan,
        Self::Portable,
    ];

    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "hyperscan")]
            Self::Hyperscan => "hyperscan",
            Self::Portable => "portable",
        }
    }
}

/// A compiled set of literals.
#[derive(Debug)]
pub struct LiteralSet(Kind);

#[derive(Debug)]
enum Kind {
    Empty,
    #[cfg(feature = "hyperscan")]
    Hyperscan(hyperscan::Database),
    Portable(portable::Automaton),
}

/// Working memory for one [`LiteralSet`].
#[derive(Debug, Default)]
pub struct LiteralScratch(
    #[cfg(feature = "hyperscan")] Option<hyperscan::Scratch>,
    #[cfg(not(feature = "hyperscan"))] (),
);

impl LiteralSet {
    /// Compiles a set.
    ///
    /// # Errors
    /// What the backend reports, in words.
    pub fn new(literals: &[Literal], backend: Backend) -> Result<Self, String> {
        if literals.is_empty() {
            return Ok(Self(Kind::Empty));
        }
        Ok(Self(match backend {
            #[cfg(feature = "hyperscan")]
            Backend::Hyperscan => Kind::Hyperscan(hyperscan::Database::new(literals)?),
            Backend::Portable => Kind::Portable(portable::Automaton::new(literals)?),
        }))
    }

    /// Working memory for this set.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn scratch(&self) -> Result<LiteralScratch, String> {
        match &self.0 {
            #[cfg(feature = "hyperscan")]
            Kind::Hyperscan(database) => Ok(LiteralScratch(Some(database.scratch()?))),
            _ => Ok(LiteralScratch::default()),
        }
    }

    /// Appends every place where a literal ends to `hits`, in no particular order. The text must be shorter than 4 GiB.
    #[inline]
    pub fn scan(&self, scratch: &mut LiteralScratch, text: &[u8], hits: &mut Vec<Hit>) {
        match &self.0 {
            Kind::Empty => {}
            #[cfg(feature = "hyperscan")]
            Kind::Hyperscan(database) => {
                let scratch = scratch.0.as_mut().expect("the scratch is of this set");
                database.scan(scratch, text, hits);
            }
            Kind::Portable(automaton) => {
                let _ = scratch;
                automaton.scan(text, hits);
            }
        }
    }

    /// Heap memory in bytes.
    pub fn memory_usage(&self) -> usize {
        match &self.0 {
            Kind::Empty => 0,
            #[cfg(feature = "hyperscan")]
            Kind::Hyperscan(database) => database.memory_usage(),
            Kind::Portable(automaton) => automaton.memory_usage(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn literal(text: &str, caseless: bool) -> Literal {
        Literal { bytes: text.as_bytes().to_vec(), caseless }
    }

    fn hits(literals: &[Literal], backend: Backend, text: &[u8]) -> Vec<Hit> {
        let set = LiteralSet::new(literals, backend).expect("literals compile");
        let mut found = Vec::new();
        set.scan(&mut set.scratch().expect("scratch"), text, &mut found);
        found.sort_unstable();
        found
    }

    fn naive(literals: &[Literal], text: &[u8]) -> Vec<Hit> {
        let mut found = Vec::new();
        for (id, literal) in literals.iter().enumerate() {
            for start in 0..text.len() {
                let end = start + literal.bytes.len();
                let Some(part) = text.get(start..end) else { break };
                let same = if literal.caseless {
                    part.eq_ignore_ascii_case(&literal.bytes)
                } else {
                    part == literal.bytes
                };
                if same {
                    found.push(Hit { end: end as u32, literal: id as u32 });
                }
            }
        }
        found.sort_unstable();
        found
    }

    #[test]
    fn overlapping_nested_and_caseless_literals_are_all_reported() {
        let literals = [
            literal("abc", false),
            literal("bc", true),
            literal("ABC", false),
            literal("c", false),
            literal("abc", true),
        ];
        for backend in Backend::ALL {
            let text = b"abcABCaBC\0abc";
            assert_eq!(hits(&literals, *backend, text), naive(&literals, text), "{backend:?}");
        }
    }

    proptest! {
        #[test]
        fn every_backend_finds_what_a_naive_search_finds(
            words in prop::collection::vec(("[ab]{1,5}", any::<bool>()), 1..12),
            text in "[abAB]{0,80}",
        ) {
            let literals: Vec<_> =
                words.iter().map(|(word, caseless)| literal(word, *caseless)).collect();
            for backend in Backend::ALL {
                prop_assert_eq!(hits(&literals, *backend, text.as_bytes()), naive(&literals, text.as_bytes()));
            }
        }
    }
}
