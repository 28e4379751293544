import { marked, type Token, type Tokens } from 'marked';

export interface MarkdownLink {
  url: string;
  label: string | null;
}

/** What a visitor can follow from a chat; relative addresses lead nowhere there. */
const FOLLOWABLE = /^(https?:\/\/|mailto:|tel:)/i;

/**
 * The links of a markdown document (inline, by reference, bare addresses), each address once, in
 * order, with the first text that it carries. Images, code and HTML tags are no links.
 */
export function markdownLinks(markdown: string): MarkdownLink[] {
  const links = new Map<string, MarkdownLink>();
  void marked.walkTokens(marked.lexer(markdown), (token) => {
    if (token.type !== 'link') return;
    const { href: url, tokens } = token as Tokens.Link;
    if (!FOLLOWABLE.test(url)) return;
    const text = plainText(tokens).replace(/\s+/g, ' ').trim();
    const label = text === '' || text === url ? null : text;
    const known = links.get(url);
    if (known === undefined || known.label === null) links.set(url, { url, label });
  });
  return [...links.values()];
}

function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'image') return '';
      const inner = 'tokens' in token ? token.tokens : undefined;
      if (inner !== undefined && inner.length > 0) return plainText(inner);
      return 'text' in token ? String(token.text) : '';
    })
    .join('');
}
