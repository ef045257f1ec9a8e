//! Exact data match: values of a table's rows, found only together.
//!
//! A *primary* value (a customer number) counts as found if enough *supporting* values of the same row (a name, a date of birth) stand
//! near it. Values are compared by their letters and digits alone, folded: `123-45-6789` is `123 45 6789` is `123456789`, and `van der
//! Berg` is `Van-der-Berg`. So one normal form serves numbers, names and addresses of mail.
//!
//! The file holds no value. A primary value is a hash under a key (SipHash-2-4, 64 bits); a supporting value is 32 bits of such a hash,
//! masked with a number that only the key and the row give, so that the same name in two rows does not look the same. The key is derived
//! from the salt in the file and from a secret, if there is one. Without a secret, whoever has the file can try values.

use super::file::{self, ListKind, Reader};
use super::table::Table;
use super::words::{self, Word};
use crate::base::code::{LIST_CONTENT, LIST_KEY};
use crate::base::{Fault, Span};
use siphasher::sip::SipHasher24;
use std::fmt;

/// Bytes of a secret.
pub const SECRET_BYTES: usize = 32;
/// Bytes of a salt.
pub const SALT_BYTES: usize = 32;
/// Longest value after folding, in bytes.
pub const VALUE_BYTES_MAX: usize = 127;
/// Most words of a value as a text may write it: `4111 1111 1111 1111` has four.
pub const VALUE_WORDS_MAX: usize = 12;
/// Widest gap between two words of one value, in bytes.
pub const VALUE_GAP_BYTES_MAX: usize = 3;
/// Primary columns of a table.
pub const PRIMARY_COLUMNS_MAX: usize = 4;
/// Supporting columns of a table.
pub const SUPPORTING_COLUMNS_MAX: usize = 16;

/// What only its owner knows. Does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub [u8; SECRET_BYTES]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// The keys of one table.
pub(super) struct Keys([u8; 32]);

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[keys]")
    }
}

impl Keys {
    pub(super) fn new(salt: &[u8; SALT_BYTES], secret: Option<&Secret>) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("lockgate 2026-11 exact data");
        hasher.update(salt);
        hasher.update(secret.map_or(&[][..], |secret| &secret.0));
        Self(*hasher.finalize().as_bytes())
    }

    fn sip(&self, purpose: &str, number: u64) -> SipHasher24 {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(purpose.as_bytes());
        hasher.update(&number.to_le_bytes());
        let key = hasher.finalize();
        let (key, _) = key.as_bytes().split_first_chunk().expect("a hash has 32 bytes");
        SipHasher24::new_with_key(key)
    }

    /// Tells the right secret from a wrong one.
    pub(super) fn proof(&self) -> u64 {
        self.sip("proof", 0).hash(b"")
    }

    /// Hashes the values of a column; supporting columns follow the primary ones.
    pub(super) fn column(&self, column: usize) -> SipHasher24 {
        self.sip("column", column as u64)
    }

    /// Masks the values of a row.
    pub(super) fn row(&self) -> SipHasher24 {
        self.sip("row", 0)
    }
}

/// The mask of a supporting value.
#[inline]
pub(super) fn mask(rows: &SipHasher24, row: u32, column: usize) -> u32 {
    rows.hash(&(u64::from(row) << 8 | column as u64).to_le_bytes()) as u32
}

/// What is known of the values of a column, so that most words of a text need not be hashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// Bit n: there is a value of n bytes.
    pub(super) lengths: u128,
    /// Whether a value has a letter (1) or a digit (2).
    pub(super) classes: u32,
}

impl Form {
    pub(super) fn add(&mut self, folded: &[u8]) {
        self.lengths |= 1 << folded.len().min(VALUE_BYTES_MAX);
        self.classes |= classes(folded);
    }

    fn union(forms: &[Self]) -> Self {
        forms.iter().fold(Self::default(), |all, form| Self {
            lengths: all.lengths | form.lengths,
            classes: all.classes | form.classes,
        })
    }

    #[inline]
    fn fits(&self, folded: &[u8]) -> bool {
        self.lengths >> folded.len() & 1 != 0
    }
}

#[inline]
fn classes(folded: &[u8]) -> u32 {
    folded.iter().fold(0, |all, byte| all | if byte.is_ascii_digit() { 2 } else { 1 })
}

