import { Field } from "@/components/ui/field";

/** The field for a password that is chosen now. */
export function NewPassword({ label = "Password" }: { label?: string }) {
  return (
    <Field
      label={label}
      name="password"
      type="password"
      autoComplete="new-password"
      hint="8 to 128 characters."
      minLength={8}
      maxLength={128}
      required
    />
  );
}
