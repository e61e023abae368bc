// Creates a type on a branch, merges it, and watches it arrive.
//
//	OMS_TOKEN=$(oms token) go run . shop
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	commonv1 "oms.example/gen/go/oms/common/v1"
	kernelv1 "oms.example/gen/go/oms/datakernel/v1"
	ontologyv1 "oms.example/gen/go/oms/ontology/v1"
)

func main() {
	id := os.Args[1]
	target := cmp.Or(os.Getenv("OMS_TARGET"), "127.0.0.1:50050")
	channel, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	check(err)
	defer channel.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+os.Getenv("OMS_TOKEN"))

	branches := ontologyv1.NewBranchServiceClient(channel)
	types := ontologyv1.NewObjectTypeServiceClient(channel)
	parent := "ontologies/" + id
	_, err = ontologyv1.NewOntologyServiceClient(channel).CreateOntology(ctx, &ontologyv1.CreateOntologyRequest{OntologyId: id})
	check(err)
	_, err = branches.CreateBranch(ctx, &ontologyv1.CreateBranchRequest{Parent: parent, BranchId: "dev"})
	check(err)
	_, err = types.CreateObjectType(ctx, &ontologyv1.CreateObjectTypeRequest{
		Parent: parent, Branch: "dev", ObjectTypeId: "Customer", ObjectType: &ontologyv1.ObjectType{}, RequestId: "customer-1"})
	check(err)
	merged, err := branches.MergeBranch(ctx, &ontologyv1.MergeBranchRequest{
		Name: parent + "/branches/main", Source: &commonv1.Revision{Branch: "dev"}})
	check(err)

	watch, err := kernelv1.NewCommitServiceClient(channel).WatchCommits(ctx, &kernelv1.WatchCommitsRequest{Parent: "databases/" + id, Branch: "main"})
	check(err)
	for {
		part, err := watch.Recv()
		check(err)
		if part.IsLastPart && part.Commit.CommitId == merged.CommitId {
			fmt.Println("merged", part.Commit.CommitId, "with", len(part.Changes), "change")
			break
		}
	}

	_, err = types.GetObjectType(ctx, &ontologyv1.GetObjectTypeRequest{Name: parent + "/objectTypes/Nothing"})
	fmt.Println("refused", reason(err))
}

// reason is the documented reason of an error, such as RESOURCE_NOT_FOUND.
func reason(err error) string {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info.Reason
		}
	}
	return status.Code(err).String()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
