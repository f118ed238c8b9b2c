//! Multipart uploads: parts as files of their own until the upload is completed. They do not outlive the process.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http::{Response, StatusCode};
use md5::{Digest, Md5};

use crate::standin::s3::checksum::{self, Algorithm, Checksum};
use crate::standin::s3::disk::{Description, Disk};
use crate::standin::s3::error::S3Error;
use crate::standin::s3::object::{etag_of, kept_headers, store};
use crate::standin::s3::request::Request;
use crate::standin::s3::xml::{self, element};
use crate::standin::s3::{Answer, bucket, chunked, iso_time, respond, respond_xml};
use crate::standin::sqs::{fresh_id, hex, now_ms};

/// Uploads under way.
#[derive(Debug)]
pub struct Uploads {
    folder: PathBuf,
    active: Mutex<BTreeMap<String, Upload>>,
}

#[derive(Debug, Clone)]
struct Upload {
    bucket: String,
    key: String,
    started_ms: u64,
    headers: BTreeMap<String, String>,
    algorithm: Option<Algorithm>,
    composite: bool,
    parts: BTreeMap<u32, Part>,
}

#[derive(Debug, Clone)]
struct Part {
    file: PathBuf,
    size: usize,
    etag: String,
    checksum: Checksum,
}

/// Every part but the last has at least this many bytes.
const PART_BYTES_MIN: usize = 5 << 20;

impl Uploads {
    /// Keeps parts below `directory`; those of an earlier process are cleared away.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn at(directory: &Path) -> io::Result<Self> {
        let folder = directory.join("uploads");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder, active: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Upload>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, request: &Request) -> Result<(String, Upload), S3Error> {
        let id = request.parameter("uploadId").unwrap_or_default();
        let upload = self.lock().get(id).cloned();
        let is_meant = |upload: &Upload| upload.bucket == request.bucket && upload.key == request.key;
        upload.filter(is_meant).map(|upload| (id.to_owned(), upload)).ok_or_else(S3Error::no_upload)
    }

    /// CreateMultipartUpload.
    pub fn create(&self, disk: &Disk, request: &Request) -> Answer {
        bucket::check(disk, request)?;
        let algorithm = request.header("x-amz-checksum-algorithm").and_then(Algorithm::named);
        let kind = request.header("x-amz-checksum-type");
        let upload = Upload {
            bucket: request.bucket.clone(),
            key: request.key.clone(),
            started_ms: now_ms(),
            headers: kept_headers(request),
            algorithm,
            composite: kind != Some("FULL_OBJECT")
                && algorithm.is_some_and(|algorithm| algorithm != Algorithm::Crc64Nvme),
            parts: BTreeMap::new(),
        };
        let id = fresh_id();
        self.lock().insert(id.clone(), upload);
        let content = element("Bucket", &request.bucket) + &element("Key", &request.key) + &element("UploadId", &id);
        let mut response = respond_xml("InitiateMultipartUploadResult", &content);
        if let Some(algorithm) = algorithm {
            response
                .headers_mut()
                .insert("x-amz-checksum-algorithm", axum::http::HeaderValue::from_static(algorithm.name()));
        }
        Ok(response)
    }

    /// UploadPart.
    pub fn put_part(&self, request: &Request) -> Answer {
        let (id, upload) = self.find(request)?;
        if request.header("x-amz-copy-source").is_some() {
            return Err(S3Error::not_implemented("UploadPartCopy"));
        }
        let number = request.parameter("partNumber").and_then(|number| number.parse::<u32>().ok());
        let number = number.filter(|number| (1..=10_000).contains(number)).ok_or_else(|| {
            S3Error::bad("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
        })?;
        let (bytes, trailers) = chunked::decode(&request.headers, &request.body)?;
        let sent = checksum::verify(&request.headers, &trailers, &bytes)?;
        let algorithm = upload.algorithm.unwrap_or(sent.algorithm);
        let checksum = Checksum { algorithm, value: algorithm.of(&bytes), composite: false };
        let file = self.folder.join(fresh_id());
        std::fs::write(&file, &bytes).map_err(|error| S3Error::disk(&error))?;
        let part = Part { file, size: bytes.len(), etag: etag_of(&bytes), checksum: checksum.clone() };
        let headers = [("etag", part.etag.clone()), (algorithm.header(), checksum.value)];
        let replaced = match self.lock().get_mut(&id) {
            Some(upload) => upload.parts.insert(number, part),
            None => return Err(S3Error::no_upload()),
        };
        remove_files(replaced.iter());
        Ok(respond(StatusCode::OK, headers, Body::empty()))
    }

    /// CompleteMultipartUpload.
    pub async fn complete(&self, disk: &Disk, request: &Request) -> Answer {
        let (id, upload) = self.find(request)?;
        let named = read_parts(&request.body)?;
        let chosen = choose(&upload, &named)?;
        let mut bytes = Vec::new();
        for part in &chosen {
            bytes.extend(std::fs::read(&part.file).map_err(|error| S3Error::disk(&error))?);
        }
        let description = Description {
            etag: etag_of_parts(&chosen),
            modified_ms: now_ms(),
            headers: upload.headers.clone(),
            checksum: checksum_of(&upload, &chosen, &bytes),
        };
        let object = store(disk, request, &bytes, description).await?;
        self.lock().remove(&id);
        remove_files(upload.parts.values());
        let content = element("Location", &format!("/{}/{}", request.bucket, request.key))
            + &element("Bucket", &request.bucket)
            + &element("Key", &request.key)
            + &element("ETag", &object.etag)
            + &element(&object.checksum.algorithm.element(), &object.checksum.value)
            + &element("ChecksumType", if object.checksum.composite { "COMPOSITE" } else { "FULL_OBJECT" });
        Ok(respond_xml("CompleteMultipartUploadResult", &content))
    }

    /// AbortMultipartUpload.
    pub fn abort(&self, request: &Request) -> Answer {
        let (id, upload) = self.find(request)?;
        self.lock().remove(&id);
        remove_files(upload.parts.values());
        Ok(respond(StatusCode::NO_CONTENT, [], Body::empty()))
    }

    /// ListParts.
    pub fn list_parts(&self, request: &Request) -> Answer {
        let (id, upload) = self.find(request)?;
        let mut content =
            element("Bucket", &request.bucket) + &element("Key", &request.key) + &element("UploadId", &id);
        content += "<IsTruncated>false</IsTruncated>";
        for (number, part) in &upload.parts {
            let fields = element("PartNumber", &number.to_string())
                + &element("ETag", &part.etag)
                + &element("Size", &part.size.to_string())
                + &element(&part.checksum.algorithm.element(), &part.checksum.value);
            content += &format!("<Part>{fields}</Part>");
        }
        Ok(respond_xml("ListPartsResult", &content))
    }

    /// ListMultipartUploads.
    pub fn list(&self, request: &Request) -> Response<Body> {
        let mut content = element("Bucket", &request.bucket) + "<IsTruncated>false</IsTruncated>";
        for (id, upload) in self.lock().iter().filter(|(_, upload)| upload.bucket == request.bucket) {
            let fields = element("Key", &upload.key)
                + &element("UploadId", id)
                + &element("Initiated", &iso_time(upload.started_ms));
            content += &format!("<Upload>{fields}</Upload>");
        }
        respond_xml("ListMultipartUploadsResult", &content)
    }
}

