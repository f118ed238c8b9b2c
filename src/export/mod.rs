//! `Artefact`: name, media type, bytes, digest; one writer per format, over `TriMesh` or `Page` alone.
