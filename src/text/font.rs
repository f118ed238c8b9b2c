//! Font selection by name and style; the bundled default.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use fontdb::{Database, FaceInfo, Family, ID, Query, Source, Stretch, Style, Weight};
use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

/// The fonts that a job may use. Cheap to clone.
#[derive(Clone)]
pub struct Fonts {
    database: Arc<Faces>,
    loaded: Arc<Mutex<FxHashMap<ID, Face>>>,
    digest: Arc<OnceLock<String>>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Fonts({} faces)", self.database.len())
    }
}

impl Default for Fonts {
    fn default() -> Self {
        Self::bundled()
    }
}

/// The faces; read when they are first asked for, where that was put off.
type Faces = LazyLock<Database, Box<dyn FnOnce() -> Database + Send>>;

/// A font file's bytes, and which of its faces.
#[derive(Debug, Clone)]
pub(super) struct Face {
    pub bytes: Arc<[u8]>,
    pub index: u32,
}

impl Fonts {
    /// Whether these are clones of the same fonts.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.database, &other.database)
    }

    /// Fonts that are read when a text first asks for one: most programs have none.
    pub fn when_needed(read: impl FnOnce() -> Self + Send + 'static) -> Self {
        Self::from_faces(LazyLock::new(Box::new(move || Database::clone(&read().database))))
    }

    /// Liberation Sans, Serif and Mono, four styles each.
    pub fn bundled() -> Self {
        Self::of(bundled_database())
    }

    /// The bundled fonts and those in some directories and below, which come first where names are equal.
    /// Reads the directories once, in the order given and sorted by path, and a font's file when it is first used.
    pub fn with_dirs(directories: &[PathBuf]) -> Self {
        Self::of(merged(ordered(directories), &bundled_database()))
    }

    /// These fonts and the machine's own, which come last where names are equal: a text looks the same on every machine.
    pub fn with_system(&self, directories: &[PathBuf]) -> Self {
        Self::of(merged(Database::clone(&self.database), &ordered(directories)))
    }

    /// These fonts and those of a job's own files, which come first where names are equal.
    pub fn with_files<'a>(&self, files: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut database = Database::new();
        for file in files {
            database.load_font_data(file.to_vec());
        }
        if database.is_empty() {
            return self.clone();
        }
        Self::of(merged(database, &self.database))
    }

    /// Whether a font description names a font, or one that stands in for it.
    pub fn has(&self, description: &str) -> bool {
        self.find(description).is_some()
    }

    /// Stands for all faces in their order, as hexadecimal digits; reads every font's file when it is first asked for.
    pub fn digest(&self) -> &str {
        self.digest.get_or_init(|| {
            let mut all = Sha256::new();
            for face in self.database.faces() {
                self.database.with_face_data(face.id, |bytes, index| {
                    all.update(index.to_le_bytes());
                    all.update(Sha256::digest(bytes));
                });
            }
            all.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
        })
    }

    /// The families there are, sorted.
    pub fn families(&self) -> Vec<String> {
        let first = |face: &FaceInfo| face.families.first().map(|(name, _)| name.clone());
        let mut names: Vec<String> = self.database.faces().filter_map(first).collect();
        names.sort();
        names.dedup();
        names
    }

    fn of(database: Database) -> Self {
        let faces: Faces = LazyLock::new(Box::new(move || database));
        LazyLock::force(&faces);
        Self::from_faces(faces)
    }

    fn from_faces(faces: Faces) -> Self {
        Self { database: Arc::new(faces), loaded: Arc::default(), digest: Arc::default() }
    }

    /// The face that a font description names best.
    pub(super) fn find(&self, description: &str) -> Option<Face> {
        let wanted = Wanted::parse(description)?;
        let named = wanted.families.iter().map(|name| Family::Name(self.known_family(name)));
        let families: Vec<Family<'_>> = named.chain([Family::Name(DEFAULT_FAMILY)]).collect();
        let query = Query { families: &families, weight: wanted.weight, stretch: wanted.stretch, style: wanted.style };
        self.load(self.database.query(&query)?)
    }

    /// The family's own spelling where only case and spaces differ; what a generic name stands for.
    fn known_family<'a>(&'a self, name: &'a str) -> &'a str {
        let plain = squeeze(name);
        let generic = match plain.as_str() {
            "sans" | "sansserif" | "arial" | "helvetica" => Some(DEFAULT_FAMILY),
            "serif" | "timesnewroman" | "times" => Some("Liberation Serif"),
            "mono" | "monospace" | "couriernew" | "courier" => Some("Liberation Mono"),
            _ => None,
        };
        let mut names = self.database.faces().flat_map(|face| face.families.iter().map(|(name, _)| name.as_str()));
        names.find(|known| squeeze(known) == plain).or(generic).unwrap_or(name)
    }

    fn load(&self, id: ID) -> Option<Face> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(face) = loaded.get(&id) {
            return Some(face.clone());
        }
        let face = self.database.with_face_data(id, |bytes, index| Face { bytes: bytes.into(), index })?;
        loaded.insert(id, face.clone());
        Some(face)
    }
}

