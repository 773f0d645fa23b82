/** A GET of the session writes nothing. */
export default (usual) => ({ ...usual, session: { deferSessionRefresh: true } });
