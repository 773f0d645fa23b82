import { Alert } from "@/components/ui/alert";

/** What became of a form: an error, or that it is done. */
export function Outcome({ error, message }: { error: string | undefined; message: string | undefined }) {
  if (error) return <Alert>{error}</Alert>;
  return message ? <Alert kind="info">{message}</Alert> : null;
}
