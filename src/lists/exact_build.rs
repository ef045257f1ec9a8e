//! From the rows of a table to a file of exact data, and which columns are no good for it.

use super::exact_data::{
    Form, Keys, PRIMARY_COLUMNS_MAX, Parts, SALT_BYTES, SUPPORTING_COLUMNS_MAX, Secret,
    VALUE_BYTES_MAX, folded_cell, mask,
};
use crate::base::code::{
    LIST_COLUMN_DUPLICATE, LIST_COLUMN_EMPTY, LIST_COLUMN_LONG, LIST_COLUMN_SHORT,
    LIST_COLUMN_UNIFORM, LIST_COLUMNS, LIST_EMPTY, LIST_TOO_LARGE,
};
use crate::base::{Code, Fault, limits};
use siphasher::sip::SipHasher24;

/// Fewest letters and digits of a primary value: shorter ones stand in texts by chance.
pub const PRIMARY_CHARS_MIN: usize = 6;
/// Fewest letters and digits of a supporting value; shorter ones are left out.
pub const SUPPORTING_CHARS_MIN: usize = 3;
/// Least entropy of a supporting column, in bits, where the table has rows enough: as 32 values of the same frequency.
pub const SUPPORTING_BITS_MIN: f64 = 5.0;
/// Cells that have no value or none that can be used are numbered up to this one in messages.
const ROWS_NAMED_MAX: usize = 5;

/// One column while it is read.
#[derive(Debug)]
struct Column {
    name: String,
    hasher: SipHasher24,
    form: Form,
    /// Numbers of rows whose value cannot be used, from 1, and how many there are.
    bad: Vec<usize>,
    bad_count: usize,
}

/// Collects the rows of a table.
#[derive(Debug)]
pub struct ExactDataBuilder {
    salt: [u8; SALT_BYTES],
    keys: Keys,
    keyed: bool,
    primary: Vec<Column>,
    supporting: Vec<Column>,
    rows_read: usize,
    rows: u32,
    /// Hash and row per primary column.
    primary_values: Vec<Vec<(u64, u32)>>,
    /// Row by row, 0 for none.
    supporting_values: Vec<u64>,
}

impl ExactDataBuilder {
    /// A table with these columns. The salt makes two tables differ that hold the same; it need not be secret. The names are for
    /// messages and are not written.
    ///
    /// # Errors
    /// There are too many columns, no primary one, or one twice: `list.columns`.
    pub fn new(
        salt: [u8; SALT_BYTES],
        secret: Option<&Secret>,
        primary: &[&str],
        supporting: &[&str],
    ) -> Result<Self, Fault> {
        let mut names: Vec<_> = primary.iter().chain(supporting).collect();
        names.sort_unstable();
        let fine = (1..=PRIMARY_COLUMNS_MAX).contains(&primary.len())
            && supporting.len() <= SUPPORTING_COLUMNS_MAX
            && names.windows(2).all(|pair| pair[0] != pair[1]);
        if !fine {
            return Err(LIST_COLUMNS.into());
        }
        let keys = Keys::new(&salt, secret);
        let column = |(i, name): (usize, &&str)| Column {
            name: (*name).to_owned(),
            hasher: keys.column(i),
            form: Form::default(),
            bad: Vec::new(),
            bad_count: 0,
        };
        let mut all: Vec<_> = primary.iter().chain(supporting).enumerate().map(column).collect();
        let supporting = all.split_off(primary.len());
        Ok(Self {
            salt,
            keyed: secret.is_some(),
            primary_values: vec![Vec::new(); primary.len()],
            primary: all,
            supporting,
            keys,
            rows_read: 0,
            rows: 0,
            supporting_values: Vec::new(),
        })
    }

    /// Adds a row: its primary cells, then its supporting ones, in the order of the columns. A row without any primary value is left out.
    ///
    /// # Errors
    /// There are too many rows: `list.too-large`.
    pub fn add<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> Result<(), Fault> {
        self.rows_read += 1;
        if self.rows_read > limits::EXACT_ROWS_MAX {
            let detail = format!("more than {} rows", limits::EXACT_ROWS_MAX);
            return Err(Fault::new(LIST_TOO_LARGE, detail));
        }
        let mut cells = cells.into_iter();
        let mut any = false;
        for (column, values) in self.primary.iter_mut().zip(&mut self.primary_values) {
            let cell = cells.next().unwrap_or_default();
            if let Some(hash) = column.value(cell, PRIMARY_CHARS_MIN, self.rows_read) {
                values.push((hash, self.rows));
                any = true;
            }
        }
        if any {
            for column in &mut self.supporting {
                let cell = cells.next().unwrap_or_default();
                let value = column.value(cell, SUPPORTING_CHARS_MIN, self.rows_read);
                self.supporting_values.push(value.unwrap_or(0));
            }
            self.rows += 1;
        }
        Ok(())
    }

