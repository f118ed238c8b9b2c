//! Fetches a job's files from the store before the pipeline starts.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::daemon::store::{Place, Store, StoreError};
use crate::export::digest;
use crate::job::{Blob, Failure, Files, JobSpec, ObjectRef, Source};

/// Where files may be fetched from, and how many bytes of them.
#[derive(Debug, Clone)]
pub struct Fetcher {
    /// The store.
    pub store: Store,
    /// The daemon's own bucket.
    pub bucket: String,
    /// Further buckets that may be read.
    pub read_buckets: Vec<String>,
    /// Where templates lie in the own bucket.
    pub templates: String,
    /// All files of a job together.
    pub bytes_max: u64,
}

/// A job's files, the one to begin with, and how many bytes were fetched for them.
#[derive(Debug)]
pub struct Fetched {
    /// By path.
    pub files: Files,
    /// A key of `files`.
    pub entry: String,
    /// Fetched from the store.
    pub bytes: u64,
}

/// Files fetched at once.
const AT_ONCE: usize = 8;

impl Fetcher {
    /// Whether jobs may read from `bucket`.
    pub fn is_readable(&self, bucket: &str) -> bool {
        bucket == self.bucket || self.read_buckets.iter().any(|readable| readable == bucket)
    }

    /// All files of a job.
    ///
    /// # Errors
    /// `SourceNotFound`, `Invalid` and `Unavailable`.
    pub async fn fetch(&self, spec: &JobSpec) -> Result<Fetched, Failure> {
        match &spec.source {
            Source::Files { files, entry } => self.fetch_files(files, entry).await,
            Source::Object { object, entry } => self.fetch_object(object, entry.as_deref()).await,
            Source::Template { name, version } => self.fetch_template(name, version.as_deref()).await,
        }
    }

    async fn fetch_files(&self, blobs: &BTreeMap<String, Blob>, entry: &str) -> Result<Fetched, Failure> {
        let mut files = Files::new();
        let mut wanted = Vec::new();
        for (path, blob) in blobs {
            match blob {
                Blob::Inline(bytes) => drop(files.insert(path.clone(), Arc::clone(bytes))),
                Blob::Object(object) => wanted.push((path.clone(), object.clone())),
            }
        }
        let bytes = self.fetch_all(wanted, &mut files).await?;
        self.check_size(&files)?;
        Ok(Fetched { files, entry: entry.to_owned(), bytes })
    }

    async fn fetch_all(&self, wanted: Vec<(String, ObjectRef)>, files: &mut Files) -> Result<u64, Failure> {
        let mut tasks = JoinSet::new();
        let mut wanted = wanted.into_iter();
        let mut bytes = 0;
        loop {
            while tasks.len() < AT_ONCE
                && let Some((path, object)) = wanted.next()
            {
                let fetcher = self.clone();
                tasks.spawn(async move { fetcher.fetch_one(&object).await.map(|content| (path, content)) });
            }
            let Some(done) = tasks.join_next().await else { return Ok(bytes) };
            let (path, content) = done.map_err(|error| Failure::Internal(error.to_string()))??;
            bytes += content.len() as u64;
            if bytes > self.bytes_max {
                return Err(self.too_large());
            }
            files.insert(path, content);
        }
    }

    async fn fetch_one(&self, object: &ObjectRef) -> Result<Arc<[u8]>, Failure> {
        let bucket = object.bucket.as_ref().unwrap_or(&self.bucket);
        if !self.is_readable(bucket) {
            return Err(Failure::Invalid(format!(
                "jobs may not read from bucket {bucket:?}; its operator can allow it by store.read_buckets"
            )));
        }
        let place = Place { bucket: bucket.clone(), key: object.key.clone() };
        let content = self.store.get(&place, object.version_id.as_deref(), self.bytes_max).await.map_err(failure)?;
        if let Some(promised) = &object.digest {
            let found = digest(&content);
            if found != *promised {
                return Err(Failure::Invalid(format!("{place} has digest {found}, and the job says {promised}")));
            }
        }
        Ok(Arc::from(content.as_ref()))
    }

    async fn fetch_object(&self, object: &ObjectRef, entry: Option<&str>) -> Result<Fetched, Failure> {
        let content = self.fetch_one(object).await?;
        let bytes = content.len() as u64;
        let name = object.key.rsplit('/').next().unwrap_or_default().to_owned();
        if !name.to_ascii_lowercase().ends_with(".zip") {
            return Ok(Fetched { files: Files::from([(name.clone(), content)]), entry: name, bytes });
        }
        let bytes_max = self.bytes_max;
        let unpacked = tokio::task::spawn_blocking(move || unzip(&content, bytes_max)).await;
        let files = unpacked.map_err(|error| Failure::Internal(error.to_string()))??;
        let entry = choose_entry(&files, entry)?;
        Ok(Fetched { files, entry, bytes })
    }

