/** What the demo's server tells its pages. */
export interface DemoConfig {
  tenant: string;
  writeKey: string;
  endpoint: string;
  /** Address of the widget's frame, on another origin than the site. */
  widgetUrl: string;
}

export const readConfig = async (): Promise<DemoConfig> =>
  (await (await fetch('/demo/config.json')).json()) as DemoConfig;

export const element = <Kind extends HTMLElement>(id: string): Kind =>
  document.getElementById(id) as Kind;
