/** Sessions are remembered in a cookie, as jwe. */
export default (usual) => ({ ...usual, session: { cookieCache: { enabled: true, strategy: "jwe" } } });
