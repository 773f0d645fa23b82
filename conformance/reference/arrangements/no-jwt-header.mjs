import { jwt } from "better-auth/plugins";

/** Showing the session signs no token. */
export default (usual) => ({ ...usual, plugins: [jwt({ disableSettingJwtHeader: true })] });
