//! What the ledger asks of a disk. The core touches no files: whoever runs it hands one in.

use std::io;

/// A folder of files. What a method has done when it returns must survive a crash of the process; what [`sync`](Self::sync),
/// [`create`](Self::create), [`replace`](Self::replace) and [`truncate`](Self::truncate) have done, a loss of power too.
pub trait Disk: Send {
    /// Names of all files, in any order.
    fn names(&self) -> io::Result<Vec<String>>;
    /// The bytes of a file.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;
    /// The first bytes of a file, at most `len`.
    fn read_start(&self, name: &str, len: usize) -> io::Result<Vec<u8>>;
    /// Makes a new file with these bytes. It fails if there is one.
    fn create(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// Adds bytes to the end of a file. If it fails, any number of them may have been added.
    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// Makes what was appended durable.
    fn sync(&mut self, name: &str) -> io::Result<()>;
    /// Cuts a file to `len` bytes.
    fn truncate(&mut self, name: &str, len: u64) -> io::Result<()>;
    /// Writes a file anew: readers see the old bytes or the new ones, never a mixture.
    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// Removes a file.
    fn remove(&mut self, name: &str) -> io::Result<()>;
}