    /// Number of rows that will be looked for.
    pub fn rows(&self) -> usize {
        self.rows as usize
    }

    /// The table as a file.
    ///
    /// # Errors
    /// There is no row (`list.empty`), or a column is no good, with its name and the numbers of rows, never a value: it is empty
    /// (`list.column.empty`), a primary value occurs twice (`list.column.duplicate`) or is too short (`list.column.short`), values are too
    /// long (`list.column.long`), or a supporting column has too few different values (`list.column.uniform`).
    pub fn build(mut self) -> Result<Vec<u8>, Fault> {
        if self.rows_read == 0 {
            return Err(LIST_EMPTY.into());
        }
        for (column, values) in self.primary.iter().zip(&mut self.primary_values) {
            column.refuse_bad(LIST_COLUMN_SHORT, VALUE_BYTES_MAX)?;
            values.sort_unstable();
            if values.is_empty() {
                return Err(Fault::new(LIST_COLUMN_EMPTY, column.name.as_str()));
            }
            let twice = values.windows(2).filter(|pair| pair[0].0 == pair[1].0).count();
            if twice > 0 {
                let detail = format!("{}: {twice} times", column.name);
                return Err(Fault::new(LIST_COLUMN_DUPLICATE, detail));
            }
        }
        for (i, column) in self.supporting.iter().enumerate() {
            column.refuse_bad(LIST_COLUMN_LONG, VALUE_BYTES_MAX)?;
            let values = self.supporting_values.iter().skip(i).step_by(self.supporting.len());
            refuse_uniform(&column.name, values.copied().filter(|hash| *hash != 0).collect())?;
        }
        Ok(self.parts().seal())
    }

    /// Numbers the rows by their hashes, so that their order says nothing about the table, and masks the supporting values.
    fn parts(self) -> Parts {
        let mut primary: Vec<_> = self.primary_values.into_iter().flatten().collect();
        primary.sort_unstable();
        // The same hash in two columns: one of the two rows could not be told from the other.
        primary.dedup_by_key(|(hash, _)| *hash);
        let mut number = vec![u32::MAX; self.rows as usize];
        let mut next = 0;
        for (_, row) in &mut primary {
            let number = &mut number[*row as usize];
            if *number == u32::MAX {
                *number = next;
                next += 1;
            }
            *row = *number;
        }
        let columns = self.supporting.len();
        let mut supporting = vec![0; next as usize * columns];
        let rows = self.keys.row();
        for (i, hash) in self.supporting_values.iter().enumerate() {
            let (row, column) = (number[i / columns], i % columns);
            if *hash != 0 && row != u32::MAX {
                supporting[row as usize * columns + column] =
                    *hash as u32 ^ mask(&rows, row, column);
            }
        }
        let forms = |columns: &[Column]| columns.iter().map(|column| column.form).collect();
        Parts {
            salt: self.salt,
            keyed: self.keyed,
            primary_forms: forms(&self.primary),
            supporting_forms: forms(&self.supporting),
            keys: self.keys,
            rows: next as usize,
            primary,
            supporting,
        }
    }
}

impl Column {
    /// The hash of a cell, unless it is empty or cannot be used.
    fn value(&mut self, cell: &str, chars_min: usize, row: usize) -> Option<u64> {
        let mut folded = [0; VALUE_BYTES_MAX];
        let len = folded_cell(cell, &mut folded);
        let primary = chars_min == PRIMARY_CHARS_MIN;
        match len {
            Some(0) => None,
            Some(len)
                if str::from_utf8(&folded[..len]).is_ok_and(|t| t.chars().count() >= chars_min) =>
            {
                self.form.add(&folded[..len]);
                Some(self.hasher.hash(&folded[..len]))
            }
            // A short supporting value would be found by chance; the others of its row still count.
            Some(_) if !primary => None,
            _ => {
                self.bad_count += 1;
                if self.bad.len() < ROWS_NAMED_MAX {
                    self.bad.push(row);
                }
                None
            }
        }
    }

