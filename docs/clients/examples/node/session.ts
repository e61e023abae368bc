// What both examples do, over whatever transport they are given.
import { Code, ConnectError, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { CommitService } from "@oms/client/oms/datakernel/v1/commit_service_pb";
import { BranchService } from "@oms/client/oms/ontology/v1/branch_service_pb";
import { ObjectTypeService } from "@oms/client/oms/ontology/v1/object_type_service_pb";
import { OntologyService } from "@oms/client/oms/ontology/v1/ontology_service_pb";
import { ErrorInfoSchema } from "@oms/client/google/rpc/error_details_pb";

export const withToken = (token: string): Interceptor => (next) => (request) => {
  request.header.set("authorization", `Bearer ${token}`);
  return next(request);
};

export async function session(transport: Transport, id: string): Promise<string> {
  const parent = `ontologies/${id}`;
  const branches = createClient(BranchService, transport);
  const types = createClient(ObjectTypeService, transport);
  await createClient(OntologyService, transport).createOntology({ ontologyId: id });
  await branches.createBranch({ parent, branchId: "dev" });
  await types.createObjectType({ parent, branch: "dev", objectTypeId: "Customer", objectType: {}, requestId: "customer-1" });
  const merged = await branches.mergeBranch({ name: `${parent}/branches/main`, source: { branch: "dev" } });
  for await (const part of createClient(CommitService, transport).watchCommits({ parent: `databases/${id}`, branch: "main" })) {
    if (part.isLastPart && part.commit?.commitId === merged.commitId) {
      console.log("merged", merged.commitId, "with", part.changes.length, "change");
      break;
    }
  }
  try {
    await types.getObjectType({ name: `${parent}/objectTypes/Nothing` });
  } catch (error) {
    const failed = ConnectError.from(error);
    const [info] = failed.findDetails(ErrorInfoSchema);
    console.log("refused", info?.reason ?? Code[failed.code]);
  }
  return merged.commitId;
}
