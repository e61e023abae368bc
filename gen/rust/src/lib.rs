//! Messages and clients of OMS, in a module for each proto package: `oms::ontology::v1`.

// Generated names and comments are those of the protos.
#![allow(clippy::all, rustdoc::all)]

include!(concat!(env!("OUT_DIR"), "/oms.rs"));
