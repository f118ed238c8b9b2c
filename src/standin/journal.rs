//! What the stand-in has promised to remember: a journal on redb, written by one thread, many promises a commit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use redb::backends::FileBackend;
use redb::{Database, ReadableDatabase, ReadableTable, StorageBackend, TableDefinition};
use tokio::sync::oneshot;

/// The tables of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Queue name to its attributes.
    Queues,
    /// Queue name, NUL, sequence number to a message.
    Messages,
    /// Bucket name to when it was made.
    Buckets,
    /// Bucket name, NUL, key to the description of an object.
    Objects,
}

/// One change to remember: a value under a key, or nothing under it any more.
#[derive(Debug, Clone)]
pub struct Change {
    table: Table,
    key: Vec<u8>,
    value: Option<Vec<u8>>,
}

impl Change {
    /// Remembers `value` under `key`.
    pub fn put(table: Table, key: impl Into<Vec<u8>>, value: Vec<u8>) -> Self {
        Self { table, key: key.into(), value: Some(value) }
    }

    /// Forgets `key`.
    pub fn remove(table: Table, key: impl Into<Vec<u8>>) -> Self {
        Self { table, key: key.into(), value: None }
    }
}

/// A key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// Why the journal could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("the journal {path} cannot be opened: {cause}")]
pub struct JournalError {
    path: String,
    cause: String,
}

/// The writing end. Dropped, it lets the writer finish and end.
#[derive(Debug)]
pub struct Journal {
    entries: Option<Sender<Entry>>,
    rows: Mutex<BTreeMap<Table, Vec<Row>>>,
    ending: Arc<AtomicBool>,
    writer: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Entry {
    changes: Vec<Change>,
    done: Option<oneshot::Sender<()>>,
}

impl Journal {
    /// Opens or makes the journal at `path`. With `sync`, a promise survives a power cut; without, only a kill.
    ///
    /// # Errors
    /// When the file cannot be made, is damaged, or another process has it open.
    pub fn open(path: &Path, sync: bool) -> Result<Self, JournalError> {
        let failed = |cause: String| JournalError { path: path.display().to_string(), cause };
        let database = open_database(path, sync).map_err(&failed)?;
        let mut rows = BTreeMap::new();
        for table in TABLES {
            rows.insert(table, load(&database, table).map_err(|cause| failed(cause.to_string()))?);
        }
        let (entries, inbox) = channel();
        let ending = Arc::<AtomicBool>::default();
        let path = path.to_owned();
        let mut writer = Writer { path, sync, database: Some(database), ending: Arc::clone(&ending) };
        let writer = std::thread::Builder::new().name("standin-journal".into()).spawn(move || writer.run(&inbox));
        let writer = Some(writer.map_err(|cause| failed(cause.to_string()))?);
        Ok(Self { entries: Some(entries), rows: Mutex::new(rows), ending, writer })
    }

