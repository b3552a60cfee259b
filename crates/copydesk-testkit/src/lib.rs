//! Conformance suites, memory source and sink, a clock that stands still.
