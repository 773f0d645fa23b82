/** Sessions are remembered in a cookie, as compact. */
export default (usual) => ({ ...usual, session: { cookieCache: { enabled: true, strategy: "compact" } } });
