//! Creates a type on a branch, merges it, and watches it arrive.
//!
//!     OMS_TOKEN=$(oms token) cargo run -- shop

use std::{env, error::Error, time::Duration};

use oms_client::google::rpc::{ErrorInfo, Status as RpcStatus};
use oms_client::oms::common::v1::Revision;
use oms_client::oms::datakernel::v1::{commit_service_client::CommitServiceClient, WatchCommitsRequest};
use oms_client::oms::ontology::v1::{
    branch_service_client::BranchServiceClient, object_type_service_client::ObjectTypeServiceClient,
    ontology_service_client::OntologyServiceClient, CreateBranchRequest, CreateObjectTypeRequest,
    CreateOntologyRequest, GetObjectTypeRequest, MergeBranchRequest, ObjectType,
};
use prost::Message;
use tonic::{metadata::AsciiMetadataValue, transport::Endpoint, Request, Status};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let id = env::args().nth(1).ok_or("which ontology?")?;
    let target = env::var("OMS_TARGET").unwrap_or_else(|_| "127.0.0.1:50050".into());
    let bearer: AsciiMetadataValue = format!("Bearer {}", env::var("OMS_TOKEN")?).parse()?;
    let with_token = move |mut request: Request<()>| -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", bearer.clone());
        Ok(request)
    };
    let channel = Endpoint::new(format!("http://{target}"))?.timeout(Duration::from_secs(60)).connect().await?;
    let mut ontologies = OntologyServiceClient::with_interceptor(channel.clone(), with_token.clone());
    let mut branches = BranchServiceClient::with_interceptor(channel.clone(), with_token.clone());
    let mut types = ObjectTypeServiceClient::with_interceptor(channel.clone(), with_token.clone());
    let mut commits = CommitServiceClient::with_interceptor(channel, with_token);

    let parent = format!("ontologies/{id}");
    ontologies.create_ontology(CreateOntologyRequest { ontology_id: id.clone(), ..Default::default() }).await?;
    branches.create_branch(CreateBranchRequest { parent: parent.clone(), branch_id: "dev".into(), source: None }).await?;
    types
        .create_object_type(CreateObjectTypeRequest {
            parent: parent.clone(),
            branch: "dev".into(),
            object_type_id: "Customer".into(),
            object_type: Some(ObjectType::default()),
            request_id: "customer-1".into(),
            ..Default::default()
        })
        .await?;
    let source = Some(Revision { branch: "dev".into(), ..Default::default() });
    let merge = MergeBranchRequest { name: format!("{parent}/branches/main"), source, ..Default::default() };
    let merged = branches.merge_branch(merge).await?.into_inner().commit_id;

    let watch = WatchCommitsRequest { parent: format!("databases/{id}"), branch: "main".into(), ..Default::default() };
    let mut parts = commits.watch_commits(watch).await?.into_inner();
    while let Some(part) = parts.message().await? {
        if part.is_last_part && part.commit.is_some_and(|commit| commit.commit_id == merged) {
            println!("merged {merged} with {} change", part.changes.len());
            break;
        }
    }

    let name = format!("{parent}/objectTypes/Nothing");
    if let Err(status) = types.get_object_type(GetObjectTypeRequest { name, revision: None }).await {
        println!("refused {}", reason(&status).unwrap_or_default());
    }
    Ok(())
}

/// The documented reason of an error, such as RESOURCE_NOT_FOUND.
fn reason(status: &Status) -> Option<String> {
    let details = RpcStatus::decode(status.details()).ok()?.details;
    let info = details.iter().find(|any| any.type_url.ends_with("google.rpc.ErrorInfo"))?;
    Some(ErrorInfo::decode(info.value.as_slice()).ok()?.reason)
}
