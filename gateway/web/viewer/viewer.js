// Shows /api/v1/openapi.json. Text nodes only; nothing is loaded from elsewhere.
"use strict";

const make = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

const example = (schema, schemas, seen = []) => {
  if (!schema) return null;
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return seen.includes(name) ? { "…": name } : example(schemas[name], schemas, [...seen, name]);
  }
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum.join(" | ");
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return example(either.find((one) => one.type !== "null"), schemas, seen);
  if (schema.type === "array") return [example(schema.items, schemas, seen)];
  if (schema.properties) {
    return Object.fromEntries(Object.entries(schema.properties).map(([key, one]) => [key, example(one, schemas, seen)]));
  }
  return Array.isArray(schema.type) ? schema.type[0] : schema.type ?? "any";
};

const shown = (title, content, schemas) => {
  const parts = [];
  for (const [type, { schema }] of Object.entries(content ?? {})) {
    parts.push(make("h4", {}, `${title} · ${type}`));
    if (schema) parts.push(make("pre", {}, JSON.stringify(example(schema, schemas), null, 2)));
  }
  return parts;
};

const described = (method, path, operation, schemas) => {
  const summary = make("summary", {}, make("span", { class: "method" }, method.toUpperCase()), make("code", {}, path));
  summary.append(` ${operation.summary}`);
  const right = operation["x-permission"] ?? (operation.security.length ? "signed in" : "public");
  summary.append(make("span", { class: "right" }, right));
  const details = make("details", { id: operation.operationId }, summary);
  for (const parameter of operation.parameters) {
    details.append(make("div", {}, make("code", {}, parameter.name), ` in ${parameter.in}${parameter.required ? ", required" : ""}`));
  }
  details.append(...shown("Request", operation.requestBody?.content, schemas));
  for (const [status, response] of Object.entries(operation.responses)) {
    if (status !== "default") details.append(...shown(`Answer ${status}`, response.content, schemas));
  }
  return details;
};

const draw = (api) => {
  document.getElementById("about").textContent = api.info.description;
  const sections = new Map();
  for (const { name } of api.tags) {
    sections.set(name, make("section", { id: name }, make("h2", {}, name)));
    document.getElementById("tags").append(make("a", { href: `#${name}` }, name));
  }
  for (const [path, operations] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      sections.get(operation.tags[0]).append(described(method, path, operation, api.components.schemas));
    }
  }
  document.getElementById("routes").append(...sections.values());
};

document.getElementById("find").addEventListener("input", (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const details of document.querySelectorAll("details")) details.hidden = !details.textContent.toLowerCase().includes(wanted);
});

fetch("/api/v1/openapi.json").then((response) => response.json()).then(draw);
