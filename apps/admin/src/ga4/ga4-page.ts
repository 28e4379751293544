import {
  ChangeDetectionStrategy,
  Component,
  computed,
  DOCUMENT,
  inject,
  signal,
} from '@angular/core';
import { ChartNoAxesCombined } from 'lucide';
import { action } from '../api/action.ts';
import { ApiProblem } from '../api/api.ts';
import { reading } from '../api/reading.ts';
import { Session } from '../session/session.ts';
import { CurrentTenant } from '../session/tenant.ts';
import { ConfirmDialog } from '../ui/confirm-dialog.ts';
import { Icon } from '../ui/icon.ts';
import { Notice } from '../ui/notice.ts';
import { PageHeader } from '../ui/page-header.ts';
import { Panel } from '../ui/panel.ts';
import { actionProblem } from '../ui/problem-text.ts';
import { StateView } from '../ui/state.ts';
import { ga4Choose, ga4Connect, ga4Disconnect, ga4Status, type Ga4Status } from './ga4-api.ts';

const STEPS = [
  {
    title: 'Connect',
    text: 'Google asks whether the console may read your Analytics. Only reading.',
  },
  { title: 'Choose a property', text: 'The one that counts the website with your widget.' },
  { title: 'Check', text: 'Whether its visits can be read.' },
  { title: 'First sync', text: 'The last 90 days come in; then every day, 24 to 48 hours late.' },
];

/** Which of the steps one is at; four when all are done. */
const stepOf = ({ state, complete_until, error }: Ga4Status): number =>
  state === 'disconnected'
    ? 0
    : state === 'choose_property'
      ? 1
      : error
        ? 2
        : complete_until
          ? STEPS.length
          : 3;

/** Connects a tenant's Google Analytics, step by step. */
@Component({
  selector: 'uja-ga4-page',
  imports: [ConfirmDialog, Icon, Notice, PageHeader, Panel, StateView],
  templateUrl: './ga4-page.html',
  styleUrl: './ga4-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Ga4Page {
  private readonly tenant = inject(CurrentTenant);
  private readonly location = inject(DOCUMENT).location;
  private readonly session = inject(Session);
  protected readonly isOperator = computed(() => this.session.role() === 'ops');

  protected readonly status = reading(() => this.tenant.hash(), ga4Status, { isLive: () => true });
  /** The service says that it has no such thing: that is an answer, and no error. */
  protected readonly isMissing = computed(() => {
    const state = this.status.state();
    return (
      state.kind === 'error' &&
      state.error instanceof ApiProblem &&
      [404, 501].includes(state.error.status)
    );
  });
  protected readonly step = computed(() => {
    const status = this.status.value();
    return status ? stepOf(status) : -1;
  });
  protected readonly steps = computed(() =>
    STEPS.map((step, i) => ({
      ...step,
      number: i + 1,
      state: this.step() > i ? 'done' : this.step() === i ? 'now' : 'later',
    })),
  );

  protected readonly chosen = signal('');
  protected readonly isLeaving = signal(false);
  protected readonly deed = action(async (what: 'connect' | 'choose' | 'leave') => {
    const tenant = this.tenant.hash() ?? '';
    if (what === 'connect') {
      const { authorization_url } = await ga4Connect(tenant);
      this.location.assign(authorization_url);
      return;
    }
    if (what === 'choose') await ga4Choose(tenant, this.chosen());
    else await ga4Disconnect(tenant);
    this.isLeaving.set(false);
    this.status.reload();
  });
  protected readonly problem = computed(() => {
    const error = this.deed.error();
    return error === undefined ? '' : actionProblem(error);
  });
  protected readonly icons = { ChartNoAxesCombined };
}
