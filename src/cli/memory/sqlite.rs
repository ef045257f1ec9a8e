//! SQLite files as lines of JSON, one a row, and back into a copy.
//!
//! A row is `{"table":…,"rowid":…,"row":{column: value}}`. Text is a string, so that JSON in it is read; MessagePack, in which LangGraph
//! keeps its state, is the JSON that it stands for. SQLite itself reads and writes: it knows what is in the log beside the file, finds damage,
//! and keeps the indexes and the full-text tables of a copy right.

use crate::base::code::{
    INPUT_TOO_LARGE, MEMORY_BINARY, MEMORY_SQLITE, MEMORY_SQLITE_ROWID, MEMORY_SQLITE_TABLE,
};
use crate::base::{Edit, Fault};
use crate::payload::memory::msgpack;
use crate::redact::apply;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row, params_from_iter, types};
use serde_json::Value;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

/// How long another program may hold the file, in milliseconds.
const BUSY_MS: u64 = 5_000;
/// Names of the row id; a column may take one of them, and never all.
const ROWIDS: [&str; 3] = ["rowid", "_rowid_", "oid"];

/// A database that was read.
#[derive(Debug)]
pub(super) struct Rows {
    /// A line for each row.
    pub(super) lines: Vec<u8>,
    /// The row of each line.
    rows: Vec<RowKey>,
    tables: Vec<Table>,
    /// Tables, and columns of them, that were not inspected.
    pub(super) problems: Vec<Fault>,
}

#[derive(Debug)]
struct RowKey {
    table: usize,
    /// The values of the table's key.
    values: Vec<types::Value>,
}

#[derive(Debug)]
struct Table {
    name: String,
    columns: Vec<String>,
    /// What tells its rows apart, as SQL: the row id, or the primary key of a table without. A virtual table may have neither.
    key: Vec<String>,
    has_rowid: bool,
}

fn fault(error: &rusqlite::Error) -> Fault {
    // Only the kind: messages of SQLite may quote names and values.
    let kind = error.sqlite_error_code().map_or_else(
        || "it does not hold what it says".to_owned(),
        |code| format!("{code:?}").chars().flat_map(spaced).skip(1).collect(),
    );
    Fault::new(MEMORY_SQLITE, kind)
}

/// `NotADatabase` to `not a database`.
fn spaced(char: char) -> impl Iterator<Item = char> {
    let space = char.is_ascii_uppercase().then_some(' ');
    space.into_iter().chain([char.to_ascii_lowercase()])
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, Fault> {
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_millis(BUSY_MS))?;
        // What the schema of somebody's file calls must not have effects.
        connection.pragma_update(None, "trusted_schema", false)?;
        Ok(connection)
    };
    open().map_err(|error| fault(&error))
}

/// Reads all rows of a file, as they are at one time. Nothing is written to it.
///
/// # Errors
/// The file is damaged, or held by another program, or its rows have more than `bytes_max` bytes.
pub(super) fn read(path: &Path, bytes_max: u64) -> Result<Rows, Fault> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    rows(&connection, bytes_max)
}

/// Writes a copy, as the file is at one time. There must be no file at `to`.
///
/// # Errors
/// As of [`read`]; and the copy cannot be written.
pub(super) fn copy(path: &Path, to: &Path) -> Result<(), Fault> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let copied = connection.execute("VACUUM INTO ?1", [to.to_string_lossy()]);
    copied.map(|_| ()).map_err(|error| fault(&error))
}

fn rows(connection: &Connection, bytes_max: u64) -> Result<Rows, Fault> {
    let begun = connection.execute_batch("BEGIN");
    begun.map_err(|error| fault(&error))?;
    let tables = tables(connection).map_err(|error| fault(&error))?;
    let mut read = Rows { lines: Vec::new(), rows: Vec::new(), tables, problems: Vec::new() };
    for table in 0..read.tables.len() {
        let before = (read.lines.len(), read.rows.len());
        match table_rows(connection, table, &mut read, bytes_max) {
            Ok(()) => {}
            Err(Stop::Fault(fault)) => return Err(fault),
            Err(Stop::Sqlite(error)) if is_of_the_table(&error) => {
                read.lines.truncate(before.0);
                read.rows.truncate(before.1);
                read.problems.push(Fault::new(MEMORY_SQLITE_TABLE, format!("table {}", table + 1)));
            }
            Err(Stop::Sqlite(error)) => return Err(fault(&error)),
        }
    }
    connection.execute_batch("COMMIT").map_err(|error| fault(&error))?;
    Ok(read)
}

/// Whether only this table cannot be read: its module is not there, or has another version.
fn is_of_the_table(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{ApiMisuse, Unknown};
    matches!(error.sqlite_error_code(), Some(Unknown | ApiMisuse))
}

