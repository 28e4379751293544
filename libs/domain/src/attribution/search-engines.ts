/**
 * Search engines by the host of their result pages (without `www.`). Only these hosts: a visit from
 * `mail.google.com` or `news.yahoo.com` was not a search.
 */
const SEARCH_ENGINES: readonly (readonly [name: string, host: RegExp])[] = [
  [
    'google',
    /^(?:(?:m|images|search|encrypted|cse)\.)?google\.(?:com|cat|[a-z]{2}|com?\.[a-z]{2})$/,
  ],
  ['bing', /^(?:(?:m|cn|[a-z]{2}|[a-z]{2}-[a-z]{2})\.)?bing\.com$/],
  ['duckduckgo', /^(?:(?:html|lite|start|safe|noai)\.)?duckduckgo\.com$/],
  ['yahoo', /^(?:(?:[a-z]{2}\.)?(?:r\.)?search\.)?yahoo\.(?:com|co\.jp)$|^[a-z]{2}\.yahoo\.com$/],
  ['ecosia', /^ecosia\.org$/],
  ['yandex', /^(?:m\.)?yandex\.(?:com|ru|by|kz|uz|ua|eu|com\.tr)$|^ya\.ru$/],
  ['baidu', /^(?:m\.)?baidu\.com$/],
  ['qwant', /^(?:lite\.)?qwant\.com$/],
  ['brave', /^search\.brave\.com$/],
  ['startpage', /^startpage\.com$/],
  ['naver', /^(?:m\.)?search\.naver\.com$/],
  ['seznam', /^search\.seznam\.cz$/],
  ['sogou', /^(?:m\.)?sogou\.com$/],
  ['kagi', /^kagi\.com$/],
  ['mojeek', /^mojeek\.com$/],
  ['aol', /^search\.aol\.com$/],
  ['ask', /^ask\.com$/],
];

/** Apps that are a search engine's, as Android names them in `android-app://` referrers. */
const SEARCH_APPS: ReadonlyMap<string, string> = new Map([
  ['com.google.android.googlequicksearchbox', 'google'],
  ['com.google.android.apps.searchlite', 'google'],
  ['com.microsoft.bing', 'bing'],
  ['com.duckduckgo.mobile.android', 'duckduckgo'],
  ['com.ecosia.android', 'ecosia'],
  ['ru.yandex.searchplugin', 'yandex'],
  ['com.baidu.searchbox', 'baidu'],
  ['com.qwant.liberty', 'qwant'],
]);

/** The engine's name when the host (lower-case, without `www.`) is one of a known engine. */
export function searchEngineOfHost(host: string): string | undefined {
  return SEARCH_ENGINES.find(([, pattern]) => pattern.test(host))?.[0];
}

/** The engine's name when the Android package is its app. */
export function searchEngineOfApp(packageName: string): string | undefined {
  return SEARCH_APPS.get(packageName);
}
