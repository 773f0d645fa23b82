/** Its types are a package of their own, for the little that is used of it here. */
declare module "pg" {
  const pg: { Pool: new (options: { connectionString: string }) => object };
  export default pg;
}
