//! What the daemon and a worker process say to each other: a length in eight bytes, little end first, then postcard.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::budget::{Exceeded, Limits};
use crate::job::{Outcome, Phase};

/// The first thing that a process is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Hello {
    /// Folder of libraries.
    pub libraries: Option<PathBuf>,
    /// Folder of fonts.
    pub fonts: Option<PathBuf>,
    /// Threads for geometry.
    pub threads: usize,
    /// Stack of a job's thread in bytes.
    pub stack_bytes: usize,
    /// Memory that a job may count, bytes.
    pub memory_bytes: u64,
}

/// What a process is told after that.
#[derive(Debug, Serialize, Deserialize)]
pub enum Order {
    /// Compute this job.
    Job {
        /// The job as it was written.
        text: Vec<u8>,
        /// Its files by path.
        files: Vec<(String, Vec<u8>)>,
        /// The path of its program.
        entry: String,
        /// Its limits.
        limits: Limits,
    },
    /// Stop the job in hand.
    Stop(Exceeded),
}

/// What a process says.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// It can take a job; and what keeps it from the rest of the machine.
    Ready {
        /// For the log.
        confinement: String,
        /// Whether that is all there is.
        whole: bool,
    },
    /// The job in hand has come so far.
    Phase(Phase),
    /// The job in hand has come to this.
    Done(Box<Outcome>),
}

/// A frame of a message.
pub fn encode(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut frame = postcard::to_extend(message, vec![0; 8]).map_err(io::Error::other)?;
    let length = frame.len() as u64 - 8;
    frame[..8].copy_from_slice(&length.to_le_bytes());
    Ok(frame)
}

/// Writes a message, all of it.
pub fn write(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    to.write_all(&encode(message)?)?;
    to.flush()
}

/// The next message; none at the end.
pub fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 8];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut body = Vec::new();
    from.take(u64::from_le_bytes(length)).read_to_end(&mut body)?;
    decode(&body).map(Some)
}

/// The next message of at most `most` bytes; none at the end.
pub async fn receive<T: DeserializeOwned>(from: &mut (impl AsyncRead + Unpin), most: u64) -> io::Result<Option<T>> {
    let length = match from.read_u64_le().await {
        Ok(length) if length <= most => length,
        Ok(length) => return Err(io::Error::other(format!("a message of {length} bytes, more than {most}"))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut body = Vec::new();
    from.take(length).read_to_end(&mut body).await?;
    decode(&body).map(Some)
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> io::Result<T> {
    postcard::from_bytes(body).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
