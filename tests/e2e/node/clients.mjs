// urql over HTTP and graphql-ws over WebSocket: reads, changes, and hears of the change.
import { Client, fetchExchange, gql } from '@urql/core';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [, , url, wsUrl, token, ontology] = process.argv;
const authorization = `Bearer ${token}`;
const parent = `ontologies/${ontology}`;
const client = new Client({ url, exchanges: [fetchExchange], preferGetMethod: false, fetchOptions: { headers: { authorization } } });
const fail = (what, why) => { console.log(what, JSON.stringify(why)); process.exit(1); };

const branch = await client.query(
  gql`query ($name: String!) { getBranch(input: { name: $name }) { branch { headCommit } } }`,
  { name: `${parent}/branches/main` },
).toPromise();
if (branch.error) fail('query', branch.error);

const create = await client.mutation(
  gql`mutation ($parent: String!) {
    createObjectType(input: { parent: $parent, objectTypeId: "FromNode", objectType: {} }) {
      __typename ... on CreateObjectTypeResponse { commitId } } }`,
  { parent },
).toPromise();
if (create.error) fail('mutation', create.error);
const { commitId } = create.data.createObjectType;

const socket = createClient({ url: wsUrl, webSocketImpl: WebSocket, connectionParams: { authorization } });
for await (const { data, errors } of socket.iterate({
  query: `subscription ($ontology: String!, $after: String) {
    commitAdded(ontology: $ontology, after: $after) { commitId changes { elementId } } }`,
  variables: { ontology, after: branch.data.getBranch.branch.headCommit },
})) {
  if (errors) fail('subscription', errors);
  if (data.commitAdded.commitId !== commitId) fail('another commit', data);
  if (data.commitAdded.changes[0].elementId !== 'FromNode') fail('another change', data);
  break;
}
await socket.dispose();
console.log('ok');
