import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@picasso/contracts';
import { normaliseSource } from './normalise-source.ts';

const source = (attribution: JsonObject | undefined, ownHosts: string[] = []) => {
  const { source, medium } = normaliseSource(attribution, ownHosts);
  return `${source}/${medium}`;
};
const referrer = (url: string, ownHosts: string[] = []) => source({ referrer: url }, ownHosts);

describe('UTM', () => {
  it('counts before click ids and referrer', () => {
    const attribution = {
      utm_source: 'newsletter',
      utm_medium: 'email',
      gclid: 'x',
      referrer: 'https://www.bing.com/',
    };
    expect(source(attribution)).toBe('newsletter/email');
  });

  it('is trimmed and in lower case', () => {
    expect(source({ utm_source: ' Facebook ', utm_medium: 'SOCIAL' })).toBe('facebook/social');
  });

  it('has medium none where it names only a source', () => {
    expect(source({ utm_source: 'flyer' })).toBe('flyer/none');
  });

  it.each([{}, { utm_source: '' }, { utm_source: '  ' }, { utm_source: null }, { utm_source: 7 }])(
    'needs a source: %j',
    (utm) => {
      expect(source({ ...utm, utm_medium: 'email', fbclid: 'x' })).toBe('facebook/paid');
    },
  );

  it("reads GA4's words as ours", () => {
    expect(source({ utm_source: '(direct)', utm_medium: '(none)' })).toBe('direct/none');
    expect(source({ utm_source: '(not set)', utm_medium: '(not set)' })).toBe('direct/none');
  });

  it('is bounded', () => {
    const long = 'x'.repeat(5000);
    const { source, medium } = normaliseSource({ utm_source: long, utm_medium: long }, []);
    expect([source.length, medium.length]).toEqual([128, 128]);
  });
});

describe('click ids', () => {
  it('stand for paid traffic and count before the referrer', () => {
    expect(source({ gclid: 'x', referrer: 'https://example.com' })).toBe('google/cpc');
    expect(source({ fbclid: 'x', referrer: 'https://example.com' })).toBe('facebook/paid');
  });

  it('are nothing when empty', () => {
    expect(source({ gclid: '', fbclid: '' })).toBe('direct/none');
  });
});

describe('the referrer', () => {
  it.each([
    ['https://www.google.com/', 'google'],
    ['https://www.google.co.uk/search?q=x', 'google'],
    ['https://google.de', 'google'],
    ['https://www.google.com.br/', 'google'],
    ['https://www.bing.com/search?q=x', 'bing'],
    ['https://duckduckgo.com/', 'duckduckgo'],
    ['https://html.duckduckgo.com/', 'duckduckgo'],
    ['https://search.yahoo.com/', 'yahoo'],
    ['https://de.search.yahoo.com/', 'yahoo'],
    ['https://search.yahoo.co.jp/', 'yahoo'],
    ['https://www.ecosia.org/', 'ecosia'],
    ['https://yandex.ru/', 'yandex'],
    ['https://ya.ru/', 'yandex'],
    ['https://www.baidu.com/', 'baidu'],
    ['https://www.qwant.com/', 'qwant'],
    ['https://search.brave.com/', 'brave'],
    ['https://www.startpage.com/', 'startpage'],
    ['HTTPS://WWW.GOOGLE.COM:443/', 'google'],
    ['www.google.com/', 'google'],
    ['android-app://com.google.android.googlequicksearchbox/', 'google'],
  ])('%s is a search engine: %s', (url, name) => {
    expect(referrer(url)).toBe(`${name}/organic`);
  });

  it.each([
    ['https://facebook.com/', 'facebook.com'],
    ['https://www.facebook.com/groups/1', 'facebook.com'],
    ['https://l.instagram.com/', 'l.instagram.com'],
    ['https://mail.google.com/', 'mail.google.com'],
    ['https://mail.yahoo.com/', 'mail.yahoo.com'],
    ['https://google.com.evil.example/', 'google.com.evil.example'],
    ['https://notgoogle.com/', 'notgoogle.com'],
    ['https://Example.ORG.:8443/x', 'example.org'],
    ['http://bücher.example/', 'xn--bcher-kva.example'],
    ['example.net/page', 'example.net'],
    ['android-app://org.telegram.messenger/', 'org.telegram.messenger'],
  ])('%s is a referral from %s', (url, host) => {
    expect(referrer(url)).toBe(`${host}/referral`);
  });

  it.each([
    ['https://example.org/donate', 'example.org'],
    ['https://www.example.org/', 'example.org'],
    ['https://shop.example.org/', 'example.org'],
    ['https://example.org/', 'www.example.org'],
    ['http://localhost:4200/', 'localhost:4200'],
    ['https://bücher.example/', 'bücher.example'],
  ])('%s is no source for a tenant whose host is %s', (url, own) => {
    expect(referrer(url, ['other.example', own])).toBe('direct/none');
  });

  it('is foreign when it only ends like an own host', () => {
    expect(referrer('https://notexample.org/', ['example.org'])).toBe('notexample.org/referral');
  });

  it.each([
    '',
    '  ',
    'about:blank',
    'file:///home/x.html',
    'https://',
    'not a url',
    '::',
    '(direct)',
    'none',
  ])('says nothing as %j', (url) => {
    expect(referrer(url)).toBe('direct/none');
  });

  it('is not confused by empty own hosts', () => {
    expect(referrer('https://example.net/', ['', '.'])).toBe('example.net/referral');
  });
});

it('is direct/none without any of it', () => {
  expect(source(undefined)).toBe('direct/none');
  expect(source({})).toBe('direct/none');
  expect(source({ landing_page: '/x' })).toBe('direct/none');
});