/// A table of exact data, ready for look-ups.
#[derive(Debug)]
pub struct ExactData {
    primary_forms: Box<[Form]>,
    supporting_forms: Box<[Form]>,
    primary_union: Form,
    supporting_union: Form,
    primary_hashers: Box<[SipHasher24]>,
    supporting_hashers: Box<[SipHasher24]>,
    rows_hasher: SipHasher24,
    rows: usize,
    /// The primary values of all rows.
    table: Table<0>,
    /// The row of each.
    row_of: Box<[u32]>,
    /// Row by row, 0 where there is none.
    supporting: Box<[u32]>,
}

/// What must stand near a primary value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Support {
    /// Supporting values of the same row, at least.
    pub values: usize,
    /// Where they are looked for, in bytes to either side.
    pub within: usize,
}

/// A row of the table in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowMatch {
    /// The primary value.
    pub span: Span,
    /// Supporting values near it.
    pub supporting: usize,
}

/// A value of a column in a text.
#[derive(Clone, Copy, Debug)]
struct Value {
    start: usize,
    end: usize,
    column: u8,
    hash: u32,
}

#[derive(Clone, Copy, Debug)]
struct PrimaryHit {
    span: Span,
    row: u32,
}

/// Reusable memory of a search.
#[derive(Debug, Default)]
pub struct ExactScratch {
    hits: Vec<PrimaryHit>,
    values: Vec<Value>,
    found: Vec<RowMatch>,
}

