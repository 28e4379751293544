import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Link,
  type Span,
  type TextMapGetter,
  type TextMapSetter,
} from '@opentelemetry/api';

/** Headers as NATS (`MsgHdrs`) or HTTP (`req.headers`, plain records) have them. */
export type HeaderCarrier =
  { get(name: string): string; set(name: string, value: string): void } | HeaderRecord;
export type HeaderRecord = Record<string, string | string[] | undefined>;

/** The part of `MsgHdrs` that is needed here; this lib does not depend on NATS. */
interface HeaderMap {
  get(name: string): string;
  set(name: string, value: string): void;
}

const isHeaderMap = (carrier: HeaderCarrier): carrier is HeaderMap =>
  typeof carrier.get === 'function';

const setter: TextMapSetter<HeaderCarrier> = {
  set: (carrier, name, value) => {
    if (isHeaderMap(carrier)) carrier.set(name, value);
    else carrier[name] = value;
  },
};

const getter: TextMapGetter<HeaderCarrier> = {
  // The W3C propagator asks for its two headers by name and never lists.
  keys: () => [],
  // MsgHdrs answers '' for a header that is not there.
  get: (carrier, name) => (isHeaderMap(carrier) ? carrier.get(name) || undefined : carrier[name]),
};

/** Writes `traceparent` (and `tracestate`) of the active span into the headers; nothing without one. */
export function injectTrace(headers: HeaderCarrier): void {
  propagation.inject(context.active(), headers, setter);
}

/**
 * The sender's trace as a parent for `withSpan`; an empty context when there is none.
 * Not for headers that visitors set: their sampled flag would decide what we record.
 */
export function extractTrace(headers: HeaderCarrier | undefined): Context {
  return headers ? propagation.extract(ROOT_CONTEXT, headers, getter) : ROOT_CONTEXT;
}

export interface SpanOptions {
  /** Low-cardinality facts and ids. Never text that a visitor wrote. */
  attributes?: Attributes;
  /** From `extractTrace`; default is the active span. */
  parent?: Context;
  kind?: SpanKind;
  links?: Link[];
}

const tracer = trace.getTracer('picasso');

/**
 * Runs `fn` in a span that ends with it. A failure marks the span with the error's class only:
 * messages of parsers and databases quote what they were given.
 */
export function withSpan<T>(
  name: string,
  options: SpanOptions,
  fn: (span: Span) => Promise<T>,
): Promise<T> {
  const { attributes, kind = SpanKind.INTERNAL, links, parent = context.active() } = options;
  return tracer.startActiveSpan(name, { attributes, kind, links }, parent, async (span) => {
    try {
      return await fn(span);
    } catch (error) {
      markFailed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Marks a span as failed without the error's message (see `withSpan`). */
export function markFailed(span: Span, error: unknown): void {
  const type = error instanceof Error ? error.name : typeof error;
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, message: type });
}

/** Ids of the active span, for logs; undefined outside of a trace. */
export function activeTrace(): { trace_id: string; span_id: string } | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  return active && { trace_id: active.traceId, span_id: active.spanId };
}
