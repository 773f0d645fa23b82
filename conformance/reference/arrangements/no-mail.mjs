// Addresses can be changed, says the configuration, but no mail can be sent.

export default function arrange(usual) {
  return { ...usual, user: { changeEmail: { enabled: true }, deleteUser: { enabled: true } } };
}
