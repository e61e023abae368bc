// Node over gRPC: OMS_TOKEN=$(oms token) node dist/node.js shop
import { createGrpcTransport } from "@connectrpc/connect-node";
import { session, withToken } from "./session.js";

const baseUrl = `http://${process.env.OMS_TARGET ?? "127.0.0.1:50050"}`;
const interceptors = [withToken(process.env.OMS_TOKEN ?? "")];
await session(createGrpcTransport({ baseUrl, interceptors, defaultTimeoutMs: 60_000 }), process.argv[2] ?? "shop");
process.exit(0);
