/** Sessions are never extended. */
export default (usual) => ({ ...usual, session: { disableSessionRefresh: true } });
