//! A folder as the disk of a ledger.

use crate::base::Fault;
use crate::base::code::{LEDGER_LOCKED, LEDGER_WRITE};
use crate::lineage::ledger::Disk;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Held by whoever writes the ledger. The operating system lets go of it when the process ends, however it ends.
const LOCK: &str = "lock";
/// What a file is called until it takes the place of another one.
const TEMPORARY_SUFFIX: &str = ".new";

/// The files of a ledger. They can be read by their owner only.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// The segment that is appended to.
    appending: Option<(String, File)>,
    _lock: Option<File>,
}

impl Folder {
    /// The folder, for reading.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), appending: None, _lock: None }
    }

    /// The folder, for writing; it is made if it is not there.
    ///
    /// # Errors
    /// It cannot be made, or somebody else writes to it.
    pub fn locked(path: &Path) -> Result<Self, Fault> {
        let fault = |error: io::Error| Fault::new(LEDGER_WRITE, error.kind().to_string());
        create_folder(path).map_err(fault)?;
        let lock = private().create(true).truncate(false).write(true).open(path.join(LOCK));
        let lock = lock.map_err(fault)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: Some(lock), ..Self::new(path) }),
            Err(TryLockError::WouldBlock) => Err(LEDGER_LOCKED.into()),
            Err(TryLockError::Error(error)) => Err(fault(error)),
        }
    }

    fn sync_names(&self) -> io::Result<()> {
        sync_folder(&self.path)
    }

    /// The file to append to. It is kept open, since the next batch goes to the same one.
    fn appending(&mut self, name: &str) -> io::Result<&mut File> {
        if self.appending.as_ref().is_none_or(|(open, _)| open != name) {
            let file = OpenOptions::new().append(true).open(self.path.join(name))?;
            self.appending = Some((name.to_owned(), file));
        }
        self.appending.as_mut().map(|(_, file)| file).ok_or(io::ErrorKind::NotFound.into())
    }
}

/// Makes a folder that only its owner can enter.
pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Options for files that only their owner can read.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the names in a folder durable, where the system offers that.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

impl Disk for Folder {
    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if let (true, Ok(name)) =
                (entry.file_type()?.is_file(), entry.file_name().into_string())
            {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path.join(name))
    }

    fn read_start(&self, name: &str, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(self.path.join(name))?.take(len as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn create(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = private().create_new(true).append(true).open(self.path.join(name))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        self.sync_names()?;
        self.appending = Some((name.to_owned(), file));
        Ok(())
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.appending(name)?.write_all(bytes)
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        self.appending(name)?.sync_data()
    }

    fn truncate(&mut self, name: &str, len: u64) -> io::Result<()> {
        let file = OpenOptions::new().write(true).open(self.path.join(name))?;
        file.set_len(len)?;
        file.sync_all()
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let new = self.path.join(format!("{name}{TEMPORARY_SUFFIX}"));
        let mut file = private().create(true).truncate(true).write(true).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, self.path.join(name))?;
        self.sync_names()
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        if self.appending.as_ref().is_some_and(|(open, _)| open == name) {
            self.appending = None;
        }
        fs::remove_file(self.path.join(name))?;
        self.sync_names()
    }
}
