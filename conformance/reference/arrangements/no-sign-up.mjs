// Nobody can sign up with a password.

export default function arrange(usual) {
  return { ...usual, emailAndPassword: { ...usual.emailAndPassword, disableSignUp: true } };
}