/// The fonts of some directories and below, sorted by path: the file system's own order is not the same everywhere.
fn ordered(directories: &[PathBuf]) -> Database {
    let mut database = Database::new();
    for directory in directories {
        database.load_fonts_dir(directory);
    }
    let mut faces: Vec<FaceInfo> = database.faces().cloned().collect();
    faces.sort_by_cached_key(|face| (source_path(&face.source), face.index));
    let mut ordered = Database::new();
    for face in faces {
        ordered.push_face_info(face);
    }
    ordered
}

const DEFAULT_FAMILY: &str = "Liberation Sans";

/// What a font description asks for: `Family, Other:style=Bold Italic`, or fontconfig's `Family:bold:italic`.
struct Wanted {
    families: Vec<String>,
    weight: Weight,
    stretch: Stretch,
    style: Style,
}

impl Wanted {
    /// `None` where a character set is asked for that is no list of hexadecimal numbers.
    fn parse(description: &str) -> Option<Self> {
        let mut parts = description.split(':');
        let names = parts.next().unwrap_or_default();
        let families = names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let mut wanted = Self { families, weight: Weight::NORMAL, stretch: Stretch::Normal, style: Style::Normal };
        for part in parts {
            let words = match part.split_once('=') {
                Some((key, value)) if matches!(key.trim(), "style" | "weight" | "slant" | "width") => value,
                Some((key, value)) if key.trim() == "charset" && !is_charset(value) => return None,
                Some(_) => continue,
                None => part,
            };
            wanted.take_style(words);
        }
        Some(wanted)
    }

    fn take_style(&mut self, words: &str) {
        let plain = squeeze(words);
        for (name, weight) in WEIGHTS {
            if plain.contains(name) {
                self.weight = weight;
                break;
            }
        }
        if plain.contains("italic") {
            self.style = Style::Italic;
        } else if plain.contains("oblique") {
            self.style = Style::Oblique;
        }
        if plain.contains("condensed") || plain.contains("narrow") {
            self.stretch = Stretch::Condensed;
        } else if plain.contains("expanded") || plain.contains("wide") {
            self.stretch = Stretch::Expanded;
        }
    }
}

/// Longer names before those that they contain.
const WEIGHTS: [(&str, Weight); 11] = [
    ("extralight", Weight::EXTRA_LIGHT),
    ("ultralight", Weight::EXTRA_LIGHT),
    ("thin", Weight::THIN),
    ("light", Weight::LIGHT),
    ("medium", Weight::MEDIUM),
    ("semibold", Weight::SEMIBOLD),
    ("demibold", Weight::SEMIBOLD),
    ("extrabold", Weight::EXTRA_BOLD),
    ("ultrabold", Weight::EXTRA_BOLD),
    ("bold", Weight::BOLD),
    ("black", Weight::BLACK),
];

fn is_charset(list: &str) -> bool {
    list.chars().all(|letter| letter.is_ascii_hexdigit() || matches!(letter, ',' | ' ' | '-'))
}

/// Lower case without what people write between words.
fn squeeze(name: &str) -> String {
    name.chars().filter(|letter| !matches!(letter, ' ' | '-' | '_')).flat_map(char::to_lowercase).collect()
}

fn source_path(source: &Source) -> PathBuf {
    match source {
        Source::File(path) | Source::SharedFile(path, _) => path.clone(),
        Source::Binary(_) => PathBuf::new(),
    }
}

/// The faces of `first`, then those of `second`.
fn merged(first: Database, second: &Database) -> Database {
    let mut database = first;
    for face in second.faces() {
        database.push_face_info(face.clone());
    }
    database
}

fn bundled_database() -> Database {
    let mut database = Database::new();
    for bytes in BUNDLED {
        database.load_font_source(Source::Binary(Arc::new(bytes)));
    }
    database
}

const BUNDLED: [&[u8]; 12] = [
    include_bytes!("../../assets/fonts/LiberationSans-Regular.ttf"),
    include_bytes!("../../assets/fonts/LiberationSans-Bold.ttf"),
    include_bytes!("../../assets/fonts/LiberationSans-Italic.ttf"),
    include_bytes!("../../assets/fonts/LiberationSans-BoldItalic.ttf"),
    include_bytes!("../../assets/fonts/LiberationSerif-Regular.ttf"),
    include_bytes!("../../assets/fonts/LiberationSerif-Bold.ttf"),
    include_bytes!("../../assets/fonts/LiberationSerif-Italic.ttf"),
    include_bytes!("../../assets/fonts/LiberationSerif-BoldItalic.ttf"),
    include_bytes!("../../assets/fonts/LiberationMono-Regular.ttf"),
    include_bytes!("../../assets/fonts/LiberationMono-Bold.ttf"),
    include_bytes!("../../assets/fonts/LiberationMono-Italic.ttf"),
    include_bytes!("../../assets/fonts/LiberationMono-BoldItalic.ttf"),
];
