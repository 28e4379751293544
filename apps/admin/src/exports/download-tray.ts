import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { Check, CircleAlert, Download as DownloadIcon, X } from 'lucide';
import { bytes, count } from '../ui/format.ts';
import { Icon } from '../ui/icon.ts';
import { Downloads, type Download } from './downloads.ts';

/** Downloads that run, have just ended, or failed. */
@Component({
  selector: 'uja-download-tray',
  imports: [Icon],
  template: `
    @if (shown().length > 0) {
      <section aria-label="Downloads">
        @for (download of shown(); track download.id) {
          <div class="card" [attr.data-state]="download.state">
            <ui-icon class="symbol" [icon]="download.icon" />
            <p [attr.role]="download.state === 'failed' ? 'alert' : 'status'">
              <strong>{{ download.title }}</strong>
              @if (download.state === 'running') {
                <progress [attr.aria-label]="download.title"></progress>
              } @else {
                <span>{{ download.text }}</span>
              }
            </p>
            @if (download.state === 'running') {
              <span class="so-far numeric" aria-hidden="true">{{ download.text }}</span>
            }
            @if (download.problem?.canRetry) {
              <button type="button" class="button" (click)="downloads.again(download.id)">
                Try again
              </button>
            }
            <button
              type="button"
              class="button quiet icon"
              (click)="downloads.dismiss(download.id)"
            >
              <ui-icon [icon]="icons.X" />
              <span class="visually-hidden">
                {{ download.state === 'running' ? 'Cancel' : 'Close' }}: {{ download.title }}
              </span>
            </button>
          </div>
        }
      </section>
    }
  `,
  styleUrl: './download-tray.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DownloadTray {
  protected readonly downloads = inject(Downloads);
  protected readonly icons = { X };

  protected readonly shown = computed(() =>
    this.downloads.list().map((download) => ({
      ...download,
      title: `${download.name} (${download.label})`,
      text: download.state === 'failed' ? whyFailed(download) : sizeOf(download),
      icon: { running: DownloadIcon, done: Check, failed: CircleAlert }[download.state],
    })),
  );
}

const sizeOf = ({ rows, bytes: size }: Download): string =>
  rows === null ? bytes(size) : `${count(rows)} rows · ${bytes(size)}`;

const whyFailed = ({ problem }: Download): string =>
  problem ? `${problem.title}. ${problem.text}` : '';
