//! Objects on disk: plain files in plain folders, so that people can open what was made.
//!
//! A put is staged, then written into the journal together with where it is staged, then renamed into place. A kill between the two is mended at the next
//! start: what the journal says was staged is renamed. One process owns the directory (the journal is locked), so conditions are decided in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::MutexGuard as KeyGuard;

use crate::standin::journal::{Change, Journal, Table};
use crate::standin::s3::checksum::Checksum;
use crate::standin::sqs::{fresh_id, hex};

/// What is known of an object besides its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Bytes.
    pub size: u64,
    /// With its quotes.
    pub etag: String,
    /// Milliseconds since 1970.
    pub modified_ms: u64,
    /// Headers to give back: media type, `x-amz-meta-…` and the like.
    pub headers: BTreeMap<String, String>,
    /// Its checksum.
    pub checksum: Checksum,
    /// Where its bytes lie, below the bucket.
    file: String,
    /// Where they lay before.
    staged: String,
}

/// What a put says of an object.
#[derive(Debug, Clone)]
pub struct Description {
    /// With its quotes.
    pub etag: String,
    /// Milliseconds since 1970.
    pub modified_ms: u64,
    /// Headers to give back.
    pub headers: BTreeMap<String, String>,
    /// Its checksum.
    pub checksum: Checksum,
}

type Buckets = BTreeMap<String, BTreeMap<String, Arc<Object>>>;

/// The objects of all buckets.
#[derive(Debug)]
pub struct Disk {
    buckets: Mutex<Buckets>,
    /// One writer a key; keys share locks by hash.
    writers: Vec<tokio::sync::Mutex<()>>,
    journal: Arc<Journal>,
    root: PathBuf,
    staging: PathBuf,
    sync: bool,
}

/// The folder of a bucket for keys that cannot be file names.
const FLAT: &str = ".keys";

/// Folder of the buckets.
const OBJECTS: &str = "s3";

/// Where the objects of a bucket lie in a stand-in's directory, as files by their keys.
pub fn bucket_folder(directory: &Path, bucket: &str) -> PathBuf {
    directory.join(OBJECTS).join(bucket)
}

impl Disk {
    /// The objects that the journal remembers below `directory`.
    ///
    /// # Errors
    /// When the folders cannot be made or read.
    pub fn load(journal: Arc<Journal>, directory: &Path, sync: bool) -> io::Result<Self> {
        let (root, staging) = (directory.join(OBJECTS), directory.join("staging"));
        std::fs::create_dir_all(&root)?;
        std::fs::create_dir_all(&staging)?;
        let mut buckets: Buckets = BTreeMap::new();
        for (name, _) in journal.take(Table::Buckets) {
            buckets.insert(String::from_utf8_lossy(&name).into_owned(), BTreeMap::new());
        }
        for (key, record) in journal.take(Table::Objects) {
            let Some(at) = key.iter().position(|byte| *byte == 0) else { continue };
            let Ok(object) = serde_json::from_slice::<Object>(&record) else { continue };
            let (bucket, key) = (String::from_utf8_lossy(&key[..at]), String::from_utf8_lossy(&key[at + 1..]));
            if let Some(objects) = buckets.get_mut(bucket.as_ref()) {
                finish_put(&root.join(bucket.as_ref()), &staging, &object);
                objects.insert(key.into_owned(), Arc::new(object));
            }
        }
        clear(&staging)?;
        let writers = (0..64).map(|_| tokio::sync::Mutex::new(())).collect();
        Ok(Self { buckets: Mutex::new(buckets), writers, journal, root, staging, sync })
    }

    /// The index, for as long as the guard lives. Nothing is awaited under it.
    pub fn lock(&self) -> MutexGuard<'_, Buckets> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a bucket; `false` when it is there.
    pub async fn make_bucket(&self, name: &str) -> io::Result<bool> {
        if self.lock().contains_key(name) {
            return Ok(false);
        }
        std::fs::create_dir_all(self.root.join(name))?;
        self.journal.commit(vec![Change::put(Table::Buckets, name.as_bytes(), b"{}".to_vec())]).await;
        Ok(self.lock().insert(name.to_owned(), BTreeMap::new()).is_none())
    }

    /// Forgets an empty bucket.
    pub async fn drop_bucket(&self, name: &str) {
        self.lock().remove(name);
        self.journal.commit(vec![Change::remove(Table::Buckets, name.as_bytes())]).await;
        // the folder may hold what was put there by hand; it is not ours to remove
        let _ = std::fs::remove_dir(self.root.join(name).join(FLAT));
        let _ = std::fs::remove_dir(self.root.join(name));
    }

