//! L2: checksums and structure. One registry line per validator; rule files name validators by these names.

/// Accepts or rejects the bytes that a rule would report.
#[derive(Clone, Copy, Debug)]
pub struct Validator {
    /// Name in rule files: `luhn`, `us-ssn`.
    pub name: &'static str,
    /// What it checks, one sentence.
    pub doc: &'static str,
    /// Where the algorithm is described.
    pub reference: &'static str,
    /// Share of random values of the right shape that pass, 0 to 1; measured.
    pub pass_rate: f32,
    /// The check. Total: any bytes, no panic, time linear in the length.
    pub check: fn(&[u8]) -> bool,
}

/// All validators, sorted by name.
pub static ALL: &[Validator] = &[];

/// The validator of this name.
pub fn find(name: &str) -> Option<&'static Validator> {
    ALL.iter().find(|validator| validator.name == name)
}