fn remove_files<'a>(parts: impl Iterator<Item = &'a Part>) {
    for part in parts {
        // a file left behind is cleared away at the next start
        let _ = std::fs::remove_file(&part.file);
    }
}

/// Numbers and ETags in the order in which the client names them.
fn read_parts(body: &[u8]) -> Result<Vec<(u32, String)>, S3Error> {
    let document = xml::parse(body)?;
    let parts = document.root_element().children().filter(|node| node.tag_name().name() == "Part");
    let read = parts.map(|part| {
        let number = xml::child(part, "PartNumber")?.trim().parse().ok()?;
        Some((number, xml::child(part, "ETag")?.trim_matches('"').to_owned()))
    });
    let named: Option<Vec<(u32, String)>> = read.collect();
    named
        .filter(|named| !named.is_empty())
        .ok_or_else(|| S3Error::bad("MalformedXML", "The XML you provided was not well-formed or did not validate"))
}

fn choose<'a>(upload: &'a Upload, named: &[(u32, String)]) -> Result<Vec<&'a Part>, S3Error> {
    if !named.is_sorted_by(|one, next| one.0 < next.0) {
        return Err(S3Error::bad("InvalidPartOrder", "The list of parts was not in ascending order."));
    }
    let find = |(number, etag): &(u32, String)| {
        let part = upload.parts.get(number).filter(|part| part.etag.trim_matches('"') == etag);
        part.ok_or_else(|| S3Error::bad("InvalidPart", "One or more of the specified parts could not be found."))
    };
    let chosen: Vec<&Part> = named.iter().map(find).collect::<Result<_, _>>()?;
    let all_but_last = &chosen[..chosen.len().saturating_sub(1)];
    if all_but_last.iter().any(|part| part.size < PART_BYTES_MIN) {
        return Err(S3Error::bad("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"));
    }
    Ok(chosen)
}

fn etag_of_parts(parts: &[&Part]) -> String {
    let mut digest = Md5::new();
    for part in parts {
        let digits = part.etag.trim_matches('"').as_bytes();
        let raw: Vec<u8> =
            digits.chunks(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
        digest.update(raw);
    }
    format!("\"{}-{}\"", hex(&digest.finalize()), parts.len())
}

fn checksum_of(upload: &Upload, parts: &[&Part], bytes: &[u8]) -> Checksum {
    let algorithm = upload.algorithm.unwrap_or(Algorithm::Crc64Nvme);
    if upload.composite {
        let checksums: Vec<Checksum> = parts.iter().map(|part| part.checksum.clone()).collect();
        return checksum::of_parts(algorithm, &checksums);
    }
    Checksum { algorithm, value: algorithm.of(bytes), composite: false }
}
