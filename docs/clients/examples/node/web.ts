// A browser over gRPC-Web, through the gateway. `fetch` is all it needs, so Node runs it too:
// OMS_TOKEN=$(oms token) node dist/web.js shop
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { session, withToken } from "./session.js";

export const transport = (baseUrl: string, token: string) =>
  createGrpcWebTransport({ baseUrl, interceptors: [withToken(token)], defaultTimeoutMs: 60_000 });

if (typeof process !== "undefined") {
  const baseUrl = process.env.OMS_URL ?? "http://127.0.0.1:8000";
  await session(transport(baseUrl, process.env.OMS_TOKEN ?? ""), process.argv[2] ?? "shop");
}
