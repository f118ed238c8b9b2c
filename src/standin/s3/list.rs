//! ListObjectsV2: keys in order, folded at a delimiter, page by page.

use std::sync::Arc;

use crate::standin::s3::disk::{Disk, Object};
use crate::standin::s3::error::S3Error;
use crate::standin::s3::request::{Request, encode};
use crate::standin::s3::xml::element;
use crate::standin::s3::{Answer, iso_time, respond_xml};
use crate::standin::sqs::hex;

enum Row {
    Object(String, Arc<Object>),
    Prefix(String),
}

impl Row {
    fn key(&self) -> &str {
        match self {
            Self::Object(key, _) | Self::Prefix(key) => key,
        }
    }
}

/// ListObjectsV2.
pub fn list(disk: &Disk, request: &Request) -> Answer {
    let prefix = request.parameter("prefix").unwrap_or_default();
    let delimiter = request.parameter("delimiter").filter(|delimiter| !delimiter.is_empty());
    let asked = request.parameter("max-keys").map_or(Ok(1000), str::parse::<usize>);
    let count = asked.map_err(|_| S3Error::bad("InvalidArgument", "max-keys is not a number"))?.min(1000);
    let token = request.parameter("continuation-token").map(read_token).transpose()?;
    let after = token.as_deref().or(request.parameter("start-after")).unwrap_or_default();
    let (rows, more) = collect(disk, request, prefix, delimiter, after, count)?;
    let encoded = request.parameter("encoding-type") == Some("url");
    let shown = |key: &str| if encoded { encode(key) } else { key.to_owned() };
    let mut content = element("Name", &request.bucket) + &element("Prefix", &shown(prefix));
    content += &element("KeyCount", &rows.len().to_string());
    content += &element("MaxKeys", &count.to_string());
    content += &element("IsTruncated", if more { "true" } else { "false" });
    content += &delimiter.map(|delimiter| element("Delimiter", &shown(delimiter))).unwrap_or_default();
    content += if encoded { "<EncodingType>url</EncodingType>" } else { "" };
    if let Some(last) = rows.last().filter(|_| more) {
        content += &element("NextContinuationToken", &hex(last.key().as_bytes()));
    }
    content.extend(rows.iter().map(|row| show(row, &shown)));
    Ok(respond_xml("ListBucketResult", &content))
}

fn collect(
    disk: &Disk,
    request: &Request,
    prefix: &str,
    delimiter: Option<&str>,
    after: &str,
    count: usize,
) -> Result<(Vec<Row>, bool), S3Error> {
    let buckets = disk.lock();
    let objects = buckets.get(&request.bucket).ok_or_else(S3Error::no_bucket)?;
    let mut rows: Vec<Row> = Vec::new();
    let from = prefix.max(after);
    for (key, object) in
        objects.range(from.to_owned()..).take_while(|(key, _)| key.starts_with(prefix) || key.as_str() < prefix)
    {
        let fold = delimiter
            .and_then(|delimiter| Some(&key[..prefix.len() + key[prefix.len()..].find(delimiter)? + delimiter.len()]));
        let row_key = fold.unwrap_or(key);
        if row_key <= after || rows.last().is_some_and(|last| last.key() == row_key) {
            continue;
        }
        if rows.len() == count {
            return Ok((rows, count > 0));
        }
        rows.push(match fold {
            Some(fold) => Row::Prefix(fold.to_owned()),
            None => Row::Object(key.clone(), Arc::clone(object)),
        });
    }
    Ok((rows, false))
}

fn show(row: &Row, shown: &impl Fn(&str) -> String) -> String {
    match row {
        Row::Prefix(prefix) => format!("<CommonPrefixes>{}</CommonPrefixes>", element("Prefix", &shown(prefix))),
        Row::Object(key, object) => format!(
            "<Contents>{}{}{}{}<StorageClass>STANDARD</StorageClass></Contents>",
            element("Key", &shown(key)),
            element("LastModified", &iso_time(object.modified_ms)),
            element("ETag", &object.etag),
            element("Size", &object.size.to_string())
        ),
    }
}

fn read_token(token: &str) -> Result<String, S3Error> {
    let bytes: Option<Vec<u8>> =
        token.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    key.ok_or_else(|| S3Error::bad("InvalidArgument", "The continuation token provided is incorrect"))
}