    fn refuse_bad(&self, code: Code, bytes_max: usize) -> Result<(), Fault> {
        if self.bad_count == 0 {
            return Ok(());
        }
        let rows: Vec<_> = self.bad.iter().map(usize::to_string).collect();
        let more = if self.bad_count > self.bad.len() { ", …" } else { "" };
        let detail = format!(
            "{}: {} values, in rows {}{more}; values have {PRIMARY_CHARS_MIN} to {bytes_max} letters and digits",
            self.name,
            self.bad_count,
            rows.join(", "),
        );
        Err(Fault::new(code, detail))
    }
}

/// A column in which most rows say the same supports every row.
fn refuse_uniform(name: &str, mut hashes: Vec<u64>) -> Result<(), Fault> {
    if hashes.is_empty() {
        return Err(Fault::new(LIST_COLUMN_EMPTY, name));
    }
    hashes.sort_unstable();
    let total = hashes.len() as f64;
    let bits = |group: &[u64]| {
        let share = group.len() as f64 / total;
        -share * share.log2()
    };
    let entropy: f64 = hashes.chunk_by(|a, b| a == b).map(bits).sum();
    let wanted = SUPPORTING_BITS_MIN.min(total.log2() / 2.0);
    if entropy + f64::EPSILON < wanted {
        let detail = format!("{name}: {entropy:.1} bits of entropy, {wanted:.1} are needed");
        return Err(Fault::new(LIST_COLUMN_UNIFORM, detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::code::{LIST_CONTENT, LIST_KEY, LIST_LENGTH};
    use crate::lists::exact_data::{ExactScratch, Support};
    use crate::lists::file::{self, Content, List, ListKind};
    use proptest::prelude::*;

    const ROWS: [[&str; 3]; 4] = [
        ["123-45-6789", "Okonkwo", "1980-05-17"],
        ["987-65-4321", "van der Berg", "1971-12-01"],
        ["555 12 3456", "Müller", "1999-02-28"],
        ["222-33-4444", "Li", "2001-07-09"],
    ];

    fn built(rows: &[[&str; 3]], secret: Option<&Secret>) -> Result<Vec<u8>, Fault> {
        let mut builder =
            ExactDataBuilder::new([7; SALT_BYTES], secret, &["ssn"], &["name", "born"])?;
        for row in rows {
            builder.add(row.iter().copied())?;
        }
        builder.build()
    }

    fn table() -> List {
        List::read(&built(&ROWS, None).expect("good columns"), &[]).expect("as written")
    }

    #[track_caller]
    fn check(text: &str, values: usize, within: usize, expect: &[(&str, usize)]) {
        let list = table();
        let Content::ExactData(table) = &list.content else { panic!("another kind") };
        let support = Support { values, within };
        let mut scratch = ExactScratch::default();
        let found = table.find(text.as_bytes(), support, &mut scratch);
        let texts: Vec<_> =
            found.iter().map(|row| (&text[row.span.range()], row.supporting)).collect();
        assert_eq!(texts, expect, "{text}");
        assert_eq!(table.find_naively(text.as_bytes(), support), found, "{text}");
    }

    #[test]
    fn a_row_is_found_by_its_values_together() {
        check("Ms Okonkwo, SSN 123456789", 1, 50, &[("123456789", 1)]);
        check("SSN 123 45 6789 (OKONKWO, born 1980/05/17)", 2, 50, &[("123 45 6789", 2)]);
        check("SSN 123 45 6789", 1, 50, &[]);
        check("SSN 123 45 6789", 0, 50, &[("123 45 6789", 0)]);
        check("Okonkwo has 987-65-4321", 1, 50, &[]);
        check(
            "Van-der-Berg 987654321 and MÜLLER 555.12.3456",
            1,
            20,
            &[("987654321", 1), ("555.12.3456", 1)],
        );
        check("Okonkwo ................................ 123-45-6789", 1, 20, &[]);
        check("123-45-6789 ................................ Okonkwo", 1, 20, &[]);
        check("1123-45-6789 Okonkwo 123-45-67890", 1, 50, &[]);
        // `Li` is too short to support anything.
        check("Li 222-33-4444", 1, 50, &[]);
    }

    #[test]
    fn bad_columns_are_refused_with_the_reason() {
        let code = |rows: &[[&str; 3]]| built(rows, None).expect_err("refused").code;
        assert_eq!(code(&[]), LIST_EMPTY);
        assert_eq!(code(&[["", "a", "b"]]), LIST_COLUMN_EMPTY);
        assert_eq!(code(&[["1234567", "", "born then"]]), LIST_COLUMN_EMPTY);
        assert_eq!(code(&[["12345", "name", "born"]]), LIST_COLUMN_SHORT);
        let twice = [["1234567", "one", "1980"], ["123-45-67", "two", "1990"]];
        assert_eq!(code(&twice), LIST_COLUMN_DUPLICATE);
        let long = "word ".repeat(13);
        assert_eq!(code(&[["1234567", &long, "born"]]), LIST_COLUMN_LONG);
        let numbers: Vec<String> = (0..64).map(|i| format!("{}", 100_000 + i)).collect();
        let rows: Vec<[&str; 3]> = numbers
            .iter()
            .enumerate()
            .map(|(i, number)| {
                [number.as_str(), number, if i % 2 == 0 { "female" } else { "male" }]
            })
            .collect();
        let wrong = built(&rows, None).expect_err("refused");
        assert_eq!(wrong.code, LIST_COLUMN_UNIFORM);
        assert!(wrong.detail.contains("born") && !wrong.detail.contains("female"), "{wrong}");
        let columns = |primary: &[&str], supporting: &[&str]| {
            ExactDataBuilder::new([0; SALT_BYTES], None, primary, supporting).map(|_| ())
        };
        assert_eq!(columns(&[], &["a"]).expect_err("none").code, LIST_COLUMNS);
        assert_eq!(columns(&["a"], &["a"]).expect_err("twice").code, LIST_COLUMNS);
    }

    #[test]
    fn the_secret_is_needed() {
        let secret = Secret([1; 32]);
        let file = built(&ROWS, Some(&secret)).expect("good columns");
        let code = |secrets: &[Secret]| List::read(&file, secrets).expect_err("no key").code;
        assert_eq!(code(&[]), LIST_KEY);
        assert_eq!(code(&[Secret([2; 32])]), LIST_KEY);
        assert!(List::read(&file, &[Secret([2; 32]), secret]).is_ok());
    }

    #[test]
    fn the_same_value_looks_different_in_every_row() {
        let numbers: Vec<String> = (0..200).map(|i| format!("{}", 100_000 + i)).collect();
        let rows: Vec<[&str; 3]> = numbers.iter().map(|n| [n.as_str(), n, &n[..5]]).collect();
        let file = built(&rows, None).expect("good columns");
        let cells = &file[file.len() - 200 * 2 * 4..];
        let mut cells: Vec<_> = cells.chunks(4).skip(1).step_by(2).collect();
        cells.sort_unstable();
        assert!(cells.windows(2).all(|pair| pair[0] != pair[1]));
    }

    proptest! {
        #[test]
        fn the_search_agrees_with_the_reference(
            pieces in prop::collection::vec((0..4_usize, 0..3_usize, "[ ,.x-]{1,12}"), 0..14),
            values in 0..3_usize,
            within in 1..60_usize,
        ) {
            let list = table();
            let Content::ExactData(table) = &list.content else { panic!("another kind") };
            let text: String =
                pieces.iter().map(|(row, column, gap)| format!("{}{gap}", ROWS[*row][*column])).collect();
            let support = Support { values, within };
            let mut scratch = ExactScratch::default();
            let found = table.find(text.as_bytes(), support, &mut scratch);
            prop_assert_eq!(table.find_naively(text.as_bytes(), support), found);
        }

        #[test]
        fn damaged_and_hostile_files_are_survived(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut file = built(&ROWS, None).expect("good columns");
            let at = at.index(file.len());
            prop_assert!(List::read(&file[..at], &[]).is_err());
            let payload_at = 56;
            if at >= payload_at {
                file[at] = byte;
                let read = List::read(&file::seal(ListKind::ExactData, &file[payload_at..]), &[]);
                match read.map(|list| list.content) {
                    Ok(Content::ExactData(table)) => {
                        let support = Support { values: 0, within: 99 };
                        table.find(ROWS.concat().join(" ").as_bytes(), support, &mut ExactScratch::default());
                    }
                    Ok(_) => prop_assert!(false, "another kind"),
                    Err(wrong) => prop_assert!(
                        [LIST_CONTENT, LIST_KEY, LIST_LENGTH].contains(&wrong.code), "{}", wrong
                    ),
                }
            }
        }
    }
}
