/** Payloads of what a visitor clicks and of what was there to be clicked. */
import { Type } from 'class-transformer';
import { IsArray, ValidateNested } from 'class-validator';
import { Index, OptionalFlagOrText, OptionalText, Text } from './dto-decorators.ts';

export class ActionChipClickedPayload {
  @Text() chip_id!: string;
  @OptionalText() chip_label?: string;
  @OptionalText() target_branch?: string;
  @OptionalText() chip_action?: string;
}

export class CtaClickedPayload {
  @Text() cta_id!: string;
  @OptionalText() cta_label?: string;
  @OptionalText() cta_action?: string;
  /** Whether it opens a form, or that form's id. */
  @OptionalFlagOrText() triggers_form?: boolean | string;
}

export class LinkClickedPayload {
  @Text() url!: string;
  /** `label` and `link_text` are two senders' names for the same. */
  @OptionalText() label?: string;
  @OptionalText() link_text?: string;
  @OptionalText() source?: string;
  @OptionalText() link_domain?: string;
  @OptionalText() category?: string;
}

export class HelpMenuClickedPayload {
  @Index() prompt_index!: number;
  @OptionalText() prompt_text?: string;
}

export class ShowcaseCtaClickedPayload {
  @Text() showcase_id!: string;
  @OptionalText() cta_type?: string;
}

export class ShownItem {
  @Text() item_type!: string;
  @Text() item_id!: string;
}

export class ItemsShownPayload {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ShownItem) items!: ShownItem[];
}
