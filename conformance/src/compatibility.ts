/**
 * `docs/compatibility.md`: Better Auth's endpoints, and what was compared of each. The list of
 * endpoints is Better Auth's own; what was compared is written down while the scenarios run.
 */
import { betterAuth } from "better-auth";
import { admin, bearer, jwt, multiSession, openAPI, username } from "better-auth/plugins";
import type { Observed } from "./notebook.ts";
import { summary } from "./scenario.ts";
import { API } from "./side.ts";

/** What was seen of one endpoint. */
interface Compared {
  scenarios: Set<string>;
  answers: Set<string>;
}

interface Endpoint {
  method: string;
  path: string;
}

const HEAD = `# Compatibility

Better Auth 1.7.24's endpoints, and what is compared of each: every scenario runs on the real Better Auth on Node and on
\`countersign serve\`, and status, body, headers, cookies and rows have to be equal. What is meant to differ is in
\`conformance/differences.json\`, each with its reason. Of the plugin \`admin\`, what ends something or changes rights is here; its
other endpoints, those without a scenario, are a 404. Written by the scenarios themselves; a test holds it up to date.
`;

export class Compatibility {
  private readonly seen = new Map<string, Compared>();
  private readonly endpoints = endpointsOfBetterAuth();
  private readonly scenarios = new Set<string>();

  /** Notes what a scenario saw of the reference. */
  add(scenario: string, observed: Observed[]): void {
    this.scenarios.add(scenario);
    for (const exchange of observed) {
      const name = this.nameOf(exchange.request);
      if (!name) continue;
      const compared = this.seen.get(name) ?? { scenarios: new Set(), answers: new Set() };
      compared.scenarios.add(scenario);
      summary([exchange]).forEach((answer) => compared.answers.add(answer));
      this.seen.set(name, compared);
    }
  }

  get count(): number {
    return this.scenarios.size;
  }

  page(): string {
    const lines = this.endpoints.map(({ method, path }) => {
      const compared = this.seen.get(`${method} ${path}`);
      const answers = [...(compared?.answers ?? [])].sort().map((answer) => `\`${answer}\``);
      return `| \`${method} ${path}\` | ${compared?.scenarios.size ?? 0} | ${answers.join(", ")} |`;
    });
    const covered = this.endpoints.filter(({ method, path }) => this.seen.has(`${method} ${path}`)).length;
    const counts = `${this.count} scenarios touch ${covered} of ${this.endpoints.length} endpoints.`;
    return [HEAD, counts, "", "| Endpoint | Scenarios | Answers compared |", "|---|---:|---|", ...lines, ""].join("\n");
  }

  private nameOf(request: string): string | undefined {
    const [method = "", url = ""] = request.split(" ");
    const path = url.split("?")[0] ?? "";
    if (!path.startsWith(`${API}/`)) return undefined;
    const parts = path.slice(API.length).split("/");
    const found = this.endpoints.find(
      (endpoint) => endpoint.method === method && matches(endpoint.path.split("/"), parts),
    );
    return found && `${found.method} ${found.path}`;
  }
}

function matches(pattern: string[], parts: string[]): boolean {
  return pattern.length === parts.length && pattern.every((part, at) => part.startsWith(":") || part === parts[at]);
}

function endpointsOfBetterAuth(): Endpoint[] {
  const { api } = betterAuth({
    secret: "only-to-read-the-list-of-endpoints-0123456789",
    baseURL: "http://127.0.0.1",
    plugins: [jwt(), bearer(), multiSession(), username(), admin(), openAPI()],
    logger: { disabled: true },
  });
  const endpoints = Object.values(api as Record<string, { path?: string; options?: { method?: string | string[] } }>);
  const named = endpoints.flatMap(({ path, options }) =>
    path ? [options?.method ?? "GET"].flat().map((method) => ({ method, path })) : [],
  );
  const order = ({ path, method }: Endpoint) => `${path} ${method}`;
  return named.sort((one, other) => (order(one) < order(other) ? -1 : 1));
}
