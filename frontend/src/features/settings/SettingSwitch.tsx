import { useId } from "react";
import { CardRow } from "../../ui/CardRow";
import { Switch } from "../../ui/Switch";

type SettingSwitchProps = {
  title: string;
  hint?: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
};

/** One setting that is on or off. */
export function SettingSwitch({ title, hint, checked, disabled, onChange }: SettingSwitchProps) {
  const id = useId();
  return (
    <CardRow id={id} title={title} hint={hint}>
      <Switch labelledBy={id} checked={checked} disabled={disabled} onChange={onChange} />
    </CardRow>
  );
}
