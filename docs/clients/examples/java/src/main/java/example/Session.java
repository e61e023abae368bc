package example;

import com.google.rpc.ErrorInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.util.concurrent.TimeUnit;
import oms.common.v1.Revision;
import oms.datakernel.v1.CommitServiceGrpc;
import oms.datakernel.v1.WatchCommitsRequest;
import oms.ontology.v1.BranchServiceGrpc;
import oms.ontology.v1.CreateBranchRequest;
import oms.ontology.v1.CreateObjectTypeRequest;
import oms.ontology.v1.CreateOntologyRequest;
import oms.ontology.v1.GetObjectTypeRequest;
import oms.ontology.v1.MergeBranchRequest;
import oms.ontology.v1.ObjectType;
import oms.ontology.v1.ObjectTypeServiceGrpc;
import oms.ontology.v1.OntologyServiceGrpc;

/** Creates a type on a branch, merges it, and watches it arrive: {@code mvn compile exec:java -Dexec.args=shop}. */
public final class Session {
  public static void main(String[] arguments) throws Exception {
    String id = arguments[0];
    String target = System.getenv().getOrDefault("OMS_TARGET", "127.0.0.1:50050");
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + System.getenv("OMS_TOKEN"));
    ManagedChannel connection =
        Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()).build();
    Channel channel =
        ClientInterceptors.intercept(
            connection, MetadataUtils.newAttachHeadersInterceptor(headers), withDeadline(60));
    try {
      run(channel, id);
    } finally {
      connection.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  private static void run(Channel channel, String id) {
    String parent = "ontologies/" + id;
    var branches = BranchServiceGrpc.newBlockingStub(channel);
    var types = ObjectTypeServiceGrpc.newBlockingStub(channel);
    OntologyServiceGrpc.newBlockingStub(channel)
        .createOntology(CreateOntologyRequest.newBuilder().setOntologyId(id).build());
    branches.createBranch(
        CreateBranchRequest.newBuilder().setParent(parent).setBranchId("dev").build());
    types.createObjectType(
        CreateObjectTypeRequest.newBuilder()
            .setParent(parent).setBranch("dev").setObjectTypeId("Customer")
            .setObjectType(ObjectType.getDefaultInstance()).setRequestId("customer-1").build());
    String merged =
        branches.mergeBranch(
            MergeBranchRequest.newBuilder()
                .setName(parent + "/branches/main")
                .setSource(Revision.newBuilder().setBranch("dev")).build()).getCommitId();

    var parts =
        CommitServiceGrpc.newBlockingStub(channel)
            .watchCommits(
                WatchCommitsRequest.newBuilder().setParent("databases/" + id).setBranch("main").build());
    while (parts.hasNext()) {
      var part = parts.next();
      if (part.getIsLastPart() && part.getCommit().getCommitId().equals(merged)) {
        System.out.println("merged " + merged + " with " + part.getChangesCount() + " change");
        break;
      }
    }

    try {
      types.getObjectType(
          GetObjectTypeRequest.newBuilder().setName(parent + "/objectTypes/Nothing").build());
    } catch (StatusRuntimeException error) {
      System.out.println("refused " + reason(error));
    }
  }

  /** The documented reason of an error, such as RESOURCE_NOT_FOUND. */
  private static String reason(StatusRuntimeException error) {
    for (var detail : StatusProto.fromThrowable(error).getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        try {
          return detail.unpack(ErrorInfo.class).getReason();
        } catch (com.google.protobuf.InvalidProtocolBufferException damaged) {
          break;
        }
      }
    }
    return error.getStatus().getCode().name();
  }

  /** A deadline for every call that has none. */
  private static ClientInterceptor withDeadline(long seconds) {
    return new ClientInterceptor() {
      @Override
      public <Q, A> ClientCall<Q, A> interceptCall(
          io.grpc.MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        boolean hasOne = options.getDeadline() != null;
        return next.newCall(
            method, hasOne ? options : options.withDeadlineAfter(seconds, TimeUnit.SECONDS));
      }
    };
  }

  private Session() {}
}
