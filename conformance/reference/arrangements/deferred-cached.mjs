/** A GET of the session writes nothing but a cookie. */
export default (usual) => ({
  ...usual,
  session: { deferSessionRefresh: true, cookieCache: { enabled: true, strategy: "compact" } },
});
