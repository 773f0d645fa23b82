import { jwt } from "better-auth/plugins";

export default (options) => ({
  ...options,
  plugins: [
    jwt({
      jwks: {
        keyPairConfig: { alg: "ES256" },
        rotationInterval: 30 * 24 * 3600,
        gracePeriod: 24 * 3600,
        disablePrivateKeyEncryption: true,
        jwksPath: "/.well-known/jwks.json",
      },
      jwt: {
        issuer: "https://issuer.test",
        audience: ["https://tasks.test", "https://files.test"],
        expirationTime: "1h",
        definePayload: ({ user, session }) => ({
          name: user.name,
          verified: user.emailVerified,
          image: user.image,
          tenant: "acme",
          session: { id: session.id, ends: session.expiresAt },
          levels: [1, user.email],
        }),
      },
      disableSettingJwtHeader: true,
    }),
  ],
});
