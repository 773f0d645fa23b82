// Nobody signs up or in with a password.

export default function arrange(usual) {
  return { ...usual, emailAndPassword: { ...usual.emailAndPassword, enabled: false } };
}