    /// Keeps other writers of `key` away.
    pub async fn writer(&self, bucket: &str, key: &str) -> KeyGuard<'_, ()> {
        let digest = Sha256::digest(format!("{bucket}\0{key}"));
        self.writers[usize::from(digest[0]) % self.writers.len()].lock().await
    }

    /// The object under `key`.
    pub fn find(&self, bucket: &str, key: &str) -> Option<Arc<Object>> {
        self.lock().get(bucket)?.get(key).cloned()
    }

    /// Its bytes.
    pub fn read(&self, bucket: &str, object: &Object) -> io::Result<Vec<u8>> {
        std::fs::read(self.root.join(bucket).join(&object.file))
    }

    /// Stores `bytes` under `key`. The caller holds the key's [`Disk::writer`] and has checked its conditions.
    pub async fn put(
        &self,
        bucket: &str,
        key: &str,
        bytes: &[u8],
        description: Description,
    ) -> io::Result<Arc<Object>> {
        let staged = fresh_id();
        self.stage(&staged, bytes)?;
        let Description { etag, modified_ms, headers, checksum } = description;
        let size = bytes.len() as u64;
        let mut object = Object { size, etag, modified_ms, headers, checksum, file: file_of(key), staged };
        let folder = self.root.join(bucket);
        if !make_room(&folder, &object.file) {
            object.file = flat_file_of(key);
            std::fs::create_dir_all(folder.join(FLAT))?;
        }
        self.remember(bucket, key, &object).await;
        if self.place(&folder, &object).is_err() {
            // another key became a folder or a file where this one wants to lie
            object.file = flat_file_of(key);
            std::fs::create_dir_all(folder.join(FLAT))?;
            self.remember(bucket, key, &object).await;
            self.place(&folder, &object)?;
        }
        let object = Arc::new(object);
        if let Some(objects) = self.lock().get_mut(bucket) {
            objects.insert(key.to_owned(), Arc::clone(&object));
        }
        Ok(object)
    }

    async fn remember(&self, bucket: &str, key: &str, object: &Object) {
        let record = serde_json::to_vec(object).unwrap_or_default();
        self.journal.commit(vec![Change::put(Table::Objects, journal_key(bucket, key), record)]).await;
    }

    fn stage(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.staging.join(name);
        let written = std::fs::File::create(&path).and_then(|mut file| {
            file.write_all(bytes)?;
            if self.sync { file.sync_data() } else { Ok(()) }
        });
        // half an object would fill a full disk further with every try
        written.inspect_err(|_| drop(std::fs::remove_file(&path)))
    }

    fn place(&self, folder: &Path, object: &Object) -> io::Result<()> {
        std::fs::rename(self.staging.join(&object.staged), folder.join(&object.file))
    }

    /// Forgets the object under `key`. The caller holds the key's [`Disk::writer`].
    pub async fn remove(&self, bucket: &str, key: &str) {
        let removed = self.lock().get_mut(bucket).and_then(|objects| objects.remove(key));
        let Some(object) = removed else { return };
        self.journal.commit(vec![Change::remove(Table::Objects, journal_key(bucket, key))]).await;
        let folder = self.root.join(bucket);
        let file = folder.join(&object.file);
        // what is left behind by a failure here is not in the journal, and is written over by the next put
        let _ = std::fs::remove_file(&file);
        let parents = file.ancestors().skip(1).take_while(|parent| *parent != folder);
        for parent in parents {
            if std::fs::remove_dir(parent).is_err() {
                break;
            }
        }
    }
}

fn finish_put(folder: &Path, staging: &Path, object: &Object) {
    let staged = staging.join(&object.staged);
    if staged.exists() {
        let file = folder.join(&object.file);
        let _ = file.parent().map(std::fs::create_dir_all);
        let _ = std::fs::rename(staged, file);
    }
}

fn clear(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        std::fs::remove_file(entry?.path())?;
    }
    Ok(())
}

fn make_room(folder: &Path, file: &str) -> bool {
    let path = folder.join(file);
    let made = path.parent().is_some_and(|parent| std::fs::create_dir_all(parent).is_ok());
    made && !path.is_dir()
}

fn journal_key(bucket: &str, key: &str) -> Vec<u8> {
    [bucket.as_bytes(), &[0], key.as_bytes()].concat()
}

fn flat_file_of(key: &str) -> String {
    format!("{FLAT}/{}", hex(&Sha256::digest(key)))
}

/// The key as a path: segments that no file system takes are escaped, and never lead out of the bucket.
fn file_of(key: &str) -> String {
    if key.len() > 900 || key.split('/').any(|segment| segment.len() > 200) {
        return flat_file_of(key);
    }
    let segments: Vec<String> = key.split('/').map(segment_of).collect();
    segments.join("/")
}

fn segment_of(segment: &str) -> String {
    if segment.is_empty() {
        return "%".into();
    }
    let reserved: BTreeSet<char> = ['%', '\\', ':', '*', '?', '"', '<', '>', '|'].into();
    let mut escaped = String::new();
    for (at, character) in segment.chars().enumerate() {
        // a leading dot would hide it, name a parent, or be the folder of flat keys
        if character.is_control() || reserved.contains(&character) || (at == 0 && character == '.') {
            escaped.push_str(&format!("%{:02X}", u32::from(character)));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use crate::standin::s3::disk::file_of;

    #[test]
    fn keys_stay_below_their_bucket_and_apart() {
        assert_eq!(file_of("results/a 1/box.stl"), "results/a 1/box.stl");
        assert_eq!(file_of("../../etc/passwd"), "%2E./%2E./etc/passwd");
        assert_eq!(file_of("/a//b/"), "%/a/%/b/%");
        assert!(file_of(&"x".repeat(300)).starts_with(".keys/"));
    }
}
