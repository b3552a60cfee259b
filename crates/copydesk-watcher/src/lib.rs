//! A drop folder as a source: complete files only, and none missed.
