//! `DiskHost`: a program's files at a desk: the folders of this machine, as `openscad` finds them.

use std::env;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::csg::TextSpec;
use crate::job::metrics;
use crate::scad::{FontMetrics, Host, HostError, Purpose, TextMetrics};
use crate::text::Fonts;

/// What the main program is called when it comes from standard input.
pub const STDIN: &str = "-";

/// The files of this machine: whoever runs a program at a desk may read what they may read.
#[derive(Debug)]
pub struct DiskHost {
    libraries: Vec<PathBuf>,
    fonts: Fonts,
    /// Room for the file that is being read: a library has many.
    room: Mutex<Vec<u8>>,
    stdin: Option<Arc<[u8]>>,
    main: String,
}

impl DiskHost {
    /// The host of a main program; reads standard input when that is `-`.
    pub fn open(main: &str) -> std::io::Result<Self> {
        let stdin = if main == STDIN {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes)?;
            Some(Arc::from(bytes))
        } else {
            None
        };
        Ok(Self {
            libraries: library_folders(),
            fonts: Fonts::when_needed(|| Fonts::with_dirs(&chosen_fonts()).with_system(&system_fonts())),
            room: Mutex::default(),
            stdin,
            main: main.to_owned(),
        })
    }

    /// The fonts of this machine.
    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    fn candidates(&self, from_file: &str, name: &str, purpose: Purpose) -> Vec<PathBuf> {
        let given = Path::new(name);
        if given.is_absolute() {
            return vec![if Path::new(&self.main).is_absolute() { given.to_owned() } else { from_here(given) }];
        }
        let beside = |file: &str| Path::new(file).parent().map_or_else(PathBuf::new, Path::to_owned).join(given);
        if purpose == Purpose::Import {
            return vec![beside(from_file)];
        }
        let mut found = vec![beside(from_file), beside(&self.main)];
        found.extend(self.libraries.iter().map(|folder| folder.join(given)));
        found
    }
}

impl Host for DiskHost {
    fn resolve(&self, from_file: &str, name: &str, purpose: Purpose) -> Result<String, HostError> {
        let candidates = self.candidates(from_file, name, purpose);
        let found = candidates.iter().find(|path| path.is_file()).ok_or(HostError::NotFound)?;
        Ok(tidy(found).to_string_lossy().into_owned())
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, HostError> {
        if path == STDIN
            && let Some(bytes) = &self.stdin
        {
            return Ok(bytes.clone());
        }
        let mut room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        room.clear();
        match fs::File::open(path).and_then(|mut file| file.read_to_end(&mut room)) {
            Ok(_) => Ok(Arc::from(room.as_slice())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(HostError::NotFound),
            Err(error) => Err(HostError::Unreadable(error.to_string())),
        }
    }

    fn text_metrics(&self, spec: &TextSpec) -> Option<TextMetrics> {
        metrics::text_metrics(&self.fonts, spec)
    }

    fn font_metrics(&self, spec: &TextSpec) -> Option<FontMetrics> {
        metrics::font_metrics(&self.fonts, spec)
    }
}

/// `OPENSCADPATH`, then the folder where OpenSCAD keeps a user's libraries.
fn library_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        env::var_os("OPENSCADPATH").map_or_else(Vec::new, |list| env::split_paths(&list).collect());
    if let Some(home) = env::var_os("HOME") {
        folders.push(Path::new(&home).join(".local/share/OpenSCAD/libraries"));
    }
    folders
}

/// `OPENSCAD_FONT_PATH`: somebody chose these, so they win over the bundled fonts.
fn chosen_fonts() -> Vec<PathBuf> {
    env::var_os("OPENSCAD_FONT_PATH").map_or_else(Vec::new, |list| env::split_paths(&list).collect())
}

fn system_fonts() -> Vec<PathBuf> {
    let mut folders = ["/usr/share/fonts", "/usr/local/share/fonts"].map(PathBuf::from).to_vec();
    if let Some(home) = env::var_os("HOME") {
        folders.push(Path::new(&home).join(".local/share/fonts"));
    }
    folders
}

/// An absolute path as seen from the current folder, like the path of the main program.
fn from_here(path: &Path) -> PathBuf {
    let Ok(here) = env::current_dir() else { return path.to_owned() };
    let shared = here.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", here.components().count() - shared);
    up.map(PathBuf::from).chain(path.components().skip(shared).map(|part| PathBuf::from(part.as_os_str()))).collect()
}

/// `a/./b/../c` as `a/c`, so that a file included on two ways has one name.
fn tidy(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(parts.last(), Some(Component::Normal(_))) => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.into_iter().collect()
}
