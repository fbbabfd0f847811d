// Prints each request of a collection as Postman's own library reads it, with these variables.
const { readFileSync } = require("node:fs");
const { Collection, Request, Variable, VariableList } = require("postman-collection");

const [file, values] = process.argv.slice(2);
const collection = new Collection(JSON.parse(readFileSync(file, "utf-8")));
const variables = new VariableList(
  null,
  Object.entries(JSON.parse(values)).map(([key, value]) => new Variable({ key, value })),
);
const requests = [];
collection.forEachItem((item) => {
  const request = new Request(item.request.toObjectResolved({ variables }));
  const auth = item.getAuth();
  requests.push({
    name: item.name,
    method: request.method,
    url: request.url.toString(),
    headers: request.getHeaders({ enabled: true }),
    body: request.body?.toString(),
    auth: auth && { type: auth.type, ...auth.parameters().toObject() },
  });
});
console.log(JSON.stringify(requests));
