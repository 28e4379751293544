/** NATS' own rule: `*` is one token, `>` is one or more at the end. */
export function subjectMatches(pattern: string, subject: string): boolean {
  if (pattern === subject) return true;
  const wanted = pattern.split('.');
  const tokens = subject.split('.');
  const rest = wanted.indexOf('>');
  if (rest === -1 ? wanted.length !== tokens.length : tokens.length <= rest) return false;
  return wanted.every((token, i) => i === rest || token === '*' || token === tokens[i]);
}
