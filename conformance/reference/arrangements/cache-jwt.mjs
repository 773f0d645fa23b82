/** Sessions are remembered in a cookie, as jwt. */
export default (usual) => ({ ...usual, session: { cookieCache: { enabled: true, strategy: "jwt", version: "v7" } } });