impl ExactData {
    /// Reads what [`ExactDataBuilder::build`](super::ExactDataBuilder::build) has written, with whichever of the secrets fits.
    pub(super) fn read(payload: &[u8], secrets: &[Secret]) -> Result<Self, Fault> {
        let wrong = |why: &str| Fault::new(LIST_CONTENT, why);
        let mut reader = Reader::new(payload);
        let salt = reader.take(SALT_BYTES)?.try_into().expect("as many bytes as were asked for");
        let (proof, keyed) = (reader.number_u64()?, reader.number_u32()?);
        let (primaries, columns) = (reader.number_u32()? as usize, reader.number_u32()? as usize);
        if !(1..=PRIMARY_COLUMNS_MAX).contains(&primaries) || columns > SUPPORTING_COLUMNS_MAX {
            return Err(wrong("too many columns"));
        }
        let mut forms = Vec::new();
        for _ in 0..primaries + columns {
            let (low, high) = (reader.number_u64()?, reader.number_u64()?);
            let lengths = u128::from(high) << 64 | u128::from(low);
            forms.push(Form { lengths, classes: reader.number_u32()? });
        }
        let rows = usize::try_from(reader.number_u64()?).map_err(|_| wrong("too many rows"))?;
        let count = reader.count(12)?;
        let hashes = reader.numbers_u64(count)?;
        let row_of = reader.numbers_u32(count)?;
        let cells = rows.checked_mul(columns).ok_or_else(|| wrong("too many rows"))?;
        let supporting = reader.numbers_u32(cells)?;
        reader.finish()?;
        if count == 0 || rows > count || row_of.iter().any(|row| *row as usize >= rows) {
            return Err(wrong("the values are not those of the rows"));
        }
        let mut secrets: Vec<_> = secrets.iter().map(Some).collect();
        if keyed == 0 {
            secrets = vec![None];
        }
        let keys = secrets.into_iter().map(|secret| Keys::new(&salt, secret));
        let keys = keys.into_iter().find(|keys| keys.proof() == proof).ok_or(LIST_KEY)?;
        words::prepare();
        let (primary_forms, supporting_forms) = forms.split_at(primaries);
        let hashers = |range: std::ops::Range<usize>| range.map(|i| keys.column(i)).collect();
        Ok(Self {
            primary_union: Form::union(primary_forms),
            supporting_union: Form::union(supporting_forms),
            primary_forms: primary_forms.into(),
            supporting_forms: supporting_forms.into(),
            primary_hashers: hashers(0..primaries),
            supporting_hashers: hashers(primaries..primaries + columns),
            rows_hasher: keys.row(),
            rows,
            table: Table::new(hashes)?,
            row_of,
            supporting,
        })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of primary columns.
    pub fn primary_columns(&self) -> usize {
        self.primary_forms.len()
    }

    /// Number of supporting columns.
    pub fn supporting_columns(&self) -> usize {
        self.supporting_forms.len()
    }

    /// The rows found in a text: leftmost primary values, of several from one place the longest, that have enough support.
    pub fn find<'s>(
        &self,
        text: &[u8],
        support: Support,
        scratch: &'s mut ExactScratch,
    ) -> &'s [RowMatch] {
        let ExactScratch { hits, values, found } = scratch;
        hits.clear();
        values.clear();
        found.clear();
        let mut next = 0;
        words::walk(text, |word| {
            if word.start < next {
                return;
            }
            let mut longest = None;
            extents(text, word, &self.primary_union, |folded, end| {
                let row = self.row(folded, |hash| self.table.find(hash));
                longest = row.map(|row| (row, end)).or(longest);
            });
            if let Some((row, end)) = longest {
                hits.push(PrimaryHit { span: Span::new(word.start, end), row });
                next = end;
            }
        });
        if !hits.is_empty() {
            self.values_near(text, hits, support.within, values);
            found.extend(hits.iter().filter_map(|hit| {
                let supporting = self.supporting_of(*hit, values, support.within);
                (supporting >= support.values).then_some(RowMatch { span: hit.span, supporting })
            }));
        }
        found
    }

    /// The row with this primary value.
    fn row(&self, folded: &[u8], find: impl Fn(u64) -> Option<usize>) -> Option<u32> {
        let columns = self.primary_forms.iter().zip(&self.primary_hashers);
        let mut places = columns
            .filter(|(form, _)| form.fits(folded))
            .filter_map(|(_, hasher)| find(hasher.hash(folded)));
        places.next().map(|place| self.row_of[place])
    }

    /// The values near hits that could be supporting ones, by start.
    fn values_near(
        &self,
        text: &[u8],
        hits: &[PrimaryHit],
        within: usize,
        values: &mut Vec<Value>,
    ) {
        let mut hits = hits.iter().map(|hit| hit.span).peekable();
        words::walk(text, |word| {
            while hits.next_if(|hit| hit.end + within < word.start).is_some() {}
            if hits.peek().is_none_or(|hit| word.start + within < hit.start) {
                return;
            }
            extents(text, word, &self.supporting_union, |folded, end| {
                for (column, form) in self.supporting_forms.iter().enumerate() {
                    if form.fits(folded) {
                        let hash = self.supporting_hashers[column].hash(folded) as u32;
                        values.push(Value { start: word.start, end, column: column as u8, hash });
                    }
                }
            });
        });
    }

    /// How many columns of the row have their value near the hit.
    fn supporting_of(&self, hit: PrimaryHit, values: &[Value], within: usize) -> usize {
        let columns = self.supporting_columns();
        let row = hit.row as usize * columns;
        let mut wanted = [0_u32; SUPPORTING_COLUMNS_MAX];
        for (column, cell) in self.supporting[row..row + columns].iter().enumerate() {
            wanted[column] = *cell ^ mask(&self.rows_hasher, hit.row, column);
        }
        let present = |column: usize| self.supporting[row + column] != 0;
        let first = values.partition_point(|value| value.start + within < hit.span.start);
        let mut seen = 0_u32;
        for value in &values[first..] {
            if value.start > hit.span.end + within {
                break;
            }
            let near = value.end <= hit.span.end + within;
            let apart = value.end <= hit.span.start || value.start >= hit.span.end;
            let column = usize::from(value.column);
            if near && apart && value.hash == wanted[column] && present(column) {
                seen |= 1 << column;
            }
        }
        seen.count_ones() as usize
    }

    /// The reference: every row of words of the text against every value of the table.
    pub fn find_naively(&self, text: &[u8], support: Support) -> Vec<RowMatch> {
        let values = naive_values(text);
        let mut found: Vec<RowMatch> = Vec::new();
        let mut next = 0;
        for starts in values.chunk_by(|a, b| a.0.start == b.0.start) {
            let row = |(span, folded): &(Span, String)| {
                let row = self.row(folded.as_bytes(), |hash| self.table.find_naively(hash));
                row.map(|row| PrimaryHit { span: *span, row })
            };
            let Some(hit) = starts.iter().rev().find_map(row) else { continue };
            if hit.span.start < next {
                continue;
            }
            next = hit.span.end;
            let supporting = (0..self.supporting_columns()).filter(|column| {
                values.iter().any(|(span, folded)| {
                    !span.overlaps(hit.span)
                        && span.start + support.within >= hit.span.start
                        && span.end <= hit.span.end + support.within
                        && self.supporting_forms[*column].fits(folded.as_bytes())
                        && self.is_cell(hit.row, *column, folded.as_bytes())
                })
            });
            let supporting = supporting.count();
            if supporting >= support.values {
                found.push(RowMatch { span: hit.span, supporting });
            }
        }
        found
    }

    fn is_cell(&self, row: u32, column: usize, folded: &[u8]) -> bool {
        let cell = self.supporting[row as usize * self.supporting_columns() + column];
        let hash = self.supporting_hashers[column].hash(folded) as u32;
        cell != 0 && cell == hash ^ mask(&self.rows_hasher, row, column)
    }

    /// Heap memory in bytes.
    pub fn memory_usage(&self) -> usize {
        self.table.memory_usage() + (self.row_of.len() + self.supporting.len()) * 4
    }
}

