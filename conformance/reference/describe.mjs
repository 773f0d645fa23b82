// What Better Auth's plugin open-api says of paths, in the form of the server's openapi.json files:
//
//   node reference/describe.mjs /verify-email /change-password

import { betterAuth } from "better-auth";
import { admin, jwt, multiSession, openAPI, username } from "better-auth/plugins";

const auth = betterAuth({
  baseURL: "http://auth.test",
  secret: "a-secret-for-tests-only-0123456789abcdef",
  emailAndPassword: { enabled: true },
  logger: { disabled: true },
  telemetry: { enabled: false },
  plugins: [jwt(), multiSession(), username(), admin(), openAPI()],
});

/** What every operation has is added by the server. */
const USUAL = (await auth.api.generateOpenAPISchema()).paths["/ok"].get.responses;
const { paths } = await auth.api.generateOpenAPISchema();

function own({ description, operationId, parameters, requestBody, responses }) {
  const unusual = Object.entries(responses).filter(
    ([status, response]) => status === "200" || JSON.stringify(response) !== JSON.stringify(USUAL[status]),
  );
  return {
    description,
    operationId,
    parameters: parameters.length > 0 ? parameters : undefined,
    requestBody,
    responses: Object.fromEntries(unusual),
  };
}

const described = process.argv.slice(2).map((path) => {
  const methods = Object.entries(paths[path]).map(([method, operation]) => [method, own(operation)]);
  return [path, Object.fromEntries(methods)];
});
console.log(JSON.stringify(Object.fromEntries(described), null, 2));
