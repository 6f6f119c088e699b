// A client made of the OpenAPI document: proposes, reads, lists, rejects, and sees problems.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const [base, token] = process.argv.slice(2);
assert(base && token, "usage: client.js BASE TOKEN");
const node = createClient<paths>({
  baseUrl: base,
  headers: { Authorization: `Bearer ${token}` },
});

const proposed = await node.POST("/v1/approval/{id}/propose", {
  params: { path: { id: "typed" }, header: { "Idempotency-Key": "typed-1" } },
  body: { title: "Typed", category: "email", to: ["bob@example.org"], body: "Dear Bob" },
});
assert.equal(proposed.response.status, 201);
// With 202 it is on its way to another node, and there is no view yet.
assert(proposed.data && "view" in proposed.data);
assert.equal(proposed.data.status, "pending");
assert.equal(proposed.data.view.title, "Typed");

const again = await node.POST("/v1/approval/{id}/propose", {
  params: { path: { id: "typed" }, header: { "Idempotency-Key": "typed-1" } },
  body: { title: "Another", category: "email", to: ["bob@example.org"], body: "Dear Bob" },
});
assert.equal(again.response.status, 422);
assert.equal(again.error?.code, "key_reused");

const list = await node.GET("/v1/approval", { params: { query: { status: "pending" } } });
assert.deepEqual(list.data?.items.map((item) => item.id), ["typed"]);

const dashboard = await node.GET("/api/status");
assert.equal(dashboard.data?.[0]?.category, "Email");

const rejected = await node.POST("/v1/approval/{id}/reject", {
  params: { path: { id: "typed" } },
  body: { reason: "not today" },
});
assert(rejected.data && "view" in rejected.data);
assert.equal(rejected.data.status, "rejected");

const events = await node.GET("/v1/approval/{id}/events", { params: { path: { id: "typed" } } });
assert.deepEqual(
  events.data?.items.map((event) => event.type),
  ["approval.Proposed", "approval.Rejected"],
);

const absent = await node.GET("/v1/approval/{id}", { params: { path: { id: "nobody" } } });
assert.equal(absent.data, undefined);
assert.equal(absent.error?.status, 404);
assert.equal(absent.error?.code, "not_found");