/// Calls `visit` with the folded letters and digits of every row of words from `first` on that may be a value of this form, and its end.
#[inline]
fn extents(text: &[u8], first: Word, form: &Form, mut visit: impl FnMut(&[u8], usize)) {
    let class = classes(&text[first.start..=first.start]);
    // Most words of a text are no numbers, and most tables are about numbers.
    if text[first.start].is_ascii() && class & !form.classes != 0 {
        return;
    }
    let mut folded = [0; VALUE_BYTES_MAX];
    let (mut len, mut word) = (0, first);
    for _ in 0..VALUE_WORDS_MAX {
        let before = len;
        let fits = words::fold_word(text, word, &mut folded, &mut len);
        let known = classes(&folded[before..len]) & !form.classes == 0;
        if !fits || !known || form.lengths >> len == 0 {
            return;
        }
        if form.fits(&folded[..len]) {
            visit(&folded[..len], word.end);
        }
        match words::next(text, word.end) {
            Some((_, next)) if next.start - word.end <= VALUE_GAP_BYTES_MAX => word = next,
            _ => return,
        }
    }
}

/// Every row of words that may be a value, with its folded letters and digits; shorter ones first.
fn naive_values(text: &[u8]) -> Vec<(Span, String)> {
    let words = words::naive(text);
    let mut all = Vec::new();
    for (i, (start, _, _)) in words.iter().enumerate() {
        let mut value = String::new();
        let mut before = None;
        for (from, end, folded) in words[i..].iter().take(VALUE_WORDS_MAX) {
            if before.is_some_and(|before| from - before > VALUE_GAP_BYTES_MAX) {
                break;
            }
            before = Some(*end);
            value.push_str(folded);
            if value.len() > VALUE_BYTES_MAX {
                break;
            }
            all.push((Span::new(*start, *end), value.clone()));
        }
    }
    all
}

/// The folded letters and digits of a cell, and its words; none if there are more than a text could show.
pub(super) fn folded_cell(cell: &str, folded: &mut [u8; VALUE_BYTES_MAX]) -> Option<usize> {
    let (mut len, mut count, mut fits, mut last_end) = (0, 0, true, None);
    words::walk(cell.as_bytes(), |word: Word| {
        fits &= words::fold_word(cell.as_bytes(), word, folded, &mut len);
        fits &= last_end.is_none_or(|end| word.start - end <= VALUE_GAP_BYTES_MAX);
        count += 1;
        last_end = Some(word.end);
    });
    (fits && count <= VALUE_WORDS_MAX).then_some(len)
}

/// The file of a table.
pub(super) struct Parts {
    pub(super) salt: [u8; SALT_BYTES],
    pub(super) keys: Keys,
    pub(super) keyed: bool,
    pub(super) primary_forms: Vec<Form>,
    pub(super) supporting_forms: Vec<Form>,
    pub(super) rows: usize,
    /// Hash and row, sorted.
    pub(super) primary: Vec<(u64, u32)>,
    pub(super) supporting: Vec<u32>,
}

impl Parts {
    pub(super) fn seal(&self) -> Vec<u8> {
        let mut payload = self.salt.to_vec();
        let put_u32 = |number: u32, payload: &mut Vec<u8>| {
            payload.extend_from_slice(&number.to_le_bytes());
        };
        payload.extend_from_slice(&self.keys.proof().to_le_bytes());
        put_u32(u32::from(self.keyed), &mut payload);
        put_u32(self.primary_forms.len() as u32, &mut payload);
        put_u32(self.supporting_forms.len() as u32, &mut payload);
        for form in self.primary_forms.iter().chain(&self.supporting_forms) {
            payload.extend_from_slice(&form.lengths.to_le_bytes());
            put_u32(form.classes, &mut payload);
        }
        payload.extend_from_slice(&(self.rows as u64).to_le_bytes());
        payload.extend_from_slice(&(self.primary.len() as u64).to_le_bytes());
        self.primary.iter().for_each(|(hash, _)| payload.extend_from_slice(&hash.to_le_bytes()));
        self.primary.iter().for_each(|(_, row)| payload.extend_from_slice(&row.to_le_bytes()));
        self.supporting.iter().for_each(|cell| payload.extend_from_slice(&cell.to_le_bytes()));
        file::seal(ListKind::ExactData, &payload)
    }
}
