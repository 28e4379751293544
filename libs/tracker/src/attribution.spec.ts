import { describe, expect, it } from '@jest/globals';
import { attributionOf, gaClientId, hasCampaign } from './attribution.ts';

const PAGE = 'https://www.example.org/foster';

describe('attributionOf', () => {
  it('reads campaign and click ids from the address', () => {
    const query =
      '?utm_source=facebook&utm_medium=social&utm_campaign=spring&utm_term=a%20b&utm_content=c' +
      '&gclid=g1&fbclid=f1&email=somebody@example.org#top';
    expect(attributionOf(PAGE + query, '')).toEqual({
      utm_source: 'facebook',
      utm_medium: 'social',
      utm_campaign: 'spring',
      utm_term: 'a b',
      utm_content: 'c',
      gclid: 'g1',
      fbclid: 'f1',
      landing_page: PAGE,
    });
  });

  it('takes the first of repeated parameters, and none that are empty', () => {
    const { utm_source, utm_medium } = attributionOf(
      `${PAGE}?utm_source=&utm_source=a&utm_source=b&utm_medium=`,
      '',
    );
    expect([utm_source, utm_medium]).toEqual(['a', undefined]);
  });

  it.each([
    ['https://www.google.com/', 'https://www.google.com/'],
    ['https://news.example.net/story?reader=7#comments', 'https://news.example.net/story'],
    ['android-app://org.telegram.messenger/', 'android-app://org.telegram.messenger/'],
    ['', undefined],
    ['https://www.example.org/home', undefined],
    ['https://shop.example.org/', 'https://shop.example.org/'],
  ])('of referrer %j keeps %j', (referrer, kept) => {
    expect(attributionOf(PAGE, referrer).referrer).toBe(kept);
  });

  it('is bounded', () => {
    const long = 'x'.repeat(5_000);
    const found = attributionOf(
      `https://example.org/${long}?utm_source=${long}`,
      `https://e.com/${long}`,
    );
    expect(Object.values(found).map((value) => String(value).length)).toEqual([500, 500, 500]);
  });
});

it.each([
  ['?utm_campaign=a', true],
  ['?gclid=1', true],
  ['?fbclid=1', true],
  ['?utm_source=', false],
  ['?page=2', false],
  ['', false],
])('%j names a campaign: %p', (query, expected) => {
  expect(hasCampaign(attributionOf(PAGE + query, 'https://google.com/'))).toBe(expected);
});

it.each([
  ['_ga=GA1.1.123456789.1702900000', '123456789.1702900000'],
  ['a=b; _ga=GA1.2.111.222; c=d', '111.222'],
  ['_ga=GA1.1-2.111.222', '111.222'],
  ['_ga_ABC=GS1.1.111.222', undefined],
  ['x_ga=GA1.1.111.222', undefined],
  ['_ga=nonsense', undefined],
  ['', undefined],
])('of the cookies %j the client id is %j', (cookies, expected) => {
  expect(gaClientId(cookies)).toBe(expected);
});
