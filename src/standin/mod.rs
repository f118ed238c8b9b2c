//! An SQS- and S3-compatible endpoint on 127.0.0.1, durable in a directory, for `demo`, `serve --local` and tests.
//!
//! **In** a directory and an address; **Out** a [`Server`] that the ordinary AWS clients of any language talk to (path-style addressing).
//! **Stages** `http` (connections, faults) → `sqs` and `s3` (operations) → `journal` (what must outlive the process).
//! **Invariants** What was answered with success is durable. A conditional put has one winner. A client that hung up receives no message.
//! **Knows nothing of** jobs: the daemon reaches it like any other endpoint. Signatures are not checked: it listens on loopback.

mod fault;
mod http;
mod journal;
mod s3;
mod sqs;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use fault::{Action, Fault, Faults};
pub use s3::bucket_folder;

use crate::standin::http::Services;
use crate::standin::journal::{Journal, JournalError};
use crate::standin::s3::S3;
use crate::standin::sqs::Sqs;

/// How to run a stand-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Flush to the disk before answering: what was answered survives a power cut, not only a kill.
    pub sync: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { sync: true }
    }
}

/// Why a stand-in could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The directory cannot be used.
    #[error("the directory {path} cannot be used: {cause}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        cause: std::io::Error,
    },
}

/// A running stand-in. Dropped, it stops listening; [`Server::shutdown`] waits until it has.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    services: Arc<Services>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Server {
    /// Serves what `directory` holds on `address`; port 0 takes a free one. Makes the directory.
    ///
    /// # Errors
    /// When the directory, its journal or the address cannot be used; one directory serves one process.
    pub async fn start(directory: &Path, address: SocketAddr, options: Options) -> Result<Self, StartError> {
        let failed = |cause| StartError::Directory { path: directory.to_owned(), cause };
        std::fs::create_dir_all(directory).map_err(failed)?;
        let journal = Arc::new(Journal::open(&directory.join("journal.redb"), options.sync)?);
        let listener = TcpListener::bind(address).await.map_err(|cause| StartError::Listen { address, cause })?;
        let address = listener.local_addr().map_err(|cause| StartError::Listen { address, cause })?;
        let sqs = Sqs::load(Arc::clone(&journal), format!("http://{address}"));
        let s3 = S3::load(journal, directory, options.sync).map_err(failed)?;
        let services = Arc::new(Services { sqs, s3, faults: Faults::default() });
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(http::serve(listener, Arc::clone(&services), stop.clone(), tasks.clone()));
        Ok(Self { address, services, stop, tasks })
    }

    /// `http://127.0.0.1:PORT`: the endpoint URL for both services.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The faults of this server.
    pub fn faults(&self) -> &Faults {
        &self.services.faults
    }

    /// Stops listening, closes the connections, and writes the journal out.
    pub async fn shutdown(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
        self.tasks.close();
    }
}