    async fn fetch_template(&self, name: &str, version: Option<&str>) -> Result<Fetched, Failure> {
        let folder = format!("{}{name}/", self.templates);
        let prefix = match version {
            Some(version) => format!("{folder}{version}/"),
            None => folder.clone(),
        };
        let keys =
            self.store.list(&Place { bucket: self.bucket.clone(), key: prefix.clone() }).await.map_err(failure)?;
        let prefix = match version {
            Some(_) => prefix,
            None => newest(&keys, &folder).map(|version| format!("{folder}{version}/")).unwrap_or(prefix),
        };
        let paths = keys.iter().filter_map(|key| Some((key.strip_prefix(&prefix)?, key)));
        let wanted: Vec<(String, ObjectRef)> = paths
            .filter(|(path, _)| !path.is_empty() && !path.ends_with('/'))
            .map(|(path, key)| {
                let object = ObjectRef { bucket: None, key: key.clone(), version_id: None, digest: None };
                (path.to_owned(), object)
            })
            .collect();
        if wanted.is_empty() {
            let asked = version.map(|version| format!("@{version}")).unwrap_or_default();
            return Err(Failure::SourceNotFound(format!("there is no template {name}{asked}")));
        }
        let mut files = Files::new();
        let bytes = self.fetch_all(wanted, &mut files).await?;
        let entry = choose_entry(&files, None)?;
        Ok(Fetched { files, entry, bytes })
    }

    fn check_size(&self, files: &Files) -> Result<(), Failure> {
        let total: u64 = files.values().map(|content| content.len() as u64).sum();
        if total > self.bytes_max { Err(self.too_large()) } else { Ok(()) }
    }

    fn too_large(&self) -> Failure {
        Failure::Invalid(format!("the job's files are larger than {} bytes together", self.bytes_max))
    }
}

fn failure(error: StoreError) -> Failure {
    match error {
        StoreError::NotFound(_) | StoreError::NoBucket(_) => Failure::SourceNotFound(error.to_string()),
        StoreError::TooLarge(..) | StoreError::Refused(_) | StoreError::Exists(_) => {
            Failure::Invalid(error.to_string())
        }
        // denied may be a policy that is being changed: the attempts run out in the end
        StoreError::Unavailable(_) | StoreError::Denied(_) => Failure::Unavailable(error.to_string()),
    }
}

/// The given entry, or `main.scad`, or the only program at the top.
fn choose_entry(files: &Files, given: Option<&str>) -> Result<String, Failure> {
    if let Some(entry) = given {
        let found = files.contains_key(entry).then(|| entry.to_owned());
        return found.ok_or_else(|| Failure::SourceNotFound(format!("there is no file {entry:?} in the package")));
    }
    if files.contains_key("main.scad") {
        return Ok("main.scad".into());
    }
    let mut programs = files.keys().filter(|path| !path.contains('/') && path.ends_with(".scad"));
    match (programs.next(), programs.next()) {
        (Some(only), None) => Ok(only.clone()),
        _ => Err(Failure::Invalid(
            "the package has no main.scad and not exactly one program; say which by `entry`".into(),
        )),
    }
}

/// The highest version below `folder`: numbers by value, the rest by text.
fn newest<'a>(keys: &'a [String], folder: &str) -> Option<&'a str> {
    let versions = keys.iter().filter_map(|key| key.strip_prefix(folder)?.split_once('/').map(|(version, _)| version));
    versions.max_by_key(|version| {
        version.split(['.', '-']).map(|part| (part.parse::<u64>().ok(), part)).collect::<Vec<_>>()
    })
}

/// Files in a zip at most: more is not a model.
const ZIP_FILES_MAX: usize = 10_000;

/// Unpacks at most `bytes_max` bytes, by what comes out and not by what the directory says.
fn unzip(content: &[u8], bytes_max: u64) -> Result<Files, Failure> {
    let broken = |error: &dyn std::fmt::Display| Failure::Invalid(format!("the zip cannot be read: {error}"));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(content)).map_err(|error| broken(&error))?;
    if archive.len() > ZIP_FILES_MAX {
        return Err(Failure::Invalid(format!("the zip has more than {ZIP_FILES_MAX} files")));
    }
    let mut files = Files::new();
    let mut left = bytes_max;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| broken(&error))?;
        if !entry.is_file() {
            continue;
        }
        let Some(path) = entry.enclosed_name() else {
            return Err(Failure::Invalid(format!("the zip has a file outside of itself: {:?}", entry.name())));
        };
        let path: Vec<String> = path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        let mut bytes = Vec::new();
        entry.take(left + 1).read_to_end(&mut bytes).map_err(|error| broken(&error))?;
        let size = bytes.len() as u64;
        if size > left {
            return Err(Failure::Invalid(format!("the zip holds more than {bytes_max} bytes")));
        }
        left -= size;
        files.insert(path.join("/"), Arc::from(bytes));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use crate::daemon::inputs::newest;

    #[test]
    fn the_newest_template_is_by_number() {
        let keys: Vec<String> = ["t/box/1.9/a.scad", "t/box/1.10/a.scad", "t/box/1.2/a.scad"].map(String::from).into();
        assert_eq!(newest(&keys, "t/box/"), Some("1.10"));
    }
}