enum Stop {
    Fault(Fault),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// The tables that hold what somebody wrote: not those of SQLite, nor those in which virtual tables keep their own.
fn tables(connection: &Connection) -> rusqlite::Result<Vec<Table>> {
    let mut list = connection.prepare(
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') \
         AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name",
    )?;
    let named = list.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?)))?;
    let mut tables = Vec::new();
    for named in named {
        let (name, without_rowid) = named?;
        let mut columns = connection.prepare("SELECT name, pk FROM pragma_table_info(?1)")?;
        let columns = columns
            .query_map([&name], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?)))?;
        let mut columns = columns.collect::<rusqlite::Result<Vec<_>>>()?;
        let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        let is_free = |id: &&str| names.iter().all(|column| !column.eq_ignore_ascii_case(id));
        let rowid = ROWIDS.into_iter().find(is_free).filter(|_| !without_rowid);
        let key = rowid.map_or_else(
            || {
                columns.retain(|(_, place)| *place > 0);
                columns.sort_by_key(|(_, place)| *place);
                columns.iter().map(|(name, _)| quoted(name)).collect()
            },
            |rowid| vec![rowid.to_owned()],
        );
        tables.push(Table { name, columns: names, key, has_rowid: rowid.is_some() });
    }
    Ok(tables)
}

fn table_rows(
    connection: &Connection,
    index: usize,
    read: &mut Rows,
    bytes_max: u64,
) -> Result<(), Stop> {
    let table = &read.tables[index];
    let mut selected = table.key.clone();
    selected.extend(table.columns.iter().map(|column| quoted(column)));
    let query = format!("SELECT {} FROM {}", selected.join(", "), quoted(&table.name));
    let mut statement = connection.prepare(&query)?;
    let mut rows = statement.query([])?;
    let mut opaque = 0_usize;
    while let Some(row) = rows.next()? {
        let values = (0..table.key.len()).map(|place| row.get::<_, types::Value>(place));
        let values = values.collect::<rusqlite::Result<Vec<_>>>()?;
        opaque += line(&mut read.lines, table, &values, row)?;
        read.rows.push(RowKey { table: index, values });
        if read.lines.len() as u64 > bytes_max {
            let detail = format!("its rows have more than {bytes_max} bytes");
            return Err(Stop::Fault(Fault::new(INPUT_TOO_LARGE, detail)));
        }
    }
    if opaque > 0 {
        let detail = format!("{opaque} values of table {}", index + 1);
        read.problems.push(Fault::new(MEMORY_BINARY, detail));
    }
    Ok(())
}

/// Writes the line of a row and returns how many of its values are neither text nor anything that can be read.
fn line(
    out: &mut Vec<u8>,
    table: &Table,
    key: &[types::Value],
    row: &Row<'_>,
) -> Result<usize, rusqlite::Error> {
    let mut opaque = 0;
    out.extend_from_slice(b"{\"table\":");
    put(out, &table.name);
    if let ([types::Value::Integer(rowid)], true) = (key, table.has_rowid) {
        // Writing to a vector does not fail.
        let _ = write!(out, ",\"rowid\":{rowid}");
    }
    out.extend_from_slice(b",\"row\":{");
    for (index, column) in table.columns.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        put(out, column);
        out.push(b':');
        match Cell::of(row.get_ref(key.len() + index)?) {
            Cell::Null => out.extend_from_slice(b"null"),
            Cell::Integer(value) => _ = write!(out, "{value}"),
            Cell::Real(value) => _ = write!(out, "{value:?}"),
            Cell::Text(text) | Cell::TextBlob(text) => put(out, text),
            Cell::Lossy(bytes) => put(out, &String::from_utf8_lossy(bytes)),
            Cell::MessagePack(_, json) => out.extend_from_slice(&json),
            Cell::Opaque => {
                opaque += 1;
                out.extend_from_slice(b"null");
            }
        }
    }
    out.extend_from_slice(b"}}\n");
    Ok(opaque)
}

