/** Hosts below a domain share the cookies, two of which have other names. */
export default (usual) => ({
  ...usual,
  session: { cookieCache: { enabled: true } },
  advanced: {
    cookiePrefix: "shop",
    crossSubDomainCookies: { enabled: true, domain: "example.test" },
    cookies: { session_token: { name: "sid" } },
  },
});
