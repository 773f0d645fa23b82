/** Requests are counted in the database. */
export default (usual) => ({ ...usual, rateLimit: { ...usual.rateLimit, storage: "database" } });