    /// What was under `table` when the journal was opened, in order of its keys; to be asked for once.
    pub fn take(&self, table: Table) -> Vec<Row> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).remove(&table).unwrap_or_default()
    }

    /// Remembers `changes` some time soon.
    pub fn note(&self, changes: Vec<Change>) {
        self.send(Entry { changes, done: None });
    }

    /// Remembers `changes`; they are safe when this returns. While the disk is full it does not: what cannot be remembered is not promised.
    pub async fn commit(&self, changes: Vec<Change>) {
        let (done, wait) = oneshot::channel();
        self.send(Entry { changes, done: Some(done) });
        // the writer gives up only when the stand-in ends, and then nobody is answered any more
        let _ = wait.await;
    }

    fn send(&self, entry: Entry) {
        if let Some(entries) = &self.entries {
            let _ = entries.send(entry);
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::Relaxed);
        self.entries = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

const TABLES: [Table; 4] = [Table::Queues, Table::Messages, Table::Buckets, Table::Objects];

fn load(database: &Database, table: Table) -> Result<Vec<Row>, redb::Error> {
    let transaction = database.begin_read()?;
    let table = transaction.open_table(definition(table))?;
    let mut rows = Vec::new();
    for row in table.iter()? {
        let (key, value) = row?;
        rows.push((key.value().to_vec(), value.value().to_vec()));
    }
    Ok(rows)
}

fn open_database(path: &Path, sync: bool) -> Result<Database, String> {
    let file = std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let file = file.map_err(|cause| cause.to_string())?;
    let backend = FileBackend::new(file).map_err(|cause| cause.to_string())?;
    let mut builder = Database::builder();
    builder.set_cache_size(32 << 20);
    let database = builder.create_with_backend(Backend { file: backend, sync }).map_err(|cause| cause.to_string())?;
    make_tables(&database).map_err(|cause| cause.to_string())?;
    Ok(database)
}

fn make_tables(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    for table in TABLES {
        transaction.open_table(definition(table))?;
    }
    transaction.commit()?;
    Ok(())
}

/// Owns the file.
struct Writer {
    path: PathBuf,
    sync: bool,
    /// None after a write that failed: redb refuses everything until the file is opened again.
    database: Option<Database>,
    ending: Arc<AtomicBool>,
}

/// How long a disk that is full is left alone.
const DISK_PAUSE: Duration = Duration::from_millis(200);

impl Writer {
    fn run(&mut self, inbox: &Receiver<Entry>) {
        while let Ok(first) = inbox.recv() {
            let mut batch = vec![first];
            // 512 promises a commit: one fsync is paid by all who asked while the last one ran
            while batch.len() < 512
                && let Ok(next) = inbox.try_recv()
            {
                batch.push(next);
            }
            if self.write_patiently(&batch) {
                for done in batch.into_iter().filter_map(|entry| entry.done) {
                    // nobody waits any more: the client hung up
                    let _ = done.send(());
                }
            }
        }
    }

    /// Tries until it is written, or the stand-in ends: what is in memory and what is in the journal must not part.
    fn write_patiently(&mut self, batch: &[Entry]) -> bool {
        let mut told = false;
        loop {
            let Err(cause) = self.write(batch) else { return true };
            self.database = None;
            if !told {
                tracing::error!(%cause, "the journal cannot be written; clients wait until it can");
                told = true;
            }
            if self.ending.load(Ordering::Relaxed) {
                return false;
            }
            std::thread::sleep(DISK_PAUSE);
        }
    }

    fn write(&mut self, batch: &[Entry]) -> Result<(), String> {
        let database = match self.database.take() {
            Some(database) => database,
            None => open_database(&self.path, self.sync)?,
        };
        write_batch(self.database.insert(database), batch).map_err(|cause| cause.to_string())
    }
}

fn write_batch(database: &Database, batch: &[Entry]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    for change in batch.iter().flat_map(|entry| &entry.changes) {
        let mut table = transaction.open_table(definition(change.table))?;
        match &change.value {
            Some(value) => drop(table.insert(change.key.as_slice(), value.as_slice())?),
            None => drop(table.remove(change.key.as_slice())?),
        }
    }
    transaction.commit()?;
    Ok(())
}

fn definition(table: Table) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
    TableDefinition::new(match table {
        Table::Queues => "queues",
        Table::Messages => "messages",
        Table::Buckets => "buckets",
        Table::Objects => "objects",
    })
}

/// A file that is flushed to the disk only when asked to be: tests start hundreds of stand-ins.
#[derive(Debug)]
struct Backend {
    file: FileBackend,
    sync: bool,
}

impl StorageBackend for Backend {
    fn len(&self) -> Result<u64, std::io::Error> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), std::io::Error> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> Result<(), std::io::Error> {
        self.file.set_len(len)
    }

    fn sync_data(&self) -> Result<(), std::io::Error> {
        if self.sync { self.file.sync_data() } else { Ok(()) }
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), std::io::Error> {
        self.file.write(offset, data)
    }

    fn close(&self) -> Result<(), std::io::Error> {
        self.file.close()
    }
}
