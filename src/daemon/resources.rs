//! What all jobs share: installed libraries, fonts, and the caches of the pipeline.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::Worker;
use crate::daemon::worker::Work;
use crate::job::{Engine, Files, Library, pipeline};
use crate::text::Fonts;

/// Why libraries or fonts cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {cause}")]
pub struct ResourceError {
    path: PathBuf,
    cause: std::io::Error,
}

/// Libraries and fonts, read once.
#[derive(Debug, Clone)]
pub struct Resources {
    /// OpenSCAD libraries.
    pub library: Library,
    /// Fonts.
    pub fonts: Fonts,
}

impl Resources {
    /// No libraries, and the bundled fonts.
    pub fn bundled() -> Self {
        Self { library: Library::default(), fonts: Fonts::bundled() }
    }

    /// What the settings name; and the pool that geometry is computed on, once per process.
    ///
    /// # Errors
    /// When the folder of libraries or fonts cannot be read.
    pub fn load(settings: &Worker) -> Result<Self, ResourceError> {
        let library = match &settings.libraries {
            Some(folder) => Library::new(read_folder(folder)?),
            None => Library::default(),
        };
        let fonts = match &settings.fonts {
            Some(folder) => {
                std::fs::read_dir(folder).map_err(|cause| ResourceError { path: folder.clone(), cause })?;
                Fonts::with_dirs(std::slice::from_ref(folder))
            }
            None => Fonts::bundled(),
        };
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(settings.threads)
            .stack_size(POOL_STACK_BYTES)
            .thread_name(|index| format!("geometry-{index}"))
            .build_global();
        if let Err(error) = pool {
            // a second daemon in one process, or an embedder's own pool
            tracing::debug!(%error, "the pool for geometry is there already");
        }
        Ok(Self { library, fonts })
    }

    /// The real work, with caches of its own.
    pub fn pipeline(&self, stack_bytes: usize) -> Work {
        let engine = Engine::new(stack_bytes, MEMO_BYTES);
        Arc::new(move |spec, inputs, budget, progress| pipeline::run(spec, inputs, &engine, budget, progress))
    }
}

/// Computed subtrees that all jobs share, least recently used first out.
const MEMO_BYTES: u64 = 256 << 20;

/// Trees of geometry are as deep as programs nest them, and parts of them are computed on the pool. Address space only.
pub(crate) const POOL_STACK_BYTES: usize = 256 << 20;

fn read_folder(root: &Path) -> Result<Files, ResourceError> {
    let mut files = Files::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |cause| ResourceError { path, cause }
        };
        for entry in std::fs::read_dir(&folder).map_err(failed(&folder))? {
            let path = entry.map_err(failed(&folder))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(inside) = path.strip_prefix(root) {
                let name: Vec<String> =
                    inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
                let bytes = std::fs::read(&path).map_err(failed(&path))?;
                files.insert(name.join("/"), Arc::from(bytes));
            }
        }
    }
    Ok(files)
}
