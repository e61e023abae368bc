//! Generates everything from the committed descriptors: no protoc is needed, and nothing can be stale.

use prost::Message;

const DESCRIPTORS: &str = "../descriptors/oms.binpb";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed={DESCRIPTORS}");
    let files = prost_types::FileDescriptorSet::decode(std::fs::read(DESCRIPTORS)?.as_slice())?;
    tonic_prost_build::configure()
        .build_server(false)
        .include_file("oms.rs")
        .compile_fds(files)?;
    Ok(())
}