/// What a value of a row is.
enum Cell<'v> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'v str),
    /// Text that is stored as bytes.
    TextBlob(&'v str),
    /// Text that is not UTF-8.
    Lossy(&'v [u8]),
    /// MessagePack, and the JSON for it.
    MessagePack(&'v [u8], Vec<u8>),
    Opaque,
}

impl<'v> Cell<'v> {
    fn of(value: ValueRef<'v>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(value) => Self::Integer(value),
            ValueRef::Real(value) if value.is_finite() => Self::Real(value),
            ValueRef::Real(_) => Self::Null,
            ValueRef::Text(bytes) => {
                std::str::from_utf8(bytes).map_or(Self::Lossy(bytes), Self::Text)
            }
            ValueRef::Blob(bytes) => match msgpack::to_json(bytes) {
                Some(json) => Self::MessagePack(bytes, json),
                None => match std::str::from_utf8(bytes) {
                    Ok(text) if !text.contains('\0') => Self::TextBlob(text),
                    _ => Self::Opaque,
                },
            },
        }
    }
}

fn put(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("a string serialises into a vector");
}

/// A name for SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Edits rows of a copy that was made with [`copy`]: `edits` go by the number of the line, from 0, and hold the line with its offsets. What
/// was there before is overwritten, in free pages too.
///
/// # Errors
/// The copy cannot be written, or an edited table has nothing that tells its rows apart.
pub(super) fn edit<'e>(
    path: &Path,
    rows: &Rows,
    edits: impl Iterator<Item = (usize, &'e [u8], &'e [Edit])>,
) -> Result<(), Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let connection = open(path, flags)?;
    let run = |sql: &str| connection.execute_batch(sql).map_err(|error| fault(&error));
    // Between opening and closing there is nobody else; a journal would keep what was edited out.
    run("PRAGMA secure_delete = ON; PRAGMA journal_mode = MEMORY; BEGIN")?;
    for (index, line, edits) in edits {
        let Some(key) = rows.rows.get(index) else { continue };
        let after: Value = serde_json::from_slice(&apply(line, edits))
            .map_err(|_| Fault::new(MEMORY_SQLITE, "an edited row is not well-formed"))?;
        edit_row(&connection, &rows.tables[key.table], key, &after["row"])?;
    }
    rebuild_full_text(&connection).map_err(|error| fault(&error))?;
    run("COMMIT; VACUUM")
}

/// Full-text tables keep words of deleted rows until they are made anew. One without the text can only be merged, which drops them as well.
fn rebuild_full_text(connection: &Connection) -> rusqlite::Result<()> {
    let mut list = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND lower(sql) LIKE 'create virtual table%using fts_%'",
    )?;
    let names = list.query_map([], |row| row.get::<_, String>(0))?;
    for name in names.collect::<rusqlite::Result<Vec<_>>>()? {
        let name = quoted(&name);
        let run = |what: &str| {
            connection.execute(&format!("INSERT INTO {name}({name}) VALUES (?1)"), [what])
        };
        run("rebuild").or_else(|_| run("optimize"))?;
    }
    Ok(())
}

fn edit_row(
    connection: &Connection,
    table: &Table,
    key: &RowKey,
    after: &Value,
) -> Result<(), Fault> {
    if table.key.is_empty() {
        return Err(MEMORY_SQLITE_ROWID.into());
    }
    let columns: Vec<String> = table.columns.iter().map(|column| quoted(column)).collect();
    let from = quoted(&table.name);
    let equals = |(place, name): (usize, &String)| format!("{name} = ?{}", place + 1);
    let is_row: Vec<String> = table.key.iter().enumerate().map(equals).collect();
    let is_row = is_row.join(" AND ");
    let query = format!("SELECT {} FROM {from} WHERE {is_row}", columns.join(", "));
    let changed = connection.query_row(&query, params_from_iter(&key.values), |row| {
        let mut changed = Vec::new();
        for (index, column) in table.columns.iter().enumerate() {
            match edited(&Cell::of(row.get_ref(index)?), &after[column.as_str()]) {
                Ok(Some(value)) => changed.push((index, value)),
                Ok(None) => {}
                Err(fault) => return Ok(Err(fault)),
            }
        }
        Ok(Ok(changed))
    });
    let changed = changed.map_err(|error| fault(&error))??;
    if changed.is_empty() {
        return Ok(());
    }
    // All at once: a column of the key may be among them.
    let first = key.values.len() + 1;
    let set = |(place, (index, _)): (usize, &(usize, types::Value))| {
        format!("{} = ?{}", columns[*index], first + place)
    };
    let sets: Vec<String> = changed.iter().enumerate().map(set).collect();
    let update = format!("UPDATE {from} SET {} WHERE {is_row}", sets.join(", "));
    let values = key.values.iter().chain(changed.iter().map(|(_, value)| value));
    connection.execute(&update, params_from_iter(values)).map_err(|error| fault(&error))?;
    Ok(())
}

/// The value that takes the place of another; none if it stays.
fn edited(before: &Cell<'_>, after: &Value) -> Result<Option<types::Value>, Fault> {
    let value = match (before, after) {
        (Cell::Text(before), Value::String(after)) if before != after => {
            types::Value::Text(after.clone())
        }
        (Cell::TextBlob(before), Value::String(after)) if before != after => {
            types::Value::Blob(after.clone().into_bytes())
        }
        (Cell::Lossy(before), Value::String(after))
            if *String::from_utf8_lossy(before) != **after =>
        {
            types::Value::Text(after.clone())
        }
        (Cell::Integer(_) | Cell::Real(_), Value::String(after)) => {
            types::Value::Text(after.clone())
        }
        (Cell::MessagePack(before, _), after) => {
            let edited = msgpack::edited(before, after);
            let edited = edited.ok_or_else(|| {
                Fault::new(MEMORY_SQLITE, "a map in MessagePack has a name twice")
            })?;
            if edited == *before {
                return Ok(None);
            }
            types::Value::Blob(edited)
        }
        _ => return Ok(None),
    };
    Ok(Some(value))
}
